import type { Tx } from '#kernel/database';
import { newId } from '#kernel/ids';
import type { Service } from '#modules/catalogue';
import { addWorkingDays } from '../calendar.ts';
import { stepTo } from '../chart.ts';
import { problem } from '../contract.ts';
import type { Decision, ItemDecision } from '../decisions/contract.ts';
import { readItems, readItemsOf, refusedItems, replaceItems } from '../decisions/items.ts';
import { type DecisionBody, decidersOf, decisionOf, type ItemBody, isDecision } from '../decisions/rules.ts';
import { readDecision, recordDecision } from '../decisions/service.ts';
import { askAgain } from '../evidence/service.ts';
import { getForStep, holdTaken, officerActor, refuseOther, seenBy } from '../holding.ts';
import { type CasesNeeds, dayOf, getRow, holdRow, recordOf, saveRow, standingOf } from '../needs.ts';
import { readOwnWords, readText } from '../own-words.ts';
import { refuseErased } from '../retention/rules.ts';
import { actBody, actorOf, mayReadAsPerson, type Officer, type Person, requireLevel } from '../rules.ts';
import type { Standing } from '../standing.ts';
import { appendEvent, type CaseRow, type EventRow, listEvents } from '../store.ts';
import type { Appeal, AppealDecision } from './contract.ts';
import { appealableUntil } from './rules.ts';
import { endAppeal, insertAppeal, listAppeals } from './store.ts';

/** A person appeals, and another officer decides on it. */
export function createAppeals(needs: CasesNeeds) {
  const { database, clock, catalogue, calendar } = needs;

  const appeal = async (person: Person, caseId: string, filed: Appeal): Promise<Standing> => {
    const ownedBy = (row: CaseRow) => mayReadAsPerson(row, person);
    const { serviceId, serviceVersion } = await getRow(needs, caseId, ownedBy);
    const service = await catalogue.getService(serviceId, serviceVersion);
    requireLevel(service, person);
    const words = readText(filed.words);
    if (words === undefined) throw problem('message-empty');
    return database.transaction(async (tx) => {
      const row = await holdRow(tx, caseId, ownedBy);
      refuseOther(row, filed.expectedVersion);
      refuseErased(row);
      const next = stepTo(row.state, 'appeal');
      const story = { row, service, events: await listEvents(tx, caseId), appeals: await listAppeals(tx, caseId) };
      const until = appealableUntil(story, calendar);
      if (until === undefined) throw problem('appeal-not-possible');
      const at = clock.now();
      const today = dayOf(needs, at);
      if (today > until) throw problem('appeal-too-late', { until });
      const dueOn = addWorkingDays(today, service.casework.appeals!.decisionWorkingDays, calendar);
      const { number } = decisionOf(story)!;
      await insertAppeal(tx, { id: newId(), caseId, decisionNumber: number, filedAt: at, words, dueOn });
      await appendEvent(tx, {
        caseId,
        kind: 'appeal-filed',
        actor: actorOf(person),
        body: { ...actBody(person), decisionNumber: number },
        at,
      });
      await needs.ledger.append(tx, {
        kind: 'case-appealed',
        record: { ...recordOf(needs, row), decidedAs: row.state },
        personId: row.personId,
      });
      await needs.jobs.send(tx, 'case-appealed', { caseId }, { key: caseId });
      // Whoever decided has had their say: the case waits for somebody else.
      return standingOf(
        await saveRow(tx, { ...row, state: next, updatedAt: at, dueOn, escalation: 0, assignment: undefined }),
      );
    });
  };

  const decideAppeal = async (officer: Officer, caseId: string, posted: AppealDecision): Promise<Standing> => {
    const found = await getForStep(needs, officer, caseId, 'decide');
    const service = await catalogue.getService(found.serviceId, found.serviceVersion);
    const ownWords = readOwnWords(posted);
    if (!ownWords) throw problem('reasons-missing');
    const { outcome, expectedVersion } = posted;
    const decision =
      outcome === 'uphold'
        ? undefined
        : readDecision(service, { ...posted, outcome, reasonIds: posted.reasonIds ?? [] });
    if (outcome === 'approve') await askAgain(needs, found, service);
    return database.transaction(async (tx) => {
      const { state } = await holdRow(tx, caseId, seenBy(needs, officer));
      const events = await listEvents(tx, caseId);
      if (state === 'under-appeal' && decidersOf(events).has(officer.personId)) throw problem('own-decision');
      const before = decisionOf({ service, events });
      const stands = before && before.outcome !== 'refused' ? 'approve' : 'refuse';
      if (decision?.outcome === 'refuse' && before?.outcome === 'approved-in-part')
        throw problem('appeal-takes-nothing');
      const step = decision ? (`replace-${decision.outcome}` as const) : (`uphold-${stands}` as const);
      const { row, next } = await holdTaken(needs, tx, officer, { caseId, expectedVersion, duty: 'decide' }, step);
      const at = clock.now();
      const result = decision ? 'replaced' : 'upheld';
      await endAppeal(tx, caseId, { outcome: result, at, ownWords });
      await appendEvent(tx, {
        caseId,
        kind: `appeal-${result}`,
        actor: officerActor(officer),
        body: { by: officer.name ?? '' },
        at,
      });
      await needs.ledger.append(tx, {
        kind: 'case-appeal-decided',
        record: { ...recordOf(needs, row), outcome: result },
        personId: row.personId,
      });
      await needs.jobs.send(tx, 'case-appeal-decided', { caseId }, { key: caseId });
      if (decision)
        await recordDecision(
          needs,
          tx,
          row,
          service,
          {
            ...decision,
            ...(await itemsOnAppeal(tx, caseId, {
              service,
              events,
              before: before!,
              decision: { ...posted, ...decision },
            })),
            decidedBy: 'officer',
            officer,
            because: 'appeal',
            isFinal: true,
          },
          at,
        );
      const saved = { ...row, state: next, updatedAt: at, ...(decision ? { decidedAt: at } : {}) };
      return standingOf(await saveRow(tx, saved));
    });
  };

  return { appeal, decideAppeal };
}

/** What was granted before stays granted; of a decision that took nothing apart, every item is decided as for the first time. */
async function itemsOnAppeal(
  tx: Tx,
  caseId: string,
  {
    service,
    events,
    before,
    decision,
  }: {
    service: Service;
    events: EventRow[];
    before: Decision;
    decision: { outcome: 'approve' | 'refuse'; items?: ItemDecision[] };
  },
): Promise<{ items?: ItemBody[] }> {
  if (decision.outcome === 'refuse') return {};
  if (before.outcome !== 'approved-in-part')
    return { items: readItems(service, await readItemsOf(tx, caseId, service), 'approve', decision.items) };
  const earlier = (events.findLast(isDecision)!.body as DecisionBody).items ?? [];
  // Some were granted already, so that all of the others may be refused again.
  const again = readItems(service, refusedItems(before), 'approve', decision.items, true);
  return { items: replaceItems(earlier, again) };
}
