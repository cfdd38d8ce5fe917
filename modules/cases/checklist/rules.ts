import type { DecisionKind, Service } from '#modules/catalogue';
import { mayTake } from '../chart.ts';
import { type DecisionBody, isDecision } from '../decisions/rules.ts';
import { problem } from '../problems.ts';
import type { CaseState } from '../states.ts';
import type { EventRow } from '../store.ts';
import type { ChecklistPoint, Mark } from './contract.ts';

type Story = { service: Pick<Service, 'casework'>; events: readonly EventRow[] };
export type MarkBody = { point: string; by: string; reason?: string };

/** The event of each mark. */
export const markKinds: Record<Mark, string> = {
  done: 'point-done',
  'not-applicable': 'point-not-applicable',
  open: 'point-open-again',
};
const marks = new Map(Object.entries(markKinds).map(([mark, kind]) => [kind, mark as Mark]));

/** A correction says the same again, so nothing is checked for it. */
const endsRound = (event: EventRow) =>
  event.kind === 'appeal-upheld' ||
  (isDecision(event) && (event.body as Partial<DecisionBody>).because !== 'correction');

/**
 * What was checked for one decision counts for that decision alone: after a reopening or an appeal every point is open again. Of a case that
 * is decided, what was checked for its last decision.
 */
function roundOf(events: readonly EventRow[], isDecided: boolean): readonly EventRow[] {
  const ends = events.flatMap((event, at) => (endsRound(event) ? [at] : []));
  const [from, to] = isDecided ? [ends.at(-2), ends.at(-1)] : [ends.at(-1), undefined];
  return events.slice((from ?? -1) + 1, to);
}

const isDecidedIn = (state: CaseState) => !mayTake(state, 'check') && state !== 'submitted';

/** The points of the version of the service that the case runs on, in its order. */
export function checklistOf({ service, events }: Story, state: CaseState): ChecklistPoint[] {
  const round = roundOf(events, isDecidedIn(state));
  const answered = round.findLast(({ kind }) => kind === 'information-given')?.sequence ?? 0;
  return Object.entries(service.casework.checklist ?? {}).map(([id, { text, hint, before }]) => {
    const event = round.findLast(({ kind, body }) => marks.has(kind) && (body as MarkBody).point === id);
    const { by, reason } = (event?.body ?? {}) as Partial<MarkBody>;
    const mark = (event && marks.get(event.kind)) ?? 'open';
    return {
      id,
      text,
      ...(hint ? { hint } : {}),
      before,
      mark,
      ...(event ? { by: by ?? '', at: event.happenedAt.toISOString() } : {}),
      ...(reason ? { reason } : {}),
      sequence: event?.sequence ?? 0,
      isBeforeAnswer: event !== undefined && mark !== 'open' && event.sequence < answered,
    };
  });
}

/** Refuses a decision of an officer before which a point is still open. */
export function requireChecked(story: Story, state: CaseState, kinds: readonly DecisionKind[]): void {
  const open = checklistOf(story, state).filter(
    ({ mark, before }) => mark === 'open' && before.some((kind) => kinds.includes(kind)),
  );
  if (open.length === 0) return;
  const name = (language: 'ar' | 'en') => open.map(({ text }) => text[language].replace(/[.。]$/, '')).join(' · ');
  throw problem('points-open', {
    points: { ar: name('ar'), en: name('en') },
    pointIds: open.map(({ id }) => id).join(' '),
  });
}

export const isMark = (kind: string) => marks.has(kind);

/** The words of the point that an event is about. */
export const pointIn = ({ casework }: Pick<Service, 'casework'>, { kind, body }: Pick<EventRow, 'kind' | 'body'>) =>
  marks.has(kind) ? casework.checklist?.[(body as MarkBody).point]?.text : undefined;
