import { personOf } from '#kernel/contract';
import type { Text } from '#kernel/languages';
import { kernelProblem } from '#kernel/problem';
import type { GivenEvent } from '#modules/events';
import type { UseOfData } from '#modules/exchange';
import { formatProofText, type InclusionProof, type ProofPolicy, verifyInclusionProof } from '#modules/ledger';
import type { SharedUse } from '#modules/sharing';
import { mandateKindNames } from '#protocol/representation';
import { applicantOf, dataSubjectOf } from '../acting.ts';
import type { Draw } from '../frame.ts';
import { clientNameOf, findHolder, officeNameOf, ownStateName, type PortalNeeds, stateNameOf } from '../needs.ts';
import type { DataUse, ProofView, WholeDataUse } from '../pages/index.ts';
import { pages } from '../pages/index.ts';
import type { PageContext, PageRoute } from '../routing.ts';
import { givenConsentView, receiptView } from './receipts.ts';

const notGiven: Text = {
  ar: 'انتهى الاشتراك أو تعذّر التسليم، فلم يُعطَ شيء.',
  en: 'The subscription ended or it could not be delivered, so nothing was given.',
};
type WholeUse = Extract<UseOfData, { shown: 'all' }>;

/** Where a use stands in the list; one that is not shown yet stands first, which says nothing of when it was. */
const momentOf = (use: UseOfData) => (use.shown === 'all' ? use.at : use.shown === 'part' ? use.on : use.shownFrom);

