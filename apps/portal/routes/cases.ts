import { kernelProblem, Problem } from '#kernel/problem';
import { type CaseSummary, type CaseView, type CaseState as StoredState, whoseTurn } from '#modules/cases';
import { hasComeIn } from '#modules/payments';
import { applicantOf } from '../acting.ts';
import { lossOf } from '../components/losses.tsx';
import type { Draw } from '../frame.ts';
import { officeOfService, type PortalNeeds } from '../needs.ts';
import { feeShown } from '../pages/fee.tsx';
import type { CaseState, FiredRule } from '../pages/index.ts';
import { type CaseView as CasePageView, pages } from '../pages/index.ts';
import { itemsShown } from '../pages/items.tsx';
import type { PageContext, PageRoute } from '../routing.ts';
import { repeatTexts } from '../texts/repeats.ts';
import { createApply } from './apply.ts';
import type { ShowVisit } from './apps.ts';
import { caseStepRoutes } from './case-steps.ts';
import { createKept, unsentAgain } from './kept.ts';
import { owedOf } from './payments.ts';
import { listElsewhere, listSharedWith } from './shared-cases.ts';
import { textOf } from './sign-in.ts';
import { stillOpenOf } from './still-open.ts';
import { toldOf, toldRoutes } from './told.ts';
import { papersShown, weekendWords } from './words.ts';

const shownStates: Record<StoredState, CaseState> = {
  draft: 'draft',
  submitted: 'submitted',
  'in-review': 'in-review',
  'waiting-for-person': 'waiting-for-person',
  // Who of the office has to look at it is the office's business.
  'to-confirm': 'in-review',
  'under-appeal': 'under-appeal',
  cancelled: 'cancelled',
  approved: 'granted',
  refused: 'refused',
  withdrawn: 'withdrawn',
  expired: 'expired',
  stopped: 'stopped',
};
const stateShown = ({ state, decidedAs }: CaseSummary): CaseState =>
  state === 'approved' && decidedAs === 'approved-in-part' ? 'granted-in-part' : shownStates[state];
const ruleOutcomes: Record<'approve' | 'review' | 'refuse', FiredRule['outcome']> = {
  approve: 'met',
  review: 'needs-review',
  refuse: 'not-met',
};

function turnOf(state: StoredState): 'you' | 'office' | 'nobody' {
  const turn = whoseTurn(state);
  return turn === 'person' ? 'you' : turn;
}

/** What is told in the same words twice in a row, such as two kinds of evidence that arrived, is one step. */
function distinctSteps(timeline: CaseView['timeline']): CaseView['timeline'] {
  return timeline.filter((entry, at) => entry.kind !== timeline[at + 1]?.kind);
}

