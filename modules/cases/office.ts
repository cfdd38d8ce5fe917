import { Problem } from '#kernel/problem';
import { listSuited } from './assigning/service.ts';
import { stepTo } from './chart.ts';
import { requireChecked } from './checklist/rules.ts';
import {
  type CaseSummary,
  manyMax,
  type OfficerCaseView,
  type OfficerDecision,
  problem,
  type StepOfMany,
} from './contract.ts';
import { readItems, readItemsOf } from './decisions/items.ts';
import { decidersOf, kindsOfDecision } from './decisions/rules.ts';
import { readDecision, recordDecision } from './decisions/service.ts';
import { askAgain } from './evidence/service.ts';
import {
  getForStep,
  holdForOfficer,
  holdForStep,
  holdTaken,
  isParty,
  officerActor,
  seenBy,
  takenParams,
} from './holding.ts';
import { requireConsent } from './losses/service.ts';
import { listNotes } from './messages/store.ts';
import { type CasesNeeds, getRow, openFile, saveRow } from './needs.ts';
import { describeForOfficer } from './office-views.ts';
import { noteReading } from './readings/store.ts';
import { dutiesIn } from './roles/rules.ts';
import { type Officer, workOf } from './rules.ts';
import { requireAnswers } from './sharing/service.ts';
import { appendEvent, findCase, listCasesOf, listEvents } from './store.ts';
import { describeSummary } from './views.ts';
import { listVisits, saveVisit } from './visits/store.ts';

