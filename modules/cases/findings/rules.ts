import type { Service } from '#modules/catalogue';
import type { EventRow } from '../store.ts';
import type { RulesRun } from './contract.ts';

export const appliedAgain = 'rules-applied-again';
/** Events that hold findings, as the queue's statement reads them too. */
export const runKinds = ['case-submitted', appliedAgain] as const;

type RunBody = { findings?: string[]; because?: RulesRun['because'] };

/** The reasons that the last run found; undefined where none was. */
export function lastFound(events: readonly EventRow[]): string[] | undefined {
  const event = events.findLast(({ kind }) => (runKinds as readonly string[]).includes(kind));
  return event && ((event.body as RunBody).findings ?? []);
}

/** Each time that the rules were applied, the oldest first: the last one counts. */
export function runsOf({ service, events }: { service: Service; events: readonly EventRow[] }): RulesRun[] {
  return events.flatMap(({ kind, body, happenedAt }) => {
    if (!(runKinds as readonly string[]).includes(kind)) return [];
    const { findings = [], because = 'sent' } = body as RunBody;
    return [
      {
        at: happenedAt.toISOString(),
        because,
        findings: findings.map((reason) => {
          const { outcome, text } = service.reasons[reason]!;
          return { reason, outcome, text };
        }),
      },
    ];
  });
}
