import type { Clock } from '#kernel/clock';
import type { RequestFacts } from '#kernel/contract';
import type { Database, Tx } from '#kernel/database';
import type { Jobs } from '#kernel/jobs';
import { dateIn, type Text } from '#kernel/languages';
import type { Log } from '#kernel/log';
import type { Catalogue } from '#modules/catalogue';
import type { TakenDocument } from '#modules/exchange';
import type { Colleague } from './absences/contract.ts';
import { listAppeals } from './appeals/store.ts';
import { findWaitingSince } from './awaited/store.ts';
import type { Calendar } from './calendar.ts';
import { listCorrections } from './changes/store.ts';
import { problem, type ReceivedEvidence } from './contract.ts';
import { listDocuments } from './documents/store.ts';
import { listEvidence, listWithdrawn } from './evidence/store.ts';
import type { FeeFacts } from './fees.ts';
import { readAnswers } from './files/answers.ts';
import { listAllFiles } from './files/store.ts';
import type { Registers } from './look-ups/service.ts';
import { listMessages } from './messages/store.ts';
import { listPrefills } from './prefills/store.ts';
import { listPagesOf, listRequests } from './requests/store.ts';
import { findHold } from './retention/store.ts';
import type { CaseRole } from './roles/contract.ts';
import type { Standing } from './standing.ts';
import { type CaseRow, findCase, holdCase, listEvents, updateCase } from './store.ts';
import type { CaseFile } from './views.ts';

/** A case that is being erased; `decisionIds`: of all its decisions. */
export type ErasedCase = { caseId: string; reference: string; officeId: string; decisionIds: string[] };

/** What an office asked and got: `values` are the fields that the case holds. */
export type ReceivedQuestion = { officeId: string; questionId: string; values: Record<string, unknown> };

export type CasesNeeds = {
  database: Database;
  clock: Clock;
  /** Writes the entry of a fact in the same transaction. No person's identifier goes into `record`. */
  ledger: {
    append(
      tx: Tx,
      entry: { kind: string; record: Record<string, string | number | boolean | null>; personId?: string },
    ): Promise<unknown>;
  };
  jobs: Pick<Jobs, 'queue' | 'send'>;
  catalogue: Pick<Catalogue, 'findPause' | 'findService' | 'getService'>;
  /** ISO 3166-1 alpha-2 of the state that decides these cases. */
  state: string;
  calendar: Calendar;
  /** Says whether the fee of a case keeps it from this step; nothing is asked for where it is absent. */
  fees?: { isDue(tx: Tx, before: 'sending' | 'decision', facts: FeeFacts): Promise<'due' | 'risen' | undefined> };
  /**
   * Asks for evidence of a case again, under the consent that it was given with; what has to stand is not asked for again where it is
   * absent. Throws what the holder answers.
   */
  askAgain?(asked: {
    officeId: string;
    providerState: string;
    evidenceType: string;
    reference: string;
  }): Promise<ReceivedEvidence>;
  /**
   * How sources of evidence are, `evidenceType` absent for a state as a whole; nobody is told that one is back where it is absent.
   * `hasAnswered`: whether anybody's question was answered there since a moment, as this node saw it. `isThere`: looks now; false, too, when it
   * could not be found out.
   */
  sources?: {
    hasAnswered(of: { providerState: string; evidenceType?: string }, since: Date): Promise<boolean>;
    isThere(of: { providerState: string; evidenceType?: string }): Promise<boolean>;
  };
  /** What an officer is called; what they do stands without a name where it is absent. */
  nameOf?(personId: string): Promise<Text | undefined>;
  /** Where somebody has shown that they can be told; forms are begun without it where it is absent. */
  findAddresses?(personId: string): Promise<{ email?: string; mobile?: string }>;
  /** The roles that the state knows now, asked for with each step: what changes in them counts at once. */
  roles(): readonly CaseRole[];
  /** Whether somebody acts or has acted for a person, by a register or the person's word; nobody does where it is absent. */
  actsFor?(db: Tx, representativeId: string, personId: string): Promise<boolean>;
  /** The roles that somebody still has in an office; nobody's cases go back to the queue where it is absent. */
  rolesIn?(personId: string, officeId: string): Promise<readonly string[]>;
  /** Everybody who acts for an office now, by the names that colleagues read; nobody is covered for where it is absent. */
  colleagues?(officeId: string): Promise<Colleague[]>;
  /** Whether somebody may not sign in; nobody is barred where it is absent. */
  isSuspended?(personId: string): Promise<boolean>;
  /**
   * Which information system calls, of which office and with which roles, from the whole call; none is known where it is absent. Throws
   * `call-malformed`, `caller-not-recognised` or `calls-too-many`.
   */
  recogniseSystem?(
    request: Pick<RequestFacts, 'method' | 'url' | 'headers' | 'rawBody'>,
  ): Promise<{ systemId: string; officeId: string; name: string; roles: readonly string[] }>;
  /** The proof file of evidence that an office received, as text; undefined where there is none. */
  proveEvidence?(of: ReceivedQuestion): Promise<string | undefined>;
  /** A document that such evidence names; undefined where it names none. Throws what its holder answers. */
  fetchEvidenceDocument?(of: ReceivedQuestion & { field: string }): Promise<TakenDocument | undefined>;
  /** Public registers that answers are looked up in; questions of that kind cannot be answered where it is absent. */
  registers?: Registers;
  log: Log;
  /** Where a virus scanner listens: `tcp://host:port` or `unix:/path` of ClamAV's clamd. Files are not scanned when absent. */
  virusScanner?: string | undefined;
  /** Whether something outside this module is not over for an ended case, such as a refund; then it is not erased yet. */
  keepsOpen?(tx: Tx, caseId: string): Promise<boolean>;
  /** Erases what others hold of a case, in the transaction that erases it here. */
  onErased?(tx: Tx, erased: ErasedCase): Promise<void>;
  /** Ends what was issued for a decision, in the transaction that ends it. */
  onDecisionEnded?(tx: Tx, ended: { decisionId: string; as: 'superseded' | 'cancelled'; at: Date }): Promise<void>;
};

