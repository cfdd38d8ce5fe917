import { describe, expect, test } from 'vitest';
import { agreedStates } from '#protocol/states';
import {
  type Answers,
  describeAnswers,
  describePage,
  type FormDefinition,
  formFor,
  type Held,
  type LookedUp,
  openForm,
  validateAnswers,
  validateGiven,
  validatePage,
} from '../index.ts';

const definition = {
  pages: [{ id: 'home', title: { ar: 'السكن', en: 'Home' }, questions: ['home'] }],
  questions: { home: { kind: 'address', label: { ar: 'عنوانك', en: 'Your address' } } },
  schema: {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    properties: {
      home: {
        type: 'object',
        properties: { building: {}, road: {}, block: {}, area: {}, unit: {} },
        additionalProperties: false,
      },
    },
    required: ['home'],
    additionalProperties: false,
  },
} as FormDefinition;
const form = formFor(openForm(definition, 'BH'), {});
const code = '121-1705-317';
const parts = {
  building: { ar: '121', en: '121' },
  road: { ar: '1705', en: '1705' },
  block: { ar: '317', en: '317' },
  area: { ar: 'المنطقة الدبلوماسية', en: 'Diplomatic Area' },
};
const entry = { code, ar: 'مبنى 121', en: 'Building 121', parts };
const posted = {
  'home-unit': '12',
  'home-building': '121',
  'home-road': '1705',
  'home-block': '317',
  'home-area': 'المنطقة الدبلوماسية',
  'home-code': code,
};
const typed = { unit: '12', building: '121', road: '1705', block: '317', area: 'المنطقة الدبلوماسية' };
const kept = { ...typed, 'area.en': 'Diplomatic Area', code };
const save = (body: object, held: Held = entry) => validatePage(form, 'home', { ...body }, {}, { home: held });
const wordsOf = (home: object, language: 'ar' | 'en') =>
  describeAnswers(form, { home } as Answers, language).map(({ value }) => value);

test('no state calls a part what an address keeps beside its parts', () => {
  const ids = agreedStates.flatMap(({ address }) => address.map(({ id }) => id));
  expect(ids.filter((id) => id === 'code' || id.includes('.'))).toEqual([]);
});

describe('an address that is as the register has it', () => {
  test('is kept with its code and in both languages, whichever the page had', () => {
    expect(save(posted)).toEqual({ answers: { home: kept }, errors: [] });
    const english = save({ ...posted, 'home-area': 'Diplomatic Area' });
    expect(english.answers['home']).toEqual({
      ...typed,
      area: 'Diplomatic Area',
      'area.ar': 'المنطقة الدبلوماسية',
      code,
    });
    expect(validateAnswers(form, { home: kept })).toEqual([]);
  });

  test('is read as the register’s, in the language of whoever reads it', () => {
    expect(wordsOf(kept, 'en')).toEqual([
      `Flat number: 12, Building number: 121, Road number: 1705, Block number: 317, Area: Diplomatic Area (from the register of addresses, ${code})`,
    ]);
    expect(wordsOf(kept, 'ar')[0]).toMatch(/المنطقة: المنطقة الدبلوماسية \(من سجل العناوين، 121-1705-317\)$/);
    expect(wordsOf(typed, 'en')[0]).toMatch(/\(typed by hand\)$/);
  });

  test('is typed as soon as one part that the register gives is changed', () => {
    const changed = save({ ...posted, 'home-building': '122' });
    expect(changed.answers['home']).toEqual({ ...typed, building: '122' });
  });

  test.each<[string, Held | undefined]>([
    ['the register does not know', 'unknown'],
    ['no register has confirmed', 'unavailable'],
    ['is of another entry', { ...entry, code: '1-2-3' }],
    ['has no parts', { code, ar: 'x', en: 'x' }],
  ])('keeps no code that %s, and loses nothing that was typed', (_of, held) => {
    expect(save(posted, held)).toEqual({ answers: { home: typed }, errors: [] });
  });

  test('keeps nothing that a browser claims besides', () => {
    const forged = { ...posted, 'home-area.en': 'Palace', home: '' };
    expect(save(forged, 'unknown').answers['home']).toEqual(typed);
    expect(save({ ...posted, 'home-code': '\n; drop' }).answers['home']).toEqual(typed);
  });

  test('is asked of no register of another state', () => {
    const own = { ...definition, questions: { home: { ...definition.questions['home']!, state: 'BH' } } };
    const abroad = formFor(openForm(own as FormDefinition, 'SA'), {});
    expect(validatePage(abroad, 'home', posted, {}, { home: entry }).answers['home']).toEqual(typed);
  });
});

describe('a program', () => {
  const give = (home: unknown, held: Held = entry) => validateGiven(form, { home }, {}, { home: held });

  test('sends the code and what the register does not hold, and gets the rest from the register', () => {
    expect(give({ code, unit: '12' })).toMatchObject({ errors: [], answers: { home: kept } });
  });

  test('is told that there is no such code, or that nobody can say, where it sends nothing else', () => {
    expect(give({ code }, 'unknown').errors).toMatchObject([{ field: 'home', code: 'not-in-register' }]);
    expect(give({ code }, 'unavailable').errors).toMatchObject([{ field: 'home', code: 'register-silent' }]);
  });
});

describe('a page', () => {
  const draw = (lookedUp: LookedUp | undefined, answers: Answers = {}, language: 'ar' | 'en' = 'en') =>
    describePage(form, 'home', { language, answers, ...(lookedUp ? { lookedUp: { home: lookedUp } } : {}) })
      .questions[0]!;
  const names = { ar: 'سجل العناوين', en: 'Address register' };
  const found = { names, hint: names, words: 'dip', isWhole: false, total: 1, isMore: false, page: 1, pages: 1 };
  const valuesOf = (question: ReturnType<typeof draw>) => question.parts!.map(({ value }) => value);

  test('is filled in from what was chosen, in its language, marked with where it is from', () => {
    const question = draw({ ...found, entries: [entry], chosen: code });
    expect(valuesOf(question)).toEqual(['', '121', '1705', '317', 'Diplomatic Area']);
    expect(question).toMatchObject({ source: 'From: Address register', finder: { code, entries: [] } });
  });

  test('offers several to choose from, and fills nothing in before', () => {
    const question = draw({ ...found, entries: [entry, { ...entry, code: '1' }], total: 2 });
    expect(valuesOf(question)).toEqual(['', '', '', '', '']);
    expect(question.finder).toMatchObject({ code: '', entries: [{ code }, { code: '1' }] });
    expect(question).not.toHaveProperty('source');
  });

  test('shows what was kept in the other language too, and says nothing of a register that there is none of', () => {
    const again = draw({ ...found, words: '', total: 0, entries: [] }, { home: kept } as Answers);
    expect(valuesOf(again)).toEqual(['12', '121', '1705', '317', 'Diplomatic Area']);
    expect(again.finder).toMatchObject({ code });
    expect(draw(undefined)).not.toHaveProperty('finder');
    expect(draw('unavailable').finder).toMatchObject({ isAvailable: false });
  });
});
