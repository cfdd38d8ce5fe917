import { dateIn } from '#kernel/languages';
import type { Service } from '#modules/catalogue';
import { addWorkingDays, type Calendar } from '../calendar.ts';
import type { DecisionBody } from '../decisions/rules.ts';
import { decisionOf, isDecision } from '../decisions/rules.ts';
import type { CaseState } from '../states.ts';
import type { EventRow } from '../store.ts';
import type { AppealRow } from './store.ts';

type Story = { row: { state: CaseState }; service: Service; events: EventRow[]; appeals: AppealRow[] };

/** The last day on which the person may appeal against what was decided, ISO 8601; undefined when there is no appeal. */
export function appealableUntil(story: Story, calendar: Calendar): string | undefined {
  const rules = story.service.casework.appeals;
  const { state } = story.row;
  const decision = decisionOf(story);
  if (!rules || !decision || (state !== 'approved' && state !== 'refused')) return undefined;
  const isAgainst =
    (decision.outcome !== 'approved' && rules.against.includes('refusal')) ||
    (rules.against.includes('condition') && decision.conditions.length > 0);
  if (!isAgainst || isFinal(story)) return undefined;
  return addWorkingDays(dateIn(new Date(decision.decidedAt), calendar.timeZone), rules.workingDays, calendar);
}

/** What was decided on an appeal, or appealed once, is not appealed again: a court is the next step. */
export function isFinal({ events, appeals }: Pick<Story, 'events' | 'appeals'>): boolean {
  const body = events.findLast(isDecision)?.body as DecisionBody | undefined;
  return body?.isFinal === true || appeals.some(({ decisionNumber }) => decisionNumber === body?.number);
}