/** Who used my data, with proof; the consents I gave, and taking them back. */
export function myDataRoutes(needs: PortalNeeds, draw: Draw): PageRoute[] {
  const { consent, events, exchange, ledger } = needs;
  const logState = needs.state.shortNames;

  const stateOfEntity = async (entityId: string) => {
    const isOwn = entityId === needs.publicUrl || entityId.startsWith(`${needs.publicUrl}/`);
    const states = isOwn ? [] : await needs.federation.listStates();
    const found = states.find((one) => entityId === one.entityId || entityId.startsWith(`${one.entityId}/`));
    return stateNameOf(needs, isOwn ? needs.state.code : (found?.state ?? ''));
  };

  const describeWhole = async (use: WholeUse, by?: Text): Promise<WholeDataUse> => ({
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
      : by
        ? { ar: `بموافقة من ينوب عنك (${by.ar})`, en: `By the consent of your representative (${by.en})` }
        : { ar: 'بموافقتك', en: 'By your consent' },
    fields: use.fields.map((field) => field.names),
    wasGiven: use.outcome === 'given',
    documents: (use.documents ?? []).map(({ field, at, isWhole }) => ({
      names: use.fields.find(({ name }) => name === field)?.names ?? { ar: field, en: field },
      at,
      isWhole,
    })),
    ...(use.refusal ? { refusal: use.refusal.messages } : {}),
  });

  const describeUse = async (use: UseOfData, by?: Text): Promise<DataUse> => {
    if (use.shown === 'later') return { shown: 'later', useId: use.questionId, shownFrom: use.shownFrom };
    if (use.shown === 'all') return describeWhole(use, by);
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

  /** An event that an office of another state was told of is a use of the person's data like any other. */
  const describeGiven = async (given: GivenEvent): Promise<WholeDataUse> => ({
    shown: 'all',
    useId: given.deliveryId,
    askedAt: given.at,
    asker: await officeNameOf(needs, given.subscriber),
    holder: await officeNameOf(needs, given.publisher),
    purpose: {
      ar: `${given.eventNames.ar}: ${given.purposeNames.ar}`,
      en: `${given.eventNames.en}: ${given.purposeNames.en}`,
    },
    ground: given.legalBasis,
    fields: given.fields.map((field) => field.names),
    wasGiven: given.state !== 'not-given',
    ...(given.state === 'not-given' ? { refusal: notGiven } : {}),
  });

  /** What an office of another state, or of this one, saw of the person in a case that both see. */
  const describeShared = async (use: SharedUse): Promise<WholeDataUse> => ({
    shown: 'all',
    useId: use.shareId,
    askedAt: use.at,
    asker: use.seenBy
      ? await officeNameOf(needs, use.seenBy)
      : { names: use.serviceTitle, state: await stateNameOf(needs, use.toState) },
    holder: await officeNameOf(needs, use.shownBy),
    purpose: {
      ar: `طلب تراه الدولتان: ${use.serviceTitle.ar}`,
      en: `A case that both states see: ${use.serviceTitle.en}`,
    },
    ground: use.ground,
    fields: use.fields,
    wasGiven: true,
  });

  /** Whoever showed at a counter who they are, by their phone, reads which office saw it. */
  const describePresence = async ({
    visitId,
    officeId,
    at,
  }: Awaited<ReturnType<typeof needs.identity.counter.listPresences>>[number]): Promise<WholeDataUse> => ({
    shown: 'all',
    useId: visitId,
    askedAt: at.toISOString(),
    asker: await officeNameOf(needs, `${needs.publicUrl}/offices/${officeId}`),
    holder: { names: needs.state.names, state: ownStateName(needs.state) },
    purpose: { ar: 'إثبات هويتك عند شباك الجهة', en: 'You showed who you are at the counter of the office' },
    ground: { ar: 'بموافقتك على هاتفك', en: 'By your approval on your phone' },
    fields: [{ ar: 'أنك أنت، ومستوى الدخول', en: 'That it is you, and the level of the sign-in' }],
    wasGiven: true,
  });

  /** What a verifier needs besides the proof: this log's key, and whose cosignatures count. */
  const policy = async (): Promise<ProofPolicy & { names: Record<string, Text> }> => {
    const states = await needs.federation.listStates();
    const others = states.filter(({ state }) => state !== needs.state.code);
    return {
      logKey: ledger.keys.ledgerKey,
      witnesses: others.flatMap(({ node }) => [node.witness_key, ...(node.more_witness_keys ?? [])]),
      quorum: Math.min(needs.witnessQuorum, others.length),
      names: Object.fromEntries(others.map(({ node, names }) => [node.witness_key.split('+')[0]!, names])),
    };
  };

  /** A use that may be read whole has `describeWhole`; one that is an exchange has `questionId`, and a proof file. */
  type Shown = {
    leafHash?: string;
    at: string;
    describe(): Promise<DataUse>;
    useId: string;
    questionId?: string;
    describeWhole?(): Promise<WholeDataUse>;
  };
  const listShown = async (personId: string): Promise<Shown[]> => {
    const [uses, given, shared, presences, consents] = await Promise.all([
      exchange.listUses(personId),
      events.listGiven(personId),
      needs.sharing.listUses(personId),
      needs.identity.counter.listPresences(personId),
      consent.list(personId),
    ]);
    const givenBy = new Map(consents.map((one) => [one.consentId, one.givenBy && mandateKindNames[one.givenBy.kind]]));
    const byOf = (use: UseOfData) =>
      use.shown === 'all' && use.consentId !== undefined ? givenBy.get(use.consentId) : undefined;
    return [
      ...uses.map((use) => ({
        at: momentOf(use),
        useId: use.questionId,
        questionId: use.questionId,
        describe: () => describeUse(use, byOf(use)),
        ...(use.shown === 'all' ? { leafHash: use.leafHash, describeWhole: () => describeWhole(use, byOf(use)) } : {}),
      })),
      ...given.map((one) => ({
        at: one.at,
        leafHash: one.leafHash,
        useId: one.deliveryId,
        describe: () => describeGiven(one),
        describeWhole: () => describeGiven(one),
      })),
      ...shared.map((one) => ({
        at: one.at,
        leafHash: one.leafHash,
        useId: one.shareId,
        describe: () => describeShared(one),
        describeWhole: () => describeShared(one),
      })),
      ...presences.map((one) => ({
        at: one.at.toISOString(),
        ...(one.leafHash === undefined ? {} : { leafHash: one.leafHash }),
        useId: one.visitId,
        describe: () => describePresence(one),
        describeWhole: () => describePresence(one),
      })),
    ].sort((one, other) => other.at.localeCompare(one.at));
  };

  /** Only a use that the person may read whole: its proof opens the entry, and the entry says everything. */
  const getUse = async (personId: string, useId: string) => {
    const use = (await listShown(personId)).find((shown) => shown.useId === useId);
    if (!use?.describeWhole || use.leafHash === undefined) throw kernelProblem('not-found');
    return { ...use, leafHash: use.leafHash, describeWhole: use.describeWhole };
  };

  const showMyData = async (context: PageContext, notice?: Text) => {
    const { personId } = dataSubjectOf(context.caller);
    const { personId: ownId, actingFor } = personOf(context.caller);
    const [uses, consents, acts, readings, cases, seen, openings] = await Promise.all([
      listShown(personId),
      consent.list(personId),
      needs.mandates.listActs(personId),
      needs.cases.listReadings(personId),
      needs.cases.listMyCases(applicantOf(context.caller)),
      needs.sharing.listErased(personId),
      actingFor ? [] : needs.offers.listOpenings(ownId),
    ]);
    return draw(
      pages.myData,
      {
        logState,
        uses: await Promise.all(uses.map((use) => use.describe())),
        acts: await Promise.all(
          acts.map(async ({ actId, by, kind, at, did, towards }) => ({
            actId,
            by,
            kind: mandateKindNames[kind],
            at,
            did,
            towards: await clientNameOf(needs, towards),
          })),
        ),
        openings,
        readings: readings.map(({ at, ...reading }) => ({ ...reading, at: at.toISOString() })),
        consents: await Promise.all(consents.map((one) => givenConsentView(needs, one))),
        erased: [
          ...cases.flatMap(({ id, reference, serviceTitle, erasedAt }) =>
            erasedAt ? [{ caseId: id, isHere: true, reference, serviceTitle, at: erasedAt }] : [],
          ),
          ...seen.map((one) => ({ ...one, isHere: false })),
        ].toSorted((one, other) => other.at.localeCompare(one.at)),
        witnessNames: (await policy()).names,
        ...(personOf(context.caller).homeState === needs.state.code || !needs.matching.isOffered()
          ? {}
          : { linkingHref: '/linking' }),
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
        const use = await getUse(dataSubjectOf(context.caller).personId, context.params['useId']!);
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
            use: await use.describeWhole(),
            logState,
            verdict: await verdictOf(proof),
            ...(proof ? { leafIndex: proof.leafIndex, treeSize: proof.treeSize, checkpoint: proof.checkpoint } : {}),
            leafHash: use.leafHash,
            opening: {
              salt: proof?.opening.salt ?? '',
              commitment: proof?.opening.commitment ?? '',
              record: JSON.stringify(proof?.opening.record ?? {}, null, 2),
            },
            ...(use.questionId === undefined
              ? {}
              : {
                  fileHrefs: {
                    whole: `/my-data/uses/${use.questionId}/proof-whole.json`,
                    shareable: `/my-data/uses/${use.questionId}/proof-shareable.json`,
                  },
                }),
            ...(proof ? { downloadHref: `/my-data/uses/${use.useId}/proof.txt` } : {}),
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
        const use = await getUse(dataSubjectOf(context.caller).personId, context.params['useId']!);
        const proof = await ledger.findProof({ leafHash: use.leafHash });
        if (!proof) throw kernelProblem('not-found');
        return {
          bytes: formatProofText(proof),
          contentType: 'text/plain; charset=utf-8',
          headers: { 'content-disposition': `attachment; filename="${use.useId}.tlog-proof"` },
        };
      },
    },
    {
      method: 'GET',
      path: '/my-data/consents/:consentId/receipt',
      access: 'person',
      handle: async (context) => {
        const { personId } = dataSubjectOf(context.caller);
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
        const one = await consent.get(dataSubjectOf(context.caller).personId, context.params['consentId']!);
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
                ar: 'طلبك الذي لم يُتخذ فيه قرار بعد يتوقف حتى توافق من جديد، وينتهي مسحوبًا إن لم توافق. أما القرار الذي صدر فيبقى.',
                en: 'An application that is not decided yet stands still until you consent again, and ends as withdrawn if you do not. A decision that was made stays.',
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
        await consent.withdraw(dataSubjectOf(context.caller).personId, context.params['consentId']!);
        return showMyData(context, {
          ar: 'سُحبت الموافقة، ويُرفض كل سؤال بعدها.',
          en: 'The consent is withdrawn; every question from now on is refused.',
        });
      },
    },
  ];
}
