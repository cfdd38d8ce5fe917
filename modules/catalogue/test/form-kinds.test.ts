import { describe, expect, test } from 'vitest';
import type { Answer, FormDefinition, PostedBody, Question, QuestionKind } from '../forms/contract.ts';
import { describePage } from '../forms/models.ts';
import { checkForm, describeAnswers, openForm, validateAnswers, validatePage } from '../forms/rules.ts';

const label = { ar: 'سؤال', en: 'Question' };
const options = ['a', 'b', 'c'].map((value) => ({ value, label: { ar: `خيار ${value}`, en: `Option ${value}` } }));
const schemas: Partial<Record<QuestionKind, Record<string, unknown>>> = {
  number: { type: 'number' },
  percent: { type: 'number' },
  money: { type: 'integer', maximum: 5_000_000 },
  year: { type: 'integer' },
  'yes-no': { type: 'boolean' },
  checkbox: { const: true },
  checkboxes: { type: 'array', items: { type: 'string', enum: ['a', 'b', 'c'] }, maxItems: 2 },
  radios: { type: 'string', enum: ['a', 'b', 'c'] },
  choice: { type: 'string', enum: ['a', 'b', 'c'] },
  address: { type: 'object', additionalProperties: { type: 'string' } },
};

function formOf(kind: QuestionKind, more: Partial<Question> = {}): FormDefinition {
  const hasOptions = ['radios', 'choice', 'checkboxes'].includes(kind);
  return {
    pages: [{ id: 'page', title: label, questions: ['it'] }],
    questions: {
      it: {
        kind,
        label,
        ...(hasOptions ? { options } : {}),
        ...(kind === 'money' ? { currency: 'BHD' } : {}),
        ...more,
      },
    },
    schema: {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      type: 'object',
      properties: { it: schemas[kind] ?? { type: 'string' } },
      required: ['it'],
      additionalProperties: false,
    },
  };
}

type Sample = {
  kind: QuestionKind;
  more?: Partial<Question>;
  /** What a page posts, what is kept, how it is read in both languages. */
  good: Array<{ posted: PostedBody; answer: Answer; ar?: RegExp; en?: RegExp }>;
  bad: Array<{ posted: PostedBody; code: string; control?: string }>;
};
const it = (value: unknown): PostedBody => ({ it: value });
const parts = (values: Record<string, string>): PostedBody =>
  Object.fromEntries(Object.entries(values).map(([part, value]) => [`it-${part}`, value]));

