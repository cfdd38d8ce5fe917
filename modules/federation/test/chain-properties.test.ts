import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { signJws } from '#kernel/jws';
import { memoryKeys, type Signer } from '#kernel/keys';
import { type Anchor, type VerifiedChain, verifyChain } from '../chains/rules.ts';

const now = new Date('2026-11-22T12:00:00Z');
const seconds = now.getTime() / 1_000;
const depthMax = 6;
let signers: Signer[];

beforeAll(async () => {
  const keys = memoryKeys();
  signers = await Promise.all(Array.from({ length: depthMax + 2 }, (_, at) => keys.signer(`entity-${at}`)));
});

type Limits = { max_path_length?: number; naming_constraints?: object; allowed_entity_types?: string[] };
/** From the leaf up; the last host is the anchor's. `limits[at]` stands in the statement about the entity `at`. */
type Plan = { hosts: string[]; limits: Limits[]; lives: number[]; policies: object[] };

const idOf = (host: string) => `https://${host}`;
const host = fc
  .tuple(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('gov', 'edu'), fc.constantFrom('example', 'test'))
  .map((labels) => labels.join('.'));
const name = fc.constantFrom('.example', '.EXAMPLE', '.test', '.Test', '.gov.example', '.gov.EXAMPLE', 'a.gov.example');
const limits: fc.Arbitrary<Limits> = fc.record(
  {
    max_path_length: fc.nat(4),
    naming_constraints: fc.record(
      { permitted: fc.array(name, { maxLength: 3 }), excluded: fc.array(name, { maxLength: 2 }) },
      { requiredKeys: [] },
    ),
    allowed_entity_types: fc.subarray(['openid_relying_party', 'jisr_office']),
  },
  { requiredKeys: [] },
);
const plan = (limit: fc.Arbitrary<Limits>): fc.Arbitrary<Plan> =>
  fc.integer({ min: 2, max: depthMax + 1 }).chain((length) =>
    fc.record({
      // Numbers keep the hosts apart, for a chain passes nobody twice.
      hosts: fc
        .array(host, { minLength: length, maxLength: length })
        .map((all) => all.map((one, at) => (at === length - 1 ? 'anchor.test' : `n${at}.${one}`))),
      limits: fc.array(limit, { minLength: length, maxLength: length }),
      lives: fc.array(fc.integer({ min: 60, max: 90_000 }), { minLength: length + 1, maxLength: length + 1 }),
      policies: fc.array(
        fc.record(
          { scope_limit: fc.record({ subset_of: fc.subarray(['x', 'y', 'z'], { minLength: 1 }) }) },
          { requiredKeys: [] },
        ),
        { minLength: length, maxLength: length },
      ),
    }),
  );

const metadata = { openid_relying_party: { scope_limit: ['x', 'y', 'z'] }, jisr_office: { state: 'SA' } };

async function tokensOf({ hosts, limits: all, lives, policies }: Plan): Promise<string[]> {
  const sign = (by: number, claims: object, life: number) =>
    signJws(signers[by]!, { iat: seconds, exp: seconds + life, ...claims }, { typ: 'entity-statement+jwt' });
  const keysOf = (at: number) => ({ keys: [signers[at]!.publicJwk] });
  const top = hosts.length - 1;
  const [leaf, anchor] = [idOf(hosts[0]!), idOf(hosts[top]!)];
  const above = { authority_hints: [idOf(hosts[1]!)] };
  return [
    await sign(0, { iss: leaf, sub: leaf, jwks: keysOf(0), metadata, ...above }, lives[0]!),
    ...(await Promise.all(
      hosts.slice(0, -1).map((sub, at) =>
        sign(
          at + 1,
          {
            iss: idOf(hosts[at + 1]!),
            sub: idOf(sub),
            jwks: keysOf(at),
            constraints: all[at],
            metadata_policy: { openid_relying_party: policies[at] },
          },
          lives[at + 1]!,
        ),
      ),
    )),
    await sign(top, { iss: anchor, sub: anchor, jwks: keysOf(top) }, lives[top + 1]!),
  ];
}

const anchorOf = ({ hosts }: Plan): Anchor => ({
  entityId: idOf(hosts.at(-1)!),
  keys: [signers[hosts.length - 1]!.publicJwk],
});
const verify = (of: Plan, tokens: string[]): VerifiedChain =>
  verifyChain(idOf(of.hosts[0]!), tokens, anchorOf(of), now);
