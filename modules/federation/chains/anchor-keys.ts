import type { JWK } from 'jose';
import type { Clock } from '#kernel/clock';
import type { Database } from '#kernel/database';
import { decodeJws } from '#kernel/jws';
import type { Log } from '#kernel/log';
import type { Anchor } from './rules.ts';
import { dropAnchorKeys, type LearnedKey, listAnchorKeys, saveAnchorKey } from './store.ts';

/**
 * How long a key has to be announced, without a gap, before it is believed: whoever stole an anchor's key for a day cannot plant one
 * of their own, and the operators of all states have the time to object (the hold-down of RFC 5011 section 2.2, shortened).
 */
export const holdDownMs = 7 * 86_400_000;
const keysMax = 10;

export type AnchorKeys = {
  /** Believes again what was learned before. */
  load(): Promise<void>;
  /** Reads the keys out of an anchor's configuration that was verified by one of its trusted keys. */
  learn(anchorId: string, configuration: string): Promise<void>;
};

/**
 * The keys by which an anchor is known: those of this node's settings always, and those that the anchor announced long enough under one of
 * them. Changes the keys of `anchors` in place.
 */
export function createAnchorKeys(needs: {
  database: Database;
  clock: Clock;
  log: Log;
  anchors: Map<string, Anchor>;
}): AnchorKeys {
  const { database, clock, log, anchors } = needs;
  const given = new Map([...anchors].map(([id, { keys }]) => [id, [...keys]]));
  const lastRead = new Map<string, string>();

  const isOld = ({ seenSince }: LearnedKey) => clock.now().getTime() - seenSince.getTime() >= holdDownMs;
  const believe = (anchorId: string, learned: LearnedKey[]) => {
    const believed = learned.filter(isOld).map(({ jwk }) => jwk);
    anchors.get(anchorId)!.keys = [...given.get(anchorId)!, ...believed];
  };

  return {
    load: async () => {
      for (const anchorId of anchors.keys()) believe(anchorId, await listAnchorKeys(database.db, anchorId));
    },
    learn: async (anchorId, configuration) => {
      const known = await listAnchorKeys(database.db, anchorId);
      if (lastRead.get(anchorId) !== configuration) {
        const own = new Set(given.get(anchorId)!.map(({ kid }) => kid));
        const listed = keysIn(configuration).filter(({ kid }) => !own.has(kid));
        const gone = known.filter(({ jwk }) => !listed.some(({ kid }) => kid === jwk.kid));
        // A key that is no longer announced has to begin anew.
        await dropAnchorKeys(
          database.db,
          anchorId,
          gone.map(({ jwk }) => jwk.kid!),
        );
        for (const jwk of listed.filter(({ kid }) => !known.some((one) => one.jwk.kid === kid))) {
          log.warn({ anchor: anchorId, kid: jwk.kid }, 'the anchor announces a new key; it is believed in seven days');
          await saveAnchorKey(database.db, anchorId, { jwk, seenSince: clock.now() });
        }
        lastRead.set(anchorId, configuration);
        return believe(anchorId, await listAnchorKeys(database.db, anchorId));
      }
      believe(anchorId, known);
    },
  };
}

function keysIn(configuration: string): JWK[] {
  const { keys } = decodeJws(configuration).payload['jwks'] as { keys: JWK[] };
  return keys.filter(({ kid }) => typeof kid === 'string').slice(0, keysMax);
}
