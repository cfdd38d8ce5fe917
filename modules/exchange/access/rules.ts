import { Compile } from 'typebox/compile';
import { canonicalJson, sha256 } from '#kernel/ids';
import type { Text } from '#kernel/languages';
import { findEvidenceType, findPurpose } from '#protocol/catalogue';
import { findLaw } from '#protocol/laws';
import { type AccessRule, AccessRules, type Who } from './contract.ts';

const shape = Compile(AccessRules);
const text = (ar: string, en: string): Text => ({ ar, en });
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
  /** Until when the person is not to be shown it, where that is asked. */
  sealUntil?: string;
  at: Date;
  /** The version of the rules that it is decided by, where it is recorded. */
  accessVersion?: number;
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

/** What is wrong in a set of rules, and where: a JSON Pointer (RFC 6901), empty for the whole. */
export type AccessFault = { at: string; words: Text };

/** Everything that is wrong in a set of rules: its form, and names that do not exist. */
export function findAccessFaults(value: unknown): AccessFault[] {
  if (!shape.Check(value))
    return [...shape.Errors(value)].map(({ instancePath, message }) => ({
      at: instancePath,
      words: text(`الصيغة غير متوقعة: ${message}`, `it is not as expected: ${message}`),
    }));
  const seen = new Set<string>();
  const faults: AccessFault[] = [];
  for (const [index, rule] of value.rules.entries()) {
    const at = `/rules/${index}`;
    faults.push(...findRuleFaults(rule, value.groups, at));
    if (seen.has(rule.id))
      faults.push({ at: `${at}/id`, words: text(`القاعدة ${rule.id} مكررة`, `the rule ${rule.id} is there twice`) });
    seen.add(rule.id);
  }
  for (const [index, { purpose, evidenceType, class: kind, days }] of value.disclosure.entries()) {
    const at = `/disclosure/${index}`;
    if (!findPurpose(purpose)) faults.push({ at: `${at}/purpose`, words: unknownWords.purpose(purpose) });
    if (evidenceType !== undefined && !findEvidenceType(evidenceType))
      faults.push({ at: `${at}/evidenceType`, words: unknownWords.evidenceType(evidenceType) });
    if ((kind === 'delayed') !== (days !== undefined))
      faults.push({
        at,
        words: text('الأيام days مع "delayed" وحدها', 'days belong to "delayed", and only to it'),
      });
  }
  return faults;
}

/** The rules, when nothing is wrong in them. Throws one sentence that says what is and where. */
export function readAccessRules(value: unknown): AccessRules {
  const [fault] = findAccessFaults(value);
  if (fault) throw new Error(`the rules of access are wrong at ${fault.at || 'their root'}: ${fault.words.en}`);
  return value as AccessRules;
}

const unknownWords = {
  evidenceType: (name: string) => text(`لا يوجد نوع إثبات ${name}`, `there is no evidence type ${name}`),
  purpose: (name: string) => text(`لا يوجد غرض ${name}`, `there is no purpose ${name}`),
  law: (name: string) => text(`لا يوجد قانون ${name}`, `there is no law ${name}`),
  group: (name: string) => text(`لا توجد مجموعة ${name}`, `there is no group ${name}`),
};

function findRuleFaults(rule: AccessRule, groups: AccessRules['groups'], at: string): AccessFault[] {
  const type = findEvidenceType(rule.evidenceType);
  const faults: AccessFault[] = [];
  const note = (where: string, words: Text) => faults.push({ at: `${at}/${where}`, words });
  if ('group' in rule.who && !Object.hasOwn(groups, rule.who.group))
    note('who/group', unknownWords.group(rule.who.group));
  if (!type) note('evidenceType', unknownWords.evidenceType(rule.evidenceType));
  else
    for (const [index, field] of rule.fields.entries())
      if (!Object.hasOwn(type.fields, field))
        note(`fields/${index}`, text(`ليس في ${type.id} حقل ${field}`, `${type.id} has no field ${field}`));
  for (const [index, purpose] of rule.purposes.entries())
    if (!findPurpose(purpose)) note(`purposes/${index}`, unknownWords.purpose(purpose));
  for (const [index, ground] of rule.grounds.entries())
    if (ground !== consentGround && !findLaw(ground)) note(`grounds/${index}`, unknownWords.law(ground));
  if (rule.from && rule.until && Date.parse(rule.from) >= Date.parse(rule.until))
    note('until', text('تنتهي قبل أن تبدأ', 'it ends before it begins'));
  return faults;
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