const outcomeOf = (of: Plan, tokens: string[]): VerifiedChain | string => {
  try {
    return verify(of, tokens);
  } catch (error) {
    return String((error as { params?: { reason?: string } }).params?.reason ?? error);
  }
};

/** Section 6.2 once more, in other words: what each limit says of the entities at and below the one it is about. */
function isWithinLimits({ hosts, limits: all }: Plan): boolean {
  return hosts.slice(0, -1).every((_, at) => {
    const { max_path_length: length = Number.POSITIVE_INFINITY, naming_constraints: naming = {} } = all[at]!;
    const { permitted, excluded = [] } = naming as { permitted?: string[]; excluded?: string[] };
    const fits = (one: string, wanted: string) => {
      const lower = wanted.toLowerCase();
      return lower[0] === '.' ? new RegExp(`.${lower.replaceAll('.', '\\.')}$`).test(one) : one === lower;
    };
    return (
      at <= length &&
      hosts.slice(0, at + 1).every((one) => {
        const isPermitted = permitted === undefined || permitted.some((wanted) => fits(one, wanted));
        return isPermitted && !excluded.some((wanted) => fits(one, wanted));
      })
    );
  });
}

describe('a chain, whatever it looks like', () => {
  test('holds when it is honest, ends with the first of its statements, and narrows with every superior', async () => {
    await fc.assert(
      fc.asyncProperty(plan(fc.constant({})), async (of) => {
        const tokens = await tokensOf(of);
        const policies = of.policies.slice(0, -1) as Array<{ scope_limit?: { subset_of: string[] } }>;
        const left = ['x', 'y', 'z'].filter((one) =>
          policies.every(({ scope_limit: rule }) => rule?.subset_of.includes(one) ?? true),
        );
        const chain = verify(of, tokens);
        expect(chain.expiresAt.getTime()).toBe((seconds + Math.min(...of.lives)) * 1_000);
        expect(chain.metadata['openid_relying_party']).toEqual({ scope_limit: left });
      }),
      { numRuns: 60 },
    );
  });

  test('is refused for a limit of any superior, and for nothing else', async () => {
    await fc.assert(
      fc.asyncProperty(plan(limits), async (of) => {
        const outcome = outcomeOf(of, await tokensOf(of));
        if (isWithinLimits(of)) {
          const isAllowed = (type: string) =>
            of.limits.slice(0, -1).every(({ allowed_entity_types: types }) => types?.includes(type) ?? true);
          const types = ['openid_relying_party', 'jisr_office'].filter(isAllowed);
          expect(outcome).toMatchObject({ anchor: 'https://anchor.test' });
          expect(Object.keys((outcome as VerifiedChain).metadata)).toEqual(types);
        } else expect(['path-too-long', 'name-excluded', 'name-not-permitted']).toContain(outcome);
      }),
      { numRuns: 300 },
    );
  });

  test('is never believed when a statement is missing, doubled, moved, exchanged or changed by one character', async () => {
    await fc.assert(
      fc.asyncProperty(plan(fc.constant({})), fc.nat(), fc.nat(), fc.nat(), async (of, first, second, where) => {
        const tokens = await tokensOf(of);
        const [at, to] = [first % tokens.length, second % tokens.length];
        const token = tokens[at]!;
        const place = where % token.length;
        const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
        const other = alphabet[(alphabet.indexOf(token[place]!) + 1 + (where % 63)) % 64]!;
        const changed = token.slice(0, place) + other + token.slice(place + 1);
        for (const wrong of [
          tokens.toSpliced(at, 1),
          tokens.toSpliced(at, 0, token),
          ...(at === to ? [] : [tokens.with(at, tokens[to]!), tokens.with(at, tokens[to]!).with(to, token)]),
          // The last character of a signature carries bits that mean nothing.
          ...(place === token.length - 1 || token[place] === '.' ? [] : [tokens.with(at, changed)]),
        ])
          expect(typeof outcomeOf(of, wrong), `statement ${at}, ${to}, ${place}`).toBe('string');
      }),
      { numRuns: 60 },
    );
  });

  test('is never believed with the key of anybody who is not its anchor', async () => {
    await fc.assert(
      fc.asyncProperty(plan(fc.constant({})), fc.nat(), async (of, which) => {
        const tokens = await tokensOf(of);
        const strangers = signers.filter((_, at) => at !== of.hosts.length - 1);
        const keys = [strangers[which % strangers.length]!.publicJwk];
        expect(() => verifyChain(idOf(of.hosts[0]!), tokens, { entityId: anchorOf(of).entityId, keys }, now)).toThrow();
      }),
      { numRuns: 20 },
    );
  });
});
