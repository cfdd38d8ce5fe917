import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkService, readDecisions, type ServiceFiles, type ServiceTests, type TableRow } from '#modules/catalogue';
import {
  compareFiles,
  type EligibilityShape,
  eligibilityShapeOf,
  listTextsOf,
  putEligibility,
  putEligibilityTest,
  putRows,
  putTest,
  putTexts,
  removeEligibilityTest,
  removeTest,
  tableFileOf,
} from '#modules/publishing';

const services = join(import.meta.dirname, '..', '..', '..', 'services');
const id = 'good-conduct-certificate';
let dir: string;
let files: ServiceFiles;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'eligibility-'));
  const names = await readdir(join(services, id));
  const read = async (name: string) => [name, await readFile(join(services, id, name), 'utf8')] as const;
  files = Object.fromEntries(await Promise.all(names.map(read)));
  for (const name of ['vocabulary.json', 'synonyms.json'])
    await writeFile(join(dir, name), await readFile(join(services, name), 'utf8'));
  await mkdir(join(dir, id));
});
afterAll(() => rm(dir, { recursive: true }));

async function check(of: ServiceFiles): Promise<string[]> {
  for (const [name, text] of Object.entries(of)) await writeFile(join(dir, id, name), text);
  return (await checkService(join(dir, id))).map(({ file, problem }) => `${file}: ${problem}`);
}
const shape = (): EligibilityShape => eligibilityShapeOf(files)!;
const rowsOf = async (of: ServiceFiles, table: string): Promise<TableRow[]> => {
  const { decisions } = await readDecisions(of['eligibility.dmn']!);
  const { logic } = decisions.find(({ name }) => name === table)!;
  return logic.kind === 'table' ? logic.rules : [];
};
const words = (ar: string, en: string) => ({ ar, en });

describe('the check before applying, changed by officials', () => {
  test('a question brings its column and takes it along; what is not finished is named', async () => {
    const label = words('هل لك عنوان؟', 'Do you have an address?');
    const question = { id: 'address', values: ['yes', 'no'], hasHint: true, label };
    const more = await putEligibility(files, { ...shape(), questions: [...shape().questions, question] });
    expect(await check(more)).toEqual([
      "eligibility.dmn: the question 'address' changes nothing: all its answers end alike",
    ]);
    const [row] = await rowsOf(more, 'Conditions');
    expect(row!.tests).toHaveLength(4);
    expect(row!.tests.at(-1)).toBe('-');
    const { questions, reasons } = shape();
    const fewer = await putEligibility(files, { questions: questions.filter((one) => one.id !== 'age'), reasons });
    const left = await rowsOf(fewer, 'Conditions');
    expect(left[0]!.tests).toHaveLength(2);
    // The row that tested the age alone would turn everybody away.
    expect(left.map(({ id: row }) => row)).not.toContain('too-young');
    expect(await check(fewer)).toEqual(["eligibility.dmn: the reason 'too-young' is given by no row"]);
    // Added, and taken away again: the tables say what they said.
    const back = await putEligibility(more, shape());
    expect(await rowsOf(back, 'Conditions')).toEqual(await rowsOf(files, 'Conditions'));
    expect(await check(back)).toEqual([]);
  });

  test('options, hints and reasons come and go with their words', async () => {
    const [citizenship, age, record] = shape().questions;
    const changed = await putEligibility(files, {
      questions: [
        { ...citizenship!, values: [...citizenship!.values, 'several'] },
        { ...age!, hasHint: true },
        { ...record!, hasHint: false },
      ],
      reasons: [...shape().reasons, { id: 'other', helps: true, text: words('سبب آخر', 'Another reason') }],
    });
    expect(await check(changed)).toEqual(["eligibility.dmn: the reason 'other' is given by no row"]);
    const texts = listTextsOf(changed, 'eligibility.json').map(({ path, value }) => [path.join('.'), value.en]);
    expect(texts).toContainEqual(['questions.0.options.3.label', 'New text']);
    expect(texts).toContainEqual(['questions.1.hint', 'New text']);
    expect(texts).toContainEqual(['reasons.other.text', 'Another reason']);
    expect(texts.map(([path]) => path)).not.toContain('questions.2.hint');
  });

  test.each<[string, (of: EligibilityShape) => void, string]>([
    [
      'a name that is none',
      ({ questions }) =>
        questions.push({ id: 'Two words', values: ['a', 'b'], hasHint: false, label: words('س', 'q') }),
      'question-name-wrong',
    ],
    [
      'a name that is taken',
      ({ questions }) => questions.push({ id: 'age', values: ['a', 'b'], hasHint: false, label: words('س', 'q') }),
      'question-name-taken',
    ],
    ['one option', ({ questions }) => Object.assign(questions[0]!, { values: ['here'] }), 'choices-too-few'],
    [
      'a reason without a name',
      ({ reasons }) => reasons.push({ id: '?', helps: false, text: words('س', 'r') }),
      'reason-name-wrong',
    ],
    [
      'a reason that is there',
      ({ reasons }) => reasons.push({ id: 'too-young', helps: false, text: words('س', 'r') }),
      'reason-name-taken',
    ],
  ])('%s is refused', async (_what, edit, code) => {
    const wanted = structuredClone(shape());
    edit(wanted);
    await expect(putEligibility(files, wanted)).rejects.toMatchObject({ code });
  });

  test('differences say which words, options, rows and examples are otherwise', async () => {
    expect(await tableFileOf(files, 'Conditions')).toBe('eligibility.dmn');
    expect(await tableFileOf(files, 'GoodConduct')).toBe('decision.dmn');
    const rows = await rowsOf(files, 'Conditions');
    const text = words('يمكنك التقديم بعد ذلك.', 'You may apply later.');
    const texts = putTexts(files, 'eligibility.json', { 'reasons.too-young.whatHelps': text });
    const after = putEligibilityTest(await putRows(texts, 'Conditions', rows, { kind: 'remove', row: 2 }), {
      ...(JSON.parse(files['tests.json']!) as ServiceTests).eligibility![0]!,
      id: 'again',
    });
    const found = (await compareFiles(files, after)).map(({ what, file, place }) => `${what} ${file} ${place}`);
    expect(found).toEqual([
      'row-removed eligibility.dmn Conditions: entry-on-record',
      'changed eligibility.json reasons.too-young.whatHelps',
      'added tests.json eligibility.again',
    ]);
    expect(after['decision.dmn']).toBe(files['decision.dmn']);
  });

  test('examples of the check and of applications live beside each other', () => {
    const tests = (of: ServiceFiles) => JSON.parse(of['tests.json'] ?? '{}') as ServiceTests;
    const [first] = tests(files).cases;
    const changed = putTest(files, { ...first!, id: 'second' }, first!.id);
    expect(tests(changed).eligibility).toEqual(tests(files).eligibility);
    const none = tests(files).cases.reduce((of, one) => removeTest(of, one.id), files);
    expect(tests(none)).toMatchObject({ cases: [] });
    expect(tests(none).eligibility!.length).toBeGreaterThan(3);
    const alone = tests(files).eligibility!.reduce((of, one) => removeEligibilityTest(of, one.id), files);
    expect(tests(alone)).toEqual({ cases: tests(files).cases });
  });
});
