import { type Tx, tablesOf } from '#kernel/database';

type CredentialTable = {
  credential_id: string;
  decision_id: string;
  office_id: string;
  type_id: string;
  issuer: string;
  claims: unknown;
  disclosable: unknown;
  compact: string;
  list_id: string;
  list_index: number;
  reference: string;
  person_id: string | null;
  issued_at: Date;
  valid_until: Date;
  revoked_at: Date | null;
  superseded: boolean;
};

type Tables = {
  credentials: CredentialTable;
  status_entries: { list_id: string; list_index: number; credential_id: string };
};

/** A credential as its issuer keeps it. `compact` is the copy without a holder, which the sealed document carries. */
export type IssuedCredential = {
  credentialId: string;
  decisionId: string;
  officeId: string;
  typeId: string;
  issuer: string;
  claims: Record<string, unknown>;
  disclosable: string[];
  compact: string;
  listId: string;
  listIndex: number;
  /** Stands in the QR code; opens the status and nothing about the person. */
  reference: string;
  personId?: string;
  issuedAt: Date;
  validUntil: Date;
  revokedAt?: Date;
  /** It ended because another one took its place. */
  isSuperseded?: boolean;
};

const tables = (db: Tx) => tablesOf<Tables>(db, 'credentials');

export async function insertCredential(tx: Tx, credential: IssuedCredential): Promise<void> {
  await tables(tx)
    .insertInto('credentials')
    .values({
      credential_id: credential.credentialId,
      decision_id: credential.decisionId,
      office_id: credential.officeId,
      type_id: credential.typeId,
      issuer: credential.issuer,
      claims: JSON.stringify(credential.claims),
      disclosable: JSON.stringify(credential.disclosable),
      compact: credential.compact,
      list_id: credential.listId,
      list_index: credential.listIndex,
      reference: credential.reference,
      person_id: credential.personId ?? null,
      issued_at: credential.issuedAt,
      valid_until: credential.validUntil,
      revoked_at: null,
      superseded: false,
    })
    .execute();
}

export async function findCredential(
  db: Tx,
  by: { credentialId: string } | { decisionId: string } | { reference: string },
): Promise<IssuedCredential | undefined> {
  const [column, value] =
    'credentialId' in by
      ? (['credential_id', by.credentialId] as const)
      : 'decisionId' in by
        ? (['decision_id', by.decisionId] as const)
        : (['reference', by.reference] as const);
  const row = await tables(db).selectFrom('credentials').selectAll().where(column, '=', value).executeTakeFirst();
  return row && fromRow(row);
}

/** Marks it revoked unless it already is; true when this call did it. */
export async function markRevoked(
  tx: Tx,
  credentialId: string,
  { at, isSuperseded }: { at: Date; isSuperseded: boolean },
): Promise<boolean> {
  const result = await tables(tx)
    .updateTable('credentials')
    .set({ revoked_at: at, superseded: isSuperseded })
    .where('credential_id', '=', credentialId)
    .where('revoked_at', 'is', null)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/** Leaves of a credential what says whether it stands: its place in the status list, its dates, its type and its office. */
export async function eraseClaims(tx: Tx, credentialId: string, compact: string): Promise<void> {
  await tables(tx)
    .updateTable('credentials')
    .set({ claims: '{}', disclosable: '[]', compact })
    .where('credential_id', '=', credentialId)
    .execute();
}

/** Takes an index of a status list; false when somebody has it. */
export async function takeStatusIndex(
  tx: Tx,
  entry: { listId: string; listIndex: number; credentialId: string },
): Promise<boolean> {
  const row = await tables(tx)
    .insertInto('status_entries')
    .values({ list_id: entry.listId, list_index: entry.listIndex, credential_id: entry.credentialId })
    .onConflict((conflict) => conflict.doNothing())
    .returning('list_index')
    .executeTakeFirst();
  return row !== undefined;
}

export async function countStatusEntries(tx: Tx, listId: string): Promise<number> {
  const row = await tables(tx)
    .selectFrom('status_entries')
    .select((select) => select.fn.countAll().as('entries'))
    .where('list_id', '=', listId)
    .executeTakeFirstOrThrow();
  return Number(row.entries);
}

export async function hasStatusList(db: Tx, listId: string): Promise<boolean> {
  const row = await tables(db)
    .selectFrom('status_entries')
    .select('list_id')
    .where('list_id', '=', listId)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** The places of credentials that are no longer valid, each with whether another one took its place. */
export async function listEnded(db: Tx, listId: string): Promise<Array<{ index: number; isSuperseded: boolean }>> {
  const rows = await tables(db)
    .selectFrom('credentials')
    .select(['list_index', 'superseded'])
    .where('list_id', '=', listId)
    .where('revoked_at', 'is not', null)
    .execute();
  return rows.map((row) => ({ index: row.list_index, isSuperseded: row.superseded }));
}

function fromRow(row: CredentialTable): IssuedCredential {
  return {
    credentialId: row.credential_id,
    decisionId: row.decision_id,
    officeId: row.office_id,
    typeId: row.type_id,
    issuer: row.issuer,
    claims: row.claims as Record<string, unknown>,
    disclosable: row.disclosable as string[],
    compact: row.compact,
    listId: row.list_id,
    listIndex: row.list_index,
    reference: row.reference,
    ...(row.person_id === null ? {} : { personId: row.person_id }),
    issuedAt: row.issued_at,
    validUntil: row.valid_until,
    ...(row.revoked_at === null ? {} : { revokedAt: row.revoked_at }),
    ...(row.superseded ? { isSuperseded: true } : {}),
  };
}
