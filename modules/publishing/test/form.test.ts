import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  checkService,
  type FeeDefinition,
  type FormDefinition,
  type QuestionKind,
  type ServiceFiles,
} from '#modules/catalogue';
import {
  compareFiles,
  type ExemptionTerms,
  editForm,
  type FormEdit,
  kindNames,
  putTerms,
  questionKinds,
  type Settings,
} from '#modules/publishing';

const services = join(import.meta.dirname, '..', '..', '..', 'services');
const registers = ['schools'];
const label = { ar: 'سؤال جديد', en: 'A new question' };
let dir: string;
let files: ServiceFiles;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'form-'));
  const folder = join(services, 'gcc-school-enrolment');
  const names = (await readdir(folder)).filter((name) => name !== 'README.md');
  const read = async (name: string) => [name, await readFile(join(folder, name), 'utf8')] as const;
  files = Object.fromEntries(await Promise.all(names.map(read)));
  for (const name of ['vocabulary.json', 'synonyms.json'])
    await writeFile(join(dir, name), await readFile(join(services, name), 'utf8'));
  await mkdir(join(dir, 'gcc-school-enrolment'));
});
afterAll(() => rm(dir, { recursive: true }));

const formOf = (of: ServiceFiles) => JSON.parse(of['form.json']!) as FormDefinition;
/** What the check says of the form itself; test cases mean the form of before. */
async function checkForm(of: ServiceFiles): Promise<string[]> {
  for (const [name, text] of Object.entries(of)) await writeFile(join(dir, 'gcc-school-enrolment', name), text);
  const findings = await checkService(join(dir, 'gcc-school-enrolment'));
  return findings.filter(({ file }) => file === 'form.json').map(({ problem }) => problem);
}
const add = (of: QuestionKind, settings: Settings, more: Partial<FormEdit & { kind: 'add-question' }> = {}) => ({
  kind: 'add-question' as const,
  id: 'added',
  at: { page: 'contact' },
  of,
  label,
  required: true,
  settings,
  ...more,
});
const settingsOf: Partial<Record<QuestionKind, Settings>> = {
  radios: { options: ['a', 'b'] },
  choice: { options: ['a', 'b'] },
  checkboxes: { options: ['a', 'b'] },
  money: { currency: 'SAR' },
  address: { state: 'BH' },
  file: { files: { accept: ['image/png', 'application/pdf'], bytesMax: 2_500_000, most: 3 } },
  group: { group: { name: label, least: 1, most: 4 } },
  'look-up': { lookUp: { register: 'schools', mayBeUnlisted: true } },
};
const refused = (code: string) => expect.objectContaining({ code });
const codeOf = (edit: FormEdit, of = files): string => {
  try {
    editForm(of, edit, registers);
    return 'saved';
  } catch (error) {
    const { code, messages } = error as { code: string; messages: { ar: string; en: string } };
    expect(messages.ar).toMatch(/[\u0600-\u06ff]/);
    expect(messages.ar + messages.en).not.toContain('{');
    return code;
  }
};
const change = (id: string, more: Partial<FormEdit & { kind: 'change-question' }>) => ({
  kind: 'change-question' as const,
  id,
  of: 'text' as QuestionKind,
  at: { page: 'contact' },
  required: true,
  hint: false,
  settings: {},
  ...more,
});

