import { sql, type Tx } from '#kernel/database';
import type { Officer } from '../rules.ts';
import type { SavedView } from './contract.ts';

export async function listSavedViews(db: Tx, { personId, officeId }: Officer): Promise<SavedView[]> {
  const { rows } = await sql<SavedView>`select id, name, filters from cases.saved_views
    where officer_id = ${personId} and office_id = ${officeId} order by saved_at, id`.execute(db);
  return rows;
}

/** One of the same name gets the new filters. */
export async function saveView(db: Tx, { personId, officeId }: Officer, view: SavedView, at: Date): Promise<void> {
  await sql`insert into cases.saved_views (id, office_id, officer_id, name, filters, saved_at)
    values (${view.id}, ${officeId}, ${personId}, ${view.name}, ${JSON.stringify(view.filters)}::jsonb, ${at})
    on conflict (officer_id, office_id, name) do update set filters = excluded.filters`.execute(db);
}

export async function deleteView(db: Tx, { personId, officeId }: Officer, id: string): Promise<void> {
  await sql`delete from cases.saved_views
    where id = ${id} and officer_id = ${personId} and office_id = ${officeId}`.execute(db);
}
