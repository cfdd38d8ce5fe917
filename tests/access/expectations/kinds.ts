import type { Ids } from '../world.ts';

/**
 * Who may have it. `public`: anyone, and it tells nothing of a person. `self`: whoever is signed in, about themselves alone.
 * `queue`: an officer, about the own office. `owner`: one person. `office`: officers of the office in charge. `operator`: nobody
 * at all on this address. `system`: an information system of the office in charge. Whoever else asks gets a coded refusal.
 */
export type Who = 'public' | 'self' | 'queue' | 'owner' | 'office' | 'operator' | 'system';

export type Expectation = {
  who: Who;
  /** Values of path parameters that are not ids of the world. */
  params?: Ids;
  query?: (ids: Ids) => Record<string, string>;
  /** A body of the right form. A string is sent as it is. */
  body?: (ids: Ids) => object | string;
  /** Refuses with `error` of OAuth 2.0 or OpenID Federation instead of a code of its contract. */
  isOAuth?: true;
  /** Would end the session that attacks. */
  endsSession?: true;
};

export const publicly = (rest: Omit<Expectation, 'who'> = {}): Expectation => ({ who: 'public', ...rest });
export const self = (rest: Omit<Expectation, 'who'> = {}): Expectation => ({ who: 'self', ...rest });
export const queue = (rest: Omit<Expectation, 'who'> = {}): Expectation => ({ who: 'queue', ...rest });
export const owner = (rest: Omit<Expectation, 'who'> = {}): Expectation => ({ who: 'owner', ...rest });
export const office = (rest: Omit<Expectation, 'who'> = {}): Expectation => ({ who: 'office', ...rest });
export const operator = (rest: Omit<Expectation, 'who'> = {}): Expectation => ({ who: 'operator', ...rest });
export const system = (rest: Omit<Expectation, 'who'> = {}): Expectation => ({ who: 'system', ...rest });
export const decision = () => ({ outcome: 'approve', reasonIds: ['other'], expectedVersion: 1 });

export const interior = { instance: 'BH', memberClass: 'GOV', member: 'interior' };
export const nobody = '019ab0c0-7c00-7000-8000-000000000000';
