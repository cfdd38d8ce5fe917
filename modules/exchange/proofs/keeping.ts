import { sha256 } from '#kernel/ids';
import { decodeJws } from '#kernel/jws';
import { Problem } from '#kernel/problem';
import type { ExchangeFederation, ExchangeNeeds } from '../needs.ts';
import { keepChain } from './store.ts';

/** Own chains and those of all states change seldom: they are looked at this often while questions go by. */
const roundEveryMs = 60_000;

export type ChainKeeper = {
  /** The federation, watched: whoever is relied upon through it has the chain kept, once per chain. */
  federation: ExchangeFederation;
  /**
   * Keeps the chains of all states and of the own offices as they are now. Also where nobody asks: witnesses cosign whatever the log
   * grows by, and what they sign is believed by the chain of that time.
   */
  keepAll(): Promise<void>;
  /** Done with what is under way. */
  settle(): Promise<void>;
};

/**
 * Keeps the trust chains that exchanges lean on, so that their signatures can be proved when the keys have long changed. Costs
 * a question nothing: a chain is written when it is first met, behind the question, and known from then on.
 */
export function createChainKeeper(needs: ExchangeNeeds): ChainKeeper {
  const { federation, clock, database, log } = needs;
  // A chain renewed is another array; one that was seen costs no more than this look.
  const seen = new WeakSet<readonly string[]>();
  const running = new Set<Promise<void>>();
  let roundAtMs = Number.NEGATIVE_INFINITY;

  const keep = async (entityId: string, tokens: readonly string[]) => {
    if (seen.has(tokens)) return;
    seen.add(tokens);
    try {
      await keepChain(database.db, chainRow(entityId, tokens));
    } catch (error) {
      seen.delete(tokens);
      throw error;
    }
  };

  const keepEntity = async (entityId: string) => {
    try {
      const { chain } = await federation.resolve(entityId);
      await keep(entityId, chain);
    } catch (error) {
      // Who cannot be resolved now is met again on a later round; an exchange does not wait for it.
      if (!(error instanceof Problem)) throw error;
      log.warn({ code: error.code }, 'a trust chain was not kept');
    }
  };

  const round = async () => {
    const states = await federation.listStates().catch((error) => {
      if (!(error instanceof Problem)) throw error;
      log.warn({ code: error.code }, 'the states cannot be listed just now; their chains are kept later');
      return [];
    });
    for (const { entityId } of states) await keepEntity(entityId);
    for (const { entityId } of needs.offices) await keepEntity(entityId);
  };

  const keepAll = (): Promise<void> => {
    roundAtMs = clock.now().getTime();
    return round();
  };

  const behind = (work: () => Promise<void>) => {
    const run: Promise<void> = work()
      .catch((error) => log.error({ err: error }, 'trust chains not kept'))
      .finally(() => running.delete(run));
    running.add(run);
  };

  return {
    federation: {
      ...federation,
      findOffice: async (entityId) => {
        const office = await federation.findOffice(entityId);
        const nowMs = clock.now().getTime();
        if (nowMs - roundAtMs >= roundEveryMs) behind(keepAll);
        if (office && !seen.has(office.resolved.chain)) behind(() => keep(entityId, office.resolved.chain));
        return office;
      },
    },
    keepAll,
    settle: async () => {
      while (running.size > 0) await Promise.all(running);
    },
  };
}

export function chainRow(entityId: string, tokens: readonly string[]) {
  const times = tokens.map((token) => decodeJws(token).payload as { iat: number; exp: number });
  return {
    chain_digest: sha256(tokens.join('\n')).toString('hex'),
    entity_id: entityId,
    tokens: [...tokens],
    issued_at: new Date(Math.max(...times.map(({ iat }) => iat)) * 1000),
    expires_at: new Date(Math.min(...times.map(({ exp }) => exp)) * 1000),
  };
}
