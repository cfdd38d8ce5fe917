import {
  clocksShown,
  type Draw,
  officeNameOf,
  type PageContext,
  type PageRoute,
  type PortalNeeds,
  sharedStateWords,
  stateNameOf,
  textOf,
} from '#apps/portal';
import type { Text } from '#kernel/languages';
import { downloadOf } from '#modules/cases';
import type { SharedCaseForOffice } from '#modules/sharing';
import { findLaw } from '#protocol/laws';
import { officerIn } from './officers.ts';
import type { OfficeSharedView } from './pages/index.ts';
import { consolePages } from './pages/index.ts';
import { answerShown, notesShown } from './partners.ts';
import { createReviewPage } from './review-page.ts';
import { sharedTexts } from './texts/sharing.ts';
import { leavesPage, type UnsentView, unsentOf } from './unsent.ts';

const notChosen: Text = { ar: 'اختر واحدًا مما يلي', en: 'Choose one of these' };

/** Cases of other states in which the officer's office takes part. What it may see is decided by the sharing module. */
export function sharedRoutes(needs: PortalNeeds, draw: Draw): PageRoute[] {
  const { sharing } = needs;
  const showReview = createReviewPage(needs, draw);
  const shareIdOf = (context: PageContext) => context.params['shareId']!;

  const show = async (
    context: PageContext,
    view: SharedCaseForOffice,
    refused: Pick<NonNullable<OfficeSharedView['task']>, 'values' | 'problem'> = { values: {} },
    unsent?: UnsentView,
  ) => {
    const law = view.ground.law ? findLaw(view.ground.law)?.names : undefined;
    const { task } = view;
    return draw(
      consolePages.officeShared,
      {
        shareId: view.shareId,
        reference: view.reference,
        serviceTitle: view.serviceTitle,
        stands: sharedStateWords(view),
        deciding: await officeNameOf(needs, view.decidingOffice),
        ...(view.dueOn ? { dueOn: view.dueOn } : {}),
        clocks: await clocksShown(needs, view.clocks),
        ground: law
          ? { ar: `بحكم القانون: ${law.ar}`, en: `Under a law: ${law.en}` }
          : { ar: sharedTexts.ar.groundConsent, en: sharedTexts.en.groundConsent },
        facts: view.facts,
        documents: view.documents,
        steps: view.timeline.map(({ at, text }) => ({ title: text, at, progress: 'done' as const })),
        ...(task
          ? {
              task: {
                question: task.question,
                choices: [
                  { value: 'confirmed', label: task.confirmed },
                  { value: 'refused', label: task.refused },
                ],
                ...(view.answerBy ? { by: view.answerBy } : {}),
                ...(view.answerWorkingDaysLeft === undefined ? {} : { workingDaysLeft: view.answerWorkingDaysLeft }),
                isOpen: view.isAnswerDue,
                ...refused,
              },
              ...(view.answer ? { answer: answerShown(task, view.answer) } : {}),
            }
          : {}),
        ...(view.waitingSince ? { waitingSince: view.waitingSince } : {}),
        notes: notesShown(view.notes),
        ...(view.endedBecause ? { endedBecause: view.endedBecause } : {}),
        ...(unsent ? { unsent } : {}),
      },
      context,
      refused.problem || unsent ? { status: 422 } : {},
    );
  };

  const redirectTo = (path: string): PageRoute => ({
    // The language switch of a page after a refusal comes by here.
    method: 'GET',
    path: `/office/shared/:shareId/${path}`,
    access: 'officer',
    handle: async (context) => ({ redirect: `/office/shared/${shareIdOf(context)}` }),
  });

  return [
    {
      method: 'GET',
      path: '/office/shared',
      access: 'officer',
      handle: async (context) => {
        const officer = await officerIn(needs, context.caller);
        const list = await sharing.listForOfficer(officer);
        const isSupervisor = needs.cases.mayDo(officer, 'supervise');
        return draw(
          consolePages.sharedQueue,
          {
            officeName: needs.offices.find(({ id }) => id === officer.officeId)?.names ?? needs.state.names,
            ...(isSupervisor
              ? { dueNow: list.filter(({ answerWorkingDaysLeft: left }) => left !== undefined && left <= 0).length }
              : {}),
            rows: await Promise.all(
              list.map(async (one) => ({
                shareId: one.shareId,
                reference: one.reference,
                serviceTitle: one.serviceTitle,
                decidingState: await stateNameOf(needs, one.decidingState),
                stands: sharedStateWords(one),
                hasNews: one.hasNews && !one.isEnded,
                ...(one.answerBy ? { answer: { by: one.answerBy, workingDaysLeft: one.answerWorkingDaysLeft! } } : {}),
              })),
            ),
          },
          context,
        );
      },
    },
    {
      method: 'GET',
      path: '/office/shared/:shareId',
      access: 'officer',
      handle: async (context) => {
        const officer = await officerIn(needs, context.caller);
        return show(context, await sharing.openForOfficer(officer, shareIdOf(context)));
      },
    },
    redirectTo('answer'),
    {
      method: 'POST',
      path: '/office/shared/:shareId/answer',
      access: 'officer',
      handle: async (context) => {
        const officer = await officerIn(needs, context.caller);
        const shareId = shareIdOf(context);
        const values = {
          outcome: textOf(context.form['outcome']),
          wordsAr: textOf(context.form['words-ar']),
          wordsEn: textOf(context.form['words-en']),
        };
        const { outcome } = values;
        if (outcome !== 'confirmed' && outcome !== 'refused') {
          const { outcome: _, ...typed } = values;
          return show(context, await sharing.openForOfficer(officer, shareId), { values: typed, problem: notChosen });
        }
        try {
          await sharing.answer(officer, shareId, { outcome, ownWordsAr: values.wordsAr, ownWordsEn: values.wordsEn });
        } catch (error) {
          if (!leavesPage(error)) throw error;
          const view = await sharing.openForOfficer(officer, shareId);
          if (view.isAnswerDue) return show(context, view, { values, problem: error.messages });
          // A colleague was first, or the case has gone on: there is no form any more to put the words back into.
          const written = unsentOf(error.messages, [
            [both('wordsAr'), values.wordsAr],
            [both('wordsEn'), values.wordsEn],
          ]);
          if (!written) throw error;
          return show(context, view, { values: {} }, written);
        }
        return { redirect: `/office/shared/${shareId}` };
      },
    },
    {
      method: 'POST',
      path: '/office/shared/:shareId/notes',
      access: 'officer',
      handle: async (context) => {
        const officer = await officerIn(needs, context.caller);
        const unsent = await writeNote(
          () => sharing.write(officer, shareIdOf(context), textOf(context.form['text'])),
          context.form['text'],
        );
        if (unsent) return show(context, await sharing.openForOfficer(officer, shareIdOf(context)), undefined, unsent);
        return { redirect: `/office/shared/${shareIdOf(context)}#messages` };
      },
    },
    {
      method: 'GET',
      path: '/office/shared/:shareId/documents/:documentId',
      access: 'officer',
      handle: async (context) => {
        const officer = await officerIn(needs, context.caller);
        const found = await sharing.fetchDocument(officer, shareIdOf(context), context.params['documentId']!);
        return downloadOf(found);
      },
    },
    {
      method: 'POST',
      path: '/office/cases/:caseId/shares/:role/notes',
      access: 'officer',
      handle: async (context) => {
        const officer = await officerIn(needs, context.caller);
        const { caseId, role } = context.params as { caseId: string; role: string };
        const posted = context.form[`note-${role}`];
        const unsent = await writeNote(() => sharing.writeToPartner(officer, caseId, role, textOf(posted)), posted);
        if (unsent)
          return showReview(context, officer, await needs.cases.getCaseForOfficer(officer, caseId), { unsent });
        return { redirect: `/office/cases/${caseId}` };
      },
    },
  ];
}

const both = (key: 'wordsAr' | 'wordsEn' | 'noteLabel'): Text => ({ ar: sharedTexts.ar[key], en: sharedTexts.en[key] });

/** What could not be sent to the other office; nothing where nothing was written: the page stays as it is, and asks again. */
async function writeNote(
  work: () => Promise<unknown>,
  posted: string | string[] | undefined,
): Promise<UnsentView | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (!leavesPage(error)) throw error;
    return unsentOf(error.messages, [[both('noteLabel'), posted]]);
  }
}
