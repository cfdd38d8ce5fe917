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

/** Returns how many marks were still standing. */
export async function markRevoked(db: Tx, mark: MarkKey, at: Date): Promise<number> {
  const rows = await tables(db)
    .updateTable('trust_marks')
    .set({ revoked_at: at })
    .where('issuer_id', '=', mark.issuerId)
    .where('subject_id', '=', mark.subjectId)
    .where('type', '=', mark.type)
    .where('revoked_at', 'is', null)
    .returning(sql<number>`1`.as('one'))
    .execute();
  return rows.length;
}
