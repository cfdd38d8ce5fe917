import type { Clock } from '#kernel/clock';
import type { Database, Tx } from '#kernel/database';
import type { Jobs } from '#kernel/jobs';
import { dateIn } from '#kernel/languages';
import type { Log } from '#kernel/log';
import type { Catalogue, Service } from '#modules/catalogue';
import type { Calendar } from './calendar.ts';
import { problem } from './contract.ts';
import { validityOf } from './renewals/rules.ts';
import { saveValidity } from './renewals/store.ts';
import {
  appendEvent,
  type CaseRow,
  findCase,
  holdCase,
  listAnswers,
  listDocuments,
  listEvents,
  listEvidence,
  updateCase,
} from './store.ts';
import type { CaseFile } from './views.ts';

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
  catalogue: Pick<Catalogue, 'findService' | 'getService'>;
  /** ISO 3166-1 alpha-2 of the state that decides these cases. */
  state: string;
  calendar: Calendar;
  log: Log;
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
  return {
    row,
    service: await needs.catalogue.getService(row.serviceId, row.serviceVersion),
    evidence: await listEvidence(db, row.id),
    ...(await listAnswers(db, row.id)),
    events: await listEvents(db, row.id),
    documents: await listDocuments(db, row.id),
  };
}

/** Writes the changed row; refuses when the case has moved on since it was read. */
export async function saveRow(tx: Tx, row: CaseRow): Promise<CaseRow> {
  if (!(await updateCase(tx, row))) throw problem('case-changed-since');
  return { ...row, version: row.version + 1 };
}

export type DecisionFacts = {
  outcome: 'approve' | 'refuse';
  decidedBy: 'rules' | 'officer';
  officerId?: string;
  reasonIds: string[];
  ownWords?: { ar: string; en: string };
};

/** Event, ledger entry and announcement of a decision; the caller saves the row in the same transaction. */
export async function recordDecision(
  needs: CasesNeeds,
  tx: Tx,
  row: CaseRow,
  service: Service,
  facts: DecisionFacts,
  at: Date,
): Promise<void> {
  const number = `${row.reference}-D`;
  await appendEvent(tx, {
    caseId: row.id,
    kind: facts.outcome === 'approve' ? 'case-approved' : 'case-refused',
    actor: facts.officerId ? { kind: 'officer', id: facts.officerId } : { kind: 'rules' },
    body: {
      number,
      reasonIds: facts.reasonIds,
      decidedBy: facts.decidedBy,
      ...(facts.ownWords ? { ownWords: facts.ownWords } : {}),
    },
    at,
  });
  const validity = facts.outcome === 'approve' ? validityOf(service, dateIn(at, needs.calendar.timeZone)) : undefined;
  if (validity) await saveValidity(tx, row.id, validity);
  await needs.ledger.append(tx, {
    kind: 'case-decided',
    record: {
      ...recordOf(needs, row),
      outcome: facts.outcome === 'approve' ? 'approved' : 'refused',
      decidedBy: facts.decidedBy,
    },
    personId: row.personId,
  });
  await needs.jobs.send(tx, 'case-decided', { caseId: row.id }, { key: row.id });
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
