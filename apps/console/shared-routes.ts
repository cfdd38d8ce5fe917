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
import { Problem } from '#kernel/problem';
import { downloadOf, type Officer, type OfficerCaseView } from '#modules/cases';
import type { Share, SharedCaseForOffice } from '#modules/sharing';
import { findLaw } from '#protocol/laws';
import { officerIn } from './officers.ts';
import type { OfficeSharedView, Partner } from './pages/index.ts';
import { consolePages } from './pages/index.ts';
import { sharedTexts } from './texts/sharing.ts';

const us: Text = { ar: sharedTexts.ar.us, en: sharedTexts.en.us };
const them: Text = { ar: sharedTexts.ar.them, en: sharedTexts.en.them };
const notChosen: Text = { ar: 'اختر واحدًا مما يلي', en: 'Choose one of these' };

type Task = NonNullable<Share['task']>;
type Answer = NonNullable<Share['answer']>;

const answerShown = (task: Task, { outcome, ownWords, at }: Answer) => ({
  words: task[outcome],
  at,
  ...(ownWords ? { ownWords } : {}),
});
const notesShown = (notes: SharedCaseForOffice['notes']) =>
  notes.map(({ isOurs, name, text, writtenAt }) => ({
    who: name ? { ar: name, en: name } : isOurs ? us : them,
    text,
    at: writtenAt,
  }));

/** The offices of the home state that take part in a case, for the officer who decides it. */
export async function partnersOf(needs: PortalNeeds, officer: Officer, view: OfficerCaseView): Promise<Partner[]> {
  if (view.homeState === needs.state.code) return [];
  const shares = await needs.sharing.listSharesForOfficer(officer, view.id);
  return Promise.all(
    shares.map(async (share) => {
      const [clock] = share.clock ? await clocksShown(needs, [share.clock]) : [];
      return {
        role: share.role,
        ...(share.office ? { office: await officeNameOf(needs, share.office) } : {}),
        toState: (await stateNameOf(needs, share.toState)).names,
        fields: share.fields,
        ...(share.task ? { question: share.task.question } : {}),
        ...(share.heardAt ? { heardAt: share.heardAt } : {}),
        ...(share.waitingSince ? { waitingSince: share.waitingSince } : {}),
        ...(share.answerBy ? { answerBy: share.answerBy } : {}),
        ...(clock ? { clock } : {}),
        isSilent: share.isSilent,
        ...(share.task && share.answer
          ? { answer: { ...answerShown(share.task, share.answer), isConfirmed: share.answer.outcome === 'confirmed' } }
          : {}),
        ...(share.endedBecause ? { endedBecause: share.endedBecause } : {}),
        notes: notesShown(share.notes),
      };
    }),
  );
}

/** Cases of other states in which the officer's office takes part. What it may see is decided by the sharing module. */
export function sharedRoutes(needs: PortalNeeds, draw: Draw): PageRoute[] {
  const { sharing } = needs;
  const shareIdOf = (context: PageContext) => context.params['shareId']!;

  const show = async (
    context: PageContext,
    view: SharedCaseForOffice,
    refused: Pick<NonNullable<OfficeSharedView['task']>, 'values' | 'problem'> = { values: {} },
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
      },
      context,
      refused.problem ? { status: 422 } : {},
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
          if (!(error instanceof Problem) || error.status !== 422) throw error;
          const view = await sharing.openForOfficer(officer, shareId);
          return show(context, view, { values, problem: error.messages });
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
        await unlessEmpty(() => sharing.write(officer, shareIdOf(context), textOf(context.form['text'])));
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
        await unlessEmpty(() => sharing.writeToPartner(officer, caseId, role, textOf(context.form[`note-${role}`])));
        return { redirect: `/office/cases/${caseId}` };
      },
    },
  ];
}

/** Nothing was written: the page stays as it is, and asks again. */
async function unlessEmpty(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 'note-empty') throw error;
  }
}
