import { sql, type Tx } from '#kernel/database';

/** What a visit is for, and since when its person is on the way to pay: whoever comes back from paying is led to the app. */
export async function up(db: Tx): Promise<void> {
  await sql`alter table apps.visits
    add column purpose text not null default 'evidence' check (purpose in ('evidence', 'payment')),
    add column paying_since timestamptz`.execute(db);
  await sql`create index visits_paying on apps.visits (person_id, case_id) where paying_since is not null`.execute(db);
}
