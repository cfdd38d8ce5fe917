import { Compile } from 'typebox/compile';
import { canonicalJson, sha256 } from '#kernel/ids';
import { findEvidenceType, findPurpose } from '#protocol/catalogue';
import { findLaw } from '#protocol/laws';
import { type AccessRule, AccessRules, type Who } from './contract.ts';

const shape = Compile(AccessRules);
export const consentGround = 'consent';

/** What is known of a question when access is decided: all of it verified, none of it about the person. */
export type AccessFacts = {
  /** Entity id. */
  requester: string;
  /** `SA/GOV/moe`, vouched for by the requester's state. */
  member: string;
  /** ISO 3166-1 alpha-2 */
  state: string;
  /** Types of the trust marks that the requester's own state gave it. */
  marks: readonly string[];
  evidenceType: string;
  fields: readonly string[];
  purpose: string;
  /** `consent`, or the id of a law. */
  ground: string;
  at: Date;
};

/** What a rule would have to say, or a question to ask, for the rule to cover the question. */
export type Change =
  | { part: 'who'; allowed: Who }
  | { part: 'purpose'; allowed: readonly string[] }
  | { part: 'fields'; missing: readonly string[] }
  | { part: 'ground'; allowed: readonly string[] }
  | { part: 'time'; from?: string; until?: string };
export type NearRule = { ruleId: string; changes: Change[] };

export type AccessDecision =
  | { isAllowed: true; ruleId: string; version: number }
  /** `nearest` are at most three rules of this evidence type, those first of which the least would have to change. */
  | { isAllowed: false; code: 'access-not-granted'; version: number; nearest: NearRule[] };

type CompiledRule = {
  rule: AccessRule;
  isFor(facts: AccessFacts): boolean;
  fields: ReadonlySet<string>;
  purposes: ReadonlySet<string>;
  grounds: ReadonlySet<string>;
  fromMs: number;
  untilMs: number;
};

/** One version of the rules, made ready once: a decision reads memory only. */
export type CompiledAccess = {
  version: number;
  rules: AccessRules;
  byEvidenceType: ReadonlyMap<string, readonly CompiledRule[]>;
};

/** The agreed form, and only names that exist. Throws one sentence that says what is wrong and where. */
export function readAccessRules(value: unknown): AccessRules {
  if (!shape.Check(value)) {
    const [error] = shape.Errors(value);
    const { instancePath = '', message = '' } = (error ?? {}) as { instancePath?: string; message?: string };
    throw new Error(`the access rules are not as expected at ${instancePath || 'their root'}: ${message}`);
  }
  const seen = new Set<string>();
  for (const rule of value.rules) {
    const wrong = findFault(rule, value.groups);
    if (wrong) throw new Error(`access rule ${rule.id}: ${wrong}`);
    if (seen.has(rule.id)) throw new Error(`access rule ${rule.id} is there twice`);
    seen.add(rule.id);
  }
  for (const { purpose, evidenceType, class: kind, days } of value.disclosure) {
    if (!findPurpose(purpose)) throw new Error(`disclosure of ${purpose}: the purpose is not in the catalogue`);
    if (evidenceType !== undefined && !findEvidenceType(evidenceType))
      throw new Error(`disclosure of ${purpose}: no evidence type ${evidenceType}`);
    if ((kind === 'delayed') !== (days !== undefined))
      throw new Error(`disclosure of ${purpose}: days belong to "delayed", and only to it`);
  }
  return value;
}

function findFault(rule: AccessRule, groups: AccessRules['groups']): string | undefined {
  const type = findEvidenceType(rule.evidenceType);
  if (!type) return `no evidence type ${rule.evidenceType}`;
  const field = rule.fields.find((name) => !Object.hasOwn(type.fields, name));
  if (field) return `${type.id} has no field ${field}`;
  const purpose = rule.purposes.find((name) => !findPurpose(name));
  if (purpose) return `no purpose ${purpose}`;
  const ground = rule.grounds.find((name) => name !== consentGround && !findLaw(name));
  if (ground) return `no law ${ground}`;
  if ('group' in rule.who && !Object.hasOwn(groups, rule.who.group)) return `no group ${rule.who.group}`;
  if (rule.from && rule.until && Date.parse(rule.from) >= Date.parse(rule.until)) return 'it ends before it begins';
  return undefined;
}

