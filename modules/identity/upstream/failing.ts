import { Problem } from '#kernel/problem';
import { problem } from '../contract.ts';
import type { IdentityNeeds } from '../needs.ts';
import type { Outcomes } from '../outcomes/service.ts';

/**
 * What a person is told when an eID did not answer as agreed: `upstream-failed`, counted and logged with the code alone. Nothing that the
 * eID said is passed on: it could hold anything.
 */
export function createFailed({ log }: Pick<IdentityNeeds, 'log'>, outcomes: Pick<Outcomes, 'count'>) {
  return (id: string, error: unknown): Problem => {
    const code = error instanceof Problem ? error.code : String((error as { code?: unknown }).code ?? 'unknown');
    log.warn({ upstream: id, code }, 'an eID did not answer as agreed');
    outcomes.count('provider', 'upstream-failed');
    return problem('upstream-failed');
  };
}
