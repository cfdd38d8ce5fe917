import type { Clock } from '#kernel/clock';
import type { Database } from '#kernel/database';
import { Problem } from '#kernel/problem';
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

  /** What the federation publishes now, of breaches that were seen before keys were kept with them. */
  const listKeys = async (): Promise<Map<string, string>> => {
    try {
      return new Map((await needs.neighbours()).map(({ origin, ledgerKey }) => [origin, ledgerKey]));
    } catch (error) {
      if (error instanceof Problem) return new Map();
      throw error;
    }
  };

  /** Breaches that are more than suspicions, as files, with the key that the log had when it was seen. */
  const listEvidence = async (): Promise<BreachEvidence[]> => {
    const breaches = await listBreaches(database.db, { states: ['confirmed', 'proven'] });
    const keys = breaches.every(({ logKey }) => logKey !== undefined) ? undefined : await listKeys();
    return breaches.map(
      ({ kind, state, seenAt, endedAt, seenNote, witnessedNote, proof, logKey, origin: breached }) => ({
        format: breachFormat,
        origin: breached,
        logKey: logKey ?? keys?.get(breached) ?? '',
        kind,
        state,
        seenAt: seenAt.toISOString(),
        ...(endedAt ? { endedAt: endedAt.toISOString() } : {}),
        notes: [...(witnessedNote === undefined ? [] : [witnessedNote]), seenNote],
        ...(proof ? { proof } : {}),
      }),
    );
  };

  return {
    listDisputed,
    listEvidence,
    forget: () => {
      known = undefined;
    },
  };
}
