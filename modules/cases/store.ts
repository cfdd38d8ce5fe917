import { sql, type Tx, tablesOf } from '#kernel/database';
import type { Answers } from '#modules/catalogue';
import type { MandateKind } from '#protocol/representation';
import { endStates, officeStates } from './chart.ts';
import type { CaseState } from './contract.ts';
import type { DecisionOutcome } from './decisions/contract.ts';
import type { Through } from './systems/rules.ts';
import { saveCall } from './systems/store.ts';

export type CaseRow = {
  id: string;
  reference: string;
  serviceId: string;
  serviceVersion: string;
  personId: string;
  homeState: string;
  officeId: string;
  state: CaseState;
  /** Counts every change: whoever decides names the version that was looked at. */
  version: number;
  startedAt: Date;
  updatedAt: Date;
  submittedAt?: Date | undefined;
  decidedAt?: Date | undefined;
  /** What the decision that counts came to; set with it. */
  decidedAs?: DecisionOutcome | undefined;
  /** Since when nothing is left to do; its retention runs from that day. */
  endedAt?: Date | undefined;
  /** When what it held was erased. */
  erasedAt?: Date | undefined;
  /** The last working day for a decision, of the office or on an appeal, ISO 8601. */
  dueOn?: string | undefined;
  /** Set while the office's clock stands still, as the person has to answer. */
  workingDaysLeft?: number | undefined;
  /** A consent it stands on was withdrawn: the last day for a new one, ISO 8601. Nothing is decided meanwhile. */
  consentBy?: string | undefined;
  /** How far the supervisors were told: 0 not, 1 before the due day, 2 on it. */
  escalation?: number | undefined;
  /** Whoever began the case for the person. */
  representative?: { personId: string; kind: MandateKind; mandate?: string } | undefined;
  assignment?: { officerId: string; officerName: string; assignedAt: Date } | undefined;
};

export type Actor = { kind: 'person' | 'officer' | 'rules' | 'node'; id?: string; through?: Through };
export type EventRow = {
  sequence: number;
  kind: string;
  actor: string;
  actorId?: string;
  body: Record<string, unknown>;
  happenedAt: Date;
};
export type CaseColumns = Tables['cases'];

type Tables = {
  cases: {
    id: string;
    reference: string;
    service_id: string;
    service_version: string;
    person_id: string;
    home_state: string;
    office_id: string;
    state: CaseState;
    version: number;
    started_at: Date;
    updated_at: Date;
    submitted_at: Date | null;
    decided_at: Date | null;
    decided_as: DecisionOutcome | null;
    ended_at: Date | null;
    erased_at: Date | null;
    due_on: string | null;
    working_days_left: number | null;
    consent_by: string | null;
    escalation: number;
    officer_id: string | null;
    officer_name: string | null;
    assigned_at: Date | null;
    representative_id: string | null;
    representative_kind: MandateKind | null;
    representative_mandate: string | null;
  };
  events: {
    case_id: string;
    sequence: number;
    kind: string;
    actor: string;
    actor_id: string | null;
    body: unknown;
    happened_at: Date;
  };
  answers: { case_id: string; page_id: string; answers: unknown; saved_at: Date };
  numbers: { year: number; last: number };
};

const tables = (db: Tx) => tablesOf<Tables>(db, 'cases');

/** The next number of the year, for references people can say aloud. */
export async function takeNumber(tx: Tx, year: number): Promise<number> {
  const row = await tables(tx)
    .insertInto('numbers')
    .values({ year, last: 1 })
    .onConflict((conflict) => conflict.column('year').doUpdateSet({ last: sql<number>`numbers.last + 1` }))
    .returning('last')
    .executeTakeFirstOrThrow();
  return row.last;
}

/** False when the person has a draft for this service already. */
export async function insertCase(tx: Tx, row: CaseRow): Promise<boolean> {
  const inserted = await tables(tx)
    .insertInto('cases')
    .values({
      id: row.id,
      reference: row.reference,
      service_id: row.serviceId,
      service_version: row.serviceVersion,
      person_id: row.personId,
      home_state: row.homeState,
      office_id: row.officeId,
      state: row.state,
      version: row.version,
      escalation: 0,
      started_at: row.startedAt,
      updated_at: row.updatedAt,
      representative_id: row.representative?.personId ?? null,
      representative_kind: row.representative?.kind ?? null,
      representative_mandate: row.representative?.mandate ?? null,
    })
    // A literal: with a parameter a plan that is kept for all values would not fit the index of drafts alone.
    .onConflict((conflict) =>
      conflict.columns(['person_id', 'service_id']).where('state', '=', sql.lit('draft')).doNothing(),
    )
    .returning('id')
    .executeTakeFirst();
  return inserted !== undefined;
}

