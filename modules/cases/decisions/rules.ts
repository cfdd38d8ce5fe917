import type { Text } from '#kernel/languages';
import type { DecisionKind, Service } from '#modules/catalogue';
import type { EventRow } from '../store.ts';
import type { DecidedItem, Decision, Proposal } from './contract.ts';

/** What an event of a decision holds of one item. */
export type ItemBody = Pick<DecidedItem, 'id' | 'label' | 'outcome'> & { reasonIds?: string[]; ownWords?: Text };

/** What an event of a decision holds. Names of officers in it are for the office alone. */
export type DecisionBody = {
  number: string;
  /** Of its documents: this module's own id, the case's for the first one. */
  decisionId?: string;
  /** Absent once the case was erased. */
  reasonIds?: string[];
  conditionIds?: string[];
  ownWords?: Text;
  /** With the words of each item, so that what the person corrects later changes no decision. */
  items?: ItemBody[];
  /** Some of the items was refused. */
  inPart?: boolean;
  decidedBy: Decision['decidedBy'];
  confirmedBy?: string;
  because?: NonNullable<Decision['because']>;
  /** No appeal against it: it was made on one, or repeats one that was. */
  isFinal?: boolean;
};
type Story = { service: Service; events: EventRow[] };

export const isDecision = ({ kind }: EventRow) => kind === 'case-approved' || kind === 'case-refused';

/** The decisions of a case, the oldest first: only the last one counts, unless it was cancelled. */
export function decisionsOf({ service, events }: Story): Decision[] {
  const found = events.filter(isDecision);
  const isCancelled = events.some(({ kind }) => kind === 'case-cancelled');
  return found.map((event, at) => {
    const body = event.body as DecisionBody;
    const { texts, casework } = service;
    const isApproved = event.kind === 'case-approved';
    const isLast = at === found.length - 1;
    const { silence } = casework.deadline ?? {};
    return {
      number: body.number,
      outcome: outcomeOf(event),
      decidedBy: body.decidedBy,
      decidedAt: event.happenedAt.toISOString(),
      outcomeText: isApproved
        ? body.inPart
          ? casework.decisions!.items!.outcome
          : texts.outcomeApproved
        : texts.outcomeRefused,
      reasons: namedReasons(service, body.reasonIds),
      conditions: namedConditions(service, body.conditionIds ?? []),
      ...(body.ownWords ? { ownWords: body.ownWords } : {}),
      ...(body.items ? { items: namedItems(service, body.items) } : {}),
      ...(body.decidedBy === 'silence' && silence ? { article: silence.article } : {}),
      ...(isApproved && !body.inPart ? {} : { ifRefused: texts.ifRefused }),
      ...(at > 0 ? { replaces: (found[at - 1]!.body as DecisionBody).number } : {}),
      ...(body.because ? { because: body.because } : {}),
      ...(isLast ? (isCancelled ? { endedAs: 'cancelled' as const } : {}) : { endedAs: 'superseded' as const }),
    };
  });
}

/** What an event of a decision came to. */
export function outcomeOf({ kind, body }: Pick<EventRow, 'kind' | 'body'>): Decision['outcome'] {
  if (kind !== 'case-approved') return 'refused';
  return (body as Partial<DecisionBody>).inPart ? 'approved-in-part' : 'approved';
}

export function decisionOf(story: Story): Decision | undefined {
  return decisionsOf(story).at(-1);
}

/** Which documents a decision has: those under its own id. The first decision of a case goes by the id of the case. */
export function decisionIdOf(events: EventRow[], caseId: string): string {
  return (events.findLast(isDecision)?.body as DecisionBody | undefined)?.decisionId ?? caseId;
}

/** What waits for a second officer: the proposal since which nothing was decided. */
export function proposalOf({ service, events }: Story): (Proposal & { officerId: string }) | undefined {
  const event = events.findLast(({ kind }) => kind === 'decision-proposed');
  if (!event) return undefined;
  const body = event.body as DecisionBody & { outcome: Proposal['outcome']; by?: string };
  return {
    outcome: body.outcome,
    reasons: namedReasons(service, body.reasonIds),
    conditions: namedConditions(service, body.conditionIds ?? []),
    ...(body.ownWords ? { ownWords: body.ownWords } : {}),
    ...(body.items ? { items: namedItems(service, body.items) } : {}),
    proposedAt: event.happenedAt.toISOString(),
    proposedBy: body.by ?? '',
    officerId: event.actorId ?? '',
  };
}

const deciding = ['case-approved', 'case-refused', 'decision-proposed', 'decision-corrected'];

/** Officers who had a hand in a decision of the case: none of them decides on an appeal against it. */
export function decidersOf(events: EventRow[]): Set<string> {
  const ids = events
    .filter(({ kind }) => deciding.includes(kind))
    .flatMap(({ actorId, body }) => [actorId, (body as Partial<DecisionBody>).confirmedBy]);
  return new Set(ids.filter((id) => id !== undefined));
}

/** How the service's data calls such a decision: an approval may be both in part and with conditions. */
export function kindsOfDecision({
  outcome,
  conditionIds = [],
  items = [],
}: {
  outcome: 'approve' | 'refuse';
  conditionIds?: readonly string[];
  items?: readonly ItemBody[];
}): DecisionKind[] {
  if (outcome === 'refuse') return ['refuse'];
  const kinds: DecisionKind[] = [
    ...(conditionIds.length > 0 ? (['approve-with-conditions'] as const) : []),
    ...(isInPart(items) ? (['approve-in-part'] as const) : []),
  ];
  return kinds.length > 0 ? kinds : ['approve'];
}

export const isInPart = (items: readonly Pick<ItemBody, 'outcome'>[] = []) =>
  items.some(({ outcome }) => outcome === 'refused');

const namedReasons = ({ reasons }: Service, ids: string[] = []) => ids.map((id) => ({ id, text: reasons[id]!.text }));
const namedConditions = ({ casework }: Service, ids: string[]) =>
  ids.map((id) => ({ id, text: casework.decisions!.conditions[id]!.text }));
const namedItems = (service: Service, items: readonly ItemBody[]): DecidedItem[] =>
  items.map(({ reasonIds, ...item }) => ({ ...item, reasons: namedReasons(service, reasonIds) }));
