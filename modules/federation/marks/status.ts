import { AsyncLocalStorage } from 'node:async_hooks';
import type { Clock } from '#kernel/clock';
import { sha256 } from '#kernel/ids';
import type { Log } from '#kernel/log';
import { Problem } from '#kernel/problem';
import type { Chains } from '../chains/service.ts';
import { isRecent, saysNothing } from '../chains/standing.ts';
import type { VerifiedTrustMark } from '../contract.ts';
import type { Fetcher } from '../statements/fetching.ts';

const answersMax = 4_000;

type Answer = { isActive: boolean; checkedAt: number; isSilent?: boolean };

export type MarkStatus = { isActive(mark: VerifiedTrustMark): Promise<boolean> };

/**
 * Whether the issuer of a trust mark still stands by it (OpenID Federation 1.0 section 8.4). An answer is used for 25 s. An
 * issuer that is silent leaves its last answer in force; without any, the mark does not count. An issuer that offers no
 * status endpoint cannot be asked: its marks count until they expire.
 */
export function createMarkStatus(needs: {
  clock: Clock;
  log: Log;
  chains: Pick<Chains, 'get'>;
  fetcher: Fetcher;
}): MarkStatus {
  const { clock, log, chains, fetcher } = needs;
  const answers = new Map<string, Answer>();
  const flights = new Map<string, Promise<boolean>>();

  // An answer asked for by a caller inside a transaction must not inherit it.
  const outside = AsyncLocalStorage.snapshot();

  const remember = (key: string, isActive: boolean, isSilent = false): boolean => {
    answers.delete(key);
    answers.set(key, { isActive, isSilent, checkedAt: clock.now().getTime() });
    while (answers.size > answersMax) answers.delete(answers.keys().next().value!);
    return isActive;
  };

  const ask = async (key: string, { token, issuer }: VerifiedTrustMark): Promise<boolean> => {
    try {
      const { metadata, jwks } = (await chains.get(issuer)).verified;
      const endpoint = metadata['federation_entity']?.['federation_trust_mark_status_endpoint'];
      if (typeof endpoint !== 'string') return remember(key, true);
      const status = await fetcher.markStatus(endpoint, token, { entityId: issuer, keys: jwks }, clock.now());
      return remember(key, status === 'active');
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      if (!saysNothing(error)) return remember(key, false);
      const last = answers.get(key);
      return last ? remember(key, last.isActive, true) : false;
    }
  };

  const askOnce = (key: string, mark: VerifiedTrustMark): Promise<boolean> => {
    const flying = flights.get(key);
    if (flying) return flying;
    const flight = ask(key, mark).finally(() => flights.delete(key));
    flights.set(key, flight);
    return flight;
  };

  return {
    isActive: async (mark) => {
      const key = sha256(mark.token).toString('base64url');
      const known = answers.get(key);
      if (known && isRecent(known.checkedAt, clock)) return known.isActive;
      const answer = outside(() => askOnce(key, mark));
      if (!known?.isSilent) return answer;
      // Whoever was silent a moment ago may be so for long: nobody waits for them a second time.
      answer.catch((error) => log.error({ err: error }, 'trust mark status not refreshed'));
      return known.isActive;
    },
  };
}
