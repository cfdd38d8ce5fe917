import type { Text } from '#kernel/languages';
import { type AssuranceLevel, isAtLeast } from '#protocol/assurance';
import { levelOf, methodsReaching, readNeededLevel } from '../assurance/rules.ts';
import type { IdentityNeeds } from '../needs.ts';
import { isOlderClientId, olderLevel } from '../older-clients/rules.ts';
import { methodsHere } from '../upstream/rules.ts';

type Needs = Pick<IdentityNeeds, 'eid' | 'upstreams'>;

/** Ways that the sign-in page offers. */
export type OfferedWays = {
  password: boolean;
  passkey: boolean;
  phone: boolean;
  /** The level because of which others are missing. */
  onlyFor?: AssuranceLevel;
};

export const byPassword = ['password', 'password-otp'];

/** What a request needs of whoever signs in; of an older client it is the same whatever it asks for. */
export const neededFor = (params: Record<string, unknown>) =>
  isOlderClientId(params['client_id']) ? ({ level: olderLevel, isEssential: true } as const) : readNeededLevel(params);

/** Nobody is offered a way that leads to a refusal whoever they are: what no proofing makes strong enough is left out. */
export function offerWays<Upstream extends { id: string }>(
  needs: Needs,
  params: Record<string, unknown>,
  upstreams: readonly Upstream[],
): { ways: OfferedWays; upstreams: Upstream[] } {
  const here = methodsHere(needs);
  const needed = neededFor(params);
  const enough = new Set(needed?.isEssential ? methodsReaching(needs.eid, here, needed.level) : here);
  const isAny = (methods: readonly string[]) => methods.some((method) => enough.has(method));
  const offered = upstreams.filter(({ id }) =>
    isAny(Object.values(needs.eid.upstreams?.find((one) => one.id === id)?.methods ?? {})),
  );
  const ways = { password: isAny(byPassword), passkey: isAny(['passkey']), phone: isAny(['phone-approval']) };
  const isLess = !ways.password || !ways.passkey || !ways.phone || offered.length < upstreams.length;
  return { ways: { ...ways, ...(isLess && needed ? { onlyFor: needed.level } : {}) }, upstreams: offered };
}

/** By what somebody proofed like this would be signed in strongly enough here. */
export function waysReaching(needs: Needs, proofing: string, level: AssuranceLevel): Text[] {
  return methodsHere(needs)
    .filter((method) => isAtLeast(levelOf(needs.eid, proofing, method), level))
    .map((method) => needs.eid.methods[method]!.names);
}
