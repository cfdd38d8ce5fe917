import { AsyncLocalStorage } from 'node:async_hooks';
import type { Clock } from '#kernel/clock';
import type { Database } from '#kernel/database';
import type { Log } from '#kernel/log';
import { Problem } from '#kernel/problem';
import { type ChainStatus, problem, type VerifiedTrustMark } from '../contract.ts';
import type { Fetcher } from '../statements/fetching.ts';
import { isEntityId, readStatement } from '../statements/rules.ts';
import { type AnchorKeys, createAnchorKeys } from './anchor-keys.ts';
import { climb } from './climbing.ts';
import { type Anchor, type VerifiedChain, verifyChain } from './rules.ts';
import { createStanding, standingMs } from './standing.ts';
import {
  findUnexpiredChain,
  forgetChain,
  forgetExpiredChains,
  listUnexpiredChains,
  type SavedChain,
  saveChain,
} from './store.ts';

const chainsMax = 2_000;
const refusalsMax = 1_000;
const asideMax = 200;
const refusalRestMs = 2_000;
const freshRestMs = 10_000;
/** Chains used in this time are kept warm: their superiors are asked in the background, before a caller has to wait for it. */
const inUseMs = 120_000;
const warmAfterMs = 8_000;

/** `isComplete`: false when an issuer could not be reached. */
export type VerifiedMarks = { marks: VerifiedTrustMark[]; isComplete: boolean };

export type HeldChain = {
  verified: VerifiedChain;
  resolvedAt: Date;
  refreshAt: Date;
  usedAt: Date;
  /** When those who speak in it were last asked whether they still say this. */
  checkedAt: Date;
  isStale: boolean;
  /** The subject handed it over: what it says there of itself counts, whatever it publishes. */
  isHandedOver?: boolean;
  /** Set by the trust marks, which live as long as the chain that carried them. */
  marks?: Promise<VerifiedMarks>;
};

export type Chains = {
  /** The chain of an entity from memory, the database or the net. `fresh`: ask the net unless that was just done. */
  get(entityId: string, options?: { fresh?: boolean }): Promise<HeldChain>;
  /** The chain to one anchor among several, when another is the shortest. Kept for as long as superiors are believed. */
  through(entityId: string, anchorId: string): Promise<HeldChain>;
  /**
   * Takes a chain that its subject hands over, or a configuration alone, from which is climbed (sections 4.3 and 12.2). It is
   * believed for what it proves, its superiors are asked whether they stand by it, and it never takes the place of a newer one.
   */
  adopt(entityId: string, tokens: string[]): Promise<HeldChain>;
  holds(entityId: string): boolean;
  load(): Promise<void>;
  listAnchorKeys: AnchorKeys['list'];
  refreshDue(): Promise<void>;
  /** Asks the superiors of all chains in use whether they still stand by them; returns those that hold. */
  watch(): Promise<HeldChain[]>;
  status(): ChainStatus[];
  settle(): Promise<void>;
};

/**
 * Keeps chains until they expire, in memory and in the database, and renews them at half their life in the background.
 * A superior is believed for 25 s, then asked again: one that answers "no" or something else ends the chain at once, one that
 * cannot be reached leaves it in use, marked stale. So is the subject, whose new word is read at once.
 */