export async function findCase(db: Tx, caseId: string): Promise<CaseRow | undefined> {
  const row = await tables(db).selectFrom('cases').selectAll().where('id', '=', caseId).executeTakeFirst();
  return row && toCase(row);
}

/** The case, held against other writers until the transaction ends. */
export async function holdCase(tx: Tx, caseId: string): Promise<CaseRow | undefined> {
  const row = await tables(tx).selectFrom('cases').selectAll().where('id', '=', caseId).forUpdate().executeTakeFirst();
  return row && toCase(row);
}

export async function findDraft(db: Tx, personId: string, serviceId: string): Promise<CaseRow | undefined> {
  const row = await tables(db)
    .selectFrom('cases')
    .selectAll()
    .where('person_id', '=', personId)
    .where('service_id', '=', serviceId)
    .where('state', '=', 'draft')
    .executeTakeFirst();
  return row && toCase(row);
}

export async function listCasesOf(db: Tx, personId: string, state?: CaseState): Promise<CaseRow[]> {
  let query = tables(db).selectFrom('cases').selectAll().where('person_id', '=', personId);
  if (state) query = query.where('state', '=', state);
  const rows = await query.orderBy('started_at', 'desc').limit(200).execute();
  return rows.map(toCase);
}

/** Cases that the office owes a decision by that day or earlier, the oldest first; `after` goes on behind a case of such a list. */
export async function listDueBy(db: Tx, day: string, limit: number, after?: CaseRow): Promise<CaseRow[]> {
  let query = tables(db)
    .selectFrom('cases')
    .selectAll()
    .where('working_days_left', 'is', null)
    .where('state', 'in', officeStates)
    .where('due_on', '<=', day);
  if (after)
    query = query.where((where) =>
      where.or([
        where('due_on', '>', after.dueOn!),
        where.and([where('due_on', '=', after.dueOn!), where('id', '>', after.id)]),
      ]),
    );
  return (await query.orderBy('due_on').orderBy('id').limit(limit).execute()).map(toCase);
}

const endsIn = sql.join(endStates.map((state) => sql.lit(state)));
/** A case ends when it comes into such a state, and anew with each decision after it. */
const endedAt = ({ state, decidedAt, updatedAt }: CaseRow) =>
  endStates.includes(state)
    ? sql<Date>`case when state in (${endsIn}) and state = ${state}
        and decided_at is not distinct from ${decidedAt ?? null}::timestamptz then ended_at else ${updatedAt}::timestamptz end`
    : null;

