import canonicalize from 'canonicalize';
import { problem } from '../contract.ts';

/** One JSON value. Metadata parameters are never null (OpenID Federation 1.0 section 6.1.3). */
export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };
export type ParameterPolicy = { [operator: string]: Json };
export type EntityTypePolicy = { [parameter: string]: ParameterPolicy };
export type MetadataPolicy = { [entityType: string]: EntityTypePolicy };
export type Metadata = { [entityType: string]: { [parameter: string]: Json } };

/** In the order in which they are applied (OpenID Federation 1.0 section 6.1.3.1). */
export const standardOperators = [
  'value',
  'add',
  'default',
  'one_of',
  'subset_of',
  'superset_of',
  'essential',
] as const;
type Operator = (typeof standardOperators)[number];

/** Sets are compared item by item, so their length is bounded before that. */
const listItemsMax = 1_000;
const listOperators: readonly string[] = ['add', 'one_of', 'subset_of', 'superset_of'];

/**
 * Merges the policies of a chain, the most superior one first, and checks every combination on the way.
 * Operators beyond the standard ones are dropped unless `crit` names them, for then the whole chain falls.
 * Throws Problem 'policy-invalid' (OpenID Federation 1.0 section 6.1.4.1).
 */
export function mergeMetadataPolicies(policies: MetadataPolicy[], crit: Iterable<string> = []): MetadataPolicy {
  for (const operator of crit) {
    if (!isStandard(operator)) throw problem('policy-invalid', { parameter: '*', reason: 'operator-critical-unknown' });
  }
  let merged = new Map<string, Map<string, ParameterPolicy>>();
  for (const policy of policies) merged = mergeTwo(merged, readPolicy(policy));
  return Object.fromEntries([...merged].map(([type, parameters]) => [type, Object.fromEntries(parameters)]));
}

/**
 * Applies a merged policy to the metadata of a chain's subject. Only entity types that the subject has are touched.
 * Throws Problem 'metadata-refused' (OpenID Federation 1.0 section 6.1.4.2).
 */
export function applyMetadataPolicy(policy: MetadataPolicy, metadata: Metadata): Metadata {
  return Object.fromEntries(
    Object.entries(metadata).map(([entityType, parameters]) => [
      entityType,
      Object.hasOwn(policy, entityType) ? applyToEntityType(policy[entityType]!, parameters) : parameters,
    ]),
  );
}

function applyToEntityType(policy: EntityTypePolicy, parameters: { [name: string]: Json }): { [name: string]: Json } {
  const applied = new Map(Object.entries(parameters));
  for (const [parameter, operators] of Object.entries(policy)) {
    const given = applied.get(parameter);
    const value = applyToParameter(parameter, operators, isScope(parameter, given) ? words(given) : given);
    if (value === undefined) applied.delete(parameter);
    else applied.set(parameter, parameter === 'scope' && Array.isArray(value) ? value.join(' ') : value);
  }
  return Object.fromEntries(applied);
}

function applyToParameter(parameter: string, policy: ParameterPolicy, given: Json | undefined): Json | undefined {
  const refuse = (reason: string) => problem('metadata-refused', { parameter: nameForPeople(parameter), reason });
  const list = (value: Json): Json[] => {
    if (!Array.isArray(value)) throw refuse('list-expected');
    if (value.length > listItemsMax) throw refuse('list-too-long');
    return value;
  };
  let value: Json | undefined = given === null ? undefined : given;
  if ('value' in policy) value = policy['value'] === null ? undefined : policy['value'];
  if (policy['add'] !== undefined) value = union(value === undefined ? [] : list(value), policy['add'] as Json[]);
  if (policy['default'] !== undefined && value === undefined) value = policy['default'];
  if (policy['one_of'] !== undefined && value !== undefined && !has(policy['one_of'] as Json[], value)) {
    throw refuse('one_of');
  }
  if (policy['subset_of'] !== undefined && value !== undefined) {
    value = intersection(list(value), policy['subset_of'] as Json[]);
  }
  if (policy['superset_of'] !== undefined && value !== undefined) {
    if (!isSubset(policy['superset_of'] as Json[], list(value))) throw refuse('superset_of');
  }
  if (policy['essential'] === true && value === undefined) throw refuse('essential');
  return value;
}

type ReadPolicy = Map<string, Map<string, ParameterPolicy>>;

/** Maps hold the names while merging, so that a parameter called `__proto__` is a name like any other. */
function readPolicy(policy: unknown): ReadPolicy {
  const read: ReadPolicy = new Map();
  for (const [entityType, parameters] of entriesOf(policy, '*')) {
    const parameterPolicies = new Map<string, ParameterPolicy>();
    for (const [parameter, operators] of entriesOf(parameters, entityType)) {
      parameterPolicies.set(parameter, readParameterPolicy(parameter, operators));
    }
    read.set(entityType, parameterPolicies);
  }
  return read;
}

function readParameterPolicy(parameter: string, operators: unknown): ParameterPolicy {
  const known: ParameterPolicy = {};
  for (const [operator, given] of entriesOf(operators, parameter)) {
    if (!isStandard(operator)) continue;
    const value = isScope(parameter, given) ? words(given) : given;
    const shapeIsRight = listOperators.includes(operator)
      ? Array.isArray(value)
      : operator === 'essential'
        ? typeof value === 'boolean'
        : operator === 'value' || value !== null;
    if (!shapeIsRight) throw refusePolicy(parameter, `${operator}-malformed`);
    if (Array.isArray(value) && value.length > listItemsMax) throw refusePolicy(parameter, `${operator}-too-long`);
    known[operator] = listOperators.includes(operator) ? union([], value as Json[]) : value;
  }
  checkCombination(parameter, known);
  return known;
}

