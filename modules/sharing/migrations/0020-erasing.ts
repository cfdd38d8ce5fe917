import { sql, type Tx } from '#kernel/database';

/** When what a share held of a person was erased; a later status fills it again. */
export async function up(db: Tx): Promise<void> {
  await sql`alter table sharing.shares add column erased_at timestamptz`.execute(db);
  await sql`create index shares_to_erase on sharing.shares (changed_at, share_id)
    where side = 'viewer' and erased_at is null`.execute(db);
}