/** What an officer can do with the cases of the own office. */
export function createOfficeCases(needs: CasesNeeds) {
  const { database, clock, catalogue, state, calendar } = needs;

  const lookAt = async (officer: Officer, caseId: string) => {
    const file = await openFile(needs, await getRow(needs, caseId, seenBy(needs, officer)));
    const seen = (await listVisits(database.db, officer.personId, [caseId])).get(caseId);
    const notes = await listNotes(database.db, caseId);
    const here = { state, now: clock.now(), calendar };
    const duties = dutiesIn(needs.roles(), officer, workOf(file.row));
    const party = await isParty(needs, database.db, file.row, officer.personId);
    const assignees = duties.includes('supervise') && !party ? await listSuited(needs, file.row) : [];
    const looking = { officerId: officer.personId, isParty: party, duties, seen, assignees, notes };
    return { file, view: describeForOfficer(file, looking, here) };
  };

  /** Who reads is noted before anything is shown. */
  const read = async (officer: Officer, caseId: string) => {
    const seen = await lookAt(officer, caseId);
    await noteReading(database.db, caseId, officer, clock.now());
    return seen;
  };
  const getCaseForOfficer = async (officer: Officer, caseId: string): Promise<OfficerCaseView> =>
    (await read(officer, caseId)).view;

  /** What a page that is open asks for by itself, again and again, to tell of changes; it counts as no reading, so show nothing else of it. */
  const watchCase = async (officer: Officer, caseId: string): Promise<Pick<OfficerCaseView, 'version' | 'history'>> => {
    const { version, history } = (await lookAt(officer, caseId)).view;
    return { version, history };
  };

  /** What is new since this officer looked last; what is there now counts as seen from here on. */
  const visitCase = async (officer: Officer, caseId: string): Promise<OfficerCaseView> => {
    const { file, view } = await read(officer, caseId);
    const sequence = file.events.at(-1)?.sequence ?? 0;
    await database.transaction((tx) =>
      saveVisit(tx, { caseId, officerId: officer.personId, sequence, at: clock.now() }),
    );
    return view;
  };

  /** One officer at a time. Taking over from a colleague is a deliberate step that stays in the story of the case. */
  const take = (officer: Officer, caseId: string, options: { takeOver?: boolean | undefined } = {}) =>
    database.transaction(async (tx) => {
      const row = await holdForStep(needs, tx, officer, caseId, 'work');
      const next = stepTo(row.state, 'take');
      if (row.state === 'under-appeal' && decidersOf(await listEvents(tx, caseId)).has(officer.personId))
        throw problem('own-decision');
      const holder = row.assignment;
      if (holder?.officerId === officer.personId) return;
      if (holder && !options.takeOver) throw problem('case-taken', takenParams(holder));
      const at = clock.now();
      const assignment = { officerId: officer.personId, officerName: officer.name ?? '', assignedAt: at };
      await saveRow(tx, { ...row, state: next, updatedAt: at, assignment });
      await appendEvent(tx, {
        caseId,
        kind: 'case-taken',
        actor: officerActor(officer),
        body: { by: officer.name ?? '', ...(holder ? { takenOverFrom: holder.officerId } : {}) },
        at,
      });
    });
  const takeCase = async (officer: Officer, caseId: string, options: { takeOver?: boolean | undefined } = {}) => {
    await take(officer, caseId, options);
    return getCaseForOfficer(officer, caseId);
  };

  const release = (officer: Officer, caseId: string) =>
    database.transaction(async (tx) => {
      const row = await holdForStep(needs, tx, officer, caseId, 'work');
      const next = stepTo(row.state, 'release');
      if (row.assignment?.officerId !== officer.personId) throw problem('case-not-taken');
      const at = clock.now();
      await saveRow(tx, { ...row, state: next, updatedAt: at, assignment: undefined });
      const body = { by: officer.name ?? '' };
      await appendEvent(tx, { caseId, kind: 'case-released', actor: officerActor(officer), body, at });
    });
  const releaseCase = async (officer: Officer, caseId: string): Promise<OfficerCaseView> => {
    await release(officer, caseId);
    return getCaseForOfficer(officer, caseId);
  };

  /** What somebody who is at the counter has at this office: what was sent, the newest first. */
  const listCasesAtOffice = async (officer: Officer, personId: string): Promise<CaseSummary[]> => {
    const rows = (await listCasesOf(database.db, personId)).filter(seenBy(needs, officer));
    const here = { state, now: clock.now(), calendar };
    return Promise.all(
      rows.map(async (row) =>
        describeSummary(row, await catalogue.getService(row.serviceId, row.serviceVersion), here),
      ),
    );
  };

  /** One after another, each a step of its own: what one case refuses keeps no other back. */
  const stepMany = async (
    officer: Officer,
    { step, caseIds }: { step: 'take' | 'release'; caseIds: readonly string[] },
  ): Promise<StepOfMany> => {
    const isSeen = seenBy(needs, officer);
    const done: string[] = [];
    const refused: StepOfMany['refused'] = [];
    for (const caseId of [...new Set(caseIds)].slice(0, manyMax))
      try {
        await (step === 'take' ? take(officer, caseId) : release(officer, caseId));
        done.push(caseId);
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        const row = await findCase(database.db, caseId);
        const reference = row && isSeen(row) ? { reference: row.reference } : {};
        refused.push({ caseId, ...reference, code: error.code, messages: error.messages });
      }
    return { done, refused };
  };

  /**
   * Decides on exactly the version that was looked at, with reasons that fit the outcome. Where the service asks for a second
   * officer, this proposes the decision, and the case waits for them.
   */
  const decide = async (officer: Officer, caseId: string, posted: OfficerDecision): Promise<void> => {
    const found = await getForStep(needs, officer, caseId, 'decide');
    const service = await catalogue.getService(found.serviceId, found.serviceVersion);
    const decision = readDecision(service, posted);
    const { outcome } = decision;
    if (outcome === 'approve') await askAgain(needs, found, service);
    await database.transaction(async (tx) => {
      const { expectedVersion } = posted;
      const seen = { caseId, expectedVersion, duty: 'decide' as const };
      await holdForOfficer(needs, tx, officer, seen);
      const items = readItems(service, await readItemsOf(tx, caseId, service), outcome, posted.items);
      const kinds = kindsOfDecision({ ...decision, items });
      const needsSecond = kinds.some((kind) => service.casework.decisions?.secondOfficer.includes(kind));
      const step = needsSecond ? 'propose' : outcome;
      const { row, next } = await holdTaken(needs, tx, officer, seen, step);
      const at = clock.now();
      const because = row.decidedAt ? { because: 'reopening' as const } : {};
      requireConsent(row);
      if (needsSecond) {
        if (outcome === 'approve') await requireAnswers(tx, row, service);
        requireChecked({ service, events: await listEvents(tx, caseId) }, row.state, kinds);
        await saveRow(tx, { ...row, state: next, updatedAt: at });
        const body = { ...decision, ...(items.length > 0 ? { items } : {}), ...because, by: officer.name ?? '' };
        await appendEvent(tx, { caseId, kind: 'decision-proposed', actor: officerActor(officer), body, at });
        return;
      }
      await saveRow(tx, { ...row, state: next, updatedAt: at, decidedAt: at });
      const facts = { ...decision, items, ...because, decidedBy: 'officer' as const, officer };
      await recordDecision(needs, tx, row, service, facts, at);
    });
  };
  const decideCase = async (officer: Officer, caseId: string, posted: OfficerDecision): Promise<OfficerCaseView> => {
    await decide(officer, caseId, posted);
    return getCaseForOfficer(officer, caseId);
  };

  return {
    getCaseForOfficer,
    watchCase,
    listCasesAtOffice,
    visitCase,
    takeCase,
    releaseCase,
    stepMany,
    decideCase,
    /** The steps alone, for whoever wants no view of the case and so makes no reading of it. */
    steps: { take, release, decide },
  };
}
