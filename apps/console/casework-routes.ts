import {
  type Draw,
  type Field,
  type PageContext,
  type PageRoute,
  type PortalNeeds,
  textOf,
  unsentAgain,
} from '#apps/portal';
import type { Text } from '#kernel/languages';
import { kernelProblem, Problem } from '#kernel/problem';
import type { Officer, OfficerCaseView } from '#modules/cases';
import { createSteps, type StepPage } from './case-steps.ts';
import { dayAt } from './days.ts';
import { createKeptSteps } from './kept-steps.ts';
import { nameOfHolder, namesOfColleagues, officerIn } from './officers.ts';
import { consolePages } from './pages/index.ts';
import { createReviewPage } from './review-page.ts';
import { leavesPage, notYours, unsentOf } from './unsent.ts';

const notChosen: Text = { ar: 'اختر واحدًا مما يلي', en: 'Choose one of these' };

/** What officers do with a case beside deciding it: ask, confirm, decide on an appeal, correct, reopen, cancel, write. */
export function caseworkRoutes(needs: PortalNeeds, draw: Draw): PageRoute[] {
  const { cases } = needs;
  const showReview = createReviewPage(needs, draw);
  const kept = createKeptSteps(needs);
  const caseIdOf = (context: PageContext) => context.params['caseId']!;
  const versionOf = (context: PageContext) => Number(textOf(context.form['version'])) || 1;

  const isLeftOut = (field: Field, form: PageContext['form']) =>
    field.kind === 'radios' && !field.choices!.some(({ value }) => value === textOf(form[field.name]));

  const dayTyped = ({ form }: PageContext, { name }: Field) =>
    form[`${name}-day`] === undefined ? undefined : dayAt((part) => textOf(form[part]), name);

  /** After a refusal with what was written, and with `isPosted` what was not chosen is said on its field. */
  const show = (
    context: PageContext,
    view: OfficerCaseView,
    step: StepPage,
    { problem, notice, isPosted = false }: { problem?: Text; notice?: Text; isPosted?: boolean } = {},
  ) => {
    const typed = (field: Field): Field => {
      const given = field.kind === 'date' ? dayTyped(context, field) : context.form[field.name];
      return {
        ...field,
        ...(given === undefined ? {} : { value: given }),
        ...(isPosted && isLeftOut(field, context.form) ? { error: notChosen } : {}),
      };
    };
    const quote = step.quote?.(view);
    return draw(
      consolePages.officeStep,
      {
        caseId: view.id,
        reference: view.reference,
        serviceTitle: view.serviceTitle,
        title: step.title,
        lead: step.lead,
        ...(quote ? { quote } : {}),
        fields: step.fields(view).map(typed),
        action: `/office/cases/${view.id}/${step.path}`,
        version: view.version,
        submit: step.submit,
        ...(problem ? { problem } : {}),
        ...(notice ? { notice } : {}),
      },
      context,
      isPosted ? { status: 422 } : {},
    );
  };

  /** What somebody else has to do, or what is over, is no page: back to the case, which says how it stands. */
  const opened = async (context: PageContext, step: StepPage) => {
    const officer = await officerIn(needs, context.caller);
    const view = await cases.getCaseForOfficer(officer, caseIdOf(context));
    return { officer, view, isOpen: step.isOpen(view, view.assignment?.officerId === officer.personId) };
  };

  /** Why a step that was open when somebody began to write is not any more. */
  const whyClosed = async (officer: Officer, { assignment, state, stateText }: OfficerCaseView): Promise<Text> => {
    const isOthers = assignment && assignment.officerId !== officer.personId;
    const holder = isOthers ? nameOfHolder(assignment, await namesOfColleagues(cases, officer)) : undefined;
    const why = notYours(holder, !assignment && state === 'submitted', stateText);
    return {
      ar: `لم يُسجَّل شيء. ${why.ar} ما كتبته باقٍ هنا؛ يمكن إرساله من جديد إن صار الطلب بيدك.`,
      en: `Nothing was recorded. ${why.en} What you wrote is still here, and can be sent again if the case comes into your hand.`,
    };
  };

  const pagesOfSteps = createSteps(cases).flatMap((step): PageRoute[] => [
    {
      method: 'GET',
      path: `/office/cases/:caseId/${step.path}`,
      access: 'officer',
      handle: async (context) => {
        const { officer, view, isOpen } = await opened(context, step);
        const form = await kept.find(context, step.path, officer.personId);
        if (isOpen)
          return form ? show({ ...context, form }, view, step, { notice: unsentAgain }) : show(context, view, step);
        // It has gone on while they were away: what they wrote is shown all the same.
        if (form && step.isOffered?.(view))
          return show({ ...context, form }, view, step, { problem: await whyClosed(officer, view), isPosted: true });
        return { redirect: `/office/cases/${view.id}` };
      },
    },
    {
      method: 'POST',
      path: `/office/cases/:caseId/${step.path}`,
      access: 'officer',
      keep: kept.keep(step.path),
      handle: async (context) => {
        const { officer, view, isOpen } = await opened(context, step);
        if (!step.isOffered?.(view)) throw kernelProblem('not-permitted');
        if (!isOpen) return show(context, view, step, { problem: await whyClosed(officer, view), isPosted: true });
        if (step.fields(view).some((field) => isLeftOut(field, context.form)))
          return show(context, view, step, { isPosted: true });
        try {
          await step.take(officer, view, context.form, versionOf(context));
        } catch (error) {
          if (!(error instanceof Problem) || (error.status !== 422 && error.status !== 409)) throw error;
          return show(context, await cases.getCaseForOfficer(officer, view.id), step, {
            problem: error.messages,
            isPosted: true,
          });
        }
        return kept.drop(context, { redirect: `/office/cases/${view.id}` });
      },
    },
  ]);

  const writing = (
    path: 'messages' | 'notes',
    { field, label, write }: { field: string; label: Text; write: typeof cases.writeNote },
  ): PageRoute => ({
    method: 'POST',
    path: `/office/cases/:caseId/${path}`,
    access: 'officer',
    handle: async (context) => {
      const officer = await officerIn(needs, context.caller);
      try {
        await write(officer, caseIdOf(context), textOf(context.form[field]));
      } catch (error) {
        if (!leavesPage(error)) throw error;
        const unsent = unsentOf(error.messages, [[label, context.form[field]]]);
        // Where nothing was written the page stays as it is, and asks again.
        if (unsent)
          return showReview(context, officer, await cases.getCaseForOfficer(officer, caseIdOf(context)), { unsent });
      }
      return { redirect: `/office/cases/${caseIdOf(context)}#${path}` };
    },
  });

  return [
    ...pagesOfSteps,
    writing('messages', {
      field: 'text',
      label: { ar: 'رسالة إلى المتقدّم', en: 'Message to the applicant' },
      write: cases.writeToPerson,
    }),
    writing('notes', {
      field: 'note-text',
      label: { ar: 'ملاحظة للزملاء', en: 'Note for colleagues' },
      write: cases.writeNote,
    }),
  ];
}
