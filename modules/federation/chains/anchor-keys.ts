import type { JWK } from 'jose';
import type { Clock } from '#kernel/clock';
import type { Database } from '#kernel/database';
import { decodeJws } from '#kernel/jws';
import type { Log } from '#kernel/log';
import { Problem } from '#kernel/problem';
import type { Fetcher, HistoricalKey } from '../statements/fetching.ts';
import { verifyStatement } from '../statements/rules.ts';
import type { Anchor } from './rules.ts';
import {
  dropAnchorKeys,
  findFormerKeys,
  type LearnedKey,
  listAnchorKeys,
  saveAnchorKey,
  saveFormerKeys,
} from './store.ts';

/**
 * How long a key has to be announced, without a gap, before it is believed: whoever stole an anchor's key for a day cannot plant one
 * of their own, and the operators of all states have the time to object (the hold-down of RFC 5011 section 2.2, shortened).
 */
export const holdDownMs = 7 * 86_400_000;
const keysMax = 10;
const formerMax = 50;
const askForFormerEveryMs = 3_600_000;

export type AnchorKeys = {
  /** Believes again what was learned before. */
  load(): Promise<void>;
  /** Reads the keys out of an anchor's configuration that was verified by one of its trusted keys. */
  learn(anchorId: string, configuration: string): Promise<void>;
  /** Asks each anchor, at most once an hour, which keys it used before. One that is silent is asked in the next round. */
  askForFormer(): Promise<void>;
  list(anchorId: string): Promise<KnownAnchorKeys>;
};

/**
 * The keys by which an anchor is known. `live`: believed now. `former`: what it signed with before, each until `exp` (seconds since 1970),
 * which only what was signed by then stands on. What it told to be lost is in neither.
 */
export type KnownAnchorKeys = { live: JWK[]; former: HistoricalKey[] };

/**
 * The keys by which an anchor is known: those of this node's settings always, and those that the anchor announced long enough under one of
 * them. Changes the keys of `anchors` in place.
 */
export function createAnchorKeys(needs: {
  database: Database;
  clock: Clock;
  log: Log;
  anchors: Map<string, Anchor>;
  fetcher: Fetcher;
}): AnchorKeys {
  const { database, clock, log, anchors, fetcher } = needs;
  const given = new Map([...anchors].map(([id, { keys }]) => [id, [...keys]]));
  const lastRead = new Map<string, string>();

  const isOld = ({ seenSince }: LearnedKey) => clock.now().getTime() - seenSince.getTime() >= holdDownMs;
  const believe = (anchorId: string, learned: LearnedKey[]) => {
    const believed = learned.filter(isOld).map(({ jwk }) => jwk);
    anchors.get(anchorId)!.keys = [...given.get(anchorId)!, ...believed];
  };

  const load = async () => {
    for (const anchorId of anchors.keys()) believe(anchorId, await listAnchorKeys(database.db, anchorId));
  };

  const ask = async ({ entityId, keys }: Anchor): Promise<void> => {
    const configuration = await fetcher.configuration(entityId, clock.now());
    verifyStatement(configuration, keys);
    const endpoint = configuration.claims.metadata?.['federation_entity']?.['federation_historical_keys_endpoint'];
    if (typeof endpoint !== 'string') return;
    const former = await fetcher.historicalKeys(endpoint, entityId, configuration.claims.jwks.keys);
    await saveFormerKeys(database.db, entityId, { keys: former.slice(0, formerMax), toldAt: clock.now() });
  };

  return {
    load,
    askForFormer: async () => {
      for (const anchor of anchors.values()) {
        const known = await findFormerKeys(database.db, anchor.entityId);
        if (known && clock.now().getTime() - known.toldAt.getTime() < askForFormerEveryMs) continue;
        await ask(anchor).catch((error) => {
          if (!(error instanceof Problem)) throw error;
          log.info(
            { code: error.code, anchor: anchor.entityId },
            'the anchor did not tell its former keys; asked again',
          );
        });
      }
    },
    list: async (anchorId) => {
      // What another process of the node has learned counts here too.
      await load();
      const told = (await findFormerKeys(database.db, anchorId))?.keys ?? [];
      const isLost = ({ kid }: JWK) => told.some((one) => one.kid === kid && one.revoked !== undefined);
      const live = (anchors.get(anchorId)?.keys ?? []).filter((key) => !isLost(key));
      const former = told.filter(
        (key) => key.revoked === undefined && key.exp !== undefined && !live.some(({ kid }) => kid === key.kid),
      );
      return { live, former };
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
