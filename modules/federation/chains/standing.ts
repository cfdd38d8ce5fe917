import type { Clock } from '#kernel/clock';
import { canonicalJson, sha256 } from '#kernel/ids';
import { decodeJws } from '#kernel/jws';
import { Problem } from '#kernel/problem';
import type { Fetcher } from '../statements/fetching.ts';
import { type StatementClaims, verifyStatement } from '../statements/rules.ts';
import type { VerifiedChain } from './rules.ts';

/**
 * How long what superiors and issuers said is used without asking them again. With the time a question takes, an entity that was
 * suspended and a mark that was revoked are out everywhere well within a minute.
 */
export const standingMs = 25_000;

/** Trap: a clock that was set back leaves moments in the future, and what was learnt then must not stay. */
export const isRecent = (checkedAt: number, clock: Clock): boolean =>
  Math.abs(clock.now().getTime() - checkedAt) < standingMs;

const unplaced = ['issued-in-future', 'expired'];

/** A word that did not come says nothing; nor does one that this node cannot place in time, for then one of two clocks is wrong. */
export const saysNothing = ({ code, params }: Problem): boolean =>
  code === 'entity-unreachable' || (code === 'statement-invalid' && unplaced.includes(String(params['reason'])));

const wordsMax = 4_000;

/** `changed`: the chain has to be built anew, which says what is wrong. `silent`: a superior could not be reached. */
export type Standing = 'stands' | 'changed' | 'silent';

type Word = { hash: string | undefined; checkedAt: number };

/**
 * Asks whether those who speak in a chain still say what they said in it: the superiors (OpenID Federation 1.0 section 8.1, at
 * the `source_endpoint` of each statement, and the anchor's configuration), and the subject of itself, so that a trust mark it was
 * given since, or given anew, counts at once. One word is asked for once, however many chains hold it.
 */
export function createStanding(needs: { clock: Clock; fetcher: Fetcher }) {
  const { clock, fetcher } = needs;
  const words = new Map<string, Word>();
  const flights = new Map<string, Promise<Word | 'silent'>>();

  const remember = (key: string, word: Word): Word => {
    words.delete(key);
    words.set(key, word);
    while (words.size > wordsMax) words.delete(words.keys().next().value!);
    return word;
  };

  const ask = (key: string, said: StatementClaims, keys: StatementClaims['jwks']['keys']): Promise<Word | 'silent'> => {
    const flying = flights.get(key);
    if (flying) return flying;
    const flight = (async (): Promise<Word | 'silent'> => {
      const now = clock.now();
      try {
        const statement =
          said.iss === said.sub
            ? await fetcher.configuration(said.iss, now)
            : await fetcher.subordinate(said.source_endpoint, said.iss, said.sub, now);
        verifyStatement(statement, keys);
        return remember(key, { hash: contentHashOf(statement.claims), checkedAt: now.getTime() });
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        if (saysNothing(error)) return 'silent';
        return remember(key, { hash: undefined, checkedAt: now.getTime() });
      }
    })().finally(() => flights.delete(key));
    flights.set(key, flight);
    return flight;
  };

  return {
    /** The statements of a chain that was just built were just read. */
    note: ({ tokens }: VerifiedChain): void => {
      const checkedAt = clock.now().getTime();
      for (const token of tokens) {
        const said = decodeJws(token).payload as StatementClaims;
        remember(`${said.iss} ${said.sub}`, { hash: contentHashOf(said), checkedAt });
      }
    },
    /** Never throws for what others do; a superior that names no `source_endpoint` makes every chain through it be built anew. */
    of: async ({ tokens, anchorKeys }: VerifiedChain, asked: 'all' | 'superiors'): Promise<Standing> => {
      const said = tokens.map((token) => decodeJws(token).payload as StatementClaims);
      const outcomes = await Promise.all(
        said.map(async (claims, index): Promise<Standing> => {
          if (index === 0 && asked === 'superiors') return 'stands';
          const key = `${claims.iss} ${claims.sub}`;
          const known = words.get(key);
          const isFresh = known !== undefined && isRecent(known.checkedAt, clock);
          const word = isFresh ? known : await ask(key, claims, said[index + 1]?.jwks.keys ?? anchorKeys);
          if (word === 'silent') return 'silent';
          // What a subject says of itself without proof takes nothing from what it said before: its superiors vouch for its keys.
          if (index === 0 && word.hash === undefined) return 'stands';
          return word.hash === contentHashOf(claims) ? 'stands' : 'changed';
        }),
      );
      return outcomes.find((outcome) => outcome === 'changed') ?? outcomes.find((one) => one === 'silent') ?? 'stands';
    },
  };
}

/** What a statement says, whatever its times. */
function contentHashOf(claims: StatementClaims): string {
  const { iat: _iat, exp: _exp, ...content } = claims;
  return sha256(canonicalJson(content)).toString('base64url');
}
