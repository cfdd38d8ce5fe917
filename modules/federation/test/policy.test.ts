import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Problem } from '#kernel/problem';
import { applyMetadataPolicy, type Json, mergeMetadataPolicies, type ParameterPolicy } from '../index.ts';

const word = fc.constantFrom('a', 'b', 'c', 'd');
const words = fc.uniqueArray(word, { maxLength: 4 });
const listPolicy = fc.record(
  { value: words, add: words, default: words, subset_of: words, superset_of: words, essential: fc.boolean() },
  { requiredKeys: [] },
);
const wordPolicy = fc.record(
  { value: fc.option(word), default: word, one_of: words, essential: fc.boolean() },
  { requiredKeys: [] },
);
/** Few operators each, of one kind: three full policies almost never agree, and a property about nothing proves nothing. */
const threeOf = (policy: fc.Arbitrary<Record<string, unknown>>) => {
  const sparse = fc
    .tuple(policy, fc.uniqueArray(fc.nat(5), { minLength: 1, maxLength: 2 }))
    .map(([full, kept]) => Object.fromEntries(Object.entries(full).filter((_, index) => kept.includes(index))));
  return fc.tuple(sparse, sparse, sparse) as fc.Arbitrary<[ParameterPolicy, ParameterPolicy, ParameterPolicy]>;
};
const threePolicies = fc.oneof(threeOf(listPolicy), threeOf(wordPolicy));

const wrap = (policy: ParameterPolicy) => ({ rp: { parameter: policy } });
const merge = (...policies: ParameterPolicy[]) =>
  attempt(() => mergeMetadataPolicies(policies.map(wrap))['rp']!['parameter']!);

describe('merging metadata policies', () => {
  test('gives the same policy however the chain is bracketed, wherever a merge exists at all', () => {
    let defined = 0;
    fc.assert(
      fc.property(threePolicies, ([a, b, c]) => {
        const all = merge(a, b, c);
        const left = merge(a, b);
        const right = merge(b, c);
        if (left === undefined || right === undefined) return;
        expect(sorted(merge(left, c))).toEqual(sorted(all));
        expect(sorted(merge(a, right))).toEqual(sorted(all));
        if (all !== undefined) defined += 1;
      }),
      { numRuns: 2000 },
    );
    expect(defined).toBeGreaterThan(100);
  });

  test('a subordinate never widens what a superior allows', () => {
    fc.assert(
      fc.property(
        listPolicy as fc.Arbitrary<ParameterPolicy>,
        listPolicy as fc.Arbitrary<ParameterPolicy>,
        (above, below) => {
          const merged = merge(above, below);
          if (merged === undefined) return;
          if (above['subset_of']) {
            expect(above['subset_of']).toEqual(expect.arrayContaining(merged['subset_of'] as Json[]));
          }
          if (above['superset_of']) {
            expect(merged['superset_of']).toEqual(expect.arrayContaining(above['superset_of'] as Json[]));
          }
          if (above['essential'] === true) expect(merged['essential']).toBe(true);
          if ('value' in above) expect(sorted(merged['value'])).toEqual(sorted(above['value']));
        },
      ),
    );
  });
});

describe('applying a metadata policy', () => {
  test('never yields a value outside one_of or subset_of, nor one short of superset_of, and never null', () => {
    let applied = 0;
    fc.assert(
      fc.property(
        fc.oneof(
          fc.tuple(listPolicy as fc.Arbitrary<ParameterPolicy>, fc.option(words, { nil: undefined })),
          fc.tuple(wordPolicy as fc.Arbitrary<ParameterPolicy>, fc.option(word, { nil: undefined })),
        ),
        ([policy, given]) => {
          const merged = merge(policy);
          if (merged === undefined) return;
          const result = attempt(() =>
            applyMetadataPolicy(wrap(merged), { rp: given === undefined ? {} : { parameter: given } }),
          );
          if (result === undefined) return;
          const value = result['rp']!['parameter'];
          if (merged['essential'] === true) expect(value).toBeDefined();
          if (value === undefined) return;
          expect(value).not.toBeNull();
          if (merged['one_of']) expect(merged['one_of']).toContain(value);
          if (merged['subset_of']) expect(merged['subset_of']).toEqual(expect.arrayContaining(value as Json[]));
          if (merged['superset_of']) expect(value).toEqual(expect.arrayContaining(merged['superset_of'] as Json[]));
          if ('value' in merged) expect(sorted(value)).toEqual(sorted(merged['value']));
          applied += 1;
        },
      ),
      { numRuns: 1000 },
    );
    expect(applied).toBeGreaterThan(100);
  });

  test('leaves entity types and parameters without a rule as they are', () => {
    const metadata = { rp: { name: 'x' }, op: { parameter: ['z'] } };
    expect(applyMetadataPolicy(wrap({ value: 'y' }), metadata)).toEqual({
      rp: { name: 'x', parameter: 'y' },
      op: { parameter: ['z'] },
    });
  });

  test('treats scope as a set of words and writes it back as one text', () => {
    const policy = mergeMetadataPolicies([
      { rp: { scope: { subset_of: ['openid', 'evidence'], superset_of: ['openid'] } } },
    ]);
    expect(applyMetadataPolicy(policy, { rp: { scope: 'evidence openid admin' } })).toEqual({
      rp: { scope: 'evidence openid' },
    });
    expect(() => applyMetadataPolicy(policy, { rp: { scope: 'evidence' } })).toThrow(/superset_of/);
  });

  test('a parameter called __proto__ is a name like any other', () => {
    const policy = mergeMetadataPolicies([JSON.parse('{"rp":{"__proto__":{"value":"x"}}}')]);
    const applied = applyMetadataPolicy(policy, { rp: {} });
    expect(JSON.stringify(applied)).toBe('{"rp":{"__proto__":"x"}}');
    expect(({} as Record<string, unknown>)['value']).toBeUndefined();
  });
});

describe('operators beyond the standard', () => {
  const policy = { rp: { parameter: { regexp: '^x' } as ParameterPolicy } };

  test('are ignored where nobody calls them critical', () => {
    expect(mergeMetadataPolicies([policy])).toEqual({ rp: { parameter: {} } });
  });

  test('break the chain where a superior calls them critical', () => {
    expect(() => mergeMetadataPolicies([policy], ['regexp'])).toThrow(/operator-critical-unknown/);
  });

  test.each([{ one_of: 'x' }, { essential: 'yes' }, { default: null }, { add: { a: 1 } }, 'x', null])(
    'malformed operators are refused: %j',
    (operators) => {
      expect(() => mergeMetadataPolicies([wrap(operators as unknown as ParameterPolicy)])).toThrow(Problem);
    },
  );

  test('one_of with an operator on lists is refused, for a value cannot be both', () => {
    expect(() => mergeMetadataPolicies([wrap({ one_of: ['a'], subset_of: ['a'] })])).toThrow(
      /one_of-with-list-operator/,
    );
  });
});

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof Problem) return undefined;
    throw error;
  }
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.toSorted();
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, sorted(item)]));
}
