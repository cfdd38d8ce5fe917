import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  answerEligibility,
  checkService,
  describeEligibility,
  type EligibilityDefinition,
  evaluateDecision,
  findingWords,
  loadServices,
  readDecisions,
  runEligibilityTests,
  type Service,
  type ServiceTests,
} from '#modules/catalogue';
import type { Eligibility, EligibilityOutcome } from '../eligibility/contract.ts';
import { judgeEligibility } from '../eligibility/rules.ts';

const servicesDir = join(import.meta.dirname, '..', '..', '..', 'services');
const shared = 6;
let dir: string;
let services: Service[];
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'eligibility-'));
  await cp(join(servicesDir, 'good-conduct-certificate'), join(dir, 'good-conduct-certificate'), { recursive: true });
  for (const file of ['vocabulary.json', 'synonyms.json']) await cp(join(servicesDir, file), join(dir, file));
  services = (await loadServices(servicesDir, 'SA')).published.flatMap(({ service }) => service ?? []);
});
afterAll(() => rm(dir, { recursive: true }));

const serviceOf = (id: string) => services.find((service) => service.id === id)!;
const folder = () => join(dir, 'good-conduct-certificate');
type Edits = {
  json?: (file: EligibilityDefinition) => void;
  dmn?: (xml: string) => string;
  tests?: (file: ServiceTests) => void;
};
/** What the check says when files of the good-conduct certificate read otherwise. */
async function checkWith({ json, dmn, tests }: Edits): Promise<string[]> {
  const edited = (edit: (file: never) => void) => (text: string) => {
    const file = JSON.parse(text);
    edit(file as never);
    return JSON.stringify(file);
  };
  const edits: Array<[string, (text: string) => string]> = [
    ...(json ? [['eligibility.json', edited(json)] as [string, (text: string) => string]] : []),
    ...(dmn ? [['eligibility.dmn', dmn] as [string, (text: string) => string]] : []),
    ...(tests ? [['tests.json', edited(tests)] as [string, (text: string) => string]] : []),
  ];
  const before = await Promise.all(edits.map(([file]) => readFile(join(folder(), file), 'utf8')));
  for (const [at, [file, edit]] of edits.entries()) await writeFile(join(folder(), file), edit(before[at]!));
  const findings = await checkService(folder());
  for (const [at, [file]] of edits.entries()) await writeFile(join(folder(), file), before[at]!);
  for (const { problem } of findings) expect(findingWords(problem).ar, problem).not.toContain('لا يستقيم هذا الموضع');
  return findings.map(({ file, problem }) => `${file}: ${problem}`);
}

/** A check whose one table says what was drawn for each way to answer, by the state where it reads that. */
async function checkOf(sizes: number[], endings: Array<[EligibilityOutcome, string[]]>): Promise<Eligibility> {
  const questions = sizes.map((size, at) => ({
    id: `q${at}`,
    label: { ar: 'سؤال', en: 'Question' },
    options: Array.from({ length: size }, (_, value) => ({ value: `v${value}`, label: { ar: 'خيار', en: 'Option' } })),
  }));
  const ways = waysOf(sizes);
  const cells = (kind: string, texts: string[]) =>
    texts.map((text) => `<${kind}><text>${text}</text></${kind}>`).join('');
  const rules = ways.map((way, at) => {
    const [outcome, reasons] = endings[at % endings.length]!;
    const results = [`"${outcome}"`, `[${reasons.map((reason) => `"${reason}"`).join(', ')}]`];
    return `<rule>${cells(
      'inputEntry',
      way.map((value) => `"v${value}"`),
    )}${cells('outputEntry', results)}</rule>`;
  });
  const xml = `<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="urn:d">
    ${questions.map(({ id }) => `<inputData id="${id}" name="${id}"/>`).join('')}
    <decision id="e" name="Eligibility">
      ${questions.map(({ id }) => `<informationRequirement><requiredInput href="#${id}"/></informationRequirement>`).join('')}
      <decisionTable hitPolicy="UNIQUE">
        ${questions.map(({ id }) => `<input><inputExpression><text>${id}</text></inputExpression></input>`).join('')}
        <output name="outcome"/><output name="reasons"/>${rules.join('')}
      </decisionTable></decision></definitions>`;
  const text = { text: { ar: 'سبب', en: 'Reason' } };
  return { questions, reasons: { a: text, b: text, c: text }, decisions: await readDecisions(xml) };
}
const waysOf = (sizes: number[]): number[][] =>
  sizes.reduce<number[][]>(
    (all, size) => all.flatMap((one) => Array.from({ length: size }, (_, at) => [...one, at])),
    [[]],
  );

