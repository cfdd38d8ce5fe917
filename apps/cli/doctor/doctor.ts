import {
  BrokenLink,
  type Check,
  type Diagnosis,
  type Finding,
  links,
  readNodeConfig,
  runChecks,
  whyOf,
} from '#apps/state-node';
import { createHttpClient, type HttpClient } from '#kernel/http-client';
import type { Language } from '#kernel/languages';
import { fill } from '#kernel/problem';
import type { CliConfig } from '../config.ts';
import { findNode, findNodeFile, listNodeNames, type NamedNode } from '../node-address.ts';
import { type OperatorAccess, openOperatorAccess } from '../operator.ts';
import { nodeCheck, outsideChecks } from './outside.ts';
import { configCheck, isAnchor, startChecks } from './starting.ts';

const checkDeadlineMs = 15_000;
const diagnosisDeadlineMs = 90_000;

const words = {
  ok: { en: 'ok', ar: 'سليم' },
  broken: { en: 'BROKEN', ar: 'مكسور' },
  skipped: { en: 'skipped', ar: 'لم يُفحص' },
  fix: { en: 'What to do', ar: 'ما العمل' },
  all: { en: 'Every link holds.', ar: 'كل الحلقات سليمة.' },
  outside: {
    en: 'Seen from outside only. Run it on the machine of the node for its disk, database, keys and jobs.',
    ar: 'فُحصت من الخارج فقط. شغّل الأمر على جهاز العقدة لفحص القرص وقاعدة البيانات والمفاتيح والأعمال المؤجلة.',
  },
  others: {
    en: 'No state’s node here is called {name}. There are: {names}. The anchor has no doctor of its own; that of any node looks at it.',
    ar: 'لا توجد هنا عقدة دولة باسم {name}. الموجود: {names}. وليس لمرساة الثقة فحص خاص بها؛ تفحصها أي عقدة.',
  },
  unknown: {
    en: 'No node is known here. Start the sample federation (npm start), or name one: jisr doctor https://… or jisr doctor node.json',
    ar: 'لا تُعرف هنا أي عقدة. شغّل الاتحاد التجريبي (npm start) أو سمِّ عقدة: jisr doctor https://… أو jisr doctor node.json',
  },
};

/**
 * Goes along everything an exchange stands on, in order, and stops at the first broken link with one plain sentence and the way
 * to mend it. On the machine of the node it looks inside, as its operator; elsewhere from outside. Exit code 0 when all hold, 1
 * when something is broken, 2 when no node is known.
 */
export async function doctor(
  config: CliConfig,
  options: { node?: string | undefined; all: boolean; json: boolean },
): Promise<number> {
  const { language } = config;
  const file = findNodeFile(config, options.node);
  const misfit = file === undefined ? [] : await runChecks([configCheck(file)], checkDeadlineMs);
  const node = findNode(config, options.node);
  if (misfit[0]?.state === 'broken' && !isAnchor(file!)) return tell(misfit, { ...options, language, isInside: true });
  if (!node) {
    const names = listNodeNames(config);
    const isNamed = options.node !== undefined && names.length > 0;
    console.error(
      isNamed
        ? fill(words.others[language], { name: options.node!, names: names.join(', ') })
        : words.unknown[language],
    );
    return 2;
  }
  const http = createHttpClient({ timeoutMs: 5_000 });
  try {
    const access = openOperatorAccess(node, http);
    const findings = await look(node, file, access, http, options.all);
    return tell(findings, {
      ...options,
      language,
      isInside: access !== undefined || file !== undefined,
      node: node.publicUrl,
    });
  } finally {
    await http.close();
  }
}

type Told = { all: boolean; json: boolean; language: Language; isInside: boolean; node?: string | undefined };

function tell(findings: Finding[], { all, json, language, isInside, node }: Told): number {
  const ok = findings.every(({ state }) => state === 'ok');
  const shown = cut(findings, all);
  if (json) console.log(JSON.stringify({ ...(node ? { node } : {}), isInside, ok, findings: shown }, null, 2));
  else {
    for (const finding of shown) print(finding, language);
    if (ok) console.log(words.all[language]);
    if (!isInside) console.log(words.outside[language]);
  }
  return ok ? 0 : 1;
}

async function look(
  node: NamedNode,
  file: string | undefined,
  access: OperatorAccess | undefined,
  http: HttpClient,
  all: boolean,
): Promise<Finding[]> {
  const outside = nodeCheck(node.publicUrl, http);
  if (!access) {
    const found = await runChecks([outside, ...outsideChecks(node.publicUrl, http)], checkDeadlineMs);
    if (found[0]!.state === 'ok' || file === undefined) return found;
    return runChecks(startChecks(readNodeConfig(file), { file, stopped: node.publicUrl }), checkDeadlineMs);
  }
  let diagnosis: Diagnosis | undefined;
  const inside: Check = {
    link: 'operator',
    run: async () => {
      diagnosis = await askDiagnosis(access);
      return { en: access.url, ar: access.url };
    },
  };
  const seen = await runChecks([outside], checkDeadlineMs);
  const reached = await runChecks([inside], diagnosisDeadlineMs);
  const isSilent = seen[0]!.state === 'broken';
  // Whoever is inside knows better than whoever knocks: a node without its database answers nobody.
  if (isSilent && diagnosis && !diagnosis.ok) return [...reached, ...diagnosis.findings, ...(all ? seen : [])];
  // Nobody inside answers either: what hinders a start comes before the silence that it causes.
  if (isSilent && !diagnosis && file !== undefined)
    return runChecks(startChecks(readNodeConfig(file), { file, stopped: node.publicUrl }), checkDeadlineMs);
  if (isSilent && !all) return seen;
  return [...seen, ...reached, ...(diagnosis?.findings ?? [])];
}

async function askDiagnosis(access: OperatorAccess): Promise<Diagnosis> {
  let answer: Awaited<ReturnType<OperatorAccess['get']>>;
  try {
    answer = await access.get('/operator/diagnosis', diagnosisDeadlineMs);
  } catch (error) {
    throw new BrokenLink('operator-address-silent', { url: access.url, reason: whyOf(error) });
  }
  if (answer.status === 401) throw new BrokenLink('operator-secret-refused');
  if (answer.status !== 200)
    throw new BrokenLink('operator-address-silent', { url: access.url, reason: answer.status });
  return answer.json as Diagnosis;
}

/** Up to the first break; everything when all was asked for. */
function cut(findings: Finding[], all: boolean): Finding[] {
  const first = findings.findIndex(({ state }) => state === 'broken');
  return all || first < 0 ? findings : findings.slice(0, first + 1);
}

function print({ link, subject, state, finding, fix }: Finding, language: Language): void {
  const name = links[link][language] + (subject === undefined ? '' : ` ${subject}`);
  console.log(`  ${words[state][language].padEnd(8)} ${name}: ${finding[language]}`);
  if (fix) console.log(`  ${''.padEnd(8)} ${words.fix[language]}: ${fix[language]}`);
}
