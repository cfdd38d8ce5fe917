import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FormDefinition } from '../forms/contract.ts';
import { checkForm } from '../forms/findings.ts';
import { describePage } from '../forms/models.ts';
import {
  describeAnswers,
  formFor,
  keepAsked,
  listPages,
  openForm,
  validateAnswers,
  validatePage,
} from '../forms/rules.ts';

const text = (ar: string, en: string) => ({ ar, en });
const definition: FormDefinition = {
  pages: [
    { id: 'why', title: text('لماذا', 'Why'), questions: ['purpose', 'startedOn'] },
    {
      id: 'about',
      title: text('عنك', 'About you'),
      questions: ['fullName', 'email', 'mobile', 'years', 'job', 'note'],
    },
    { id: 'declare', title: text('إقرار', 'Declare'), questions: ['isTrue'] },
  ],
  questions: {
    purpose: {
      kind: 'radios',
      label: text('الغرض', 'Purpose'),
      options: [
        { value: 'work', label: text('عمل', 'Work') },
        { value: 'study', label: text('دراسة', 'Study') },
      ],
    },
    startedOn: { kind: 'date', label: text('متى بدأت', 'When did you begin') },
    fullName: {
      kind: 'name',
      label: text('الاسم', 'Name'),
      autocomplete: 'name',
      prefill: 'evidence.person-identity.full_name_ar',
    },
    email: { kind: 'email', label: text('البريد', 'E-mail'), autocomplete: 'email' },
    mobile: { kind: 'phone', label: text('الجوال', 'Mobile') },
    years: { kind: 'number', label: text('السنوات', 'Years') },
    job: { kind: 'text', label: text('المهنة', 'Job'), when: { question: 'purpose', is: ['work'] } },
    note: { kind: 'textarea', label: text('ملاحظة', 'Note') },
    isTrue: { kind: 'checkbox', label: text('هذا صحيح', 'This is true') },
  },
  schema: {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    properties: {
      purpose: { type: 'string', enum: ['work', 'study'] },
      startedOn: { type: 'string' },
      fullName: { type: 'string', minLength: 3 },
      email: { type: 'string' },
      mobile: { type: 'string' },
      years: { type: 'integer', minimum: 0, maximum: 60 },
      job: { type: 'string', minLength: 2, maxLength: 10 },
      note: { type: 'string', maxLength: 50 },
      isTrue: { const: true },
    },
    required: ['purpose', 'fullName', 'email', 'job', 'isTrue'],
    additionalProperties: false,
  },
};
const form = formFor(openForm(definition, 'BH'), {});
const about = (changes: Record<string, unknown>) =>
  validatePage(form, 'about', { fullName: 'سارة علي', email: 'a@b.co', job: 'طبيبة', ...changes }, { purpose: 'work' });
const codeOf = (changes: Record<string, unknown>) => about(changes).errors[0]?.code;

