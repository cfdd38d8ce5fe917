import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { evaluateDecision } from '../decisions/rules.ts';
import { contactIn } from '../forms/contacts.ts';
import type { Answer, FormDefinition, PostedBody, Question, QuestionKind } from '../forms/contract.ts';
import { checkForm } from '../forms/findings.ts';
import { describePage, stateOfEntry } from '../forms/models.ts';
import { describeAnswers, formFor, openForm, putEntry, validateAnswers, validatePage } from '../forms/rules.ts';

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
  const form = formFor(openForm(definition, 'BH'), {});

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
  const [question] = describePage(formFor(openForm(formOf('address'), state), {}), 'page', {
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
  const form = formFor(openForm(definition, 'BH'), {});
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

test('a form says which questions are where the person is told, and an author what does not fit', () => {
  const contactOf = (kind: QuestionKind, contact: FormDefinition['contact']) => ({ ...formOf(kind), contact });
  const mail = contactOf('email', { email: 'it' });
  expect(checkForm(mail)).toEqual([]);
  expect(contactIn(formFor(openForm(mail, 'BH'), {}), { it: 'fatima@example.com' })).toEqual({
    email: 'fatima@example.com',
  });
  expect(contactIn(formFor(openForm(mail, 'BH'), {}), {})).toEqual({});
  expect(checkForm(contactOf('email', { email: 'other' })).join()).toMatch(/'other', which is not a question/);
  expect(checkForm(contactOf('text', { mobile: 'it' })).join()).toMatch(/is of kind text, not phone/);
  expect(checkForm(contactOf('radios', { language: 'it' })).join()).toMatch(/does not offer 'ar' and 'en'/);
});

describe('group', () => {
  const entryName = { ar: 'ابن أو ابنة', en: 'Child' };
  const entry: Question['entry'] = {
    name: entryName,
    asks: ['name', 'bornOn', 'allowance', 'stage'],
    questions: {
      name: { kind: 'name', label: { ar: 'الاسم', en: 'Name' } },
      bornOn: { kind: 'date', label: { ar: 'تاريخ الميلاد', en: 'Date of birth' } },
      allowance: { kind: 'money', label: { ar: 'المخصص', en: 'Allowance' }, currency: 'BHD' },
      stage: { kind: 'radios', label: { ar: 'المرحلة', en: 'Stage' }, options },
    },
  };
  const items = {
    type: 'object',
    properties: {
      name: { type: 'string', maxLength: 60 },
      bornOn: { type: 'string' },
      allowance: { type: 'integer' },
      stage: { type: 'string', enum: ['a', 'b', 'c'] },
    },
    required: ['name', 'bornOn'],
    additionalProperties: false,
  };
  const listOf = (more: Partial<Question> = {}, schema: Record<string, unknown> = {}, required = true) => {
    const definition = formOf('group', { entry, ...more });
    definition.schema.properties['it'] = { type: 'array', minItems: 1, maxItems: 4, items, ...schema };
    if (!required) definition.schema.required = [];
    return definition;
  };
  const form = formFor(openForm(listOf(), 'BH'), {});
  const posted = { name: 'Sara', 'bornOn-day': '٧', 'bornOn-month': '3', 'bornOn-year': '2016', allowance: '12.500' };
  const kept = { name: 'Sara', bornOn: '2016-03-07', allowance: 12500 };

  test('is a sound form; its entries are written one by one, read in both languages, and stay as they are', () => {
    expect(checkForm(listOf())).toEqual([]);
    const one = putEntry(form, 'it', [], posted);
    expect(one).toEqual({ entries: [kept], errors: [] });
    const two = putEntry(form, 'it', one.entries, { name: 'علي', bornOn: '2018-01-02' });
    expect(two.entries).toEqual([kept, { name: 'علي', bornOn: '2018-01-02' }]);
    const answers = { it: two.entries };
    expect(validateAnswers(form, answers)).toEqual([]);
    // A page posts nothing for a list: what is saved stays, an amount of money too.
    expect(validatePage(form, 'page', {}, answers)).toEqual({ answers, errors: [] });
    expect(describeAnswers(form, answers, 'en').map(({ label: name, value }) => `${name} = ${value}`)).toEqual([
      'Child 1: Name = Sara',
      'Child 1: Date of birth = 7 March 2016',
      expect.stringMatching(/^Child 1: Allowance = .*12\.500/),
      'Child 2: Name = علي',
      'Child 2: Date of birth = 2 January 2018',
    ]);
    expect(describeAnswers(form, answers, 'ar')[0]!.label).toBe('ابن أو ابنة ١: الاسم');
    const { group } = describePage(form, 'page', { language: 'en', answers }).questions[0]!;
    expect(group).toMatchObject({ entryName: 'Child', entriesMax: 4, entries: [{ number: 1 }, { title: 'Child 2' }] });
    expect(group!.entries[0]!.seen).toBe(stateOfEntry(kept));
    const changed = putEntry(form, 'it', two.entries, { ...posted, name: 'Sarah' }, 1).entries;
    expect(changed).toEqual([{ ...kept, name: 'Sarah' }, two.entries[1]]);
  });

  test('a whole list is taken from a program, and an error says in which entry it is', () => {
    const list = [
      { name: 'Sara', bornOn: '2016-03-07' },
      { name: 'R2', bornOn: '2018-01-02' },
    ];
    expect(validatePage(form, 'page', { it: list }).errors).toMatchObject([
      { field: 'it', control: 'it-2-name', code: 'not-a-name', message: { en: expect.stringMatching(/^Child 2: /) } },
    ]);
    for (const [it, code] of [
      ['x', 'wrong-form'],
      [['x'], 'wrong-form'],
      [[null], 'wrong-form'],
      [[], 'required'],
      [Array.from({ length: 5 }, () => list[0]), 'too-many'],
    ] as const)
      expect(validatePage(form, 'page', { it }).errors).toMatchObject([{ code }]);
    expect(
      putEntry(
        form,
        'it',
        Array.from({ length: 4 }, () => kept),
        posted,
      ).errors,
    ).toMatchObject([{ code: 'too-many' }]);
    expect(putEntry(form, 'it', [kept], { name: 'Sara' })).toMatchObject({
      entries: [kept],
      errors: [{ field: 'bornOn' }],
    });
    expect(
      validatePage(formFor(openForm(listOf({}, { minItems: 2 }), 'BH'), {}), 'page', { it: [list[0]] }).errors,
    ).toMatchObject([{ code: 'too-few' }]);
    const optional = formFor(openForm(listOf({}, {}, false), 'BH'), {});
    expect(validatePage(optional, 'page', {})).toEqual({ answers: { it: [] }, errors: [] });
    expect(describeAnswers(optional, { it: [] }, 'en')).toMatchObject([{ value: 'None' }]);
  });

  test('a list is sound exactly when each entry is, whatever is posted', () => {
    const wild = fc.oneof(
      fc.string(),
      fc.integer(),
      fc.constant(undefined),
      fc.constant('2016-03-07'),
      fc.constant('Sara'),
    );
    const wildEntry = fc.record({ name: wild, bornOn: wild, stage: fc.oneof(wild, fc.constant('a')), other: wild });
    fc.assert(
      fc.property(fc.array(wildEntry, { minLength: 1, maxLength: 4 }), (list) => {
        const { answers, errors } = validatePage(form, 'page', { it: list });
        const alone = list.map((one) => putEntry(form, 'it', [], one));
        const wrong = alone.flatMap((one, at) =>
          one.errors.map(({ control, code }) => [`it-${at + 1}-${control}`, code]),
        );
        expect(errors.map(({ control, code }) => [control, code])).toEqual(wrong);
        expect(answers).toEqual(wrong.length > 0 ? {} : { it: alone.flatMap((one) => one.entries) });
        if (wrong.length === 0) expect(validateAnswers(form, answers)).toEqual([]);
      }),
    );
  });

  test('rules read it as a list', () => {
    const decide = (text: string, inputs: Record<string, Answer>) => {
      const decision = { id: 'd', name: 'D', needs: [], takes: [], logic: { kind: 'expression' as const, text } };
      const { value, problems } = evaluateDecision(
        { decisions: [decision], inputs: ['it'], functions: [] },
        'D',
        inputs,
      );
      expect(problems).toEqual([]);
      return value;
    };
    const answer = [kept, { name: 'Ali', bornOn: '2018-01-02' }];
    expect(decide('count(it)', { it: answer })).toBe(2);
    expect(decide('some child in it satisfies child.name = "Ali"', { it: answer })).toBe(true);
    expect(decide('sum(it.allowance)', { it: [kept, kept] })).toBe(25000);
  });

  test('an author is told what a group needs', () => {
    const findings = (more: Partial<Question>, schema: Record<string, unknown> = {}) =>
      checkForm(listOf(more, schema)).join('; ');
    expect(checkForm(formOf('group')).join('; ')).toMatch(/does not say in "entry"/);
    expect(findings({}, { maxItems: 51 })).toMatch(/"maxItems" from 1 to 50/);
    expect(findings({}, { items: { type: 'object' } })).toMatch(/"additionalProperties": false/);
    expect(findings({ entry: { ...entry, asks: ['name', 'nobody'] } })).toMatch(
      /in the entries of 'it': page 'entry' asks 'nobody'/,
    );
    const nested = { ...entry.questions, name: { kind: 'file' as const, label } };
    expect(findings({ entry: { ...entry, questions: nested } })).toMatch(
      /'name' .* of kind file, which no entry may hold/,
    );
    const crowded = listOf();
    crowded.pages[0]!.questions.push('more');
    crowded.questions['more'] = { kind: 'text', label, when: { question: 'it', is: ['x'] } };
    crowded.schema.properties['more'] = { type: 'string' };
    expect(checkForm(crowded).join('; ')).toMatch(/takes a page for itself/);
  });
});

describe('file', () => {
  const files: Question['files'] = { accept: ['application/pdf', 'image/png'], bytesMax: 1_000_000 };
  const definition = formOf('file', { files });
  definition.schema.properties['it'] = { type: 'array', maxItems: 2 };
  const form = formFor(openForm(definition, 'BH'), {});
  const attached = { id: 'f', name: 'شهادة.pdf', mediaType: 'application/pdf', size: 9, sha256: '00', scan: 'clean' };

  test('its answer is what is attached, never what is posted', () => {
    expect(checkForm(definition)).toEqual([]);
    expect(validatePage(form, 'page', { it: [attached] }).errors).toMatchObject([
      { code: 'required', message: { en: expect.stringMatching(/^Attach a file/) } },
    ]);
    const answers = { it: [attached] };
    expect(validatePage(form, 'page', {}, answers)).toEqual({ answers: {}, errors: [] });
    expect(validateAnswers(form, answers)).toEqual([]);
    expect(validateAnswers(form, { it: [attached, attached, attached] })).toMatchObject([{ code: 'too-many' }]);
    expect(validateAnswers(form, { it: [{ ...attached, scan: 'infected' }] })).toMatchObject([
      { code: 'harmful-file' },
    ]);
    expect(describeAnswers(form, answers, 'ar')).toMatchObject([{ value: 'شهادة.pdf', file: attached }]);
    const [question] = describePage(form, 'page', { language: 'ar', answers }).questions;
    expect(question!.files).toEqual({ ...files, attached: [attached], filesMax: 2 });
  });

  test('an author is told what a file question needs', () => {
    expect(checkForm(formOf('file')).join('; ')).toMatch(/does not say in "files"/);
    const text = formOf('text', { files });
    expect(checkForm(text).join('; ')).toMatch(/has "files", but its kind is text/);
    const first = { ...definition, questions: { it: { ...definition.questions['it']!, prefill: 'evidence.x.y' } } };
    expect(checkForm(first).join('; ')).toMatch(/has no first value/);
  });
});
