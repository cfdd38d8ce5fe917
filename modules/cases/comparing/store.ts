import { sql, type Tx } from '#kernel/database';
import type { CaseRole } from '../roles/contract.ts';
import { isWithin } from '../roles/store.ts';
import type { CaseRow } from '../store.ts';

/** Cases of the same service and office, sent by the same person or decided: those of the person first, then the latest decided. */
export async function listAlike(
  db: Tx,
  row: Pick<CaseRow, 'id' | 'officeId' | 'serviceId' | 'personId'>,
  { grants, limit }: { grants: readonly CaseRole[]; limit: number },
): Promise<Array<{ id: string; reference: string; is_same: boolean; decided_at: Date | null }>> {
  const { rows } = await sql<{ id: string; reference: string; is_same: boolean; decided_at: Date | null }>`
    select id, reference, person_id = ${row.personId} as is_same, decided_at from cases.cases
    where office_id = ${row.officeId} and service_id = ${row.serviceId} and submitted_at is not null and id <> ${row.id} and ${isWithin(grants)}
      and (person_id = ${row.personId} or state in ('approved', 'refused', 'cancelled'))
    order by is_same desc, decided_at desc nulls last, id limit ${limit}`.execute(db);
  return rows;
}