describe('whether one may apply, before one applies', () => {
  test('what is unknown is every answer it could be: the verdict is that of trying them one by one', async () => {
    const drawn = fc.array(fc.integer({ min: 2, max: 3 }), { minLength: 1, maxLength: 3 }).chain((sizes) =>
      fc.record({
        sizes: fc.constant(sizes),
        known: fc.tuple(...sizes.map((size) => fc.option(fc.integer({ min: 0, max: size - 1 })))),
        endings: fc.array(
          fc.tuple(
            fc.constantFrom<EligibilityOutcome>('may', 'maybe', 'may-not'),
            fc.subarray(['a', 'b', 'c'], { minLength: 1 }),
          ),
          { minLength: sizes.reduce((product, size) => product * size, 1), maxLength: 27 },
        ),
      }),
    );
    await fc.assert(
      fc.asyncProperty(drawn, async ({ sizes, known, endings }) => {
        const check = await checkOf(sizes, endings);
        const ways = waysOf(sizes).map((way, at) => ({ way, outcome: endings[at]![0], reasons: endings[at]![1] }));
        const fitting = ways.filter(({ way }) => known.every((value, at) => value === null || value === way[at]));
        const answers = Object.fromEntries(
          known.flatMap((value, at) => (value === null ? [] : [[`q${at}`, `v${value}`]])),
        );
        const outcomes = [...new Set(fitting.map(({ outcome }) => outcome))];
        const told = judgeEligibility(check, 'SA', answers);
        expect(told.outcome).toBe(outcomes.length === 1 ? outcomes[0] : 'maybe');
        expect([...told.reasons].sort()).toEqual(
          ['a', 'b', 'c'].filter((reason) => fitting.every(({ reasons }) => reasons.includes(reason))),
        );
        // A question is named just when two ways that differ in it alone end otherwise.
        const settling = known.flatMap((value, at) =>
          value === null &&
          fitting.some((one) =>
            fitting.some(
              (other) =>
                one.outcome !== other.outcome &&
                one.way.every((step, place) => place === at || step === other.way[place]),
            ),
          )
            ? [`q${at}`]
            : [],
        );
        expect(told.couldSettle).toEqual(settling);
        // Settling all that is named settles the outcome.
        if (outcomes.length > 1) expect(settling.length).toBeGreaterThan(0);
      }),
      { numRuns: 60 },
    );
  });

  test('all shared services ask it, in both languages, and their examples pass', () => {
    const asking = services.filter(({ eligibility }) => eligibility);
    expect(asking.length).toBe(shared);
    for (const service of asking) {
      expect(runEligibilityTests(service).flatMap(({ differences }) => differences)).toEqual([]);
      expect(describeEligibility(service).questions.length).toBeGreaterThan(2);
      const nothing = answerEligibility(service, 'SA', {});
      expect(nothing).toMatchObject({ outcome: 'maybe', reasons: [], version: service.version });
      expect(nothing.couldSettle.length).toBeGreaterThan(1);
      expect(service.tests!.cases.some(({ eligibility }) => eligibility)).toBe(true);
    }
  });

  test('a question that cannot change anything any more is not blamed', () => {
    const degree = serviceOf('degree-recognition');
    const told = answerEligibility(degree, 'BH', { degree: 'diploma', study: 'unknown', field: null });
    expect(told).toMatchObject({ outcome: 'may-not', couldSettle: [], reasons: [{ id: 'diploma' }] });
    expect(told.reasons[0]!.whatHelps!.en).toContain('bachelor');
    const part = { identity: 'yes', recorded: 'recorded', degree: 'bachelor', study: 'part-time' };
    // Reviewed in any case, whatever the field and the purpose are.
    expect(answerEligibility(degree, 'BH', part)).toMatchObject({ outcome: 'maybe', couldSettle: [] });
    const open = answerEligibility(degree, 'BH', { ...part, study: 'full-time', field: 'other' });
    expect(open).toMatchObject({ outcome: 'maybe', reasons: [], couldSettle: ['purpose'] });
  });

  test('what is no question or no option is refused, and never said again', () => {
    const conduct = serviceOf('good-conduct-certificate');
    const refused = (given: Record<string, unknown>) => {
      try {
        return answerEligibility(conduct, 'SA', given);
      } catch (error) {
        return error as { code: string; messages: { ar: string; en: string } };
      }
    };
    const question = refused({ name: 'Sara' });
    expect(question).toMatchObject({ code: 'eligibility-question-unknown', status: 422 });
    expect(question).toMatchObject({ messages: { en: expect.stringContaining('citizenship, age, record') } });
    const option = refused({ age: 'Sara' });
    expect(option).toMatchObject({ code: 'eligibility-option-unknown', params: { known: 'adult, minor, unknown' } });
    expect(JSON.stringify([question, option])).not.toContain('Sara');
    expect(refused({ constructor: 'x' })).toMatchObject({ code: 'eligibility-question-unknown' });
    const { eligibility: _, ...without } = conduct;
    expect(() => answerEligibility(without, 'SA', {})).toThrow('eligibility-absent');
  });

  test('a table that is mistaken turns nobody away', async () => {
    const check = await checkOf([2, 2], [['may-not', ['a']]]);
    expect(judgeEligibility(check, 'SA', {})).toMatchObject({ outcome: 'may-not', reasons: ['a'] });
    const untold = await checkOf([2, 2], [['may-not', ['nowhere']]]);
    expect(judgeEligibility(untold, 'SA', {})).toEqual({ outcome: 'maybe', reasons: [], couldSettle: [] });
    const silent = { ...check, decisions: { ...check.decisions, decisions: [] } };
    expect(judgeEligibility(silent, 'SA', { q0: 'v0', q1: 'v0' }).outcome).toBe('maybe');
  });

  test('the state that decides is read only by a table that says so', async () => {
    const check = await checkOf(
      [2],
      [
        ['may', ['a']],
        ['maybe', ['b']],
      ],
    );
    expect(evaluateDecision(check.decisions, 'Eligibility', { q0: 'v1' }).value).toMatchObject({ outcome: 'maybe' });
    const byState = await checkWith({
      dmn: (xml) =>
        xml
          .replace(
            '<decision id="conditions"',
            '<inputData id="input-state" name="state" />\n<decision id="conditions"',
          )
          .replace(
            /(<variable name="Conditions"[^>]*\/>)/,
            '$1<informationRequirement id="conditions-state"><requiredInput href="#input-state" /></informationRequirement>',
          )
          .replace(
            /(<text>)citizenship(<\/text>)/,
            '$1if state = "BH" and citizenship = "gulf" then "here" else citizenship$2',
          ),
      tests: (file) => {
        const one = file.eligibility!.find(({ id }) => id === 'other-gulf-state')!;
        file.eligibility!.push({ ...one, id: 'not-in-oman', state: 'OM' });
        one.state = 'BH';
      },
    });
    expect(byState).toEqual([
      "tests.json: 'other-gulf-state' does not pass: outcome: expected may-not, came maybe",
      "tests.json: 'other-gulf-state' does not pass: reasons: expected gulf-citizen, came nothing",
      "tests.json: 'other-gulf-state' does not pass: couldSettle: expected nothing, came age, record",
    ]);
  });
});