/** SHA-256 of the RFC 8785 form, in hex: the same rules have the same digest however their file is laid out. */
export function digestAccessRules(rules: AccessRules): string {
  return sha256(canonicalJson(rules)).toString('hex');
}

export function compileAccess(rules: AccessRules, version: number): CompiledAccess {
  const compiled = rules.rules.map(
    (rule): CompiledRule => ({
      rule,
      isFor: matcherOf(rule.who, rules.groups),
      fields: new Set(rule.fields),
      purposes: new Set(rule.purposes),
      grounds: new Set(rule.grounds),
      fromMs: rule.from ? Date.parse(rule.from) : Number.NEGATIVE_INFINITY,
      untilMs: rule.until ? Date.parse(rule.until) : Number.POSITIVE_INFINITY,
    }),
  );
  return { version, rules, byEvidenceType: Map.groupBy(compiled, ({ rule }) => rule.evidenceType) };
}

function matcherOf(who: Who, groups: AccessRules['groups']): (facts: AccessFacts) => boolean {
  if ('office' in who) return ({ requester, member }) => requester === who.office || member === who.office;
  if ('state' in who) return ({ state }) => state === who.state;
  if ('trustMark' in who) {
    const ending = `/marks/${who.trustMark}`;
    return ({ marks }) => marks.some((mark) => mark.endsWith(ending));
  }
  const offices = new Set(groups[who.group]);
  return ({ requester, member }) => offices.has(requester) || offices.has(member);
}

/** Whether one rule covers the whole question. Rules are not added up: each was made for its own purpose. */
export function decideAccess(access: CompiledAccess, facts: AccessFacts): AccessDecision {
  const rules = access.byEvidenceType.get(facts.evidenceType) ?? [];
  // A question without fields asks for nothing, and no rule was made for it.
  const covering = facts.fields.length > 0 ? rules.find((rule) => isCovering(rule, facts)) : undefined;
  if (covering) return { isAllowed: true, ruleId: covering.rule.id, version: access.version };
  const nearest = rules
    .map((rule) => ({ ruleId: rule.rule.id, changes: listChanges(rule, facts) }))
    .sort((a, b) => a.changes.length - b.changes.length)
    .slice(0, 3);
  return { isAllowed: false, code: 'access-not-granted', version: access.version, nearest };
}

function isCovering(rule: CompiledRule, facts: AccessFacts): boolean {
  const atMs = facts.at.getTime();
  return (
    rule.purposes.has(facts.purpose) &&
    rule.grounds.has(facts.ground) &&
    atMs >= rule.fromMs &&
    atMs < rule.untilMs &&
    rule.isFor(facts) &&
    facts.fields.every((field) => rule.fields.has(field))
  );
}

function listChanges(compiled: CompiledRule, facts: AccessFacts): Change[] {
  const { rule } = compiled;
  const atMs = facts.at.getTime();
  const missing = facts.fields.filter((field) => !compiled.fields.has(field));
  return [
    ...(compiled.isFor(facts) ? [] : [{ part: 'who', allowed: rule.who } as const]),
    ...(compiled.purposes.has(facts.purpose) ? [] : [{ part: 'purpose', allowed: rule.purposes } as const]),
    ...(missing.length === 0 ? [] : [{ part: 'fields', missing } as const]),
    ...(compiled.grounds.has(facts.ground) ? [] : [{ part: 'ground', allowed: rule.grounds } as const]),
    ...(atMs >= compiled.fromMs && atMs < compiled.untilMs
      ? []
      : [
          {
            part: 'time',
            ...(rule.from ? { from: rule.from } : {}),
            ...(rule.until ? { until: rule.until } : {}),
          } as const,
        ]),
  ];
}
