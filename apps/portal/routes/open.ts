import { kernelProblem, Problem } from '#kernel/problem';
import type { VerificationReport } from '#modules/credentials';
import { looksLikeProofFile } from '#modules/exchange';
import { describeCheckpoint } from '#modules/ledger';
import { proofFileBytesMax } from '#protocol/proof-file';
import type { Draw } from '../frame.ts';
import { listStateNames, ownStateName, type PortalNeeds, stateNameOf } from '../needs.ts';
import type { AboutPageName, NodeHealth, NodeStatus, Verdict } from '../pages/index.ts';
import { pages } from '../pages/index.ts';
import type { PageContext, PageRoute } from '../routing.ts';
import { assetRoutes } from './assets.ts';
import { logVerdict } from './log-proofs.ts';
import { offersOf } from './offers.ts';
import { proofTrustOf, proofVerdict } from './proofs.ts';
import { serviceRow, shownLifeEvents } from './services.ts';
import { textOf } from './sign-in.ts';
import { readableClaims } from './words.ts';

const uploadBytesMax = 5 * 1024 * 1024;
const aboutPages: AboutPageName[] = ['accessibility', 'privacy', 'verify', 'developers'];
/** What anyone may open: home, verification, the log, the state of the network. */
export function openRoutes(needs: PortalNeeds, draw: Draw): PageRoute[] {
  const { catalogue, federation, ledger, credentials } = needs;
  const readTrust = async () => JSON.stringify(await proofTrustOf(needs));

  const probeStates = async (): Promise<NodeHealth[]> => {
    const names = await listStateNames(needs);
    const chains = new Map(federation.status().map((chain) => [chain.entityId, chain]));
    const nodes = new Map((await statesOrNone()).map((state) => [state.state, state]));
    return Promise.all(
      names.map(async (state): Promise<NodeHealth> => {
        const node = nodes.get(state.code);
        if (state.code === needs.state.code) {
          const status = await ledger.statusOf();
          return { state, status: 'up', trust: 'good', logSize: status.size, hasWitnessed: true };
        }
        const chain = node ? chains.get(node.entityId) : undefined;
        const probe = node ? await needs.probe(node.entityId) : { status: 'down' as NodeStatus };
        const { cosignedBy } = await ledger.statusOf();
        return {
          state,
          ...probe,
          trust: !chain ? 'broken' : chain.stale ? 'stale' : 'good',
          ...(chain ? { trustUntil: chain.expiresAt.toISOString() } : {}),
          hasWitnessed: node !== undefined && cosignedBy.includes(node.node.witness_key.split('+')[0]!),
        };
      }),
    );
  };

  const statesOrNone = async () => {
    try {
      return await federation.listStates();
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      return [];
    }
  };

  const showVerify = async (context: PageContext, verdict?: Verdict, pasted?: string) =>
    draw(
      pages.verify,
      {
        ...(verdict ? { verdict } : {}),
        ...(pasted ? { pasted } : {}),
        trust: await readTrust(),
        errors: {},
      },
      context,
    );

  const verdictView = async (report: VerificationReport): Promise<Verdict> => {
    const issuer = report.credential?.issuer;
    const sealedBy = report.seal?.names
      ? { names: report.seal.names, state: await stateNameOf(needs, report.seal.state ?? '') }
      : undefined;
    const office = issuer ? { names: issuer.names, state: await stateNameOf(needs, issuer.state) } : sealedBy;
    const hasSeal = report.seal !== undefined;
    return {
      kind: kindOf(report),
      reason: report.sentence,
      carrier: report.kind === 'document' ? 'pdf' : 'credential',
      ...(office ? { issuer: office } : {}),
      ...(report.credential?.issuedAt ? { issuedAt: report.credential.issuedAt } : {}),
      checkedAt: needs.clock.now().toISOString(),
      checks: [
        ...(hasSeal
          ? [
              {
                label: { ar: 'الختم سليم ويغطي الملف كله', en: 'The seal holds and covers the whole file' },
                isGood: report.seal!.ok,
              },
            ]
          : []),
        ...(report.credential
          ? [
              {
                label: { ar: 'توقيع الشهادة الرقمية صحيح', en: 'The credential is signed by its issuer' },
                isGood: report.credential.issuer !== undefined,
              },
              { label: { ar: 'لم تُلغَ', en: 'It has not been revoked' }, isGood: report.credential.status === 'valid' },
            ]
          : []),
      ],
      chain: office
        ? [
            {
              name: office.names,
              role: { ar: 'الجهة المُصدرة', en: 'Issuing office' },
              entityId: issuer?.entityId ?? '',
            },
            {
              name: office.state.formalNames ?? office.state.names,
              role: { ar: 'الدولة', en: 'State' },
              entityId: issuer ? new URL(issuer.entityId).origin : '',
            },
            {
              name: { ar: 'الأمانة العامة', en: 'General Secretariat' },
              role: { ar: 'أصل الثقة', en: 'Trust anchor' },
              entityId: needs.anchorId,
            },
          ]
        : [],
      claims: readableClaims(report.credential?.claims ?? []).map(({ label, value }) => ({ label, value })),
    };
  };

  return [
    {
      method: 'GET',
      path: '/',
      access: 'anyone',
      handle: async (context) => {
        const delivered = catalogue.listServices().filter((service) => service.isDelivered);
        const measures = await needs.cases.measureServices();
        const health = await probeStates();
        const { cosignedBy } = await ledger.statusOf();
        return draw(
          pages.home,
          {
            offers: await offersOf(needs, context),
            popular: delivered
              .slice(0, 4)
              .map((service) => ({ words: service.title, href: `/services/${service.id}` })),
            lifeEvents: shownLifeEvents(needs),
            services: delivered.map((service) => serviceRow(needs, service, measures)),
            network: health.map(({ state, status }) => ({ state, status })),
            witnessCount: cosignedBy.length,
          },
          context,
        );
      },
    },
    { method: 'GET', path: '/verify', access: 'anyone', handle: (context) => showVerify(context) },
    {
      method: 'POST',
      path: '/verify',
      access: 'anyone',
      uploadBytesMax,
      handle: async (context) => {
        const text = textOf(context.form['text']).trim();
        const content = context.upload?.bytes ?? Buffer.from(text);
        if (content.length === 0)
          return draw(
            pages.verify,
            {
              trust: await readTrust(),
              errors: {
                document: { ar: 'اختر ملف PDF أو ألصق نص الشهادة.', en: 'Choose a PDF file or paste the credential.' },
              },
            },
            context,
            { status: 422 },
          );
        const pasted = context.upload ? undefined : text;
        const written = content.subarray(0, proofFileBytesMax + 1).toString('utf8');
        if (looksLikeProofFile(written)) return showVerify(context, await proofVerdict(needs, written), pasted);
        // A form sends lines in its own way, and what is pasted seldom has the end of its last one.
        const verdict =
          (await logVerdict(needs, pasted === undefined ? written : `${pasted.replaceAll('\r\n', '\n')}\n`)) ??
          (await verdictView(await credentials.verifyAnything(content)));
        return showVerify(context, verdict, pasted);
      },
    },
    {
      method: 'GET',
      path: '/verify/:reference',
      access: 'anyone',
      handle: async (context) => {
        const report = await credentials.verifyReference(context.params['reference']!);
        if (!report) throw kernelProblem('not-found');
        return showVerify(context, await verdictView(report));
      },
    },
    {
      method: 'GET',
      path: '/log',
      access: 'anyone',
      handle: async (context) => {
        const states = await statesOrNone();
        const others = states.filter(({ state }) => state !== needs.state.code);
        const status = await ledger.statusOf();
        const text = await ledger.readCheckpointText();
        const described = text
          ? await describeCheckpoint(
              text,
              others.map(({ node }) => node.witness_key),
            )
          : undefined;
        const byWitness = new Map(others.map((state) => [state.node.witness_key.split('+')[0]!, state]));
        return draw(
          pages.log,
          {
            state: ownStateName(needs.state),
            origin: described?.origin ?? ledger.origin,
            size: described?.size ?? 0,
            rootHash: described?.rootHash ?? '',
            ...(status.lastCheckpointAt ? { checkpointAt: status.lastCheckpointAt.toISOString() } : {}),
            cosignatures: (described?.cosignatures ?? []).map(({ name, cosignedAt }) => {
              const state = byWitness.get(name)!;
              return {
                state: { code: state.state, names: state.names },
                signedAt: new Date(cosignedAt * 1000).toISOString(),
              };
            }),
            quorum: needs.witnessQuorum,
            pendingEntries: status.pending,
            checkpoint: text ?? '',
            logKey: ledger.keys.ledgerKey,
            others: others.map((state) => ({
              state: { code: state.state, names: state.names },
              href: `${state.entityId}/log`,
            })),
          },
          context,
        );
      },
    },
    {
      method: 'GET',
      path: '/status',
      access: 'anyone',
      handle: async (context) => {
        const status = await ledger.statusOf();
        return draw(
          pages.status,
          {
            checkedAt: needs.clock.now().toISOString(),
            nodes: await probeStates(),
            own: [
              { label: { ar: 'قيود السجل', en: 'Entries in the log' }, value: status.size },
              { label: { ar: 'قيود تنتظر', en: 'Entries waiting' }, value: status.pending },
              {
                label: { ar: 'دول شهدت على آخر رأس', en: 'States that cosigned the last checkpoint' },
                value: status.cosignedBy.length,
              },
              { label: { ar: 'اعتراضات الشهود', en: 'Witnesses that object' }, value: status.disputedBy.length },
            ],
          },
          context,
        );
      },
    },
    {
      method: 'GET',
      path: '/about/:page',
      access: 'anyone',
      handle: async (context) => {
        const page = aboutPages.find((name) => name === context.params['page']);
        if (!page) throw kernelProblem('not-found');
        return draw(pages.about, { page, portalAddress: needs.publicUrl, anchorAddress: needs.anchorId }, context);
      },
    },
    ...assetRoutes(needs.assets),
  ];
}

function kindOf(report: VerificationReport): Verdict['kind'] {
  if (report.ok) return 'genuine';
  if (report.code === 'revoked' || report.code === 'superseded' || report.code === 'expired') return report.code;
  if (/untrusted|no-seal/.test(report.code)) return 'untrusted';
  if (/unreadable|malformed|not-a-pdf|unreachable|unavailable|not-yet/.test(report.code)) return 'unreadable';
  return 'changed';
}