describe('a posted page', () => {
  test('is read in Arabic digits as in Latin ones', () => {
    expect(about({ mobile: '٠٠٩٧٣ ٣٦٠٠-٠٠٠٠', years: '١٢' }).answers).toMatchObject({
      mobile: '+97336000000',
      years: 12,
    });
    expect(
      validatePage(form, 'why', {
        purpose: 'work',
        'startedOn-day': '٧',
        'startedOn-month': '٣',
        'startedOn-year': '٢٠١٩',
      }).answers,
    ).toEqual({
      purpose: 'work',
      startedOn: '2019-03-07',
    });
  });

  test('is trimmed, keeps paragraphs in a note, and ignores fields nobody asked for', () => {
    expect(about({ job: '  طبيبة   هنا ', note: 'one\r\ntwo', isAdmin: 'yes', 'purpose ': 'x' })).toEqual({
      answers: { fullName: 'سارة علي', email: 'a@b.co', job: 'طبيبة هنا', note: 'one\ntwo' },
      errors: [],
    });
  });

  test('takes a number with its groups, as a calculator writes it, and says limits in the digits of the language', () => {
    const { errors } = about({ years: '1,200' });
    expect(errors).toMatchObject([{ code: 'too-large', message: { ar: expect.stringContaining('٦٠') } }]);
    expect(errors[0]!.message.en).toContain('60');
    expect(about({ years: '٦٬١٢٣٫٠' }).errors[0]!.code).toBe('too-large');
  });

  test('says of an amount that has to be whole that it has a fraction', () => {
    const folder = join(import.meta.dirname, '..', '..', '..', 'services', 'gcc-commercial-registration');
    const branch = formFor(openForm(JSON.parse(readFileSync(join(folder, 'form.json'), 'utf8')), 'BH'), {});
    const capital = (typed: string) => validatePage(branch, 'capital', { capital: typed });
    expect(capital('12500.5').errors).toMatchObject([{ code: 'not-whole' }]);
    expect(capital('١٢٬٥٠٠')).toMatchObject({ answers: { capital: 12_500 }, errors: [] });
    expect(capital('12,500')).toMatchObject({ answers: { capital: 12_500 }, errors: [] });
  });

  test('says what is wrong in both languages, with our words', () => {
    expect(codeOf({ fullName: '' })).toBe('required');
    expect(codeOf({ fullName: 'a1' })).toBe('not-a-name');
    expect(codeOf({ fullName: 'ab' })).toBe('too-short');
    expect(codeOf({ email: 'nobody' })).toBe('not-an-email');
    expect(codeOf({ mobile: '123' })).toBe('not-a-phone');
    expect(codeOf({ years: 'many' })).toBe('not-a-number');
    expect(codeOf({ years: '1.5' })).toBe('not-whole');
    expect(codeOf({ years: '1,5' })).toBe('not-a-number');
    expect(codeOf({ years: '1,00' })).toBe('not-a-number');
    expect(codeOf({ years: '61' })).toBe('too-large');
    expect(codeOf({ years: '-1' })).toBe('too-small');
    expect(codeOf({ job: 'مهنة طويلة جدًا' })).toBe('too-long');
    expect(codeOf({ email: ['a@b.co', 'c@d.co'] })).toBe('wrong-form');
    expect(codeOf({ email: { $ne: '' } })).toBe('wrong-form');
    expect(validatePage(form, 'why', { purpose: 'constructor' }).errors[0]?.code).toBe('not-an-option');
    expect(
      validatePage(form, 'why', {
        purpose: 'work',
        'startedOn-day': '31',
        'startedOn-month': '2',
        'startedOn-year': '2019',
      }).errors,
    ).toMatchObject([{ field: 'startedOn', control: 'startedOn-day', code: 'not-a-date' }]);
    for (const { message } of about({ fullName: '', email: 'x', years: '99' }).errors) {
      expect(message.ar).toMatch(/\p{Script=Arabic}/u);
      expect(message.en).toMatch(/^[\p{Script=Latin}\p{P}\p{N}\s+@]+$/u);
      expect(message.ar + message.en).not.toMatch(/[{}]|must|property/);
    }
  });

  test('refuses characters that hide or turn text around', () => {
    for (const hidden of ['\u202e', '\u2066', '\u0000', '\u001b', '\ud800']) {
      expect(codeOf({ job: `a${hidden}b` })).toBe('characters-refused');
      expect(codeOf({ note: `a${hidden}b` })).toBe('characters-refused');
    }
    expect(codeOf({ job: 'a\nb' })).toBe('characters-refused');
  });

  test('with one error leaves no answer behind', () => {
    expect(about({ email: 'wrong' }).answers).toEqual({});
  });

  test('never breaks and never lets through what was not asked, whatever is posted', () => {
    const posted = fc.dictionary(
      fc.oneof(fc.string(), fc.constantFrom(...Object.keys(definition.questions), '__proto__')),
      fc.anything(),
    );
    fc.assert(
      fc.property(posted, fc.constantFrom('why', 'about', 'declare'), (body, pageId) => {
        const { answers, errors } = validatePage(form, pageId, body, { purpose: 'work' });
        const asked = definition.pages.find((page) => page.id === pageId)!.questions;
        expect(Object.keys(answers).every((id) => asked.includes(id))).toBe(true);
        if (errors.length > 0) expect(answers).toEqual({});
        else expect(JSON.stringify(answers)).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/);
      }),
    );
  });
});