describe('an official adds', () => {
  test('every kind of question, and the form holds together', async () => {
    expect(questionKinds).toHaveLength(29);
    for (const kind of questionKinds) {
      const after = editForm(files, add(kind, settingsOf[kind] ?? {}), registers);
      expect(await checkForm(after), kind).toEqual([]);
      expect(kindNames.get(kind), kind).toBeDefined();
      const { pages, schema } = formOf(after);
      const alone = ['file', 'group', 'look-up'].includes(kind);
      expect(pages.find(({ questions }) => questions.includes('added'))!.id, kind).toBe(alone ? 'added' : 'contact');
      expect(schema.required).toContain('added');
    }
  });

  test('files with their types, size and number; a look-up in a register of the state', () => {
    const { questions, schema } = formOf(editForm(files, add('file', settingsOf.file!), registers));
    expect(questions['added']!.files).toEqual({ accept: ['application/pdf', 'image/png'], bytesMax: 2_500_000 });
    expect(schema.properties['added']).toEqual({ type: 'array', maxItems: 3 });
    const form = formOf(editForm(files, add('look-up', settingsOf['look-up']!), registers));
    expect(form.questions['added']!.lookUp).toEqual({ register: 'schools', mayBeUnlisted: true });
    expect(form.pages.map(({ id }) => id)).toEqual(
      formOf(files).pages.flatMap(({ id }) => (id === 'contact' ? ['contact', 'added'] : [id])),
    );
  });

  test('a group, and moves questions into it and out of it again', async () => {
    const first = { id: 'title', label };
    let after = editForm(files, add('group', settingsOf.group!, { first }), registers);
    const before = formOf(after);
    after = editForm(after, add('choice', { options: ['x', 'y'] }, { id: 'level', at: { group: 'added' } }), registers);
    after = editForm(after, change('email', { of: 'email', at: { group: 'added' } }), registers);
    let form = formOf(after);
    expect(form.questions['added']!.entry!.asks).toEqual(['title', 'level', 'email']);
    expect(form.questions['email']).toBeUndefined();
    expect(form.schema.required).not.toContain('email');
    expect(form.schema.properties['added']).toMatchObject({
      minItems: 1,
      maxItems: 4,
      items: { required: ['title', 'level', 'email'], properties: { email: before.schema.properties['email'] } },
    });
    expect(await checkForm(after)).toEqual([]);
    after = editForm(after, { kind: 'question-up', id: 'email', in: 'added' });
    expect(formOf(after).questions['added']!.entry!.asks).toEqual(['title', 'email', 'level']);
    after = editForm(after, change('email', { in: 'added', of: 'email' }), registers);
    form = formOf(after);
    expect(form.questions['email']).toEqual(before.questions['email']);
    expect(form.schema.properties['email']).toEqual(before.schema.properties['email']);
    expect(form.questions['added']!.entry!.asks).toEqual(['title', 'level']);
    expect(await checkForm(after)).toEqual([]);
  });

  test('and a page that is a question’s own moves with it, with its words', () => {
    const page = formOf(files).pages.find(({ id }) => id === 'reports')!;
    const question = formOf(files).questions['reports']!;
    const after = formOf(
      editForm(
        files,
        change('reports', {
          of: 'file',
          at: { page: 'school' },
          settings: { files: { ...question.files!, most: 2 } },
        }),
        registers,
      ),
    );
    const ids = after.pages.map(({ id }) => id);
    expect(ids.indexOf('reports')).toBe(ids.indexOf('school') + 1);
    expect(after.pages.find(({ id }) => id === 'reports')).toEqual(page);
    expect(after.schema.properties['reports']).toEqual({ type: 'array', maxItems: 2 });
  });
});