/** My applications: the list, one case with its decision, its document, and the ways out of it. */
export function casesRoutes(needs: PortalNeeds, draw: Draw, showVisit: ShowVisit): PageRoute[] {
  const { cases, credentials } = needs;
  const me = (context: PageContext) => applicantOf(context.caller);
  const apply = createApply(needs, draw, showVisit);
  const keptMessage = createKept(needs).ofStep('message');

  /** The way to what was paid for it, where anything was, and what it was exempt from. */
  const paymentOf = async (
    context: PageContext,
    { id: caseId, erasedAt }: CaseView,
  ): Promise<Pick<CasePageView, 'paymentHref' | 'fee'>> => {
    const fee = await needs.payments.getFee(me(context), caseId);
    const { paymentId, state, currency, exemption } = fee;
    return {
      ...(paymentId && hasComeIn(state) ? { paymentHref: `/payments/${paymentId}` } : {}),
      // What an exemption hung on is erased with the case.
      ...(exemption && currency && !erasedAt ? { fee: feeShown({ ...fee, currency }) } : {}),
    };
  };

  const showCase = async (context: PageContext, view: CaseView) => {
    const office = officeOfService(needs, view.serviceId, view.officeNames);
    const service = await needs.catalogue.getService(view.serviceId, view.serviceVersion);
    const told = await toldOf(needs, context, view.id);
    const typed = textOf((await keptMessage.find(context))?.['text']);
    const isOpen = view.whoseTurn === 'office';
    const owed = await owedOf(needs, context, view);
    const hasCredential = view.documents.some((document) => document.kind === 'credential');
    return draw(
      pages.casePage,
      {
        caseId: view.id,
        reference: view.reference,
        serviceTitle: view.serviceTitle,
        state: stateShown(view),
        headline: view.consentBy
          ? { ar: 'بانتظار موافقتك', en: 'Waiting for your consent' }
          : owed.owed
            ? { ar: 'بانتظار دفع الرسم', en: 'Waiting for the fee' }
            : isOpen
              ? { ar: `بانتظار قرار ${office.names.ar}`, en: `Waiting for the decision of ${office.names.en}` }
              : view.stateText,
        office,
        turn: owed.owed || view.whoseTurn === 'person' ? 'you' : view.whoseTurn,
        ...lossOf(view),
        ...(context.query['notice'] === 'repeated'
          ? { notice: { ar: repeatTexts.ar.led, en: repeatTexts.en.led } }
          : {}),
        ...(typed ? { notice: unsentAgain, typedMessage: typed } : {}),
        // The office's day tells whoever has to pay first of nothing that they have to do by then.
        ...(isOpen && view.dueOn && !owed.owed
          ? {
              due: {
                on: view.dueOn,
                workingDaysLeft: cases.countWorkingDaysTo(view.dueOn),
                weekend: weekendWords(needs.state.weekend),
              },
            }
          : {}),
        steps: [
          ...distinctSteps(view.timeline).map((entry) => ({
            title: entry.text,
            at: entry.at,
            progress: 'done' as const,
          })),
          ...(isOpen
            ? [
                { title: view.stateText, progress: 'now' as const, detail: service.texts.whatHappensNext },
                { title: { ar: 'القرار والوثيقة', en: 'Decision and document' }, progress: 'later' as const },
              ]
            : []),
        ],
        rules: view.findings.map((finding) => ({ text: finding.text, outcome: ruleOutcomes[finding.outcome] })),
        ...(view.decision
          ? {
              decision: {
                isGranted: view.decision.outcome !== 'refused',
                isInPart: view.decision.outcome === 'approved-in-part',
                items: itemsShown(view.decision.items),
                decidedAt: view.decision.decidedAt,
                words: view.decision.outcomeText,
                reasons: view.decision.reasons.map((reason) => reason.text),
                ...(view.decision.ownWords ? { ownWords: view.decision.ownWords } : {}),
                isAutomatic: view.decision.decidedBy === 'rules',
                ...(view.decision.article ? { article: view.decision.article } : {}),
                conditions: view.decision.conditions.map(({ text }) => text),
                isEnded: view.decision.endedAs !== undefined,
                ...(view.isAppealOpen ? { appealUntil: view.appealUntil } : {}),
                mayAppeal: view.isAppealOpen === true,
              },
            }
          : {}),
        earlier: view.earlierDecisions.map(({ number, outcomeText, decidedAt }) => ({
          number,
          words: outcomeText,
          decidedAt,
        })),
        requests: (view.erasedAt ? [] : view.requests).map(({ things, files, ...request }) => ({
          ...request,
          papers: papersShown(files, `/cases/${view.id}/files`),
          things: things.map(({ text }) => text),
        })),
        appeals: view.erasedAt ? [] : view.appeals,
        changes: view.changes,
        ...(view.submittedAt && !view.erasedAt
          ? {
              messages: view.messages.map(({ writtenBy, text, writtenAt }) => ({
                who: writtenBy === 'person' ? { ar: 'أنت', en: 'You' } : office.names,
                text,
                at: writtenAt,
              })),
            }
          : {}),
        ...(view.documents.some((document) => document.kind === 'pdf')
          ? { documentHref: `/cases/${view.id}/document.pdf` }
          : {}),
        ...(view.validity
          ? {
              validity: {
                until: view.validity.until,
                hasEnded: view.validity.hasEnded,
                mayRenew: view.validity.mayRenew,
                ...(view.validity.renewedBy ? { renewalHref: `/cases/${view.validity.renewedBy.caseId}` } : {}),
              },
            }
          : {}),
        shares: await listSharedWith(needs, context, view),
        ...(told ? { told } : {}),
        wallet: hasCredential && view.state !== 'cancelled' ? 'offered' : 'none',
        mayWithdraw: view.mayWithdraw,
        ...(await stillOpenOf(needs, context, view)),
        ...(view.mayApplyAgain ? { again: view.answers.length > 0 ? ('filled' as const) : ('blank' as const) } : {}),
        ...(await paymentOf(context, view)),
        ...owed,
        ...(view.keptUntil ? { keptUntil: view.keptUntil } : {}),
        ...(view.erasedAt ? { erasedAt: view.erasedAt } : {}),
        ...(view.submittedAt && !view.erasedAt ? { copyHref: `/cases/${view.id}/copy` } : {}),
        ...(view.decision ? { rating: { stars: await cases.findStars(me(context), view.id) } } : {}),
      },
      context,
    );
  };

  return [
    ...apply.routes,
    ...caseStepRoutes(needs, draw),
    ...toldRoutes(needs),
    {
      // The language switch of a check page that could not be sent comes by here.
      method: 'GET',
      path: '/cases/:caseId/submit',
      access: 'person',
      handle: async (context) => ({ redirect: `/cases/${context.params['caseId']}/check` }),
    },
    {
      method: 'GET',
      path: '/cases',
      access: 'person',
      handle: async (context) => {
        const [list, elsewhere] = await Promise.all([cases.listMyCases(me(context)), listElsewhere(needs, context)]);
        const unpaid = new Set<string>();
        for (const one of list)
          if (turnOf(one.state) === 'office' && (await owedOf(needs, context, one)).owed) unpaid.add(one.id);
        return draw(
          pages.myCases,
          {
            cases: list.map((one) => ({
              caseId: one.id,
              reference: one.reference,
              serviceTitle: one.serviceTitle,
              state: stateShown(one),
              office: officeOfService(needs, one.serviceId, one.officeNames),
              turn: unpaid.has(one.id) ? ('you' as const) : turnOf(one.state),
              changedAt: one.updatedAt,
              ...(one.erasedAt ? { erasedAt: one.erasedAt } : {}),
              ...(one.isEndingSoon ? { erasedOn: one.keptUntil! } : {}),
              ...(one.validity?.mayRenew ? { renewBy: one.validity.until } : {}),
            })),
            elsewhere,
          },
          context,
        );
      },
    },
    {
      method: 'GET',
      path: '/cases/:caseId',
      access: 'person',
      handle: async (context) => {
        const view = await cases.getMyCase(me(context), context.params['caseId']!);
        return view.state === 'draft' ? apply.showTasks(context, view) : showCase(context, view);
      },
    },
    {
      method: 'GET',
      path: '/cases/:caseId/document.pdf',
      access: 'person',
      handle: async (context) => {
        const document = await cases.readDocument(me(context), context.params['caseId']!, 'pdf');
        return {
          bytes: document.bytes!,
          contentType: 'application/pdf',
          headers: { 'content-disposition': `inline; filename="${document.reference}.pdf"` },
        };
      },
    },
    {
      method: 'POST',
      path: '/cases/:caseId/renew',
      access: 'person',
      handle: async (context) => {
        const caseId = context.params['caseId']!;
        try {
          return { redirect: `/cases/${(await cases.renewCase(me(context), caseId)).id}` };
        } catch (error) {
          // Pressed twice, or from an old page: the case says what there is.
          if (!(error instanceof Problem) || !['renewal-begun', 'renewal-early'].includes(error.code)) throw error;
          return { redirect: `/cases/${caseId}` };
        }
      },
    },
    {
      method: 'POST',
      path: '/cases/:caseId/again',
      access: 'person',
      handle: async (context) => {
        const caseId = context.params['caseId']!;
        try {
          return { redirect: `/cases/${(await cases.applyAgain(me(context), caseId)).id}` };
        } catch (error) {
          if (!(error instanceof Problem)) throw error;
          // From an old page: the case says how it stands now.
          if (error.code === 'case-step-refused' || error.code === 'case-erased')
            return { redirect: `/cases/${caseId}` };
          const other = error.code === 'application-repeated' && error.params['caseId'];
          if (!other) throw error;
          return { redirect: `/cases/${String(other)}?notice=repeated` };
        }
      },
    },
    {
      method: 'POST',
      path: '/cases/:caseId/wallet',
      access: 'person',
      handle: async (context) => {
        const person = me(context);
        const document = await cases.readDocument(person, context.params['caseId']!, 'credential');
        const { httpsOfferUrl } = await credentials.createOffer(document.id);
        const states = await needs.federation.listStates();
        const home = states.find((state) => state.state === person.homeState);
        if (!home) throw kernelProblem('not-found');
        return { redirect: `${home.entityId}/wallet/offer?credential_offer_uri=${encodeURIComponent(httpsOfferUrl)}` };
      },
    },
    {
      method: 'POST',
      path: '/cases/:caseId/rating',
      access: 'person',
      handle: async (context) => {
        const caseId = context.params['caseId']!;
        const stars = textOf(context.form['stars']);
        // Nothing chosen: the page stays as it is, and asks again.
        if (/^[1-5]$/.test(stars)) await cases.rateService(me(context), caseId, Number(stars));
        return { redirect: `/cases/${caseId}#rating` };
      },
    },
    {
      method: 'POST',
      path: '/cases/:caseId/withdraw',
      access: 'person',
      handle: async (context) => {
        try {
          await cases.withdrawCase(me(context), context.params['caseId']!);
        } catch (error) {
          if (!(error instanceof Problem) || error.code !== 'case-step-refused') throw error;
        }
        return { redirect: `/cases/${context.params['caseId']}` };
      },
    },
  ];
}
