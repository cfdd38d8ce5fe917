import { mayTake } from '../chart.ts';
import { decidersOf } from '../decisions/rules.ts';
import { getForStep, holdForStep, officerActor } from '../holding.ts';
import type { CasesNeeds } from '../needs.ts';
import { readText } from '../own-words.ts';
import { problem } from '../problems.ts';
import type { Officer } from '../rules.ts';
import { appendEvent, listEvents } from '../store.ts';
import { type ChecklistPoint, type Marking, reasonMax } from './contract.ts';
import { checklistOf, type MarkBody, markKinds } from './rules.ts';

/** What officers check by hand. It changes nothing in the case, so it asks for no version; each point has its own. */
export function createChecklist(needs: CasesNeeds) {
  const { database, clock, catalogue } = needs;

  /** Every officer of the office may mark a point of a case that one of them has taken. The same mark twice is one. */
  const markPoint = async (
    officer: Officer,
    caseId: string,
    pointId: string,
    { mark, reason: given, seen }: Marking,
  ): Promise<{ points: ChecklistPoint[] }> => {
    const { serviceId, serviceVersion } = await getForStep(needs, officer, caseId, 'work');
    const service = await catalogue.getService(serviceId, serviceVersion);
    const reason = mark === 'not-applicable' ? readText(given) : undefined;
    if ((reason?.length ?? 0) > reasonMax) throw problem('text-too-long');
    return database.transaction(async (tx) => {
      const row = await holdForStep(needs, tx, officer, caseId, 'work');
      if (row.state === 'submitted') throw problem('case-not-taken');
      if (!mayTake(row.state, 'check')) throw problem('case-step-refused');
      if (!row.assignment) throw problem('case-not-taken');
      const events = await listEvents(tx, caseId);
      if (row.state === 'under-appeal' && decidersOf(events).has(officer.personId)) throw problem('own-decision');
      const points = checklistOf({ service, events }, row.state);
      const now = points.find(({ id }) => id === pointId);
      if (!now) throw problem('point-unknown');
      if (now.mark === mark && now.reason === reason && !now.isBeforeAnswer) return { points };
      if (now.sequence !== seen) throw problem('point-marked-meanwhile', { who: now.by ?? '' });
      if (mark === 'not-applicable' && reason === undefined) throw problem('point-reason-missing');
      const body: MarkBody = { point: pointId, by: officer.name ?? '', ...(reason ? { reason } : {}) };
      const event = { caseId, kind: markKinds[mark], actor: officerActor(officer), body, at: clock.now() };
      await appendEvent(tx, event);
      return { points: checklistOf({ service, events: await listEvents(tx, caseId) }, row.state) };
    });
  };

  return { markPoint };
}