test('what makes no form is refused with a sentence in both languages, and nothing is saved', () => {
  const file = (files: Partial<Settings['files'] & object>) =>
    add('file', { files: { accept: ['application/pdf'], bytesMax: 1_000_000, most: 1, ...files } });
  const group = (least: number, most: number) => add('group', { group: { name: label, least, most } });
  const grouped = editForm(files, add('group', settingsOf.group!), registers);
  const conditional = formOf(files);
  conditional.questions['mobile'] = { ...conditional.questions['mobile']!, when: { question: 'city', is: ['x'] } };
  const withCondition = {
    ...grouped,
    'form.json': JSON.stringify({
      ...formOf(grouped),
      questions: { ...formOf(grouped).questions, mobile: conditional.questions['mobile'] },
    }),
  };
  const cases: Array<[string, FormEdit, ServiceFiles?]> = [
    ['question-name-wrong', add('text', {}, { id: 'Added one' })],
    ['question-name-wrong', add('text', {}, { id: '__proto__' })],
    ['question-name-taken', add('text', {}, { id: 'email' })],
    ['question-unknown', { kind: 'remove-question', id: 'nothing' }],
    ['question-unknown', { kind: 'question-up', id: 'constructor' }],
    ['page-unknown', add('text', {}, { at: { page: 'nowhere' } })],
    ['page-for-itself', add('text', {}, { at: { page: 'siblings' } })],
    ['page-name-wrong', { kind: 'add-page', id: 'A page', title: label, question: { id: 'one', label } }],
    ['page-name-taken', { kind: 'add-page', id: 'school', title: label, question: { id: 'one', label } }],
    ['kind-unknown', add('essay' as QuestionKind, {})],
    ['kind-fixed', change('email', { of: 'file' })],
    ['kind-fixed', change('siblings', { of: 'text' })],
    ['choices-too-few', add('radios', { options: ['a'] })],
    ['choices-too-few', add('radios', { options: ['a', 'a'] })],
    ['condition-empty', change('email', { of: 'email', when: { question: 'city', is: [] } })],
    ['currency-unknown', add('money', { currency: 'USD' })],
    ['form-state-unknown', add('address', { state: 'XX' })],
    ['file-types-missing', file({ accept: [] })],
    ['file-types-missing', file({ accept: ['application/pdf', 'text/html'] })],
    ['file-size-wrong', file({ bytesMax: 10_000_001 })],
    ['file-size-wrong', file({ bytesMax: Number.NaN })],
    ['file-count-wrong', file({ most: 21 })],
    ['file-count-wrong', file({ most: 1.5 })],
    ['group-size-wrong', group(0, 51)],
    ['group-size-wrong', group(3, 2)],
    ['group-size-wrong', add('group', {})],
    ['group-unknown', add('text', {}, { at: { group: 'email' } })],
    ['group-needs-question', { kind: 'remove-question', id: 'item', in: 'added' }, grouped],
    ['group-needs-question', change('item', { in: 'added' }), grouped],
    ['group-takes-no-such', add('file', settingsOf.file!, { id: 'other', at: { group: 'added' } }), grouped],
    [
      'group-takes-no-condition',
      change('mobile', { of: 'phone', at: { group: 'added' }, when: { question: 'city', is: ['x'] } }),
      withCondition,
    ],
    ['question-depended-on', change('city', { at: { group: 'added' } }), withCondition],
    ['register-unknown', add('look-up', { lookUp: { register: 'prisons', mayBeUnlisted: false } })],
  ];
  for (const [code, edit, of] of cases) expect(codeOf(edit, of), `${code} ${JSON.stringify(edit)}`).toBe(code);
  // A register that was taken away since does not keep the rest of its question from being changed.
  const kept = change('school', {
    of: 'look-up',
    at: { page: 'school' },
    settings: { lookUp: { register: 'schools', mayBeUnlisted: true } },
  });
  expect(() => editForm(files, kept, [])).not.toThrow();
  expect(() => editForm(files, add('look-up', settingsOf['look-up']!), [])).toThrow(refused('register-unknown'));
});

test('an exemption of a fee is added, changed and removed, and what is none is refused', async () => {
  const folder = join(services, 'degree-recognition');
  const read = async (name: string) => [name, await readFile(join(folder, name), 'utf8')] as const;
  const degree: ServiceFiles = Object.fromEntries(await Promise.all(['service.json', 'fee.json'].map(read)));
  const fee = { amountMinor: 6_000, refundAloneMinorMax: 2_000, due: 'before-sending' as const };
  const put = (exemptions: ExemptionTerms[], of = degree) =>
    putTerms(of, { code: 'KW', currency: 'KWD' }, { workingDays: 5, fee: { ...fee, exemptions } });
  const text = { ar: 'صاحب بطاقة الإعاقة لا يدفع رسمًا.', en: 'Whoever holds a disability card pays nothing.' };
  const after = put([
    { id: 'further-study', percent: 100 },
    { id: 'recent-graduate', percent: 33.33 },
    { id: 'disability', percent: 100, text },
  ]);
  const { exemptions } = JSON.parse(after['fee.json']!) as FeeDefinition;
  expect(exemptions.map(({ id, off }) => [id, off])).toEqual([
    ['further-study', undefined],
    ['recent-graduate', { basisPoints: 3333 }],
    ['disability', undefined],
  ]);
  const found = await compareFiles(degree, after);
  expect(found).toContainEqual(
    expect.objectContaining({ place: 'exemptions.recent-graduate.off.basisPoints', before: '5000', after: '3333' }),
  );
  expect(found).toContainEqual(expect.objectContaining({ what: 'added', place: 'exemptions.disability', after: text }));
  const left = JSON.parse(put([{ id: 'further-study', percent: 100 }])['fee.json']!) as FeeDefinition;
  expect(left.exemptions.map(({ id }) => id)).toEqual(['further-study']);
  for (const percent of [0, 100.1, 12.345, Number.NaN])
    expect(() => put([{ id: 'recent-graduate', percent }])).toThrow(refused('percent-wrong'));
  expect(() => put([{ id: 'further-study', percent: 50, text }])).toThrow(refused('exemption-name-taken'));
  expect(() => put([{ id: 'A card', percent: 50, text }])).toThrow(refused('exemption-name-wrong'));
  const { decision: _, ...without } = JSON.parse(degree['fee.json']!);
  expect(() => put([{ id: 'card', percent: 50, text }], { ...degree, 'fee.json': JSON.stringify(without) })).toThrow(
    refused('exemption-needs-table'),
  );
});

