import { sql, type Tx } from '#kernel/database';
import { tables } from '../store.ts';

export type MarkKey = { issuerId: string; subjectId: string; type: string };
export type IssuedMark = MarkKey & {
  markId: string;
  claimsHash: string;
  kid: string;
  token: string;
  tokenHash: string;
  issuedAt: Date;
  expiresAt: Date;
};

/** The newest mark with the same content that is signed with the same key and was not revoked. */
export async function findSameMark(
  db: Tx,
  mark: MarkKey & { claimsHash: string; kid: string },
): Promise<{ token: string; issuedAt: Date; expiresAt: Date } | undefined> {
  const row = await tables(db)
    .selectFrom('trust_marks')
    .select(['token', 'issued_at', 'expires_at'])
    .where('issuer_id', '=', mark.issuerId)
    .where('subject_id', '=', mark.subjectId)
    .where('type', '=', mark.type)
    .where('claims_hash', '=', mark.claimsHash)
    .where('kid', '=', mark.kid)
    .where('revoked_at', 'is', null)
    .orderBy('issued_at', 'desc')
    .executeTakeFirst();
  return row && { token: row.token, issuedAt: row.issued_at, expiresAt: row.expires_at };
}

export async function insertMark(db: Tx, mark: IssuedMark): Promise<void> {
  await tables(db)
    .insertInto('trust_marks')
    .values({
      mark_id: mark.markId,
      issuer_id: mark.issuerId,
      subject_id: mark.subjectId,
      type: mark.type,
      claims_hash: mark.claimsHash,
      kid: mark.kid,
      token: mark.token,
      token_hash: mark.tokenHash,
      issued_at: mark.issuedAt,
      expires_at: mark.expiresAt,
      revoked_at: null,
    })
    .execute();
}

export async function findMarkByToken(
  db: Tx,
  tokenHash: string,
): Promise<{ issuerId: string; expiresAt: Date; revokedAt: Date | null } | undefined> {
  const row = await tables(db)
    .selectFrom('trust_marks')
    .select(['issuer_id', 'expires_at', 'revoked_at'])
    .where('token_hash', '=', tokenHash)
    .executeTakeFirst();
  return row && { issuerId: row.issuer_id, expiresAt: row.expires_at, revokedAt: row.revoked_at };
}

/** Subjects that hold an unexpired mark which was not revoked, in order, each once. */
export async function listMarkedSubjects(
  db: Tx,
  of: { issuerId: string; type?: string; subject?: string; now: Date },
): Promise<string[]> {
  let query = tables(db)
    .selectFrom('trust_marks')
    .select('subject_id')
    .distinct()
    .where('issuer_id', '=', of.issuerId)
    .where('revoked_at', 'is', null)
    .where('expires_at', '>', of.now);
  if (of.type !== undefined) query = query.where('type', '=', of.type);
  if (of.subject !== undefined) query = query.where('subject_id', '=', of.subject);
  const rows = await query.orderBy('subject_id').execute();
  return rows.map((row) => row.subject_id);
}

/** The newest mark of a subject that stands. */
export async function findActiveMark(db: Tx, mark: MarkKey, now: Date): Promise<string | undefined> {
  const row = await tables(db)
    .selectFrom('trust_marks')
    .select('token')
    .where('issuer_id', '=', mark.issuerId)
    .where('subject_id', '=', mark.subjectId)
    .where('type', '=', mark.type)
    .where('revoked_at', 'is', null)
    .where('expires_at', '>', now)
    .orderBy('issued_at', 'desc')
    .executeTakeFirst();
  return row?.token;
}

/** Returns how many marks were still standing; of all types when none is named. */
export async function markRevoked(db: Tx, mark: Omit<MarkKey, 'type'> & { type?: string }, at: Date): Promise<number> {
  let query = tables(db)
    .updateTable('trust_marks')
    .set({ revoked_at: at })
    .where('issuer_id', '=', mark.issuerId)
    .where('subject_id', '=', mark.subjectId)
    .where('revoked_at', 'is', null);
  if (mark.type !== undefined) query = query.where('type', '=', mark.type);
  const rows = await query.returning(sql<number>`1`.as('one')).execute();
  return rows.length;
}

/** Withdraws the standing marks of a subject and type that say something else. */
export async function markOthersRevoked(db: Tx, mark: MarkKey & { claimsHash: string }, at: Date): Promise<void> {
  await tables(db)
    .updateTable('trust_marks')
    .set({ revoked_at: at })
    .where('issuer_id', '=', mark.issuerId)
    .where('subject_id', '=', mark.subjectId)
    .where('type', '=', mark.type)
    .where('claims_hash', '!=', mark.claimsHash)
    .where('revoked_at', 'is', null)
    .execute();
}
