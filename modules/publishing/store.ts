import { type Tx, tablesOf } from '#kernel/database';
import type { ServiceFiles } from '#modules/catalogue';
import type { DraftState, Step, StepBody } from './contract.ts';

export type DraftRow = {
  draft_id: string;
  service_id: string;
  office_id: string;
  /** Null: of a service that had no version before it. */
  base_version: string | null;
  state: DraftState;
  revision: number;
  changed_at: Date;
  version: string | null;
};
type Tables = {
  drafts: DraftRow;
  revisions: { draft_id: string; revision: number; files: ServiceFiles | string };
  steps: {
    draft_id: string;
    number: number;
    kind: Step['kind'];
    person_id: string;
    done_at: Date;
    revision: number;
    body: StepBody | string;
  };
};

const on = (db: Tx) => tablesOf<Tables>(db, 'publishing');
const atWork: DraftState[] = ['open', 'submitted'];

/** False when the service has a draft at work already. */
export async function insertDraft(tx: Tx, row: DraftRow): Promise<boolean> {
  const done = await on(tx)
    .insertInto('drafts')
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return (done.numInsertedOrUpdatedRows ?? 0n) > 0n;
}

export function findDraft(db: Tx, draftId: string): Promise<DraftRow | undefined> {
  return on(db).selectFrom('drafts').selectAll().where('draft_id', '=', draftId).executeTakeFirst();
}

export function holdDraft(tx: Tx, draftId: string): Promise<DraftRow | undefined> {
  return on(tx).selectFrom('drafts').selectAll().where('draft_id', '=', draftId).forUpdate().executeTakeFirst();
}

export function listAtWork(db: Tx, serviceIds: readonly string[]): Promise<DraftRow[]> {
  if (serviceIds.length === 0) return Promise.resolve([]);
  return on(db)
    .selectFrom('drafts')
    .selectAll()
    .where('service_id', 'in', serviceIds)
    .where('state', 'in', atWork)
    .execute();
}

/** The latest first. */
export function listDrafts(db: Tx, serviceId: string): Promise<DraftRow[]> {
  return on(db)
    .selectFrom('drafts')
    .selectAll()
    .where('service_id', '=', serviceId)
    .orderBy('changed_at', 'desc')
    .limit(100)
    .execute();
}

/** Drafts of an office, of services among which these are not, that are at work or were published. The latest first. */
export function listOthers(db: Tx, officeId: string, serviceIds: readonly string[]): Promise<DraftRow[]> {
  return on(db)
    .selectFrom('drafts')
    .selectAll()
    .where('office_id', '=', officeId)
    .where('state', '!=', 'discarded')
    .$if(serviceIds.length > 0, (query) => query.where('service_id', 'not in', serviceIds))
    .orderBy('changed_at', 'desc')
    .limit(200)
    .execute();
}

export async function saveDraft(tx: Tx, { draft_id, ...rest }: DraftRow): Promise<void> {
  await on(tx).updateTable('drafts').set(rest).where('draft_id', '=', draft_id).execute();
}

export async function insertRevision(tx: Tx, draftId: string, revision: number, files: ServiceFiles): Promise<void> {
  await on(tx)
    .insertInto('revisions')
    .values({ draft_id: draftId, revision, files: JSON.stringify(files) })
    .execute();
}

export async function findRevision(db: Tx, draftId: string, revision: number): Promise<ServiceFiles | undefined> {
  const row = await on(db)
    .selectFrom('revisions')
    .select('files')
    .where('draft_id', '=', draftId)
    .where('revision', '=', revision)
    .executeTakeFirst();
  return row?.files as ServiceFiles | undefined;
}

/** Call it with the draft held: numbers follow one another. */
export async function appendStep(tx: Tx, draftId: string, step: Omit<Step, 'at'> & { at: Date }): Promise<void> {
  const { count } = await on(tx)
    .selectFrom('steps')
    .select(({ fn }) => fn.countAll<string>().as('count'))
    .where('draft_id', '=', draftId)
    .executeTakeFirstOrThrow();
  await on(tx)
    .insertInto('steps')
    .values({
      draft_id: draftId,
      number: Number(count) + 1,
      kind: step.kind,
      person_id: step.by,
      done_at: step.at,
      revision: step.revision,
      body: JSON.stringify(step.body),
    })
    .execute();
}

export async function listSteps(db: Tx, draftId: string): Promise<Step[]> {
  const rows = await on(db).selectFrom('steps').selectAll().where('draft_id', '=', draftId).orderBy('number').execute();
  return rows.map((row) => ({
    kind: row.kind,
    by: row.person_id,
    at: row.done_at.toISOString(),
    revision: row.revision,
    body: row.body as StepBody,
  }));
}
