import { personOf } from '#kernel/contract';
import type { Text } from '#kernel/languages';
import { kernelProblem } from '#kernel/problem';
import type { UseOfData } from '#modules/exchange';
import { formatProofText, type InclusionProof, type ProofPolicy, verifyInclusionProof } from '#modules/ledger';
import type { Draw } from '../frame.ts';
import { findHolder, ownStateName, type PortalNeeds, stateNameOf } from '../needs.ts';
import type { DataUse, ProofView, WholeDataUse } from '../pages/index.ts';
import { pages } from '../pages/index.ts';
import type { PageContext, PageRoute } from '../routing.ts';
import { givenConsentView, receiptView } from './receipts.ts';

type WholeUse = Extract<UseOfData, { shown: 'all' }>;

/** Who used my data, with proof; the consents I gave, and taking them back. */
export function myDataRoutes(needs: PortalNeeds, draw: Draw): PageRoute[] {
  const { consent, exchange, ledger } = needs;
  const logState = needs.state.shortNames;

  const stateOfEntity = async (entityId: string) => {
    const isOwn = entityId === needs.publicUrl || entityId.startsWith(`${needs.publicUrl}/`);
    const states = isOwn ? [] : await needs.federation.listStates();
    const found = states.find((one) => entityId === one.entityId || entityId.startsWith(`${one.entityId}/`));
    return stateNameOf(needs, isOwn ? needs.state.code : (found?.state ?? ''));
  };

  const describeWhole = async (use: WholeUse): Promise<WholeDataUse> => ({
    shown: 'all',
    useId: use.questionId,
    askedAt: use.at,
    asker: { names: use.requesterNames, state: await stateOfEntity(use.requester) },
    holder: (await findHolder(needs, needs.state.code, use.evidenceType)) ?? {
      names: needs.state.names,
      state: ownStateName(needs.state),
    },
    purpose: use.purposeNames,
    ground: use.law
      ? {
          ar: `بحكم القانون: ${use.law.names.ar}، ${use.law.article.ar}`,
          en: `Under a law: ${use.law.names.en}, ${use.law.article.en}`,
        }
      : { ar: 'بموافقتك', en: 'By your consent' },
    fields: use.fields.map((field) => field.names),
    wasGiven: use.outcome === 'given',
    ...(use.refusal ? { refusal: use.refusal.messages } : {}),
  });

  const describeUse = async (use: UseOfData): Promise<DataUse> => {
    if (use.shown === 'later') return { shown: 'later', useId: use.questionId, shownFrom: use.shownFrom };
    if (use.shown === 'all') return describeWhole(use);
    return {
      shown: 'part',
      useId: use.questionId,
      on: use.on,
      askerState: await stateOfEntity(use.requesterState),
      evidence: use.evidenceNames,
      fields: use.fields.map((field) => field.names),
      wasGiven: use.outcome === 'given',
    };
  };

  /** What a verifier needs besides the proof: this log's key, and whose cosignatures count. */
  const policy = async (): Promise<ProofPolicy & { names: Record<string, Text> }> => {
    const states = await needs.federation.listStates();
    const others = states.filter(({ state }) => state !== needs.state.code);
    return {
      logKey: ledger.keys.ledgerKey,
      witnesses: others.map(({ node }) => node.witness_key),
      quorum: Math.min(needs.witnessQuorum, others.length),
      names: Object.fromEntries(others.map(({ node, names }) => [node.witness_key.split('+')[0]!, names])),
    };
  };

  /** Only a use that the person may read whole: its proof opens the entry, and the entry says everything. */
  const getUse = async (personId: string, useId: string): Promise<WholeUse> => {
    const use = (await exchange.listUses(personId)).find(({ questionId }) => questionId === useId);
    if (use?.shown !== 'all') throw kernelProblem('not-found');
    return use;
  };

  const showMyData = async (context: PageContext, notice?: Text) => {
    const { personId } = personOf(context.caller);
    const [uses, consents] = await Promise.all([exchange.listUses(personId), consent.list(personId)]);
    return draw(
      pages.myData,
      {
        logState,
        uses: await Promise.all(uses.map(describeUse)),
        consents: await Promise.all(consents.map((one) => givenConsentView(needs, one))),
        witnessNames: (await policy()).names,
        ...(notice ? { notice } : {}),
      },
      context,
    );
  };

  const verdictOf = async (proof: InclusionProof | undefined): Promise<ProofView['verdict']> => {
    if (!proof) return { kind: 'pending' };
    const { names, ...rules } = await policy();
    const verdict = await verifyInclusionProof(proof, rules);
    if (verdict.ok)
      return { kind: 'witnessed', cosignedBy: verdict.cosignedBy.map((name) => names[name] ?? { ar: name, en: name }) };
    return verdict.reason === 'quorum-missed'
      ? { kind: 'pending' }
      : {
          kind: 'failed',
          reason: { ar: `الإثبات غير صحيح (${verdict.reason})`, en: `The proof does not hold (${verdict.reason})` },
        };
  };

  return [
    { method: 'GET', path: '/my-data', access: 'person', handle: (context) => showMyData(context) },
    {
      method: 'GET',
      path: '/my-data/uses/:useId/proof',
      access: 'person',
      handle: async (context) => {
        const use = await getUse(personOf(context.caller).personId, context.params['useId']!);
        const proof = await ledger.findProof({ leafHash: use.leafHash });
        const wantsJson = (context.facts.headers['accept'] ?? '').includes('application/json');
        if (wantsJson)
          return {
            bytes: JSON.stringify({ proof: proof ?? null, ...(await policy()) }),
            contentType: 'application/json; charset=utf-8',
          };
        return draw(
          pages.proof,
          {
            use: await describeWhole(use),
            logState,
            verdict: await verdictOf(proof),
            ...(proof ? { leafIndex: proof.leafIndex, treeSize: proof.treeSize, checkpoint: proof.checkpoint } : {}),
            leafHash: use.leafHash,
            opening: {
              salt: proof?.opening.salt ?? '',
              commitment: proof?.opening.commitment ?? '',
              record: JSON.stringify(proof?.opening.record ?? {}, null, 2),
            },
            ...(proof ? { downloadHref: `/my-data/uses/${use.questionId}/proof.txt` } : {}),
          },
          context,
        );
      },
    },
    {
      method: 'GET',
      path: '/my-data/uses/:useId/proof.txt',
      access: 'person',
      handle: async (context) => {
        const use = await getUse(personOf(context.caller).personId, context.params['useId']!);
        const proof = await ledger.findProof({ leafHash: use.leafHash });
        if (!proof) throw kernelProblem('not-found');
        return {
          bytes: formatProofText(proof),
          contentType: 'text/plain; charset=utf-8',
          headers: { 'content-disposition': `attachment; filename="${use.questionId}.tlog-proof"` },
        };
      },
    },
    {
      method: 'GET',
      path: '/my-data/consents/:consentId/receipt',
      access: 'person',
      handle: async (context) => {
        const { personId } = personOf(context.caller);
        const consentId = context.params['consentId']!;
        const one = await consent.get(personId, consentId);
        return draw(
          pages.receipt,
          await receiptView(needs, one, await consent.getReceipt(personId, consentId)),
          context,
        );
      },
    },
    {
      method: 'GET',
      path: '/my-data/consents/:consentId/withdraw',
      access: 'person',
      handle: async (context) => {
        const one = await consent.get(personOf(context.caller).personId, context.params['consentId']!);
        return draw(
          pages.withdrawConsent,
          {
            consent: await givenConsentView(needs, one),
            effects: [
              {
                ar: 'يُرفض أول سؤال بعد السحب، ولا يُعطى شيء بعده.',
                en: 'The very next question is refused, and nothing more is given.',
              },
              {
                ar: 'ما أُرسل من قبل لا يُسترجع؛ تمحوه الجهة في موعده.',
                en: 'What was sent before cannot be called back; the office erases it when it has to.',
              },
              {
                ar: 'قد لا تستطيع الجهة إكمال طلبك، ويمكنك الموافقة من جديد.',
                en: 'The office may not be able to finish your application. You can consent again.',
              },
            ],
          },
          context,
        );
      },
    },
    {
      method: 'POST',
      path: '/my-data/consents/:consentId/withdraw',
      access: 'person',
      handle: async (context) => {
        await consent.withdraw(personOf(context.caller).personId, context.params['consentId']!);
        return showMyData(context, {
          ar: 'سُحبت الموافقة، ويُرفض كل سؤال بعدها.',
          en: 'The consent is withdrawn; every question from now on is refused.',
        });
      },
    },
  ];
}