const samples: Sample[] = [
  {
    kind: 'text',
    good: [{ posted: it(' كلمة  أخرى '), answer: 'كلمة أخرى' }],
    bad: [{ posted: it('a\u202eb'), code: 'characters-refused' }],
  },
  {
    kind: 'textarea',
    good: [{ posted: it('one\r\ntwo'), answer: 'one\ntwo' }],
    bad: [{ posted: it('a\u0007'), code: 'characters-refused' }],
  },
  {
    kind: 'name',
    good: [{ posted: it('Sara  Ali'), answer: 'Sara Ali' }],
    bad: [{ posted: it('R2D2'), code: 'not-a-name' }],
  },
  {
    kind: 'name-arabic',
    good: [{ posted: it('سارة بنت علي'), answer: 'سارة بنت علي' }],
    bad: [
      { posted: it('Sara'), code: 'not-a-name' },
      { posted: it('سارة ٢'), code: 'not-a-name' },
    ],
  },
  {
    kind: 'name-latin',
    good: [{ posted: it("Sara O'Neil-Ali"), answer: "Sara O'Neil-Ali" }],
    bad: [{ posted: it('سارة'), code: 'not-a-name' }],
  },
  {
    kind: 'email',
    good: [{ posted: it('a@b.co'), answer: 'a@b.co' }],
    bad: [{ posted: it('a@b'), code: 'not-an-email' }],
  },
  {
    kind: 'phone',
    good: [{ posted: it('٠٠٩٦٨ ٩٢١٢٣٤٥٦'), answer: '+96892123456' }],
    bad: [{ posted: it('92123456'), code: 'not-a-phone' }],
  },
  {
    kind: 'web-address',
    good: [{ posted: it('example.com/a b'), answer: 'https://example.com/a%20b' }],
    bad: [
      { posted: it('javascript:alert(1)'), code: 'not-an-address' },
      { posted: it('https://user@example.com'), code: 'not-an-address' },
    ],
  },
  {
    kind: 'number',
    good: [{ posted: it('١٢٫٥'), answer: 12.5 }],
    bad: [{ posted: it('twelve'), code: 'not-a-number' }],
  },
  {
    kind: 'percent',
    good: [{ posted: it('٥٠٪'), answer: 50, en: /^50%$/ }],
    bad: [{ posted: it('101'), code: 'not-a-percentage' }],
  },
  {
    kind: 'money',
    good: [
      { posted: it('1,250.5'), answer: 1_250_500, en: /1,250\.500/, ar: /١٬٢٥٠٫٥٠٠/ },
      { posted: it('٠٫٠٠٥'), answer: 5, en: /0\.005/ },
    ],
    bad: [
      { posted: it('1.2345'), code: 'not-an-amount' },
      { posted: it('-5'), code: 'not-an-amount' },
      { posted: it('5000.001'), code: 'too-large' },
    ],
  },
  {
    kind: 'money',
    more: { currency: 'SAR' },
    good: [{ posted: it('99.9'), answer: 9_990 }],
    bad: [{ posted: it('1.005'), code: 'not-an-amount' }],
  },
  {
    kind: 'date',
    good: [{ posted: parts({ day: '٧', month: '٣', year: '٢٠١٩' }), answer: '2019-03-07' }],
    bad: [{ posted: parts({ day: '31', month: '2', year: '2019' }), code: 'not-a-date', control: 'it-day' }],
  },
  {
    kind: 'hijri-date',
    good: [
      {
        posted: parts({ day: '12', month: '6', year: '1448' }),
        answer: '2026-11-22',
        en: /12.*1448.*2026/,
        ar: /١٤٤٨.*٢٠٢٦/,
      },
      { posted: parts({ day: '١', month: '٩', year: '١٤٤٧' }), answer: '2026-02-18' },
    ],
    bad: [
      { posted: parts({ day: '30', month: '6', year: '2026' }), code: 'not-a-hijri-date' },
      { posted: parts({ day: '31', month: '1', year: '1448' }), code: 'not-a-hijri-date' },
    ],
  },
  {
    kind: 'month',
    good: [{ posted: parts({ month: '9', year: '2024' }), answer: '2024-09', en: /September 2024/ }],
    bad: [{ posted: parts({ month: '13', year: '2024' }), code: 'not-a-month' }],
  },
  { kind: 'year', good: [{ posted: it('٢٠١٩'), answer: 2019 }], bad: [{ posted: it('19'), code: 'not-a-year' }] },
  {
    kind: 'time',
    good: [{ posted: parts({ hour: '9', minute: '05' }), answer: '09:05' }],
    bad: [
      { posted: parts({ hour: '24', minute: '0' }), code: 'not-a-time' },
      { posted: parts({ hour: '9', minute: '' }), code: 'not-a-time' },
    ],
  },
  {
    kind: 'radios',
    good: [{ posted: it('b'), answer: 'b', en: /Option b/ }],
    bad: [{ posted: it('z'), code: 'not-an-option' }],
  },
  {
    kind: 'choice',
    good: [{ posted: it('c'), answer: 'c', ar: /خيار/ }],
    bad: [{ posted: it('toString'), code: 'not-an-option' }],
  },
  {
    kind: 'yes-no',
    good: [
      { posted: it('no'), answer: false, en: /^No$/, ar: /^لا$/ },
      { posted: it('yes'), answer: true, en: /^Yes$/ },
    ],
    bad: [{ posted: it('maybe'), code: 'not-an-option' }],
  },
  {
    kind: 'checkboxes',
    good: [{ posted: it(['a', 'b', 'a']), answer: ['a', 'b'], en: /Option a, Option b/, ar: /،/ }],
    bad: [
      { posted: it(['a', 'z']), code: 'not-an-option' },
      { posted: it(['a', 'b', 'c']), code: 'too-many' },
      { posted: it([{ a: 1 }]), code: 'wrong-form' },
    ],
  },
  { kind: 'checkbox', good: [{ posted: it('yes'), answer: true }], bad: [{ posted: it('no'), code: 'required' }] },
  {
    kind: 'country',
    good: [{ posted: it('EG'), answer: 'EG', en: /Egypt/, ar: /مصر/ }],
    bad: [{ posted: it('EU'), code: 'not-an-option' }],
  },
  {
    kind: 'national-id',
    more: { state: 'SA' },
    good: [{ posted: it('١٠٠٠٠ ٠٠٠٠٨'), answer: '1000000008' }],
    bad: [{ posted: it('1000000009'), code: 'not-a-national-id' }],
  },
  {
    kind: 'passport',
    good: [{ posted: it('k 1234567'), answer: 'K1234567' }],
    bad: [{ posted: it('ABCDEFG'), code: 'not-a-passport' }],
  },
  {
    kind: 'iban',
    // The examples of the SWIFT IBAN registry.
    good: [
      { posted: it('BH67 BMAG 0000 1299 1234 56'), answer: 'BH67BMAG00001299123456' },
      { posted: it('sa03 8000 0000 6080 1016 7519'), answer: 'SA0380000000608010167519' },
      { posted: it('KW81CBKU0000000000001234560101'), answer: 'KW81CBKU0000000000001234560101' },
      { posted: it('AE070331234567890123456'), answer: 'AE070331234567890123456' },
      { posted: it('QA58DOHB00001234567890ABCDEFG'), answer: 'QA58DOHB00001234567890ABCDEFG' },
      { posted: it('OM810180000001299123456'), answer: 'OM810180000001299123456' },
    ],
    bad: [
      { posted: it('BH68BMAG00001299123456'), code: 'not-an-iban' },
      { posted: it('BH67BMAG0000129912345'), code: 'not-an-iban' },
    ],
  },
  {
    kind: 'address',
    good: [
      {
        posted: parts({ building: '٢١', road: '3803', block: '338', area: 'العدلية' }),
        answer: { building: '21', road: '3803', block: '338', area: 'العدلية' },
        en: /Building number: 21, Road number: 3803/,
      },
    ],
    bad: [
      { posted: parts({ building: '21', block: '338', area: 'x' }), code: 'part-missing', control: 'it-road' },
      { posted: parts({ building: '21', road: 'x', block: '338', area: 'x' }), code: 'part-wrong', control: 'it-road' },
      { posted: it('somewhere'), code: 'wrong-form' },
    ],
  },
];

