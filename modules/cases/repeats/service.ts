import type { Tx } from '#kernel/database';
import { dateIn } from '#kernel/languages';
import { type Answers, keepAsked, type Service } from '#modules/catalogue';
import type { CasesNeeds } from '../needs.ts';
import { listValidities } from '../renewals/store.ts';
import { type CaseRow, listAnswers, listCasesOf, listEvents } from '../store.ts';

const ended = new Set(['draft', 'refused', 'withdrawn', 'cancelled', 'expired', 'stopped']);

/**
 * Another case of the same applicant for the same thing, open or approved and still valid, where the service is given once for it
 * (`oncePer`). The case that this one renews is none.
 */
export async function findRepeat(
  needs: Pick<CasesNeeds, 'clock' | 'calendar'>,
  tx: Tx,
  row: CaseRow,
  { service, answers }: { service: Service; answers: Answers },
): Promise<CaseRow | undefined> {
  const questions = service.definition.oncePer;
  if (!questions) return undefined;
  const renewed = (await listEvents(tx, row.id)).find(({ kind }) => kind === 'case-renews')?.body['caseId'];
  const today = dateIn(needs.clock.now(), needs.calendar.timeZone);
  const others = (await listCasesOf(tx, row.personId)).filter(
    (other) =>
      other.id !== row.id && other.id !== renewed && other.serviceId === row.serviceId && !ended.has(other.state),
  );
  const validities = await listValidities(
    tx,
    others.map(({ id }) => id),
  );
  for (const other of others) {
    const until = validities.find(({ case_id: id }) => id === other.id)?.until;
    if (until !== undefined && until < today) continue;
    const theirs = keepAsked(service.form, (await listAnswers(tx, other.id)).answers);
    if (questions.every((id) => JSON.stringify(theirs[id]) === JSON.stringify(answers[id]))) return other;
  }
  return undefined;
}
