import {
  answersShown,
  copyOf,
  type Draw,
  lossOf,
  type PageContext,
  type PageRoute,
  type PortalNeeds,
  proofDownload,
  receivedEvidence,
  stateNameOf,
  textOf,
} from '#apps/portal';
import type { Text } from '#kernel/languages';
import { kernelProblem, Problem } from '#kernel/problem';
import { downloadOf, type Officer, type OfficerCaseView, whoseTurn } from '#modules/cases';
import { documentHeaders } from '#modules/exchange';
import { mandateKindNames } from '#protocol/representation';
import { createSteps } from './case-steps.ts';
import { dealingsOf, outcomes, rulesAgainOf, rulesShown } from './dealings.ts';
import { decisionWords, missingIn, typedIn } from './decision-form.ts';
import { draftedIn } from './drafted-routes.ts';
import {
  type ItemErrors,
  itemErrors,
  itemFields,
  itemsLeftOut,
  itemsPosted,
  type TypedItems,
  typedItems,
} from './items.ts';
import { checklistShown, keepMarks, openPoints, type PostedMarks, typedMarks } from './marks.ts';
import { nameOfHolder, namesOfColleagues, officerIn } from './officers.ts';
import type { ReviewView } from './pages/index.ts';
import { consolePages } from './pages/index.ts';
import { partnersOf } from './shared-routes.ts';