/** Writes the changed row over the version it was read at; false when somebody else was faster. */
export async function updateCase(tx: Tx, row: CaseRow): Promise<boolean> {
  const result = await tables(tx)
    .updateTable('cases')
    .set({
      state: row.state,
      version: row.version + 1,
      updated_at: row.updatedAt,
      submitted_at: row.submittedAt ?? null,
      decided_at: row.decidedAt ?? null,
      ended_at: endedAt(row),
      due_on: row.dueOn ?? null,
      working_days_left: row.workingDaysLeft ?? null,
      consent_by: row.consentBy ?? null,
      representative_id: row.representative?.personId ?? null,
      representative_kind: row.representative?.kind ?? null,
      representative_mandate: row.representative?.mandate ?? null,
      escalation: row.escalation ?? 0,
      officer_id: row.assignment?.officerId ?? null,
      officer_name: row.assignment?.officerName ?? null,
      assigned_at: row.assignment?.assignedAt ?? null,
    })
    .where('id', '=', row.id)
    .where('version', '=', row.version)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/** Changes no version: the decision that it belongs to does. */
export async function saveDecidedAs(tx: Tx, caseId: string, decidedAs: DecisionOutcome): Promise<void> {
  await tables(tx).updateTable('cases').set({ decided_as: decidedAs }).where('id', '=', caseId).execute();
}

/** What a system does is kept with its event, as the answer to the call; so the row of the case is saved before. */
export async function appendEvent(
  tx: Tx,
  event: { caseId: string; kind: string; actor: Actor; body?: Record<string, unknown>; at: Date },
): Promise<void> {
  const { through } = event.actor;
  const body = through ? { ...event.body, through: through.name } : (event.body ?? {});
  // Of a case that other states see, each event is one more thing to tell them; of one that was sent, so it is for systems of the office.
  await sql`with added as (
      insert into cases.events (case_id, sequence, kind, actor, actor_id, body, happened_at)
      select ${event.caseId}::uuid, coalesce(max(sequence), 0) + 1, ${event.kind}::text, ${event.actor.kind}::text, ${event.actor.id ?? null}::uuid,
        ${JSON.stringify(body)}::jsonb, ${event.at}::timestamptz
      from cases.events where case_id = ${event.caseId}::uuid
      returning case_id, sequence),
    told as (
      insert into cases.feed (case_id, office_id)
      select case_id, office_id from added join cases.cases on id = case_id
      where submitted_at is not null or ${event.kind}::text = 'case-submitted'
      on conflict (case_id) do update set place = null)
    insert into cases.changes (case_id, number)
    select case_id, sequence from added join cases.cases on id = case_id where is_shared
    on conflict (case_id) do update set number = excluded.number`.execute(tx);
  if (through?.call) {
    const { id: callId, digest } = through.call;
    await saveCall(tx, { systemId: through.systemId, callId, digest, caseId: event.caseId, at: event.at });
  }
}

export async function listEvents(db: Tx, caseId: string): Promise<EventRow[]> {
  const rows = await tables(db)
    .selectFrom('events')
    .selectAll()
    .where('case_id', '=', caseId)
    .orderBy('sequence')
    .execute();
  return rows.map((row) => ({
    sequence: row.sequence,
    kind: row.kind,
    actor: row.actor,
    ...(row.actor_id ? { actorId: row.actor_id } : {}),
    body: row.body as Record<string, unknown>,
    happenedAt: row.happened_at,
  }));
}

/** Whether somebody took a step in the case as its person, for themselves or for whomever. */
export async function hasActed(db: Tx, caseId: string, personId: string): Promise<boolean> {
  const row = await tables(db)
    .selectFrom('events')
    .select('sequence')
    .where('case_id', '=', caseId)
    .where('actor', '=', 'person')
    .where('actor_id', '=', personId)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

export async function saveAnswersOf(
  tx: Tx,
  caseId: string,
  pageId: string,
  answers: Answers,
  savedAt: Date,
): Promise<void> {
  await tables(tx)
    .insertInto('answers')
    .values({ case_id: caseId, page_id: pageId, answers: JSON.stringify(answers), saved_at: savedAt })
    .onConflict((conflict) =>
      conflict.columns(['case_id', 'page_id']).doUpdateSet({ answers: JSON.stringify(answers), saved_at: savedAt }),
    )
    .execute();
}

export async function listAnswers(db: Tx, caseId: string): Promise<{ answers: Answers; savedPages: string[] }> {
  const rows = await tables(db).selectFrom('answers').selectAll().where('case_id', '=', caseId).execute();
  return {
    answers: Object.assign({}, ...rows.map((row) => row.answers as Answers)),
    savedPages: rows.map((row) => row.page_id),
  };
}

export function toCase(row: CaseColumns): CaseRow {
  return {
    id: row.id,
    reference: row.reference,
    serviceId: row.service_id,
    serviceVersion: row.service_version,
    personId: row.person_id,
    homeState: row.home_state,
    officeId: row.office_id,
    state: row.state,
    version: row.version,
    startedAt: row.started_at,
    updatedAt: row.updated_at,
    submittedAt: row.submitted_at ?? undefined,
    decidedAt: row.decided_at ?? undefined,
    decidedAs: row.decided_as ?? undefined,
    endedAt: row.ended_at ?? undefined,
    erasedAt: row.erased_at ?? undefined,
    dueOn: row.due_on ?? undefined,
    workingDaysLeft: row.working_days_left ?? undefined,
    consentBy: row.consent_by ?? undefined,
    escalation: row.escalation,
    representative:
      row.representative_id && row.representative_kind
        ? {
            personId: row.representative_id,
            kind: row.representative_kind,
            ...(row.representative_mandate ? { mandate: row.representative_mandate } : {}),
          }
        : undefined,
    assignment:
      row.officer_id && row.assigned_at
        ? { officerId: row.officer_id, officerName: row.officer_name ?? '', assignedAt: row.assigned_at }
        : undefined,
  };
}