describe('jisr service check, of the check before one applies', () => {
  test.each<[string, Edits, unknown[]]>([
    ['nothing', {}, []],
    [
      'a question that no table reads',
      {
        json: (file) => file.questions.push({ ...file.questions[1]!, id: 'height' }),
      },
      ["eligibility.dmn: the question 'height' is never read: its answer changes nothing"],
    ],
    [
      'an input that nobody is asked',
      { json: (file) => file.questions.splice(1, 1) },
      ["eligibility.dmn: the tables read 'age', which nobody is asked"],
    ],
    [
      'a column that its decision does not require',
      { dmn: (xml) => xml.replace('<text>age</text>', '<text>Conditions</text>') },
      ["eligibility.dmn: 'Conditions' reads 'Conditions', which is not among what it requires"],
    ],
    [
      'a column of something that is not there',
      { dmn: (xml) => xml.replace('<text>age</text>', '<text>years</text>') },
      ["eligibility.dmn: 'Conditions' reads 'years', which is no input and no decision"],
    ],
    [
      'an answer that changes nothing',
      { dmn: (xml) => xml.replace('<text>"minor"</text>', '<text>"adult", "minor"</text>') },
      [
        "eligibility.dmn: no way to answer ends in 'may', which a row gives",
        "eligibility.dmn: no way to answer ends in 'maybe', which a row gives",
        'eligibility.dmn: nobody may apply, whatever they answer',
        "eligibility.dmn: the question 'age' changes nothing: all its answers end alike",
        "eligibility.dmn: the question 'record' changes nothing: all its answers end alike",
      ],
    ],
    [
      'a reason without a text',
      { json: (file) => delete file.reasons['too-young'] },
      ["eligibility.dmn: the reason 'too-young' has no text in eligibility.json"],
    ],
    [
      'a text that no row gives',
      { json: (file) => Object.assign(file.reasons, { other: { text: { ar: 'سبب', en: 'Reason' } } }) },
      ["eligibility.dmn: the reason 'other' is given by no row"],
    ],
    [
      'a no that does not say what helps',
      { json: (file) => delete file.reasons['too-young']!.whatHelps },
      ["eligibility.dmn: the reason 'too-young' turns people away: say in whatHelps what would have to be different"],
    ],
    [
      'a row that is never reached',
      { dmn: (xml) => xml.replace('<text>"entry"</text>', '<text>"entries"</text>') },
      [
        "eligibility.dmn: no way to answer ends in 'maybe', which a row gives",
        "eligibility.dmn: no way to answer gives the reason 'entry-on-record', which a row names",
      ],
    ],
    [
      'ways to answer that no row decides',
      { dmn: (xml) => xml.replace(/(<rule id="say-may">[\s\S]*?<text>)false/, '$1true') },
      ['eligibility.dmn: citizenship here, age adult, record none: no row gives an outcome'],
    ],
    [
      'a no without a reason',
      { dmn: (xml) => xml.replace('Conditions[outcome = "may-not"].reason', 'null') },
      ["eligibility.dmn: citizenship here, age minor, record none: it ends in 'may-not' for no reason"],
    ],
    [
      'a no whose reason depends on what is not known',
      {
        dmn: (xml) =>
          xml
            .replace('hitPolicy="RULE ORDER"', 'hitPolicy="COLLECT"')
            .replace('Conditions[outcome = "may-not"].reason', 'Conditions[outcome = "may-not"].reason[1]'),
      },
      [
        "eligibility.dmn: with only age minor every answer ends in 'may-not', and never for the same reason: let each row give its reason (RULE ORDER)",
      ],
    ],
    [
      'too many ways to answer',
      {
        json: (file) => {
          const options = Array.from({ length: 6 }, (_, at) => ({
            ...file.questions[1]!.options[0]!,
            value: `v${at}`,
          }));
          for (const question of file.questions) question.options = options;
          file.questions.push({ ...file.questions[0]!, id: 'more' });
        },
      },
      [
        'eligibility.json: there are 1296 ways to answer, and at most 1024 can be judged: ask less, or offer fewer options',
        "eligibility.dmn: the question 'more' is never read: its answer changes nothing",
      ],
    ],
    [
      'words in one language',
      {
        json: (file) => {
          file.questions[0]!.label.ar = 'Citizenship';
          file.reasons['too-young']!.text.en = '';
        },
      },
      [
        'eligibility.json: questions.0.label: the Arabic text is not in Arabic',
        'eligibility.json: reasons.too-young.text: the English text is empty',
      ],
    ],
    [
      'an own "I do not know", and names taken twice',
      {
        json: (file) => {
          file.questions[1]!.options[1]!.value = 'unknown';
          file.questions[2]!.options[1]!.value = 'none';
          file.questions.push({ ...file.questions[1]! });
        },
      },
      [
        "eligibility.json: 'age' offers 'unknown', which every question offers by itself",
        "eligibility.json: 'record' offers 'none' twice",
        "eligibility.json: the question 'age' is asked twice",
        "eligibility.json: 'age' offers 'unknown', which every question offers by itself",
      ],
    ],
    [
      'a question called as the state, and no reasons at all',
      {
        json: (file) => {
          file.questions.push({ ...file.questions[1]!, id: 'state' }, { ...file.questions[1]!, id: 'in' });
          file.reasons = {};
        },
      },
      [
        "eligibility.json: no question can be called 'state': that is the state that decides",
        "eligibility.json: no question can be called 'in': that is a word of FEEL",
        'eligibility.json: no reason has a text, so nobody is told why',
        "eligibility.dmn: the question 'state' is never read: its answer changes nothing",
        "eligibility.dmn: the question 'in' is never read: its answer changes nothing",
      ],
    ],
    [
      'a table that is no FEEL, and one that is not there',
      {
        dmn: (xml) =>
          xml.replace('<text>"minor"</text>', '<text>"minor</text>').replaceAll('"Eligibility"', '"Verdict"'),
      },
      [
        expect.stringMatching(/^eligibility\.dmn: Conditions, row 5: '"minor' is not FEEL/),
        "eligibility.dmn: there is no decision 'Eligibility'",
      ],
    ],
    [
      'an example that is decided where nobody offers the service',
      { tests: (file) => Object.assign(file.eligibility![0]!, { state: 'XX' }) },
      ["tests.json: 'clear' does not pass: it is decided in XX, where nobody offers the service"],
    ],
    [
      'a decision called as one of the rules',
      { dmn: (xml) => xml.replaceAll('Conditions', 'GoodConduct') },
      ["eligibility.dmn: the decision 'GoodConduct' is in decision.dmn too: call it otherwise"],
    ],
    [
      'no examples',
      { tests: (file) => delete file.eligibility },
      ['tests.json: the check before applying has no test case: nobody has seen what it tells people'],
    ],
    [
      'examples of nothing unknown, of not every outcome and reason, and one that does not pass',
      {
        tests: (file) => {
          const [clear] = file.eligibility!;
          for (const one of file.cases) delete one.eligibility;
          file.eligibility = [clear!, { ...clear!, answers: { ...clear!.answers, record: 'entry', colour: 'green' } }];
        },
      },
      [
        "tests.json: two test cases are called 'clear'",
        "tests.json: 'clear' does not pass: the check before applying asks no 'colour'",
        "tests.json: no test case of the check ends in 'maybe'",
        "tests.json: no test case of the check ends in 'may-not'",
        "tests.json: no test case of the check gives the reason 'entry-on-record'",
        "tests.json: no test case of the check gives the reason 'gulf-citizen'",
        "tests.json: no test case of the check gives the reason 'citizen-elsewhere'",
        "tests.json: no test case of the check gives the reason 'too-young'",
        'tests.json: no test case of the check leaves an answer unknown',
        'tests.json: no approved test case says in eligibility what the same person would have answered before',
      ],
    ],
    [
      'somebody entitled who would be turned away',
      {
        tests: (file) => {
          file.cases[0]!.eligibility = { citizenship: 'here', age: 'minor' };
          file.cases[1]!.eligibility = { citizenship: 'there' };
        },
      },
      [
        "tests.json: 'nothing-recorded' does not pass: the check before applying says 'may-not', and the rules approve: it turns away somebody entitled",
        "tests.json: 'entry-on-record' does not pass: 'citizenship' of the check offers no 'there'",
      ],
    ],
  ])('%s', async (_what, edits, findings) => {
    expect(await checkWith(edits)).toEqual(findings);
  });

  test('questions are nothing without a table, nor a table without questions', async () => {
    await rm(join(folder(), 'eligibility.dmn'));
    expect(await checkService(folder())).toEqual([
      { file: 'eligibility.dmn', problem: 'the file is missing, and eligibility.json is nothing without it' },
    ]);
    await cp(join(servicesDir, 'good-conduct-certificate', 'eligibility.dmn'), join(folder(), 'eligibility.dmn'));
    await rm(join(folder(), 'eligibility.json'));
    const findings = await checkService(folder());
    expect(findings.map(({ file }) => file)).toEqual(['eligibility.json']);
    await rm(join(folder(), 'eligibility.dmn'));
    expect((await checkService(folder())).map(({ problem }) => problem)).toContain(
      'there are examples of a check, and no eligibility.json',
    );
    for (const file of ['eligibility.json', 'eligibility.dmn'])
      await cp(join(servicesDir, 'good-conduct-certificate', file), join(folder(), file));
    expect(await checkService(folder())).toEqual([]);
  });
});
