import { sql, type Tx } from '#kernel/database';
import { openStates } from '../chart.ts';

const open = sql`state in (${sql.join(openStates.map((state) => sql.lit(state)))})`;

/** Cases with evidence that came with a consent and still counts, the oldest first. `origin`: of whoever says that it is withdrawn. */
export async function listUnder(tx: Tx, consentId: string, origin: string | undefined): Promise<string[]> {
  const { rows } = await sql<{ id: string; provider_office: string | null }>`
    select distinct case_id as id, provider_office from cases.evidence
    where consent_id = ${consentId} and withdrawn_at is null order by case_id`.execute(tx);
  const fits = (office: string | null) =>
    origin === undefined || (office !== null && new URL(office).origin === origin);
  return [...new Set(rows.filter((row) => fits(row.provider_office)).map(({ id }) => id))];
}

export async function markWithdrawn(tx: Tx, caseId: string, consentId: string, at: Date): Promise<void> {
  await sql`update cases.evidence set withdrawn_at = ${at}
    where case_id = ${caseId}::uuid and consent_id = ${consentId} and withdrawn_at is null`.execute(tx);
}

/** Of a case that was never handed in, what came with the consent is erased. */
export async function eraseUnder(tx: Tx, caseId: string, consentId: string): Promise<void> {
  await sql`delete from cases.evidence where case_id = ${caseId}::uuid and consent_id = ${consentId}`.execute(tx);
}

export async function forgetNames(tx: Tx, caseId: string): Promise<void> {
  await sql`delete from cases.applicant_words where case_id = ${caseId}::uuid`.execute(tx);
}

/** Cases for which no new consent came by their last day. */
export async function listWithoutConsent(db: Tx, today: string, limit: number): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`select id from cases.cases
    where consent_by is not null and consent_by < ${today}::date and ${open} order by consent_by, id limit ${limit}`.execute(
    db,
  );
  return rows.map(({ id }) => id);
}
