import { sql, type Tx } from '#kernel/database';

/** Whether a flow was asked in a signed request, and takes only a signed answer. */
export async function up(db: Tx): Promise<void> {
  await sql`alter table identity.sign_in_flows add column is_signed boolean not null default false`.execute(db);
}
