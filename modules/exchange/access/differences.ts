import { canonicalJson } from '#kernel/ids';
import type { AccessRule, AccessRules } from './contract.ts';

/** What became of one rule, one group or one class of disclosure. `lines` name what changed in it, as the files write it. */
export type AccessDifference = {
  part: 'rule' | 'group' | 'disclosure';
  id: string;
  kind: 'added' | 'removed' | 'changed';
  lines: string[];
};

/** How one set of rules differs from another, for whoever is about to put it in force. */
export function compareAccessRules(before: AccessRules, after: AccessRules): AccessDifference[] {
  const rulesOf = ({ rules }: AccessRules) => new Map(rules.map((rule) => [rule.id, rule]));
  const classesOf = ({ disclosure }: AccessRules) => new Map(disclosure.map((one) => [canonicalJson(one), one]));
  const differences = [
    ...compare('rule', rulesOf(before), rulesOf(after), compareRule),
    ...compare('group', groupsOf(before), groupsOf(after), (one, other) => compareLists('offices', one, other)),
    ...compare('disclosure', classesOf(before), classesOf(after), () => []),
  ];
  // The first class of disclosure that fits is the one, so their order says something; that of the rules does not.
  const isReordered = canonicalJson(before.disclosure) !== canonicalJson(after.disclosure);
  if (isReordered && !differences.some(({ part }) => part === 'disclosure'))
    differences.push({ part: 'disclosure', id: 'order', kind: 'changed', lines: [] });
  return differences;
}

const groupsOf = ({ groups }: AccessRules) => new Map(Object.entries(groups));

function compare<T>(
  part: AccessDifference['part'],
  before: ReadonlyMap<string, T>,
  after: ReadonlyMap<string, T>,
  linesOf: (one: T, other: T) => string[],
): AccessDifference[] {
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((id): AccessDifference[] => {
    const [one, other] = [before.get(id), after.get(id)];
    if (one === undefined) return [{ part, id, kind: 'added', lines: [] }];
    if (other === undefined) return [{ part, id, kind: 'removed', lines: [] }];
    return canonicalJson(one) === canonicalJson(other)
      ? []
      : [{ part, id, kind: 'changed', lines: linesOf(one, other) }];
  });
}

function compareRule(before: AccessRule, after: AccessRule): string[] {
  const values = (['who', 'evidenceType', 'from', 'until'] as const).flatMap((name) => {
    const [one, other] = [before[name], after[name]].map((value) => (value === undefined ? '-' : canonicalJson(value)));
    return one === other ? [] : [`${name}: ${one} -> ${other}`];
  });
  const lists = (['fields', 'purposes', 'grounds'] as const).flatMap((name) =>
    compareLists(name, before[name], after[name]),
  );
  return [...values, ...lists];
}

function compareLists(name: string, before: readonly string[], after: readonly string[]): string[] {
  const changes = [
    ...after.filter((one) => !before.includes(one)).map((one) => `+${one}`),
    ...before.filter((one) => !after.includes(one)).map((one) => `-${one}`),
  ];
  return changes.length === 0 ? [] : [`${name}: ${changes.join(' ')}`];
}
