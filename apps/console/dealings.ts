import { itemsShown, papersShown } from '#apps/portal';
import type { Text } from '#kernel/languages';
import type { OfficerCaseView, RuleFinding, RulesRun } from '#modules/cases';
import type { StepPage } from './case-steps.ts';
import { nameOfDoer } from './officers.ts';
import type { Dealings } from './pages/index.ts';

export const outcomes = [
  { value: 'approve', label: { ar: 'الموافقة', en: 'Approve' } },
  { value: 'refuse', label: { ar: 'الرفض', en: 'Refuse' } },
];

/** What happens to a case beside its decision, ready to draw. `isMine`: the officer before the page has taken the case. */
export function dealingsOf(
  view: OfficerCaseView,
  {
    steps,
    isMine,
    noteError,
    colleagues,
  }: { steps: StepPage[]; isMine: boolean; noteError: Text | undefined; colleagues: ReadonlyMap<string, Text> },
): Dealings {
  const who = (name: string | undefined): Text => ({ ar: name || 'موظف', en: name || 'An officer' });
  const { proposal } = view;
  return {
    version: view.version,
    mayWrite: view.duties.includes('work'),
    mayConfirm: view.duties.includes('confirm'),
    steps: steps
      .filter((step) => step.isOpen(view, isMine))
      .map((step) => ({ href: `/office/cases/${view.id}/${step.path}`, label: step.title })),
    ...(proposal
      ? {
          proposal: {
            outcome: proposal.items?.some((item) => item.outcome === 'refused')
              ? { ar: 'الموافقة الجزئية', en: 'Approve in part' }
              : outcomes.find(({ value }) => value === proposal.outcome)!.label,
            items: itemsShown(proposal.items),
            by: proposal.proposedBy,
            at: proposal.proposedAt,
            reasons: proposal.reasons.map(({ text }) => text),
            conditions: proposal.conditions.map(({ text }) => text),
            ...(proposal.ownWords ? { ownWords: proposal.ownWords } : {}),
            isOwn: view.hadAHand,
            ...(noteError ? { noteError } : {}),
          },
        }
      : {}),
    requests: (view.erasedAt ? [] : view.requests).map(({ things, files, ...request }) => ({
      ...request,
      papers: papersShown(files, `/office/cases/${view.id}/files`, { isForOffice: true }),
      things: things.map(({ text }) => text),
    })),
    appeals: view.erasedAt ? [] : view.appeals,
    changes: view.changes,
    messages: view.messages.map(({ writtenBy, name, text, writtenAt }) => ({
      who: writtenBy === 'person' ? { ar: 'المتقدّم', en: 'The applicant' } : who(name),
      text,
      at: writtenAt,
    })),
    notes: view.notes.map(({ name, text, writtenAt }) => ({ who: who(name), text, at: writtenAt })),
    history: view.history.map(({ officerId, who: called, ...line }) => {
      const name = nameOfDoer({ officerId, who: called }, colleagues);
      return { ...line, ...(name ? { who: name } : {}) };
    }),
  };
}

const becauseOf: Record<Exclude<RulesRun['because'], 'sent'>, Text> = {
  'answers-corrected': { ar: 'صحّح المتقدّم إجاباته', en: 'The applicant corrected answers' },
  'evidence-asked-again': {
    ar: 'طُلب الإثبات من جديد فجاء مختلفًا',
    en: 'Evidence was asked for again, and has changed',
  },
};
const ruleOutcomes = { approve: 'met', review: 'needs-review', refuse: 'not-met' } as const;
export const rulesShown = (findings: RuleFinding[]) =>
  findings.map(({ text, outcome }) => ({ text, outcome: ruleOutcomes[outcome] }));

/** What the rules find since something was changed, beside what they found before; nothing where they were applied once. */
export function rulesAgainOf({ earlierRuns, lastRun }: OfficerCaseView) {
  const before = earlierRuns.at(-1);
  if (!before || !lastRun || lastRun.because === 'sent') return {};
  const missingIn = (run: RulesRun, { findings }: RulesRun) =>
    findings.filter(({ reason }) => !run.findings.some((one) => one.reason === reason)).map(({ text }) => text);
  return {
    rulesAgain: {
      at: lastRun.at,
      because: becauseOf[lastRun.because],
      added: missingIn(before, lastRun),
      gone: missingIn(lastRun, before),
      earlier: earlierRuns.map(({ at, findings }) => ({ at, rules: rulesShown(findings) })),
    },
  };
}
