import { sql, type Tx, tablesOf } from '#kernel/database';
import { reading } from '#kernel/statements';
import type { AssuranceLevel } from '#protocol/assurance';
import type { RefusalReason } from '../contract.ts';
import type { Device } from '../sessions/devices.ts';

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
  devices: Device & { provider_session: string; person_id: string; signed_in_at: Date };
  ended_interactions: EndedRow & { interaction_id: string; expires_at: Date };
};

type EndedRow = {
  reason: RefusalReason;
  needed: AssuranceLevel | null;
  reached: AssuranceLevel | null;
  proofing: string | null;
};

const on = (db: Tx) => tablesOf<Tables>(db, 'identity');

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

/** Writes down that an interaction can only end, and how; the last word counts. */
export async function endInteraction(
  db: Tx,
  interactionId: string,
  ended: { reason: RefusalReason; needed?: string; reached?: string; proofing?: string },
  expiresAt: Date,
): Promise<void> {
  const row = {
    reason: ended.reason,
    needed: (ended.needed ?? null) as EndedRow['needed'],
    reached: (ended.reached ?? null) as EndedRow['reached'],
    proofing: ended.proofing ?? null,
    expires_at: expiresAt,
  };
  await on(db)
    .insertInto('ended_interactions')
    .values({ interaction_id: interactionId, ...row })
    .onConflict((conflict) => conflict.column('interaction_id').doUpdateSet(row))
    .execute();
}

/** Takes back an end for want of a level: the person goes another way. */
export async function reopenInteraction(db: Tx, interactionId: string): Promise<void> {
  await on(db)
    .deleteFrom('ended_interactions')
    .where('interaction_id', '=', interactionId)
    .where('reason', '=', 'loa_unmet')
    .execute();
}

export async function findEndedInteraction(db: Tx, interactionId: string): Promise<EndedRow | undefined> {
  return on(db)
    .selectFrom('ended_interactions')
    .select(['reason', 'needed', 'reached', 'proofing'])
    .where('interaction_id', '=', interactionId)
    .executeTakeFirst();
}

/** Remembers the device of a sign-in at the provider; the session it belongs to is kept by the library. */
export async function saveDevice(
  db: Tx,
  entry: { providerSession: string; personId: string; device: Device; at: Date },
): Promise<void> {
  const row = { person_id: entry.personId, ...entry.device, signed_in_at: entry.at };
  await on(db)
    .insertInto('devices')
    .values({ provider_session: entry.providerSession, ...row })
    .onConflict((conflict) => conflict.column('provider_session').doUpdateSet(row))
    .execute();
}

export type SignedInDevice = Partial<Device> & {
  /** Names the session; not what its cookie holds. */
  uid: string;
  acr: string;
  signedInAt: Date;
  usedAt: Date;
  /** What the clients call the session, by client. */
  clients: Record<string, string>;
};

/** Where a person is signed in with the eID now, the latest first. `idleMs`: how long a session lives after its last use. */
export async function listSignedInDevices(
  db: Tx,
  personId: string,
  now: Date,
  idleMs: number,
): Promise<SignedInDevice[]> {
  const rows = await on(db)
    .selectFrom('oidc_payloads')
    .leftJoin('devices', 'devices.provider_session', 'oidc_payloads.uid')
    .select(['payload', 'oidc_payloads.expires_at', 'browser', 'system', 'network'])
    .where('model', '=', 'Session')
    .where(sql<string>`payload ->> 'accountId'`, '=', personId)
    .where('oidc_payloads.expires_at', '>', now)
    .execute();
  type Session = { uid: string; acr?: string; loginTs: number; authorizations?: Record<string, { sid: string }> };
  return rows
    .map(({ payload, expires_at, browser, system, network }) => {
      const { uid, acr, loginTs, authorizations } = payload as Session;
      return {
        uid,
        acr: acr ?? '',
        browser,
        system,
        network,
        signedInAt: new Date(loginTs * 1_000),
        usedAt: new Date(expires_at!.getTime() - idleMs),
        clients: Object.fromEntries(Object.entries(authorizations ?? {}).map(([client, { sid }]) => [client, sid])),
      };
    })
    .sort((a, b) => b.usedAt.getTime() - a.usedAt.getTime());
}

/** Ends every sign-in of a person at the provider: sessions, codes and tokens that name the account. */
export async function endPersonAtProvider(db: Tx, personId: string): Promise<void> {
  await on(db).deleteFrom('oidc_payloads').where(sql<string>`payload ->> 'accountId'`, '=', personId).execute();
}

export async function purgeExpired(db: Tx, now: Date, signedInBefore: Date): Promise<void> {
  await on(db)
    .deleteFrom('devices')
    .where('signed_in_at', '<', signedInBefore)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('oidc_payloads')
            .select('id')
            .where('model', '=', 'Session')
            .whereRef('oidc_payloads.uid', '=', 'devices.provider_session'),
        ),
      ),
    )
    .execute();
  await on(db).deleteFrom('oidc_payloads').where('expires_at', '<', now).execute();
  await on(db).deleteFrom('ended_interactions').where('expires_at', '<', now).execute();
  await on(db).deleteFrom('evidence_grants').where('access_token_until', '<', now).execute();
}
