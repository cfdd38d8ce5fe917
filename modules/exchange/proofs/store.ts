import { type Tx, tablesOf } from '#kernel/database';
import type { LeafProof, LeafStamp } from '#modules/ledger';
import type { QuestionRow, UseRow } from '../store.ts';

export type ChainRow = { chain_digest: string; entity_id: string; tokens: string[]; issued_at: Date; expires_at: Date };

/** What another log said of a leaf of its own. */
export type KeptInclusion = LeafProof & { stamp?: LeafStamp };

type Tables = {
  chains: ChainRow;
  inclusions: { leaf_hash: string; inclusion: KeptInclusion; kept_at: Date };
  questions: QuestionRow;
  uses: UseRow;
};

const tables = (db: Tx) => tablesOf<Tables>(db, 'exchange');
const json = (value: unknown) => JSON.stringify(value) as never;

/** Keeps a chain once, under its digest. */
export async function keepChain(db: Tx, row: ChainRow): Promise<void> {
  await tables(db)
    .insertInto('chains')
    .values({ ...row, tokens: json(row.tokens) })
    .onConflict((conflict) => conflict.column('chain_digest').doNothing())
    .execute();
}

/** Chains of an entity that were valid at a moment, latest first; `slackMs` for clocks that differ. */
export function listChainsAt(db: Tx, entityId: string, at: Date, slackMs: number): Promise<ChainRow[]> {
  return tables(db)
    .selectFrom('chains')
    .selectAll()
    .where('entity_id', '=', entityId)
    .where('issued_at', '<=', new Date(at.getTime() + slackMs))
    .where('expires_at', '>', new Date(at.getTime() - slackMs))
    .orderBy('issued_at', 'desc')
    .limit(20)
    .execute();
}

/** Chains of whomever that were valid at a moment, for a witness of which nothing is known now but its key. */
export function listAllChainsAt(db: Tx, at: Date, slackMs: number): Promise<ChainRow[]> {
  return tables(db)
    .selectFrom('chains')
    .selectAll()
    .where('issued_at', '<=', new Date(at.getTime() + slackMs))
    .where('expires_at', '>', new Date(at.getTime() - slackMs))
    .orderBy('issued_at', 'desc')
    .limit(1_000)
    .execute();
}

export async function findInclusion(db: Tx, leafHash: string): Promise<KeptInclusion | undefined> {
  const row = await tables(db)
    .selectFrom('inclusions')
    .select('inclusion')
    .where('leaf_hash', '=', leafHash)
    .executeTakeFirst();
  return row?.inclusion;
}

export async function keepInclusion(db: Tx, leafHash: string, inclusion: KeptInclusion, keptAt: Date): Promise<void> {
  await tables(db)
    .insertInto('inclusions')
    .values({ leaf_hash: leafHash, inclusion: json(inclusion), kept_at: keptAt })
    .onConflict((conflict) => conflict.column('leaf_hash').doUpdateSet({ inclusion: json(inclusion), kept_at: keptAt }))
    .execute();
}

/** A use of one person's data, or one that an office of this node answered. Two requesters may have chosen one id. */
export function findUseFor(
  db: Tx,
  questionId: string,
  of: { personId: string } | { officeId: string },
): Promise<UseRow | undefined> {
  return tables(db)
    .selectFrom('uses')
    .selectAll()
    .where('question_id', '=', questionId)
    .where((is) => ('personId' in of ? is('person_id', '=', of.personId) : is('office_id', '=', of.officeId)))
    .orderBy('used_at')
    .executeTakeFirst();
}