/** The officer's pages: queue, one case, decision. What an officer may see is decided by the cases module. */
export function caseRoutes(needs: PortalNeeds, draw: Draw): PageRoute[] {
  const { cases } = needs;
  const steps = createSteps(cases);
  const officeNames = (officeId: string) =>
    needs.offices.find((office) => office.id === officeId)?.names ?? needs.state.names;

  /** Only the office in charge of the case gets to see it, and only what came into this case is had here. */
  const receivedIn = async (officer: Officer, { params }: PageContext) => {
    const { evidence } = await cases.getCaseForOfficer(officer, params['caseId']!);
    const one = evidence.find((received) => received.questionId === params['questionId']);
    if (!one) throw kernelProblem('not-found');
    return { one, values: Object.fromEntries(one.fields.map(({ name, value }) => [name, value])) };
  };

  const showReview = async (
    context: PageContext,
    officer: Officer,
    view: OfficerCaseView,
    refused: {
      form?: ReviewView['form']['values'];
      errors?: ReviewView['form']['errors'];
      isStale?: boolean;
      noteError?: Text;
      assignProblem?: Text;
      marks?: PostedMarks;
      items?: TypedItems;
      itemErrors?: ItemErrors | undefined;
    } = {},
  ) => {
    const homeState = await stateNameOf(needs, view.homeState);
    const assigned = view.assignment;
    const colleagues = await namesOfColleagues(cases, officer);
    const byPage = Map.groupBy(view.answers, (answer) => answer.pageId);
    const payment = await needs.payments.findForOfficer(officer, view.id);
    const fee = payment || view.erasedAt ? undefined : await needs.payments.findFeeForOfficer(officer, view.id);
    const titles = new Map(view.tasks.map((task) => [task.pageId, task.title]));
    return draw(
      consolePages.review,
      {
        caseId: view.id,
        reference: view.reference,
        version: view.version,
        lastSequence: view.history.at(-1)?.sequence ?? 0,
        mayRelease:
          view.duties.includes('work') && view.state === 'in-review' && assigned?.officerId === officer.personId,
        duties: view.duties,
        isParty: view.isParty,
        assignees: view.assignees,
        ...(refused.assignProblem ? { assignProblem: refused.assignProblem } : {}),
        serviceTitle: view.serviceTitle,
        officeName: officeNames(officer.officeId),
        applicant: { name: view.applicant ?? { ar: 'متقدّم', en: 'Applicant' }, homeState },
        ...(view.representedBy ? { representedBy: mandateKindNames[view.representedBy] } : {}),
        receivedAt: view.submittedAt ?? view.updatedAt,
        ...(view.dueOn && view.workingDaysLeft !== undefined && !view.decision
          ? { due: { on: view.dueOn, workingDaysLeft: view.workingDaysLeft } }
          : {}),
        ...(view.findings.find((finding) => finding.outcome === 'review')
          ? { why: view.findings.find((finding) => finding.outcome === 'review')!.text }
          : {}),
        evidence: (
          await receivedEvidence(
            needs,
            view,
            (questionId, field) => `/office/cases/${view.id}/exchanges/${questionId}/documents/${field}`,
          )
        ).map((one) => ({
          ...one,
          ...(one.exchangeId ? { proofHrefs: proofHrefs(view.id, one.exchangeId) } : {}),
        })),
        ...lossOf(view),
        answers: [...byPage].map(([pageId, answers]) => ({
          title: titles.get(pageId) ?? view.serviceTitle,
          items: answersShown(answers, `/office/cases/${view.id}/files`, { isForOffice: true }),
        })),
        rules: rulesShown(view.findings),
        rulesVersion: view.serviceVersion,
        ...rulesAgainOf(view),
        ...(payment ? { payment } : {}),
        ...(fee?.currency ? { fee: { ...fee, currency: fee.currency } } : {}),
        partners: await partnersOf(needs, officer, view),
        process: { process: await cases.describeProcess(view.serviceId, view.serviceVersion), now: view.state },
        checklist: checklistShown(view, refused.marks),
        dealings: dealingsOf(view, {
          steps,
          isMine: assigned?.officerId === officer.personId,
          noteError: refused.noteError,
          colleagues,
        }),
        assignment:
          whoseTurn(view.state) === 'nobody'
            ? { kind: 'decided', words: view.decision?.outcomeText ?? view.stateText }
            : view.state === 'to-confirm' || view.consentBy
              ? { kind: 'waiting' }
              : !assigned
                ? { kind: 'free' }
                : assigned.officerId === officer.personId
                  ? { kind: view.state === 'in-review' ? 'you' : 'waiting' }
                  : { kind: 'other', name: nameOfHolder(assigned, colleagues) },
        retained: {
          ...(view.keptUntil ? { keptUntil: view.keptUntil } : {}),
          ...(view.hold ? { hold: view.hold } : {}),
          ...(view.erasedAt ? { erasedAt: view.erasedAt } : {}),
        },
        ...(refused.isStale
          ? { stale: { who: { ar: 'زميل أو صاحب الطلب', en: 'A colleague or the applicant' }, at: view.updatedAt } }
          : {}),
        form: {
          outcomes,
          reasons: view.reasonChoices.map((reason) => ({ value: reason.id, label: reason.text })),
          conditions: view.conditionChoices.map((condition) => ({ value: condition.id, label: condition.text })),
          items: itemFields(view, refused.items ?? {}, refused.itemErrors),
          needsSecond: view.secondOfficerFor.map((kind) => decisionWords[kind]),
          values: refused.form ?? {},
          errors: refused.errors ?? {},
        },
      },
      context,
      refused.errors ||
        refused.itemErrors ||
        refused.isStale ||
        refused.noteError ||
        refused.assignProblem ||
        refused.marks?.errors
        ? { status: 422 }
        : {},
    );
  };
  /** The language switch after a press comes by here. */
  const backToCase = (path: 'read-again' | 'decide' | 'checklist' | 'assign'): PageRoute => ({
    method: 'GET',
    path: `/office/cases/:caseId/${path}`,
    access: 'officer',
    handle: async (context) => ({ redirect: `/office/cases/${context.params['caseId']}` }),
  });

  return [
    {
      method: 'GET',
      path: '/office/cases/:caseId',
      access: 'officer',
      handle: async (context) => {
        const officer = await officerIn(needs, context.caller);
        const view = await cases.visitCase(officer, context.params['caseId']!);
        return showReview(context, officer, view, await draftedIn(cases, officer, view));
      },
    },
    ...(['whole', 'shareable'] as const).map(
      (form): PageRoute => ({
        method: 'GET',
        path: `/office/cases/:caseId/exchanges/:questionId/proof-${form}.json`,
        access: 'officer',
        handle: async (context) => {
          const officer = await officerIn(needs, context.caller);
          const { one, values } = await receivedIn(officer, context);
          const of = { officeId: officer.officeId, questionId: one.questionId!, form, values };
          return proofDownload(await needs.exchange.proveQuestion(of));
        },
      }),
    ),
    {
      method: 'GET',
      path: '/office/cases/:caseId/exchanges/:questionId/documents/:field',
      access: 'officer',
      handle: async (context) => {
        const officer = await officerIn(needs, context.caller);
        const { one, values } = await receivedIn(officer, context);
        const field = context.params['field']!;
        if (!Object.hasOwn(values, field)) throw kernelProblem('not-found');
        const of = { officeId: officer.officeId, questionId: one.questionId!, field, fields: values };
        const document = await needs.exchange.fetchDocument(of);
        return { stream: document.stream, contentType: document.mediaType, headers: documentHeaders(document, field) };
      },
    },
    {
      method: 'GET',
      path: '/office/cases/:caseId/files/:fileId',
      access: 'officer',
      handle: async (context) => {
        const officer = await officerIn(needs, context.caller);
        const { caseId, fileId } = context.params as { caseId: string; fileId: string };
        return downloadOf(await cases.readFileForOfficer(officer, caseId, fileId));
      },
    },
    {
      method: 'GET',
      path: '/office/cases/:caseId/copy',
      access: 'officer',
      handle: async (context) => {
        const view = await cases.getCaseForOfficer(await officerIn(needs, context.caller), context.params['caseId']!);
        return draw(consolePages.copy, await copyOf(needs, view, `/office/cases/${view.id}/files`, true), context);
      },
    },
    {
      method: 'POST',
      path: '/office/cases/:caseId/take',
      access: 'officer',
      handle: async (context) => {
        const officer = await officerIn(needs, context.caller);
        const caseId = context.params['caseId']!;
        await cases.takeCase(officer, caseId, { takeOver: textOf(context.form['takeOver']) === 'yes' });
        return { redirect: `/office/cases/${caseId}` };
      },
    },
    {
      method: 'POST',
      path: '/office/cases/:caseId/release',
      access: 'officer',
      handle: async (context) => {
        await cases.releaseCase(await officerIn(needs, context.caller), context.params['caseId']!);
        return { redirect: '/office' };
      },
    },
    {
      method: 'POST',
      path: '/office/cases/:caseId/assign',
      access: 'officer',
      handle: async (context) => {
        const officer = await officerIn(needs, context.caller);
        const caseId = context.params['caseId']!;
        const officerId = textOf(context.form['colleague']);
        try {
          await cases.assignCase(officer, caseId, { officerId, takeOver: textOf(context.form['takeOver']) === 'yes' });
        } catch (error) {
          if (!(error instanceof Problem) || (error.status !== 422 && error.code !== 'case-taken')) throw error;
          const view = await cases.getCaseForOfficer(officer, caseId);
          return showReview(context, officer, view, { assignProblem: error.messages });
        }
        return { redirect: `/office/cases/${caseId}` };
      },
    },
    backToCase('assign'),
    backToCase('read-again'),
    backToCase('decide'),
    backToCase('checklist'),
    {
      // A decision that is being written comes along, and stays as it was typed.
      method: 'POST',
      path: '/office/cases/:caseId/checklist',
      access: 'officer',
      handle: async (context) => {
        const officer = await officerIn(needs, context.caller);
        const caseId = context.params['caseId']!;
        const marks = await keepMarks(cases, officer, await cases.getCaseForOfficer(officer, caseId), context.form);
        if (!marks.errors && context.form['version'] === undefined)
          return { redirect: `/office/cases/${caseId}#checklist` };
        const view = await cases.getCaseForOfficer(officer, caseId);
        const items = typedItems(context.form, view.itemChoices);
        return showReview(context, officer, view, { form: typedIn(context.form), marks, items });
      },
    },
    {
      // What was typed comes along, so that reading what a colleague has done loses nothing of it.
      method: 'POST',
      path: '/office/cases/:caseId/read-again',
      access: 'officer',
      handle: async (context) => {
        const officer = await officerIn(needs, context.caller);
        const view = await cases.visitCase(officer, context.params['caseId']!);
        const marks = { typed: typedMarks(view, context.form) };
        const items = typedItems(context.form, view.itemChoices);
        return showReview(context, officer, view, { form: typedIn(context.form), marks, items });
      },
    },
    {
      method: 'POST',
      path: '/office/cases/:caseId/decide',
      access: 'officer',
      handle: async (context) => {
        const officer = await officerIn(needs, context.caller);
        const caseId = context.params['caseId']!;
        const { form } = context;
        const values = typedIn(form);
        const outcome = outcomes.find(({ value }) => value === values.outcome)?.value as
          | 'approve'
          | 'refuse'
          | undefined;
        const marks = await keepMarks(cases, officer, await cases.getCaseForOfficer(officer, caseId), form);
        const before = await cases.getCaseForOfficer(officer, caseId);
        const items = typedItems(form, before.itemChoices);
        const again = (said: Parameters<typeof showReview>[3], view = before) =>
          showReview(context, officer, view, { form: values, items, ...said });
        if (marks.errors) return again({ marks });
        if (!outcome) return again({ errors: { outcome: { ar: 'اختر القرار.', en: 'Choose the decision.' } } });
        const left = itemsLeftOut(outcome, items);
        if (left) return again({ itemErrors: left });
        try {
          const decided = await cases.decideCase(officer, caseId, {
            outcome,
            reasonIds: values.reasons,
            conditionIds: values.conditions,
            ...itemsPosted(outcome, items),
            ...(values.wordsAr ? { ownWordsAr: values.wordsAr } : {}),
            ...(values.wordsEn ? { ownWordsEn: values.wordsEn } : {}),
            expectedVersion: Number(textOf(form['version'])) || 0,
          });
          const [next] = (await cases.listQueue(officer, { state: 'open' })).cases;
          return draw(
            consolePages.decided,
            {
              reference: decided.reference,
              serviceTitle: decided.serviceTitle,
              outcome: decided.proposal
                ? { ar: 'ينتظر القرار موظفًا ثانيًا', en: 'It waits for a second officer' }
                : decided.decision!.outcomeText,
              decidedAt: decided.proposal?.proposedAt ?? decided.decision!.decidedAt,
              isProposed: decided.proposal !== undefined,
              ...(next ? { nextCaseId: next.id } : {}),
            },
            context,
          );
        } catch (error) {
          if (!(error instanceof Problem)) throw error;
          if (error.code === 'case-changed-since')
            return again({ isStale: true }, await cases.getCaseForOfficer(officer, caseId));
          const ofItems = itemErrors(error, items);
          if (ofItems) return again({ itemErrors: ofItems });
          if (error.code === 'points-open') return again({ marks: { typed: {}, errors: openPoints(error) } });
          if (error.code === 'condition-not-offered') return again({ errors: { conditions: error.messages } });
          if (error.code === 'reasons-missing') return again({ errors: missingIn(values, error.messages) });
          throw error;
        }
      },
    },
    {
      method: 'POST',
      path: '/office/cases/:caseId/confirm',
      access: 'officer',
      handle: async (context) => {
        const officer = await officerIn(needs, context.caller);
        const caseId = context.params['caseId']!;
        const confirmation = {
          confirms: textOf(context.form['confirms']) === 'yes',
          note: textOf(context.form['note']),
          expectedVersion: Number(textOf(context.form['version'])) || 1,
        };
        try {
          await cases.confirmDecision(officer, caseId, confirmation);
        } catch (error) {
          if (!(error instanceof Problem)) throw error;
          const asked =
            error.code === 'points-open'
              ? { marks: { typed: {}, errors: openPoints(error) } }
              : error.code === 'note-missing'
                ? { noteError: error.messages }
                : error.code === 'case-changed-since'
                  ? { isStale: true }
                  : undefined;
          if (!asked) throw error;
          return showReview(context, officer, await cases.getCaseForOfficer(officer, caseId), asked);
        }
        return { redirect: `/office/cases/${caseId}` };
      },
    },
  ];
}

function proofHrefs(caseId: string, exchangeId: string) {
  const at = `/office/cases/${caseId}/exchanges/${exchangeId}/proof`;
  return { whole: `${at}-whole.json`, shareable: `${at}-shareable.json` };
}