export function createChains(needs: {
  database: Database;
  clock: Clock;
  log: Log;
  fetcher: Fetcher;
  anchors: Map<string, Anchor>;
}): Chains {
  const { database, clock, log, fetcher, anchors } = needs;
  const held = new Map<string, HeldChain>();
  const flights = new Map<string, Promise<HeldChain>>();
  /** Chains to another anchor than the nearest, which few ask for. */
  const aside = new Map<string, HeldChain>();
  const anchorKeys = createAnchorKeys({ database, clock, log, anchors, fetcher });
  const standing = createStanding({ clock, fetcher });
  const refusals = new Map<string, { error: unknown; until: number }>();
  // A refresh started by a caller inside a transaction must not inherit it.
  const outside = AsyncLocalStorage.snapshot();

  const hold = (verified: VerifiedChain, resolvedAt: Date): HeldChain => {
    const lifeMs = verified.expiresAt.getTime() - resolvedAt.getTime();
    const chain: HeldChain = {
      verified,
      resolvedAt,
      refreshAt: new Date(resolvedAt.getTime() + lifeMs / 2),
      // A refresh is not a use: what nobody asks for is let go in the end.
      usedAt: held.get(verified.entityId)?.usedAt ?? clock.now(),
      checkedAt: resolvedAt,
      isStale: false,
    };
    held.delete(verified.entityId);
    held.set(verified.entityId, chain);
    while (held.size > chainsMax) held.delete(held.keys().next().value!);
    return chain;
  };

  const save = ({ entityId, anchor: anchorId, tokens, expiresAt }: VerifiedChain, resolvedAt: Date): Promise<void> =>
    saveChain(database.db, { entityId, anchorId, tokens, resolvedAt, expiresAt });

  const readBack = (saved: SavedChain): HeldChain | undefined => {
    const anchor = anchors.get(saved.anchorId);
    if (!anchor) return undefined;
    try {
      const verified = verifyChain(saved.entityId, saved.tokens, anchor, clock.now());
      return verified.expiresAt > clock.now() ? hold(verified, saved.resolvedAt) : undefined;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      return undefined;
    }
  };

  /** One flight per entity, however many ask. */
  const build = (entityId: string): Promise<HeldChain> => {
    const flying = flights.get(entityId);
    if (flying) return flying;
    const flight = buildNow(entityId).finally(() => flights.delete(entityId));
    flights.set(entityId, flight);
    return flight;
  };

  const buildNow = async (entityId: string): Promise<HeldChain> => {
    try {
      const now = clock.now();
      const { verified, superiors } = await climb(entityId, anchors, fetcher, now, (id) =>
        id === entityId ? undefined : configurationInHand(id),
      );
      standing.note(verified);
      await anchorKeys.learn(verified.anchor, verified.tokens.at(-1)!);
      for (const superior of superiors) {
        if (isLive(held.get(superior.entityId))) continue;
        hold(superior, now);
        await save(superior, now);
      }
      await save(verified, now);
      refusals.delete(entityId);
      return hold(verified, now);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      log.warn({ code: error.code, reason: error.params['reason'], host: error.params['host'] }, 'chain refused');
      if (error.code === 'entity-unreachable') {
        const chain = held.get(entityId);
        if (chain) chain.isStale = true;
      } else {
        held.delete(entityId);
        await forgetChain(database.db, entityId);
      }
      if (refusals.size >= refusalsMax) refusals.clear();
      refusals.set(entityId, { error, until: clock.now().getTime() + refusalRestMs });
      throw error;
    }
  };

  const behind = (work: () => Promise<unknown>) =>
    outside(() => {
      work().catch((error) => {
        if (!(error instanceof Problem)) log.error({ err: error }, 'chain refresh failed');
      });
    });

  const buildOrKeep = (chain: HeldChain): Promise<HeldChain> =>
    build(chain.verified.entityId).catch((error) => {
      if (!(error instanceof Problem) || error.code !== 'entity-unreachable' || !isLive(chain)) throw error;
      chain.checkedAt = clock.now();
      return chain;
    });

  const check = async (chain: HeldChain): Promise<HeldChain> => {
    const outcome = await standing.of(chain.verified, chain.isHandedOver ? 'superiors' : 'all');
    if (outcome === 'changed') return buildOrKeep(chain);
    const now = clock.now();
    if (outcome === 'silent') chain.isStale = true;
    else if (now < chain.refreshAt) chain.isStale = false;
    chain.checkedAt = now;
    return chain;
  };

  const ageOf = (chain: HeldChain): number => Math.abs(clock.now().getTime() - chain.checkedAt.getTime());
  const configurationInHand = (entityId: string): string | undefined => {
    const chain = anchors.has(entityId) ? held.get(entityId) : undefined;
    return isLive(chain) && !chain.isStale && ageOf(chain) < standingMs ? chain.verified.tokens[0] : undefined;
  };

  const isLive = (chain: HeldChain | undefined): chain is HeldChain =>
    chain !== undefined && chain.verified.expiresAt > clock.now();
  const isResting = (entityId: string): boolean => (refusals.get(entityId)?.until ?? 0) > clock.now().getTime();

  const findLive = async (entityId: string): Promise<HeldChain | undefined> => {
    const chain = held.get(entityId);
    if (isLive(chain)) return chain;
    held.delete(entityId);
    const saved = await findUnexpiredChain(database.db, entityId, clock.now());
    // While the store was read, somebody else's climb may have ended; its chain is newer than what was read.
    const arrived = held.get(entityId);
    return isLive(arrived) ? arrived : saved && readBack(saved);
  };

  return {
    get: async (entityId, options = {}) => {
      if (!isEntityId(entityId) || !fetcher.mayAsk(entityId)) throw problem('entity-id-invalid');
      const chain = await findLive(entityId);
      if (!chain) {
        if (isResting(entityId)) throw refusals.get(entityId)!.error;
        return build(entityId);
      }
      const now = clock.now();
      chain.usedAt = now;
      held.delete(entityId);
      held.set(entityId, chain);
      if (options.fresh && now.getTime() - chain.resolvedAt.getTime() >= freshRestMs && !isResting(entityId)) {
        return buildOrKeep(chain);
      }
      if (now >= chain.refreshAt && !isResting(entityId)) behind(() => build(entityId));
      if (ageOf(chain) < standingMs) return chain;
      if (!chain.isStale) return check(chain);
      // Whoever was silent a moment ago may be so for long: nobody waits for them a second time.
      chain.checkedAt = now;
      behind(() => check(chain));
      return chain;
    },
    through: async (entityId, anchorId) => {
      const anchor = anchors.get(anchorId);
      if (!anchor) throw problem('trust-anchor-unknown');
      const key = `${entityId} ${anchorId}`;
      const known = aside.get(key);
      if (isLive(known) && ageOf(known) < standingMs) return known;
      const now = clock.now();
      const { verified } = await climb(entityId, new Map([[anchorId, anchor]]), fetcher, now);
      const chain = { verified, resolvedAt: now, refreshAt: now, usedAt: now, checkedAt: now, isStale: false };
      aside.delete(key);
      aside.set(key, chain);
      while (aside.size > asideMax) aside.delete(aside.keys().next().value!);
      return chain;
    },
    adopt: async (entityId, tokens) => {
      const now = clock.now();
      const proves = async (): Promise<VerifiedChain> => {
        if (tokens.length === 1) {
          const inHand = (id: string) => (id === entityId ? tokens[0] : configurationInHand(id));
          return (await climb(entityId, anchors, fetcher, now, inHand)).verified;
        }
        const anchor = anchors.get(readStatement(tokens.at(-1)!, now).claims.iss);
        if (!anchor) throw problem('trust-anchor-unknown');
        return verifyChain(entityId, tokens, anchor, now);
      };
      const verified = await proves();
      const current = await findLive(entityId);
      if (current && current.verified.subject.iat > verified.subject.iat) return check(current);
      const adopted = hold(verified, now);
      adopted.isHandedOver = true;
      await save(verified, now);
      return check(adopted);
    },
    holds: (entityId) => isLive(held.get(entityId)),
    load: async () => {
      await anchorKeys.load();
      const saved = await listUnexpiredChains(database.db, clock.now(), chainsMax);
      for (const chain of saved.toReversed()) if (!held.has(chain.entityId)) readBack(chain);
    },
    listAnchorKeys: anchorKeys.list,
    refreshDue: async () => {
      const now = clock.now();
      await anchorKeys.askForFormer();
      await forgetExpiredChains(database.db, now);
      for (const [entityId, chain] of [...held]) {
        const lifeMs = chain.verified.expiresAt.getTime() - chain.resolvedAt.getTime();
        // A chain that nobody used for a whole life is let go.
        if (!isLive(chain) || now.getTime() - chain.usedAt.getTime() > lifeMs) held.delete(entityId);
        else if (now >= chain.refreshAt) {
          await build(entityId).catch((error) => {
            if (!(error instanceof Problem)) throw error;
          });
        }
      }
    },
    watch: async () => {
      const now = clock.now().getTime();
      const inUse = [...held.values()].filter((chain) => isLive(chain) && now - chain.usedAt.getTime() < inUseMs);
      const checked = await Promise.all(
        inUse.map((chain) =>
          (ageOf(chain) < warmAfterMs ? Promise.resolve(chain) : check(chain)).catch((error) => {
            if (!(error instanceof Problem)) throw error;
            return undefined;
          }),
        ),
      );
      return checked.filter((chain) => chain !== undefined);
    },
    status: () =>
      [...held].map(([entityId, chain]) => ({
        entityId,
        anchor: chain.verified.anchor,
        expiresAt: chain.verified.expiresAt,
        refreshAt: chain.refreshAt,
        stale: chain.isStale,
      })),
    settle: async () => {
      await Promise.allSettled(flights.values());
    },
  };
}
