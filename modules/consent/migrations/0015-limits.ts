import { sql, type Tx } from '#kernel/database';

export async function up(db: Tx): Promise<void> {
  // Whether uses have to be counted before the next one is allowed. Details never change, so this does not either.
  await sql`alter table consent.grants add column is_limited boolean not null default true`.execute(db);
  await sql`update consent.grants set is_limited =
    jsonb_path_exists(details, '$[*] ? (@.use == "once" || @.use == "times")')`.execute(db);
  await sql`alter table consent.grants alter column is_limited drop default`.execute(db);
}
