import type { Service } from '#modules/catalogue';
import { mayTake, openStates } from '../chart.ts';
import type { RequestView } from '../requests/contract.ts';
import type { CaseRow } from '../store.ts';
import type { StillOpen } from './contract.ts';

/**
 * What a person can still change, by the chart and by the service's own rules; nothing of a draft, of what is decided, and of an appeal, in which the
 * decision is looked at as it was made.
 */
export function stillOpenIn(
  row: Pick<CaseRow, 'state' | 'dueOn' | 'decidedAt' | 'workingDaysLeft'>,
  { casework }: Pick<Service, 'casework'>,
  requests: readonly RequestView[],
): StillOpen | undefined {
  if (!openStates.includes(row.state) || row.state === 'under-appeal') return undefined;
  const request = requests.find(({ isOpen }) => isOpen);
  const otherwise = casework.requests ? 'when-asked' : 'no';
  const part = (names: StillOpen['answers']['names']): StillOpen['answers'] =>
    request && names.length > 0 ? { how: 'now', until: request.answerBy, names } : { how: otherwise, names: [] };
  const mayWithdraw = mayTake(row.state, 'withdraw') && !row.decidedAt;
  const isRunning = row.dueOn !== undefined && row.workingDaysLeft === undefined;
  return {
    answers: part((request?.pages ?? []).map(({ title }) => title)),
    papers: part((request?.files ?? []).map(({ names }) => names)),
    withdrawal: mayWithdraw ? { how: 'now', ...(isRunning ? { until: row.dueOn! } : {}) } : { how: 'no' },
    ...(casework.requests ? { workingDays: casework.requests.workingDays } : {}),
  };
}
