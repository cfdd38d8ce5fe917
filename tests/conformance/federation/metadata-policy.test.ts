import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Problem } from '#kernel/problem';
import { applyMetadataPolicy, type EntityTypePolicy, type Json, mergeMetadataPolicies } from '#modules/federation';

type Vector = {
  n: number;
  TA: EntityTypePolicy;
  INT: EntityTypePolicy;
  merged?: EntityTypePolicy;
  metadata: Record<string, Json>;
  resolved?: Record<string, Json>;
  error?: 'invalid_policy' | 'invalid_metadata';
};

const vectors = JSON.parse(
  readFileSync(join(import.meta.dirname, 'vectors', 'metadata-policy-vectors.json'), 'utf8'),
) as Vector[];
const entityType = 'openid_relying_party';

test('every published metadata policy vector of OpenID Federation 1.0 gives the published result', () => {
  const failed = vectors.flatMap((vector) => {
    const difference = differenceOf(vector);
    return difference ? [{ n: vector.n, difference }] : [];
  });
  expect(failed).toEqual([]);
  expect({ ran: vectors.length, accepted: vectors.filter((vector) => !vector.error).length }).toEqual({
    ran: 1010,
    accepted: 632,
  });
});

function differenceOf(vector: Vector): string | undefined {
  const outcome = run(vector);
  const expected = {
    ...(vector.merged ? { merged: vector.merged } : {}),
    ...(vector.resolved ? { resolved: vector.resolved } : {}),
    ...(vector.error ? { error: vector.error } : {}),
  };
  return text(outcome) === text(expected) ? undefined : `got ${text(outcome)}, expected ${text(expected)}`;
}

function run(vector: Vector) {
  const outcome: { merged?: EntityTypePolicy; resolved?: Record<string, Json>; error?: string } = {};
  try {
    const merged = mergeMetadataPolicies([{ [entityType]: vector.TA }, { [entityType]: vector.INT }]);
    outcome.merged = merged[entityType]!;
    outcome.resolved = applyMetadataPolicy(merged, { [entityType]: vector.metadata })[entityType]!;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    outcome.error = error.code === 'policy-invalid' ? 'invalid_policy' : 'invalid_metadata';
  }
  return outcome;
}

/** Lists of the policy language are sets, and members have no order. */
function text(value: unknown): string {
  return JSON.stringify(value, (_name, item) => {
    if (Array.isArray(item)) return item.toSorted();
    if (typeof item === 'object' && item !== null) {
      return Object.fromEntries(Object.entries(item).toSorted(([a], [b]) => (a < b ? -1 : 1)));
    }
    return item;
  });
}
