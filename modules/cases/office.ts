import { readPosted } from '#modules/catalogue';
import { type OfficerCaseView, type OfficerDecision, problem, type QueueFilters, type QueueItem } from './contract.ts';
import { type CasesNeeds, getRow, holdRow, openFile, recordDecision, saveRow } from './needs.ts';
import { mayReadAsOfficer, type Officer, stepTo } from './rules.ts';
import { appendEvent, type CaseRow, listCasesAt } from './store.ts';
import { describeForOfficer, describeQueueItem } from './views.ts';
import { colleague } from './words.ts';

/** What an officer can do with the cases of the own office. */
export function createOfficeCases(needs: CasesNeeds) {
  const { database, clock, catalogue, state, calendar } = needs;
  const seenBy = (officer: Officer) => (row: CaseRow) => mayReadAsOfficer(row, officer);

  const listQueue = async (officer: Officer, filters: QueueFilters = {}): Promise<QueueItem[]> => {
    const rows = await listCasesAt(database.db, officer.officeId, officer.personId, filters);
    const now = clock.now();
    return Promise.all(
      rows.map(async (row) => {
        const file = await openFile(needs, row);
        return describeQueueItem(file, { state, now, calendar });
      }),
    );
  };

  const getCaseForOfficer = async (officer: Officer, caseId: string): Promise<OfficerCaseView> => {
    const file = await openFile(needs, await getRow(needs, caseId, seenBy(officer)));
    return describeForOfficer(file, { state, now: clock.now(), calendar });
  };

  /** One officer at a time. Taking over from a colleague is a deliberate step that stays in the story of the case. */
  const takeCase = async (officer: Officer, caseId: string, options: { takeOver?: boolean | undefined } = {}) => {
    await database.transaction(async (tx) => {
      const row = await holdRow(tx, caseId, seenBy(officer));
      refuseOwnCase(row, officer);
      const next = stepTo(row.state, 'take');
      const holder = row.assignment;
      if (holder?.officerId === officer.personId) return;
      if (holder && !options.takeOver) throw problem('case-taken', takenParams(holder));
      const at = clock.now();
      const assignment = { officerId: officer.personId, officerName: officer.name ?? '', assignedAt: at };
      await saveRow(tx, { ...row, state: next, updatedAt: at, assignment });
      await appendEvent(tx, {
        caseId,
        kind: 'case-taken',
        actor: { kind: 'officer', id: officer.personId },
        ...(holder ? { body: { takenOverFrom: holder.officerId } } : {}),
        at,
      });
    });
    return getCaseForOfficer(officer, caseId);
  };

  const releaseCase = async (officer: Officer, caseId: string): Promise<OfficerCaseView> => {
    await database.transaction(async (tx) => {
      const row = await holdRow(tx, caseId, seenBy(officer));
      const next = stepTo(row.state, 'release');
      if (row.assignment?.officerId !== officer.personId) throw problem('case-not-taken');
      const at = clock.now();
      await saveRow(tx, { ...row, state: next, updatedAt: at, assignment: undefined });
      await appendEvent(tx, { caseId, kind: 'case-released', actor: { kind: 'officer', id: officer.personId }, at });
    });
    return getCaseForOfficer(officer, caseId);
  };

  /** Decides on exactly the version that was looked at, with reasons that fit the outcome. */
  const decideCase = async (officer: Officer, caseId: string, decision: OfficerDecision): Promise<OfficerCaseView> => {
    const { serviceId, serviceVersion } = await getRow(needs, caseId, seenBy(officer));
    const service = await catalogue.getService(serviceId, serviceVersion);
    const { reasons } = service;
    const fits = decision.reasonIds.every((id) => reasons[id]?.forOfficer && reasons[id].outcome === decision.outcome);
    const ownWords = readOwnWords(decision);
    if (!fits || (decision.reasonIds.length === 0 && !ownWords)) throw problem('reasons-missing');
    await database.transaction(async (tx) => {
      const row = await holdRow(tx, caseId, seenBy(officer));
      refuseOwnCase(row, officer);
      if (row.version !== decision.expectedVersion) throw problem('case-changed-since');
      if (row.state === 'submitted') throw problem('case-not-taken');
      const next = stepTo(row.state, decision.outcome);
      if (row.assignment?.officerId !== officer.personId) throw problem('case-taken', takenParams(row.assignment!));
      const at = clock.now();
      await saveRow(tx, { ...row, state: next, updatedAt: at, decidedAt: at });
      const { outcome, reasonIds } = decision;
      await recordDecision(
        needs,
        tx,
        row,
        service,
        { outcome, decidedBy: 'officer', officerId: officer.personId, reasonIds, ...(ownWords ? { ownWords } : {}) },
        at,
      );
    });
    return getCaseForOfficer(officer, caseId);
  };

  return { listQueue, getCaseForOfficer, takeCase, releaseCase, decideCase };
}

function refuseOwnCase(row: CaseRow, officer: Officer): void {
  if (row.personId === officer.personId) throw problem('own-case');
}

function takenParams(holder: { officerName: string; assignedAt: Date }) {
  const who = holder.officerName || `${colleague.ar} / ${colleague.en}`;
  return { who, at: holder.assignedAt.toISOString() };
}

/** The officer's own words in both languages, or none: half a translation would leave one reader without a reason. */
function readOwnWords(decision: OfficerDecision): { ar: string; en: string } | undefined {
  const read = (text: string | undefined) => readPosted({ kind: 'textarea' }, 'text', { text }, '');
  const ar = read(decision.ownWordsAr);
  const en = read(decision.ownWordsEn);
  if (ar === 'absent' && en === 'absent') return undefined;
  if (ar === 'absent' || en === 'absent' || 'code' in ar || 'code' in en) throw problem('reasons-missing');
  return { ar: String(ar.answer), en: String(en.answer) };
}