describe('a page to draw', () => {
  test('never ticks a box that nobody ticked', () => {
    const page = (posted?: Record<string, string>) =>
      describePage(form, 'declare', { language: 'ar', answers: {}, ...(posted ? { posted } : {}) }).questions[0]!;
    expect(page().checked).toBe(false);
    expect(page({}).checked).toBe(false);
    expect(page({ isTrue: 'yes' }).checked).toBe(true);
    expect(validatePage(form, 'declare', {}).errors[0]?.code).toBe('required');
  });

  test('marks where a value came from until the person types', () => {
    const found = { fullName: { value: 'سارة علي', source: text('من سجل الهوية', 'From the identity record') } };
    const facts = { language: 'en' as const, answers: { purpose: 'work' }, found };
    expect(describePage(form, 'about', facts).questions[0]).toMatchObject({
      value: 'سارة علي',
      source: 'From the identity record',
    });
    const typed = describePage(form, 'about', { ...facts, answers: { purpose: 'work', fullName: 'سارة' } })
      .questions[0]!;
    expect(typed).toMatchObject({ value: 'سارة' });
    expect(typed.source).toBeUndefined();
  });

  test('shows dates in three controls, and what was typed after a refusal', () => {
    const posted = { purpose: 'work', 'startedOn-day': '٣١', 'startedOn-month': '2', 'startedOn-year': '2019' };
    const { errors } = validatePage(form, 'why', posted);
    const page = describePage(form, 'why', { language: 'ar', answers: {}, posted, errors });
    expect(page.questions[1]?.parts?.map((part) => part.value)).toEqual(['٣١', '2', '2019']);
    expect(page.errors[0]).toMatchObject({ control: 'startedOn-day', message: expect.stringMatching(/تاريخ/) });
    const saved = describePage(form, 'why', { language: 'en', answers: { startedOn: '2019-03-07' } });
    expect(saved.questions[1]?.parts?.map((part) => part.value)).toEqual(['7', '3', '2019']);
  });

  test('asks a question only when an earlier answer calls for it, and drops the answer when it no longer does', () => {
    const ids = (purpose: string) =>
      describePage(form, 'about', { language: 'en', answers: { purpose } }).questions.map(({ id }) => id);
    expect(ids('work')).toContain('job');
    expect(ids('study')).not.toContain('job');
    expect(keepAsked(form, { purpose: 'study', job: 'x' })).toEqual({ purpose: 'study' });
    expect(listPages(form, {}).map(({ id }) => id)).toEqual(['why', 'about', 'declare']);
  });
});

test('the answers read back in words', () => {
  const rows = describeAnswers(form, { purpose: 'work', startedOn: '2019-03-07', isTrue: true }, 'ar');
  expect(rows.map(({ value }) => value)).toEqual(['عمل', '٧ مارس ٢٠١٩', 'نعم']);
  expect(validateAnswers(form, { purpose: 'work' }).map(({ field }) => field)).toEqual([
    'fullName',
    'email',
    'job',
    'isTrue',
  ]);
});

test('an author is told in plain words what does not fit', () => {
  const broken = structuredClone(definition);
  broken.pages[1]!.questions.push('nobody', 'purpose');
  broken.questions['purpose']!.options!.pop();
  broken.questions['purpose']!.when = { question: 'job', is: ['x'] };
  broken.schema.required.push('ghost');
  expect(checkForm(definition)).toEqual([]);
  expect(checkForm(broken)).toEqual([
    "page 'about' asks 'nobody', which is not among the questions",
    "the question 'purpose' is asked twice",
    "the options of 'purpose' differ from the enum of its schema",
    "'purpose' depends on 'job', which must be asked on an earlier page",
    "the schema names 'ghost', which is not a question",
  ]);
});