describe.each(samples)('$kind', ({ kind, more, good, bad }) => {
  const definition = formOf(kind, more);
  const form = openForm(definition, 'BH');

  test('is a sound form, drawn with a name for every control', () => {
    expect(checkForm(definition)).toEqual([]);
    const [question] = describePage(form, 'page', { language: 'ar', answers: {} }).questions;
    for (const part of question!.parts ?? []) expect(part.label).toMatch(/\p{Script=Arabic}/u);
  });

  test('keeps what was meant, says it in both languages, shows it again, and takes it back as it was kept', () => {
    for (const { posted, answer, ar, en } of good) {
      const { answers, errors } = validatePage(form, 'page', posted);
      expect(errors).toEqual([]);
      expect(answers).toEqual({ it: answer });
      expect(validateAnswers(form, answers)).toEqual([]);
      const [arabic, english] = (['ar', 'en'] as const).map((one) => describeAnswers(form, answers, one)[0]!.value);
      expect(arabic).toMatch(ar ?? /./);
      expect(english).toMatch(en ?? /./);
      // A program posts the answer as it is kept; a page posts what it showed.
      if (kind !== 'money') expect(validatePage(form, 'page', { it: answer })).toEqual({ answers, errors: [] });
      const [shown] = describePage(form, 'page', { language: 'en', answers }).questions;
      const again = shown!.parts
        ? Object.fromEntries(shown!.parts.map(({ name, value }) => [name, value]))
        : shown!.options
          ? { it: shown!.options.filter(({ chosen }) => chosen).map(({ value }) => value) }
          : { it: shown!.value };
      const single = Array.isArray(again['it']) && kind !== 'checkboxes' ? { it: again['it'][0] } : again;
      expect(validatePage(form, 'page', single)).toEqual({ answers, errors: [] });
    }
  });

  test('refuses what it cannot be, in our words, and leaves what was typed', () => {
    for (const { posted, code, control } of bad) {
      const { answers, errors } = validatePage(form, 'page', posted);
      expect(answers).toEqual({});
      expect(errors).toMatchObject([{ field: 'it', code, ...(control ? { control } : {}) }]);
      const [error] = errors;
      expect(error!.message.ar).toMatch(/\p{Script=Arabic}/u);
      expect(error!.message.ar + error!.message.en).not.toMatch(/[{}]|undefined/);
      const [shown] = describePage(form, 'page', { language: 'en', answers: {}, posted, errors }).questions;
      for (const { name, value } of shown!.parts ?? []) expect(value).toBe(posted[name] ?? '');
      if (typeof posted['it'] === 'string' && !shown!.parts && !shown!.options && kind !== 'checkbox')
        expect(shown!.value).toBe(posted['it']);
    }
    expect(validatePage(form, 'page', {}).errors).toMatchObject([{ code: 'required' }]);
  });
});

