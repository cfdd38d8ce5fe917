import { sql, type Tx } from '#kernel/database';

/** The code that was sent to somebody's telephone after a right password: it ends with that step. */
export async function up(db: Tx): Promise<void> {
  await sql`alter table identity.password_steps add column message_code bytea, add column message_until timestamptz`.execute(
    db,
  );
}
