import { type Tx, tablesOf } from '#kernel/database';
import type { Preferences } from '../contract.ts';

type Row = {
  person_id: string;
  language: Preferences['language'];
  is_digest: boolean;
  quiet_from: string | null;
  quiet_until: string | null;
  topics: Preferences['topics'];
};
const on = (db: Tx) => tablesOf<{ preferences: Row }>(db, 'notifications');

export async function findPreferences(db: Tx, personId: string): Promise<Preferences | undefined> {
  const row = await on(db).selectFrom('preferences').selectAll().where('person_id', '=', personId).executeTakeFirst();
  return (
    row && {
      language: row.language,
      isDigest: row.is_digest,
      ...(row.quiet_from && row.quiet_until ? { quietHours: { from: row.quiet_from, until: row.quiet_until } } : {}),
      // Whoever chose before there was this topic has it in the mailbox alone.
      topics: { ...{ offers: { isWanted: true, ways: [] } }, ...row.topics },
    }
  );
}

export async function savePreferences(db: Tx, personId: string, preferences: Preferences): Promise<void> {
  const row = {
    language: preferences.language,
    is_digest: preferences.isDigest,
    quiet_from: preferences.quietHours?.from ?? null,
    quiet_until: preferences.quietHours?.until ?? null,
    topics: JSON.stringify(preferences.topics) as never,
  };
  await on(db)
    .insertInto('preferences')
    .values({ person_id: personId, ...row })
    .onConflict((conflict) => conflict.column('person_id').doUpdateSet(row))
    .execute();
}
