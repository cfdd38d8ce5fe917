import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Language } from '#kernel/languages';
import {
  type AccessDifference,
  type AccessRules,
  type AccessVersion,
  compareAccessRules,
  findAccessFaults,
  type PublishedAccessRules,
} from '#modules/exchange';
import type { CliConfig } from './config.ts';
import { lineOf } from './json-places.ts';
import { asOperator, type OperatorAccess } from './operator.ts';

const usage = `jisr rules: what the offices of a state give to whom

  npm run jisr -- rules check <file>                       says what is wrong in a file of rules, and on which line
  npm run jisr -- rules list                               the versions, latest first: the first is in force
  npm run jisr -- rules show [version]                     writes a version out, without one the rules in force
  npm run jisr -- rules diff <file | version> [version]    what the first would change in the second, without one in the rules in force
  npm run jisr -- rules publish <file> --reason <text>     puts a file in force; the reason is in the ledger, so name nobody in it

  --node <node>  by its address, its node.json or its folder below JISR_DATA. Except for check the node has to run.
`;

const words = {
  holds: { en: 'The rules hold', ar: 'القواعد سليمة' },
  wrong: { en: 'The rules are wrong; none of them can be published.', ar: 'في القواعد خطأ؛ لا يمكن نشر شيء منها.' },
  line: { en: 'line', ar: 'السطر' },
  same: { en: 'No difference.', ar: 'لا فرق.' },
  added: { en: 'added', ar: 'مضاف' },
  removed: { en: 'removed', ar: 'محذوف' },
  changed: { en: 'changed', ar: 'معدّل' },
  rule: { en: 'rule', ar: 'القاعدة' },
  group: { en: 'group', ar: 'المجموعة' },
  disclosure: { en: 'disclosure', ar: 'الكشف' },
  version: { en: 'version', ar: 'الإصدار' },
  rules: { en: 'rules', ar: 'قاعدة' },
  inForce: { en: 'in force', ar: 'نافذ' },
  published: {
    en: 'is in force, in every process of the node within a second.',
    ar: 'نافذ الآن، وفي كل عمليات العقدة خلال ثانية.',
  },
  unchanged: { en: 'says the same and stays in force.', ar: 'يقول الشيء نفسه ويبقى نافذًا.' },
  reason: {
    en: 'Say why, in a few words that name nobody: --reason "agreement of 1 December"',
    ar: 'اذكر السبب بكلمات قليلة لا تسمّي أحدًا: ‎--reason "اتفاق 1 ديسمبر"',
  },
} as const;

/** Exit code 0 when it was done and the rules hold, 1 when they do not, 2 when the command is not complete. */
export async function manageRules(config: CliConfig, args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    options: { node: { type: 'string' }, reason: { type: 'string' } },
    allowPositionals: true,
  });
  const [action = '', first, second] = positionals;
  const isComplete = first !== undefined || action === 'list' || action === 'show';
  if (!isComplete || !['check', 'list', 'show', 'diff', 'publish'].includes(action)) {
    console.log(usage);
    return 2;
  }
  const { language } = config;
  if (action === 'check') {
    const checked = readRulesFile(first!, language);
    if (checked) console.log(`${words.holds[language]}: ${checked.rules.length} ${words.rules[language]}.`);
    return checked ? 0 : 1;
  }
  if (action === 'list')
    return asOperator(config, values.node, async (access) => list(await listVersions(access), language));
  if (action === 'show')
    return asOperator(config, values.node, async (access) => {
      console.log(JSON.stringify(await readVersion(access, first), null, 2));
      return 0;
    });
  if (action === 'diff')
    return asOperator(config, values.node, async (access) => {
      const after = /^\d+$/.test(first!) ? await readVersion(access, first) : readRulesFile(first!, language);
      if (!after) return 1;
      return tellDifferences(compareAccessRules(await readVersion(access, second), after), language);
    });
  if (!values.reason) {
    console.error(words.reason[language]);
    return 2;
  }
  const rules = readRulesFile(first!, language);
  if (!rules) return 1;
  return asOperator(config, values.node, (access) => publish(access, rules, values.reason!, language));
}

/** The rules in force at a node, with their version. */
export async function readRulesInForce(access: OperatorAccess): Promise<{ rules: AccessRules; version: number }> {
  const [latest] = await listVersions(access);
  return { rules: await readVersion(access, String(latest!.version)), version: latest!.version };
}

/** The rules of a file; undefined when something is wrong in it, which is told with its line. */
export function readRulesFile(file: string, language: Language): AccessRules | undefined {
  let text: string;
  let value: unknown;
  try {
    text = readFileSync(file, 'utf8');
    value = JSON.parse(text);
  } catch (error) {
    // Of a faulty text the error names the line itself.
    console.error(`${file}: ${(error as Error).message}`);
    return undefined;
  }
  const faults = findAccessFaults(value);
  for (const { at, words: what } of faults)
    console.error(`${file}, ${words.line[language]} ${lineOf(text, at)} (${at || '/'}): ${what[language]}`);
  if (faults.length > 0) {
    console.error(words.wrong[language]);
    return undefined;
  }
  return value as AccessRules;
}

async function publish(
  access: OperatorAccess,
  rules: AccessRules,
  reason: string,
  language: Language,
): Promise<number> {
  const inForce = await readRulesInForce(access);
  tellDifferences(compareAccessRules(inForce.rules, rules), language);
  const order = { rules, basedOn: inForce.version, reason };
  const { version, isNew } = (await access.send('POST', '/operator/access-rules', order)) as PublishedAccessRules;
  const end = isNew ? words.published : words.unchanged;
  console.log(`${words.version[language]} ${version} ${end[language]}`);
  return 0;
}

async function listVersions(access: OperatorAccess): Promise<AccessVersion[]> {
  return (await access.send('GET', '/operator/access-rules')) as AccessVersion[];
}

async function readVersion(access: OperatorAccess, version: string | undefined): Promise<AccessRules> {
  const number = version ?? String((await listVersions(access))[0]!.version);
  const path = `/operator/access-rules/${encodeURIComponent(number)}`;
  return ((await access.send('GET', path)) as { rules: AccessRules }).rules;
}

function list(versions: AccessVersion[], language: Language): number {
  for (const [index, { version, changedAt, changedBy, rulesCount, digest, reason }] of versions.entries())
    console.log(
      [
        `${words.version[language]} ${version}`,
        changedAt,
        `${rulesCount} ${words.rules[language]}`,
        changedBy,
        digest.slice(0, 16),
        ...(reason ? [reason] : []),
        ...(index === 0 ? [words.inForce[language]] : []),
      ].join('  '),
    );
  return 0;
}

function tellDifferences(differences: readonly AccessDifference[], language: Language): number {
  if (differences.length === 0) console.log(words.same[language]);
  for (const { part, id, kind, lines } of differences) {
    console.log(`${words[kind][language]}: ${words[part][language]} ${id}`);
    for (const line of lines) console.log(`    ${line}`);
  }
  return 0;
}