test('the differences say in words what a group asks, which files it takes and what moved into it', async () => {
  let after = editForm(files, add('group', settingsOf.group!, { first: { id: 'title', label } }), registers);
  after = editForm(after, change('email', { of: 'email', at: { group: 'added' } }), registers);
  const reports = { accept: ['application/pdf'], bytesMax: 2_000_000, most: 5 };
  after = editForm(
    after,
    change('reports', { of: 'file', at: { page: 'reports' }, required: false, settings: { files: reports } }),
  );
  const siblings = { group: { least: 0, most: 3 } };
  after = editForm(
    after,
    change('siblings', { of: 'group', at: { page: 'siblings' }, required: false, settings: siblings }),
  );
  after = editForm(after, add('file', settingsOf.file!, { id: 'photo' }));
  const found = await compareFiles(files, after);
  const of = (place: string) => found.find((one) => one.place === place);
  expect(of('added')!.after).toEqual({
    ar: expect.stringContaining('مجموعة أسئلة متكررة، أقل عدد من البنود: 1، أكثر عدد من البنود: 4'),
    en: 'A new question – Questions that repeat, Fewest entries: 1, Most entries: 4 – A new question, E-mail address',
  });
  expect(of('photo')!.after).toMatchObject({
    en: 'A new question – Files, Types of file that may be attached: PDF, PNG picture, Largest size of a file: 2.5 MB, Most files: 3',
  });
  expect(of('added.email')).toMatchObject({ what: 'question-grouped', before: 'email' });
  expect(of('reports accept')).toMatchObject({
    before: { en: 'PDF, PNG picture, JPEG picture' },
    after: { en: 'PDF' },
  });
  expect(of('reports bytesMax')).toMatchObject({ after: { ar: '2 ميغابايت' } });
  expect(of('reports filesMost')).toMatchObject({ before: '3', after: '5' });
  expect(of('siblings entriesMost')).toMatchObject({ before: '8', after: '3' });
  expect(found.every(({ words }) => words.en !== 'Value')).toBe(true);
  expect(await compareFiles(files, files)).toEqual([]);
});

test('of a text that is read line by line each run of other lines is told once, where it stands now', async () => {
  const compare = async (before: string[], after: string[]) =>
    (await compareFiles({ 'certificate.typ': before.join('\n') }, { 'certificate.typ': after.join('\n') })).map(
      ({ what, place, before: old, after: now }) => [what, place, old, now],
    );
  const lines = Array.from({ length: 12 }, (_, at) => `line ${at + 1}`);
  const other = lines.with(1, 'two').toSpliced(4, 2).toSpliced(9, 0, 'new a', 'new b');
  expect(await compare(lines, other)).toEqual([
    ['changed', '2', 'line 2', 'two'],
    ['removed', '5', 'line 5\nline 6', undefined],
    ['added', '10', undefined, 'new a\nnew b'],
  ]);
  const long = Array.from({ length: 3_000 }, (_, at) => `a ${at}`);
  const turned = long.map((line) => line.replace('a', 'b'));
  expect((await compare(long, turned)).map(([what, place]) => [what, place])).toEqual([['changed', '1']]);
  // Whatever is told, put back it makes the older text again.
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 12 }),
      fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 12 }),
      async (one, two) => {
        const back = [...two];
        const [left, right] = [
          ['x', ...one, 'y'],
          ['x', ...two, 'y'],
        ];
        const whole = ['x', ...back, 'y'];
        for (const [, place, old, now] of (await compare(left, right)).reverse())
          whole.splice(
            Number(place) - 1,
            now === undefined ? 0 : (now as string).split('\n').length,
            ...(old === undefined ? [] : (old as string).split('\n')),
          );
        expect(whole).toEqual(left);
      },
    ),
  );
});