/** A case this caller may see, or the same refusal as for one that does not exist. */
export async function getRow(needs: CasesNeeds, caseId: string, may: (row: CaseRow) => boolean): Promise<CaseRow> {
  const row = await findCase(needs.database.db, caseId);
  if (!row || !may(row)) throw problem('case-unknown');
  return row;
}

export async function holdRow(tx: Tx, caseId: string, may: (row: CaseRow) => boolean): Promise<CaseRow> {
  const row = await holdCase(tx, caseId);
  if (!row || !may(row)) throw problem('case-unknown');
  return row;
}

export async function openFile(needs: CasesNeeds, row: CaseRow): Promise<CaseFile> {
  const { db } = needs.database;
  const requests = await listRequests(db, row.id);
  const open = requests.find(({ endedAt }) => !endedAt);
  const evidence = await listEvidence(db, row.id);
  return {
    row,
    service: await needs.catalogue.getService(row.serviceId, row.serviceVersion),
    evidence,
    withdrawn: await listWithdrawn(db, row.id, evidence),
    ...(await readAnswers(db, row.id)),
    files: await listAllFiles(db, row.id),
    prefills: row.state === 'draft' ? await listPrefills(db, row.id) : [],
    events: await listEvents(db, row.id),
    documents: await listDocuments(db, row.id),
    requests,
    correctedPages: open ? await listPagesOf(db, open.id) : {},
    appeals: await listAppeals(db, row.id),
    corrections: await listCorrections(db, row.id),
    messages: await listMessages(db, row.id),
    hold: row.endedAt ? await findHold(db, row.id) : undefined,
    awaitsSourceSince:
      row.state === 'draft' || row.consentBy !== undefined ? await findWaitingSince(db, row.id) : undefined,
  };
}

/** Writes the changed row; refuses when the case has moved on since it was read. */
export async function saveRow(tx: Tx, row: CaseRow): Promise<CaseRow> {
  if (!(await updateCase(tx, row))) throw problem('case-changed-since');
  return { ...row, version: row.version + 1 };
}

/** Where the case stands, for whoever took a step. */
export function standingOf({ id, state, version }: CaseRow): Standing {
  return { caseId: id, state, version };
}

/** The date of a moment in the calendar of the deciding state. */
export function dayOf({ calendar }: Pick<CasesNeeds, 'calendar'>, at: Date): string {
  return dateIn(at, calendar.timeZone);
}

/** What the ledger is told of a case: which service and office, by numbers that name nobody. */
export function recordOf(needs: CasesNeeds, row: CaseRow): Record<string, string> {
  return {
    caseId: row.id,
    serviceId: row.serviceId,
    serviceVersion: row.serviceVersion,
    officeId: row.officeId,
    state: needs.state,
    ...(row.representative ? { representedBy: row.representative.kind } : {}),
  };
}