function mergeTwo(superior: ReadPolicy, subordinate: ReadPolicy): ReadPolicy {
  const merged: ReadPolicy = new Map(superior);
  for (const [entityType, parameters] of subordinate) {
    const mergedParameters = new Map(superior.get(entityType));
    for (const [parameter, operators] of parameters) {
      const current = mergedParameters.get(parameter);
      mergedParameters.set(parameter, current ? mergeOperators(parameter, current, operators) : operators);
    }
    merged.set(entityType, mergedParameters);
  }
  return merged;
}

function mergeOperators(parameter: string, superior: ParameterPolicy, subordinate: ParameterPolicy): ParameterPolicy {
  const merged: ParameterPolicy = { ...superior };
  for (const [operator, value] of Object.entries(subordinate)) {
    const current = superior[operator];
    merged[operator] = current === undefined ? value : mergeOperator(parameter, operator as Operator, current, value);
  }
  checkCombination(parameter, merged);
  return merged;
}

function mergeOperator(parameter: string, operator: Operator, superior: Json, subordinate: Json): Json {
  switch (operator) {
    case 'value':
    case 'default':
      if (!isSame(superior, subordinate)) throw refusePolicy(parameter, `${operator}-conflict`);
      return superior;
    case 'add':
    case 'superset_of':
      return union(superior as Json[], subordinate as Json[]);
    case 'subset_of':
      return intersection(superior as Json[], subordinate as Json[]);
    case 'one_of': {
      const left = intersection(superior as Json[], subordinate as Json[]);
      if (left.length === 0) throw refusePolicy(parameter, 'one_of-empty');
      return left;
    }
    case 'essential':
      return superior === true || subordinate === true;
  }
}

/** Which operators may stand together, and on what condition (OpenID Federation 1.0 section 6.1.3.1). */
function checkCombination(parameter: string, policy: ParameterPolicy): void {
  const { value, add, one_of: oneOf, subset_of: subsetOf, superset_of: supersetOf } = policy;
  const refuseUnless = (isAllowed: boolean, reason: string) => {
    if (!isAllowed) throw refusePolicy(parameter, reason);
  };
  if (value !== undefined) {
    const values = Array.isArray(value) ? value : undefined;
    if (add !== undefined) refuseUnless(!!values && isSubset(add as Json[], values), 'value-add');
    if (policy['default'] !== undefined) refuseUnless(value !== null, 'value-default');
    if (oneOf !== undefined) refuseUnless(has(oneOf as Json[], value), 'value-one_of');
    if (subsetOf !== undefined) refuseUnless(!!values && isSubset(values, subsetOf as Json[]), 'value-subset_of');
    if (supersetOf !== undefined) refuseUnless(!!values && isSubset(supersetOf as Json[], values), 'value-superset_of');
    if (policy['essential'] === true) refuseUnless(value !== null, 'value-essential');
  }
  if (oneOf !== undefined) {
    refuseUnless(add === undefined && subsetOf === undefined && supersetOf === undefined, 'one_of-with-list-operator');
  }
  if (subsetOf !== undefined) {
    if (add !== undefined) refuseUnless(isSubset(add as Json[], subsetOf as Json[]), 'subset_of-add');
    if (supersetOf !== undefined) {
      refuseUnless(isSubset(supersetOf as Json[], subsetOf as Json[]), 'subset_of-superset_of');
    }
  }
}

function isStandard(operator: string): operator is Operator {
  return (standardOperators as readonly string[]).includes(operator);
}

/** `scope` is a text of words that operators treat as a list (OpenID Federation 1.0 section 6.1.3.1.8). */
function isScope(parameter: string, value: Json | undefined): value is string {
  return parameter === 'scope' && typeof value === 'string';
}

function words(text: string): Json[] {
  return text.split(' ').filter((word) => word !== '');
}

/** Lists in metadata are sets: the order of a merge result is not defined, so it does not make a difference either. */
function isSame(a: Json, b: Json): boolean {
  if (Array.isArray(a) && Array.isArray(b)) return isSubset(a, b) && isSubset(b, a);
  return canonicalize(a) === canonicalize(b);
}

function has(list: Json[], value: Json): boolean {
  return typeof value === 'string' ? list.includes(value) : list.some((item) => isSame(item, value));
}

function isSubset(part: Json[], whole: Json[]): boolean {
  return part.every((item) => has(whole, item));
}

function union(a: Json[], b: Json[]): Json[] {
  const all: Json[] = [];
  for (const item of [...a, ...b]) if (!has(all, item)) all.push(item);
  return all;
}

function intersection(a: Json[], b: Json[]): Json[] {
  return union([], a).filter((item) => has(b, item));
}

function entriesOf(value: unknown, where: string): Array<[string, Json]> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw refusePolicy(where, 'object-expected');
  return Object.entries(value as Record<string, Json>);
}

function refusePolicy(parameter: string, reason: string) {
  return problem('policy-invalid', { parameter: nameForPeople(parameter), reason });
}

/** A name out of a foreign statement goes into texts only when it is short and plain. */
function nameForPeople(name: string): string {
  return /^[\w#.*:/-]{1,80}$/.test(name) ? name : '?';
}
