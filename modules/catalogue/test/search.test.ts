import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { normaliseWords } from '#kernel/words';
import { loadServices } from '#modules/catalogue';
import { findOffer } from '../listings.ts';
import { createSearch } from '../search.ts';

const { published, concepts } = await loadServices(join(import.meta.dirname, '..', '..', '..', 'services'));
const search = createSearch(
  published.map(({ listing }) => listing),
  concepts,
);
const states = ['AE', 'BH', 'KW', 'OM', 'QA', 'SA'];
const isGivenIn = (state: string, id: string) =>
  findOffer(published.find(({ listing }) => listing.id === id)!.listing, state) !== undefined;

const read = (file: string) => JSON.parse(readFileSync(join(import.meta.dirname, 'search', file), 'utf8'));
/** 200 questions as people of the six states type them, written before the services' search words, with what they mean. */
const queries: Array<{ query: string; expects: string }> = read('queries.json');
/** 30 questions that no service of a state answers. */
const nothing: Array<{ query: string }> = read('nothing.json');

/** What people type: written Arabic, Gulf dialects, slips of spelling, English, transliteration habits. */
const degreeRecognition = [
  'الاعتراف بشهادة جامعية',
  'معادلة شهادة',
  'معادله شهاده',
  'مُعادَلَة الشَّهادة',
  'معادلـــة المؤهلات',
  'ابي اعادل شهادتي',
  'ابغى أعادل شهادتي الجامعية من البحرين',
  'شلون اصدق شهادتي',
  'وين أوثق شهادة التخرج',
  'تصديق شهادات',
  'اعتماد شهادة البكالوريوس',
  'بكالريوس',
  'شهادتي من برا',
  'اعتراف بالماجستير',
  'معادلة الدكتوراه',
  'كيف أعترف بشهادتي في السعودية',
  'مؤهل علمي',
  'وثيقة تخرج',
  'خريجة جامعة خليجية',
  'الشهاده الجامعيه',
  'degree recognition',
  'recognise my degree',
  'recognize university degree',
  'degree equivalency',
  'equivalence certificate',
  'attestation of degree certificate',
  'how do I get my bachelor recognised',
  'recogniton of degre',
  'universty degree',
  'credential evaluation',
  'foreign qualification',
  'master degree from Kuwait',
  'validate my PhD',
];

const noQuestions = ['xyz', '', '؟؟', 'من في على'];

describe('the search', () => {
  test.each(degreeRecognition)('“%s” leads to degree recognition', (question) => {
    const ids = search.find(question).map(({ serviceId }) => serviceId);
    expect(ids.slice(0, 3)).toContain('degree-recognition');
  });

  test('finds the service of at least 95 % of 200 questions among the first three', () => {
    const missed = queries.filter(({ query, expects }) => {
      const ids = search.find(query).slice(0, 3);
      return !ids.some(({ serviceId }) => serviceId === expects);
    });
    expect(queries).toHaveLength(200);
    expect(missed.map(({ query }) => query).slice(0, 20)).toHaveLength(Math.min(missed.length, 10));
  });

  test('puts the next best thing of a state before what was meant, where only others give that, in at most 10 %', () => {
    const asked = queries.flatMap((one) => states.map((state) => ({ ...one, state })));
    const elsewhere = asked.filter(({ expects, state }) => !isGivenIn(state, expects));
    const misled = elsewhere.filter(({ query, expects, state }) => {
      const ids = search.find(query).map(({ serviceId }) => serviceId);
      const before = ids.includes(expects) ? ids.slice(0, ids.indexOf(expects)) : ids;
      return before.some((id) => isGivenIn(state, id));
    });
    expect(elsewhere.length).toBeGreaterThan(500);
    expect(misled.length).toBeLessThanOrEqual(elsewhere.length * 0.1);
  });

  test('finds nothing for at least 95 % of 30 questions about something else', () => {
    const found = nothing.filter(({ query }) => search.find(query).length > 0);
    expect(nothing).toHaveLength(30);
    expect(found.map(({ query }) => query).slice(0, 10)).toHaveLength(Math.min(found.length, 1));
  });

  test.each(noQuestions)('“%s” invents no service', (question) => {
    expect(search.find(question)).toEqual([]);
  });

  test('has one spelling for hamza, ta marbuta, alef maqsura, tatweel, vowel signs and digits', () => {
    expect(normaliseWords('إِلـــى مُعادَلَةِ الآداب ٢٠٢٦')).toBe(normaliseWords('الي معادله الاداب 2026'));
    expect(normaliseWords('ﻣﻌﺎﺩﻟﺔ')).toBe('معادله');
  });

  test('bears a question of any length', () => {
    expect(search.find('شهادة جامعية '.repeat(10_000))[0]?.serviceId).toBe('degree-recognition');
  });
});
