import fc from 'fast-check';
import { Value } from 'typebox/value';
import { describe, expect, test } from 'vitest';
import { AgreedState, agreedStates, stateCodes } from '#protocol/states';
import { mayBeNationalId, type NationalIdSchemeId, nationalIdSchemes, normalizeNationalId } from '../national-ids.ts';

const digits = (length: number) => fc.stringMatching(new RegExp(`^[0-9]{${length}}$`));
const pad = (value: number, length: number) => String(value).padStart(length, '0');

/** Draws the digits before the check digit, so that most of them have the right form. */
const partials: Record<NationalIdSchemeId, fc.Arbitrary<string>> = {
  'bh-cpr': fc
    .tuple(fc.integer({ min: 0, max: 99 }), fc.integer({ min: 1, max: 12 }), digits(4))
    .map(([year, month, serial]) => pad(year, 2) + pad(month, 2) + serial),
  'kw-civil-id': fc
    .tuple(
      fc.constantFrom('2', '3'),
      fc.integer({ min: 0, max: 99 }),
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 1, max: 28 }),
      digits(4),
    )
    .map(([century, year, month, day, serial]) => century + pad(year, 2) + pad(month, 2) + pad(day, 2) + serial),
  'om-civil-number': fc.integer({ min: 10_000_000, max: 99_999_999 }).map(String),
  'qa-qid': fc.tuple(fc.constantFrom('2', '3'), digits(2), digits(5)).map(([c, yy, serial]) => `${c}${yy}634${serial}`),
  'sa-national-id': fc.tuple(fc.constantFrom('1', '2'), digits(8)).map(([kind, serial]) => kind + serial),
  'ae-emirates-id': fc
    .tuple(fc.integer({ min: 1900, max: 2099 }), digits(7))
    .map(([year, serial]) => `784${year}${serial}`),
};

const ids = Object.keys(nationalIdSchemes) as NationalIdSchemeId[];

describe('national identification numbers', () => {
  test.each(ids)('a completed %s is valid and has the length of the scheme', (id) => {
    const scheme = nationalIdSchemes[id];
    fc.assert(
      fc.property(partials[id], (partial) => {
        const value = scheme.complete(partial);
        fc.pre(value !== undefined);
        expect(value).toHaveLength(scheme.length);
        expect(scheme.isValid(value!)).toBe(true);
      }),
    );
  });

  const checked = ids.filter((id) => nationalIdSchemes[id].checkDigit !== 'none');
  test.each(checked)('one wrong digit anywhere in a %s is noticed', (id) => {
    const scheme = nationalIdSchemes[id];
    fc.assert(
      fc.property(partials[id], fc.nat(), fc.integer({ min: 1, max: 9 }), (partial, at, shift) => {
        const value = scheme.complete(partial);
        fc.pre(value !== undefined);
        const position = at % scheme.length;
        const wrong = [...value!];
        wrong[position] = String((Number(wrong[position]) + shift) % 10);
        expect(scheme.isValid(wrong.join(''))).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  test.each([
    ['bh-cpr', '520202236', true],
    ['bh-cpr', '520202237', false],
    ['bh-cpr', '521302236', false],
    ['kw-civil-id', '285001000000', false],
    ['kw-civil-id', '113090500005', false],
    ['om-civil-number', '12345678', true],
    ['om-civil-number', '1234567', false],
    ['qa-qid', '29063412345', true],
    ['qa-qid', '19063412345', false],
    ['sa-national-id', '1000000008', true],
    ['sa-national-id', '1058529940', true],
    ['sa-national-id', '1058529941', false],
    ['sa-national-id', '3058529940', false],
    ['ae-emirates-id', '784198012345678', true],
    ['ae-emirates-id', '784198012345671', false],
    ['ae-emirates-id', '785198012345678', false],
  ] as const)('%s %s is judged %s', (id, value, expected) => {
    expect(nationalIdSchemes[id].isValid(value)).toBe(expected);
  });

  test('a Kuwaiti number follows the published weighted sum', () => {
    // 2*2+9*1+0*6+0*3+1*7+0*9+1*10+0*5+0*8+0*4+1*2 = 32; 11 - 32 mod 11 = 1.
    expect(nationalIdSchemes['kw-civil-id'].complete('29001010001')).toBe('290010100011');
  });

  test('a serial whose check would need two digits is not issued', () => {
    const answers = Array.from({ length: 200 }, (_, n) =>
      nationalIdSchemes['kw-civil-id'].complete(`2900101${pad(n, 4)}`),
    );
    expect(answers).toContain(undefined);
    expect(answers.filter((value) => value !== undefined).length).toBeGreaterThan(120);
  });

  test('a day that does not exist is refused', () => {
    expect(nationalIdSchemes['kw-civil-id'].complete('29002300001')).toBeUndefined();
    const leapDays = (year: string) =>
      Array.from({ length: 20 }, (_, n) => nationalIdSchemes['kw-civil-id'].complete(`${year}0229${pad(n, 4)}`));
    expect(leapDays('300').some((value) => value !== undefined)).toBe(true);
    expect(leapDays('301').every((value) => value === undefined)).toBe(true);
    expect(leapDays('200').every((value) => value === undefined)).toBe(true);
  });

  test('numbers typed with Arabic digits, dashes or hidden marks become plain digits', () => {
    expect(normalizeNationalId('٥٢٠٢٠٢٢٣٦')).toBe('520202236');
    expect(normalizeNationalId('۵۲۰۲۰۲۲۳۶')).toBe('520202236');
    expect(normalizeNationalId('\u200f784-1980-1234567-8 ')).toBe('784198012345678');
    expect(normalizeNationalId('52020223x')).toBe('52020223x');
  });
});

test('every state of the federation is agreed on once, with a scheme of national ids that there is', () => {
  for (const state of agreedStates) {
    expect([...Value.Errors(AgreedState, state)], state.code).toEqual([]);
    expect(Object.keys(nationalIdSchemes)).toContain(state.nationalIdScheme);
    expect(new Set(state.address.map(({ id }) => id)).size).toBe(state.address.length);
  }
  expect(stateCodes.length).toBe(agreedStates.length);
  expect(mayBeNationalId('XX', '1234567890')).toBe(false);
});
