import { clocksShown, officeNameOf, type PortalNeeds, stateNameOf } from '#apps/portal';
import type { Text } from '#kernel/languages';
import type { Officer, OfficerCaseView } from '#modules/cases';
import type { Share, SharedCaseForOffice } from '#modules/sharing';
import type { Partner } from './pages/index.ts';
import { sharedTexts } from './texts/sharing.ts';

const us: Text = { ar: sharedTexts.ar.us, en: sharedTexts.en.us };
const them: Text = { ar: sharedTexts.ar.them, en: sharedTexts.en.them };

type Task = NonNullable<Share['task']>;
type Answer = NonNullable<Share['answer']>;

export const answerShown = (task: Task, { outcome, ownWords, at }: Answer) => ({
  words: task[outcome],
  at,
  ...(ownWords ? { ownWords } : {}),
});
export const notesShown = (notes: SharedCaseForOffice['notes']) =>
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
