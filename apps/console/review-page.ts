import {
  answersShown,
  type Draw,
  lossOf,
  type PageContext,
  type PortalNeeds,
  receivedEvidence,
  stateNameOf,
} from '#apps/portal';
import type { Text } from '#kernel/languages';
import { type Officer, type OfficerCaseView, whoseTurn } from '#modules/cases';
import { mandateKindNames } from '#protocol/representation';
import { createSteps } from './case-steps.ts';
import { dealingsOf, outcomes, rulesAgainOf, rulesShown } from './dealings.ts';
import { decisionWords, writtenIn } from './decision-form.ts';
import { type ItemErrors, itemFields, type TypedItems } from './items.ts';
import { checklistShown, type PostedMarks } from './marks.ts';
import { nameOfDoer, nameOfHolder, namesOfColleagues } from './officers.ts';
import { consolePages, isDecidingNow, type ReviewView } from './pages/index.ts';
import { partnersOf } from './partners.ts';
import { notYours, type UnsentView } from './unsent.ts';

const somebody: Text = { ar: 'زميل أو صاحب الطلب', en: 'A colleague or the applicant' };

/** Draws one case as the officer before it may see it, and after a refusal with what was typed. */
export function createReviewPage(needs: PortalNeeds, draw: Draw) {
  const { cases } = needs;
  const steps = createSteps(cases);
  const officeNames = (officeId: string) =>
    needs.offices.find((office) => office.id === officeId)?.names ?? needs.state.names;

  return async (
    context: PageContext,
    officer: Officer,
    view: OfficerCaseView,
    refused: {
      form?: ReviewView['form']['values'];
      errors?: ReviewView['form']['errors'];
      isStale?: boolean;
      /** Refused for what is said of no field. */
      problem?: Text;
      unsent?: UnsentView | undefined;
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
    const assignment: ReviewView['assignment'] =
      whoseTurn(view.state) === 'nobody'
        ? { kind: 'decided', words: view.decision?.outcomeText ?? view.stateText }
        : view.state === 'to-confirm' || view.consentBy
          ? { kind: 'waiting' }
          : !assigned
            ? { kind: 'free' }
            : assigned.officerId === officer.personId
              ? { kind: view.state === 'in-review' ? 'you' : 'waiting' }
              : { kind: 'other', name: nameOfHolder(assigned, colleagues) };
    const isDeciding = isDecidingNow({ assignment, duties: view.duties });
    const written = refused.form && !isDeciding ? writtenIn(view, outcomes, refused.form, refused.items) : [];
    const holder = assignment.kind === 'other' ? assignment.name : undefined;
    const unsent =
      written.length > 0
        ? { why: notYours(holder, assignment.kind === 'free', view.stateText), written }
        : refused.unsent;
    const last = view.history.at(-1);
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
        assignment,
        retained: {
          ...(view.keptUntil ? { keptUntil: view.keptUntil } : {}),
          ...(view.hold ? { hold: view.hold } : {}),
          ...(view.erasedAt ? { erasedAt: view.erasedAt } : {}),
        },
        ...(refused.isStale
          ? { stale: { who: (last && nameOfDoer(last, colleagues)) ?? somebody, at: view.updatedAt } }
          : {}),
        ...(unsent ? { unsent } : {}),
        ...(refused.problem ? { problem: refused.problem } : {}),
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
        refused.problem ||
        unsent ||
        refused.noteError ||
        refused.assignProblem ||
        refused.marks?.errors
        ? { status: 422 }
        : {},
    );
  };
}

function proofHrefs(caseId: string, exchangeId: string) {
  const at = `/office/cases/${caseId}/exchanges/${exchangeId}/proof`;
  return { whole: `${at}-whole.json`, shareable: `${at}-shareable.json` };
}