test.each([
  ['AE', 'emirate'],
  ['BH', 'block'],
  ['KW', 'block'],
  ['OM', 'wilayat'],
  ['QA', 'zone'],
  ['SA', 'district'],
  ['FR', 'city'],
])('an address in %s is asked by its own parts', (state, part) => {
  const [question] = describePage(openForm(formOf('address'), state), 'page', {
    language: 'en',
    answers: {},
  }).questions;
  expect(question!.parts!.map(({ name }) => name)).toContain(`it-${part}`);
});

test('a later question may hang on a yes, or on one of several choices', () => {
  const definition = formOf('yes-no');
  definition.pages.push({ id: 'more', title: label, questions: ['what', 'which'] });
  definition.questions['what'] = { kind: 'text', label, when: { question: 'it', is: ['yes'] } };
  definition.questions['which'] = { kind: 'text', label, when: { question: 'it', is: ['no'] } };
  Object.assign(definition.schema.properties, { what: { type: 'string' }, which: { type: 'string' } });
  expect(checkForm(definition)).toEqual([]);
  const form = openForm(definition, 'BH');
  const asked = (answer: Answer) =>
    describePage(form, 'more', { language: 'en', answers: { it: answer } }).questions.map(({ id }) => id);
  expect([asked(true), asked(false)]).toEqual([['what'], ['which']]);
});

test('an author is told what a kind needs', () => {
  const findings = (kind: QuestionKind, more: Partial<Question>, schema: Record<string, unknown>) => {
    const definition = formOf(kind, more);
    definition.schema.properties['it'] = schema;
    return checkForm(definition).join('; ');
  };
  expect(findings('money', {}, { type: 'number' })).toMatch(/"type": "integer"/);
  expect(findings('text', { currency: 'BHD' }, { type: 'string' })).toMatch(/has a currency/);
  expect(findings('checkboxes', {}, { type: 'array', items: { enum: ['a'] } })).toMatch(/differ from the enum/);
});
