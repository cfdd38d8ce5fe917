import { errors } from 'oidc-provider';
import type { Clock } from '#kernel/clock';
import { type Database, sql, type Tx, tablesOf } from '#kernel/database';
import { reading } from '#kernel/statements';

type Tables = {
  oidc_payloads: {
    model: string;
    id: string;
    payload: unknown;
    grant_id: string | null;
    uid: string | null;
    user_code: string | null;
    expires_at: Date | null;
    consumed_at: Date | null;
  };
  subjects: { subject: string; sector: string; person_id: string };
  evidence_grants: { grant_id: string; consent_id: string; access_token_until: Date };
};

const on = (db: Tx) => tablesOf<Tables>(db, 'identity');

type Payload = Record<string, unknown> & { grantId?: string; uid?: string; userCode?: string };

/** oidc-provider's storage on the database: one row per artefact. What may be used once is used once, also under a race. */
export function createAdapter(needs: { database: Database; clock: Clock }) {
  const db = needs.database.db;
  return (model: string) => {
    const find = async (column: 'id' | 'uid' | 'user_code', value: string) => {
      const row = await on(db)
        .selectFrom('oidc_payloads')
        .select(['payload', 'consumed_at'])
        .where('model', '=', model)
        .where(column, '=', value)
        .where((eb) => eb.or([eb('expires_at', 'is', null), eb('expires_at', '>', needs.clock.now())]))
        .executeTakeFirst();
      if (row === undefined) return undefined;
      const consumed = row.consumed_at === null ? {} : { consumed: Math.floor(row.consumed_at.getTime() / 1000) };
      return { ...(row.payload as Payload), ...consumed };
    };
    return {
      upsert: async (id: string, payload: Payload, expiresInSeconds?: number) => {
        const now = needs.clock.now();
        const row = {
          payload: JSON.stringify(payload),
          grant_id: payload.grantId ?? null,
          uid: payload.uid ?? null,
          user_code: payload.userCode ?? null,
          expires_at: expiresInSeconds ? new Date(now.getTime() + expiresInSeconds * 1000) : null,
        };
        const insert = on(db)
          .insertInto('oidc_payloads')
          .values({ model, id, ...row, consumed_at: null });
        if (model !== 'ReplayDetection') {
          await insert.onConflict((conflict) => conflict.columns(['model', 'id']).doUpdateSet(row)).execute();
          return;
        }
        // The library looks first and saves later; of two at the same time only one may come through.
        const done = await insert
          .onConflict((conflict) =>
            conflict.columns(['model', 'id']).doUpdateSet(row).where('oidc_payloads.expires_at', '<=', now),
          )
          .executeTakeFirst();
        if (done.numInsertedOrUpdatedRows === 0n) throw new errors.InvalidRequest('replay detected');
      },
      find: (id: string) => find('id', id),
      findByUid: (uid: string) => find('uid', uid),
      findByUserCode: (userCode: string) => find('user_code', userCode),
      consume: async (id: string) => {
        const done = await on(db)
          .updateTable('oidc_payloads')
          .set({ consumed_at: needs.clock.now() })
          .where('model', '=', model)
          .where('id', '=', id)
          .where('consumed_at', 'is', null)
          .executeTakeFirst();
        if (done.numUpdatedRows === 0n) throw new errors.InvalidGrant(`${model} already consumed`);
      },
      destroy: async (id: string) => {
        await on(db).deleteFrom('oidc_payloads').where('model', '=', model).where('id', '=', id).execute();
      },
      revokeByGrantId: async (grantId: string) => {
        await on(db).deleteFrom('oidc_payloads').where('model', '=', model).where('grant_id', '=', grantId).execute();
      },
    };
  };
}

export async function saveSubject(db: Tx, entry: { subject: string; sector: string; personId: string }): Promise<void> {
  await on(db)
    .insertInto('subjects')
    .values({ subject: entry.subject, sector: entry.sector, person_id: entry.personId })
    .onConflict((conflict) => conflict.column('subject').doNothing())
    .execute();
}

export async function findPersonOfSubject(db: Tx, subject: string): Promise<string | undefined> {
  const row = await on(db).selectFrom('subjects').select('person_id').where('subject', '=', subject).executeTakeFirst();
  return row?.person_id;
}

export type SubjectHolder = { subject: string; personId: string; nationalId: string };

/** Who the subjects are; a subject that nobody has, or whose identity is suspended, is left out: its tokens hold no more. */
export const readingHolders = (subjects: readonly string[]) =>
  reading(
    `select subject, person_id as "personId", national_id as "nationalId"
      from identity.subjects join identity.persons using (person_id)
      where subject = any($1::text[]) and not is_suspended`,
    [subjects],
    (rows): SubjectHolder[] => rows,
  );

export type EvidenceGrant = { grantId: string; consentId: string; accessTokenUntil: Date };

export async function saveEvidenceGrant(db: Tx, grant: EvidenceGrant): Promise<void> {
  await on(db)
    .insertInto('evidence_grants')
    .values({ grant_id: grant.grantId, consent_id: grant.consentId, access_token_until: grant.accessTokenUntil })
    .execute();
}

export async function findEvidenceGrant(db: Tx, grantId: string): Promise<EvidenceGrant | undefined> {
  const row = await on(db).selectFrom('evidence_grants').selectAll().where('grant_id', '=', grantId).executeTakeFirst();
  return row && { grantId, consentId: row.consent_id, accessTokenUntil: row.access_token_until };
}

/** Ends every sign-in of a person at the provider: sessions, codes and tokens that name the account. */
export async function endPersonAtProvider(db: Tx, personId: string): Promise<void> {
  await on(db).deleteFrom('oidc_payloads').where(sql<string>`payload ->> 'accountId'`, '=', personId).execute();
}

export async function purgeExpired(db: Tx, now: Date): Promise<void> {
  await on(db).deleteFrom('oidc_payloads').where('expires_at', '<', now).execute();
  await on(db).deleteFrom('evidence_grants').where('access_token_until', '<', now).execute();
}
