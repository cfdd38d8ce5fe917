import type { Clock } from '#kernel/clock';
import type { Database } from '#kernel/database';
import type { Neighbour } from '../cosigning.ts';
import { type BreachEvidence, breachFormat } from './evidence.ts';
import { listBreachedOrigins, listBreaches } from './store.ts';

const rememberMs = 1_000;

/** Tells which of the other logs are not to be relied on, and hands out the evidence. */
export function createTrust(needs: { database: Database; clock: Clock; neighbours: () => Promise<Neighbour[]> }) {
  const { database, clock } = needs;
  let known: { readAtMs: number; disputed: Promise<string[]> } | undefined;

  /** Asked on every exchange, so it is read at most once a second. */
  const listDisputed = (): Promise<string[]> => {
    const nowMs = clock.now().getTime();
    if (known && Math.abs(nowMs - known.readAtMs) < rememberMs) return known.disputed;
    const disputed = listBreachedOrigins(database.db, ['confirmed', 'proven']);
    known = { readAtMs: nowMs, disputed };
    disputed.catch(() => {
      // The caller hears of the failure; the next one asks again.
      known = undefined;
    });
    return disputed;
  };

  /** Breaches that are more than suspicions, as files. The key is the one that the federation publishes for that log now. */
  const listEvidence = async (): Promise<BreachEvidence[]> => {
    const breaches = await listBreaches(database.db, { states: ['confirmed', 'proven'] });
    const others = breaches.length === 0 ? [] : await needs.neighbours();
    return breaches.map(({ kind, state, seenAt, seenNote, witnessedNote, proof, origin: breached }) => ({
      format: breachFormat,
      origin: breached,
      logKey: others.find((one) => one.origin === breached)?.ledgerKey ?? '',
      kind,
      state,
      seenAt: seenAt.toISOString(),
      notes: [...(witnessedNote === undefined ? [] : [witnessedNote]), seenNote],
      ...(proof ? { proof } : {}),
    }));
  };

  return {
    listDisputed,
    listEvidence,
    forget: () => {
      known = undefined;
    },
  };
}
