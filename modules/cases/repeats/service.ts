import type { Tx } from '#kernel/database';
import { dateIn } from '#kernel/languages';
import { type Answers, keepAsked, type Service, valueAt } from '#modules/catalogue';
import { problem, type ReceivedEvidence } from '../contract.ts';
import { formWith } from '../evidence/conditions.ts';
import { listEvidence } from '../evidence/store.ts';
import { readAnswers } from '../files/answers.ts';
import { type CasesNeeds, getRow } from '../needs.ts';
import { listValidities } from '../renewals/store.ts';
import { mayReadAsPerson, type Person } from '../rules.ts';
import { type CaseRow, listAnswers, listCasesOf, listEvents } from '../store.ts';

const ended = new Set(['draft', 'refused', 'withdrawn', 'cancelled', 'expired', 'stopped']);

/** What one case is about, as far as it is known. */
type About = { answers: Answers; evidence: ReceivedEvidence[] };

/**
 * Another case of the same person, child or company for the same thing, where the service is given once for it (`oncePer`): open, or approved and in the
 * way still (`onceWhile`). The case that this one renews is none. Without `about` nothing is known yet: only a service that is given once whatever was
 * answered has a repeat then.
 */
export async function findRepeat(
  needs: Pick<CasesNeeds, 'clock' | 'calendar'>,
  tx: Tx,
  of: { id?: string; personId: string; serviceId: string },
  { service, about, renews }: { service: Service; about?: About; renews?: string },
): Promise<CaseRow | undefined> {
  const { oncePer, onceWhile } = service.definition;
  if (!oncePer || (!about && oncePer.length > 0)) return undefined;
  const begun = of.id === undefined ? [] : await listEvents(tx, of.id);
  const renewed = renews ?? begun.find(({ kind }) => kind === 'case-renews')?.body['caseId'];
  const today = dateIn(needs.clock.now(), needs.calendar.timeZone);
  const others = (await listCasesOf(tx, of.personId)).filter(
    (other) =>
      other.id !== of.id && other.id !== renewed && other.serviceId === of.serviceId && !ended.has(other.state),
  );
  const validities = await listValidities(
    tx,
    others.map(({ id }) => id),
  );
  const isInTheWay = ({ id, state, decidedAt }: CaseRow): boolean => {
    if (state !== 'approved') return true;
    if (onceWhile === 'open') return false;
    if (onceWhile === 'year') return dateIn(decidedAt!, needs.calendar.timeZone).slice(0, 4) === today.slice(0, 4);
    const until = validities.find(({ case_id: caseId }) => caseId === id)?.until;
    return until === undefined || until >= today;
  };
  for (const other of others.filter(isInTheWay)) {
    if (!about) return other;
    const evidence = await listEvidence(tx, other.id);
    const form = formWith(service.form, evidence);
    const theirs = { answers: keepAsked(form, (await listAnswers(tx, other.id)).answers), evidence };
    if (oncePer.every((path) => JSON.stringify(read(about, path)) === JSON.stringify(read(theirs, path)))) return other;
  }
  return undefined;
}

function read({ answers, evidence }: About, path: string): unknown {
  if (!path.startsWith('evidence.')) return answers[path];
  return valueAt(
    { evidence: Object.fromEntries(evidence.map(({ evidenceType, values }) => [evidenceType, values])) },
    path,
  );
}

/** The way to the other application is for whoever may read it. */
export const repeated = (other: CaseRow, person: Person) => problem('application-repeated', wayTo(other, person));

const wayTo = (other: CaseRow, person: Person) => ({
  reference: other.reference,
  ...(mayReadAsPerson(other, person) ? { caseId: other.id } : {}),
});

export function createRepeats(needs: CasesNeeds) {
  return {
    /** Another application for the same, which keeps this draft from being sent. */
    findRepeatOf: async (
      person: Person,
      caseId: string,
    ): Promise<{ reference: string; caseId?: string } | undefined> => {
      const { db } = needs.database;
      const row = await getRow(needs, caseId, (found) => mayReadAsPerson(found, person));
      const service = await needs.catalogue.getService(row.serviceId, row.serviceVersion);
      if (!service.definition.oncePer) return undefined;
      const evidence = await listEvidence(db, caseId);
      const form = formWith(service.form, evidence);
      const about = { answers: keepAsked(form, (await readAnswers(db, caseId)).answers), evidence };
      const other = await findRepeat(needs, db, row, { service, about });
      return other && wayTo(other, person);
    },
  };
}
