import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadServices } from '#modules/catalogue';
import { createSearch, normaliseWords } from '../search.ts';

const { services } = await loadServices(join(import.meta.dirname, '..', '..', '..', 'services'));
const search = createSearch(services, 'SA');

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
  'أنتقل للعمل في دولة أخرى',
  'الشهاده الجامعيه',
  'مؤهلات دراسية',
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
  'moving to work in another state',
];

const somethingElse = [
  'رخصة قيادة',
  'تجديد جواز السفر',
  'سجل تجاري',
  'driving licence',
  'passport renewal',
  'pay traffic fine',
  'موعد طبيب',
  'xyz',
  '',
  '؟؟',
  'من في على',
  'كيف أدفع مخالفة مرورية',
];

describe('the search', () => {
  test.each(degreeRecognition)('“%s” leads to degree recognition', (question) => {
    expect(search.find(question)[0]?.serviceId).toBe('degree-recognition');
  });

  test.each(somethingElse)('“%s” invents no service', (question) => {
    expect(search.find(question)).toEqual([]);
  });

  test('has one spelling for hamza, ta marbuta, alef maqsura, tatweel, vowel signs and digits', () => {
    expect(normaliseWords('إِلـــى مُعادَلَةِ الآداب ٢٠٢٦')).toBe(normaliseWords('الي معادله الاداب 2026'));
    expect(normaliseWords('ﻣﻌﺎﺩﻟﺔ')).toBe('معادله');
  });

  test('bears a question of any length', () => {
    expect(search.find('شهادة '.repeat(10_000))[0]?.serviceId).toBe('degree-recognition');
  });
});
