import { describe, expect, test } from 'vitest';
import type { FormDefinition, LookedUp } from '../forms/contract.ts';
import { checkForm } from '../forms/findings.ts';
import { describePage } from '../forms/models.ts';
import { findUnheld } from '../forms/registers.ts';
import {
  describeAnswers,
  formFor,
  heldCodes,
  openForm,
  postedCodes,
  validateAnswers,
  validatePage,
} from '../forms/rules.ts';

const label = { ar: 'أي مصرف؟', en: 'Which bank?' };
const definition = (changes: object = {}, page: object = {}): FormDefinition => ({
  pages: [{ id: 'bank', title: label, questions: ['bank'], ...page }],
  questions: { bank: { kind: 'look-up', label, lookUp: { register: 'banks', mayBeUnlisted: true }, ...changes } },
  schema: {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    properties: { bank: { type: 'object' } },
    required: ['bank'],
    additionalProperties: false,
  },
});
const form = formFor(openForm(definition(), 'SA'), {});
const gulf = { code: 'B-1', ar: 'مصرف الخليج', en: 'Gulf Bank' };
const found = (entries = [gulf]): LookedUp => ({
  ...{ words: 'gulf', names: label, isWhole: false, entries, total: entries.length, isMore: false, page: 1, pages: 1 },
});
const judge = (posted: Record<string, unknown>, held: Parameters<typeof validatePage>[4] = {}) => {
  const { answers, errors } = validatePage(form, 'bank', posted, {}, held);
  return errors[0]?.code ?? answers['bank'];
};

describe('a question that is looked up', () => {
  test('takes a code that its register confirms, with the names of the register and no others', () => {
    const forged = { bank: { code: 'B-1', ar: 'مصرفي', en: 'My bank' } };
    expect(judge(forged, { bank: { ...gulf, note: label } })).toEqual(gulf);
    expect(judge({ bank: 'B-1' })).toBe('not-in-register');
    expect(judge({ bank: 'B-1' }, { bank: 'unknown' })).toBe('not-in-register');
    expect(judge({ bank: 'B-1' }, { bank: { ...gulf, code: 'B-2' } })).toBe('not-in-register');
    expect(judge({ bank: 'B-1' }, { bank: 'unavailable' })).toBe('register-silent');
    expect(judge({ bank: '' })).toBe('required');
    expect(postedCodes(form, 'bank', { bank: ' B-1 ' }, {})).toEqual([{ id: 'bank', register: 'banks', code: 'B-1' }]);
  });

  test('takes what is in no register where it says so, and tells it from what is', () => {
    const own = { ar: 'مصرف الحي', en: 'مصرف الحي' };
    expect(judge({ bank: ':unlisted', 'bank-unlisted': ' مصرف  الحي ' })).toEqual(own);
    expect(judge({ 'bank-unlisted': 'مصرف الحي' })).toEqual(own);
    expect(judge({ bank: { unlisted: 'مصرف الحي' } })).toEqual(own);
    expect(judge({ bank: 'B-1', 'bank-unlisted': 'مصرف الحي' }, { bank: gulf })).toEqual(gulf);
    expect(judge({ bank: ':unlisted' })).toBe('unlisted-missing');
    expect(judge({ bank: ':unlisted', 'bank-unlisted': 'x'.repeat(10_000) })).toBe('unlisted-too-long');
    expect(judge({ bank: ':unlisted', 'bank-unlisted': 'a\u202eb' })).toBe('characters-refused');
    expect(judge({ bank: { unlisted: ['x'] } })).toBe('wrong-form');
    expect(describeAnswers(form, { bank: own }, 'en')).toMatchObject([
      { value: 'مصرف الحي (not in the register, unconfirmed)', entry: own },
    ]);
    expect(describeAnswers(form, { bank: gulf }, 'ar')).toMatchObject([{ value: 'مصرف الخليج', entry: gulf }]);
    expect(heldCodes(form, { bank: own })).toEqual([]);
    expect(heldCodes(form, { bank: gulf })).toEqual([{ pageId: 'bank', id: 'bank', register: 'banks', code: 'B-1' }]);
    expect(validateAnswers(form, { bank: gulf })).toEqual([]);
    const strict = formFor(openForm(definition({ lookUp: { register: 'banks' } }), 'SA'), {});
    expect(validatePage(strict, 'bank', { bank: { unlisted: 'x' } }).errors).toMatchObject([
      { code: 'not-in-register' },
    ]);
  });

  test('shows what was found; what is kept stays in sight; what evidence names is chosen where just one entry is called so', () => {
    const draw = (facts: object = {}, lookedUp: LookedUp = found()) =>
      describePage(form, 'bank', { language: 'en', answers: {}, lookedUp: { bank: lookedUp }, ...facts }).questions[0]!;
    expect(draw().options).toEqual([{ value: 'B-1', label: 'Gulf Bank', chosen: false }]);
    const kept = { code: 'B-9', ar: 'مصرف الساحل', en: 'Coast Bank' };
    expect(draw({ answers: { bank: kept } }).options).toMatchObject([
      { value: 'B-9', label: 'Coast Bank', chosen: true },
      { value: 'B-1', chosen: false },
    ]);
    const evidence = {
      found: { bank: { value: 'مصرف الخَليج', source: { ar: 'من السجل', en: 'From: the register' } } },
    };
    expect(draw(evidence)).toMatchObject({ value: 'B-1', source: 'From: the register' });
    expect(draw(evidence, found([gulf, { ...gulf, code: 'B-2' }])).value).toBe('');
    expect(draw({}, 'unavailable').lookUp).toMatchObject({
      isAvailable: false,
      unlisted: { value: '', chosen: false },
    });
  });

  test('is wrong where it names no register, shares its page, or stands where others depend on it', () => {
    expect(checkForm(definition())).toEqual([]);
    expect(checkForm(definition({ lookUp: undefined }))).toEqual([
      `'bank' does not say in "lookUp" which register it is looked up in`,
    ]);
    expect(checkForm(definition({ kind: 'text' }))).toContain(`'bank' has "lookUp", but its kind is text`);
    const shared = definition({}, { questions: ['bank', 'other'] });
    shared.questions['other'] = { kind: 'text', label };
    shared.schema.properties['other'] = { type: 'string' };
    expect(checkForm(shared)).toEqual([
      `'bank' is of kind look-up, which takes a page for itself, and 'bank' asks more`,
    ]);
    expect(findUnheld(definition(), 'KW', new Set(['banks']))).toEqual([]);
    expect(findUnheld(definition(), 'KW', new Set())[0]).toContain(
      `'bank' is looked up in 'banks', which no registry of KW offers`,
    );
  });
});
