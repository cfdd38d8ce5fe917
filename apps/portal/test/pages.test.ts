import { IntlMessageFormat } from 'intl-messageformat';
import { beforeAll, describe, expect, test } from 'vitest';
import { consolePages } from '../../console/pages/index.ts';
import { exampleViews as consoleViews } from '../../console/test/views.ts';
import { consoleTexts } from '../../console/texts/index.ts';
import { withChoice } from '../layout.tsx';
import { type AssetLinks, buildAssets } from '../look/assets.ts';
import { renderPage } from '../page.tsx';
import { type FormPageView, pages } from '../pages/index.ts';
import { portalTexts, write } from '../reader.tsx';
import { durationText } from '../routes/words.ts';
import { looks } from './sample-states.ts';
import { type Example, exampleViews, frameFor } from './views.ts';

const everyView = [...exampleViews, ...consoleViews];
const languages = ['ar', 'en'] as const;

let links: AssetLinks;
beforeAll(async () => {
  ({ links } = await buildAssets(looks['SA']!, looks));
});

const draw = (example: Example<never>, language: 'ar' | 'en') =>
  renderPage(example.page, example.view, frameFor(example, language, links, '/cases?page=2'));
const find = (name: string, example: string) =>
  everyView.find((one) => one.page.name === name && one.example === example)!;
const wordsOf = (html: string) => html.replace(/<(script|style)[\s\S]*?<\/\1>/g, ' ').replace(/<[^>]+>/g, ' ');

type Element = ReturnType<IntlMessageFormat['getAst']>[number];
type Options = { options?: Record<string, { value: Element[] }> };

const elementsOf = (elements: Element[]): Element[] =>
  elements.flatMap((element) => [
    element,
    ...Object.values((element as Options).options ?? {}).flatMap((option) => elementsOf(option.value)),
  ]);
const parse = (message: string) => elementsOf(new IntlMessageFormat(message, 'en').getAst());
const literal = 0;
const pound = 7;
const paramsOf = (message: string) =>
  [...new Set(parse(message).flatMap((one) => (one.type === literal || one.type === pound ? [] : [one.value])))].sort();
const literalsOf = (message: string) =>
  parse(message)
    .flatMap((one) => (one.type === literal ? [one.value] : []))
    .join(' ');

describe('messages', () => {
  for (const [name, tables] of Object.entries({ portal: portalTexts, console: consoleTexts })) {
    test(`of the ${name} exist in both languages, with the same parameters, and can be read as ICU messages`, () => {
      expect(Object.keys(tables.ar).sort()).toEqual(Object.keys(tables.en).sort());
      for (const key of Object.keys(tables.en) as Array<keyof typeof tables.en>) {
        const [ar, en] = [tables.ar[key] as string, tables.en[key] as string];
        expect(ar.trim(), key).not.toBe('');
        expect(paramsOf(ar), key).toEqual(paramsOf(en));
        // Latin words may only be names of standards, which begin with a capital letter or stand in this list.
        const latin = literalsOf(ar).match(/[A-Za-z][\w-]*/g) ?? [];
        expect(
          latin.filter((word) => !/^[A-Z]|^(eyJ|tlog-tiles|tlog-proof)$/.test(word)),
          key,
        ).toEqual([]);
      }
    });
  }

  test('use all six Arabic plural forms, with the digits of the reader', () => {
    const say = (n: number, digits: 'arab' | 'latn') =>
      write(portalTexts, { language: 'ar', digits, timeZone: 'UTC' }, 'search.count', { n });
    expect([0, 1, 2, 3, 11, 100].map((n) => say(n, 'arab'))).toEqual([
      'لا توجد خدمة',
      'خدمة واحدة',
      'خدمتان',
      '٣ خدمات',
      '١١ خدمة',
      '١٠٠ خدمة',
    ]);
    expect(say(3, 'latn')).toBe('3 خدمات');
  });
});

describe('every page', () => {
  test('has an example for this test', () => {
    const drawn = new Set(everyView.map(({ page }) => page.name));
    expect(
      [...Object.values(pages), ...Object.values(consolePages)]
        .map(({ name }) => name)
        .filter((name) => !drawn.has(name)),
    ).toEqual([]);
  });

  test('is drawn in both languages with no text missing', () => {
    for (const example of everyView) {
      for (const language of languages) {
        const html = draw(example, language);
        const where = `${example.page.name}/${example.example} in ${language}`;
        expect(html, where).toMatch(
          new RegExp(`^<!doctype html><html lang="${language}" dir="${language === 'ar' ? 'rtl' : 'ltr'}">`),
        );
        expect(wordsOf(html), where).not.toMatch(/undefined|\[object|\bNaN\b|Invalid Date/);
        expect(wordsOf(html), where).not.toMatch(/(?<![./\w])[a-z]+[A-Za-z]*\.[a-z][A-Za-z]+[A-Z]\w*(?![\w/])/);
      }
    }
  });

  test('works under a policy without inline scripts and styles', () => {
    for (const example of everyView) {
      const html = draw(example, 'ar');
      expect(html).not.toMatch(/<style|<script(?![^>]* src=)| style=| on[a-z]+="/);
    }
  });

  test('ticks nothing and chooses nothing for anybody', () => {
    const ticked = everyView
      .filter((example) => / checked=""/.test(draw(example, 'ar')))
      .map((example) => `${example.page.name}/${example.example}`);
    // A person's own answer, what they have set, what an officer has marked or a draft says, and an officer's own tick on the
    // error page, come back.
    expect(
      ticked.filter((name) => !/^(message-settings|offer-wishes|publishing-form|publishing-fields)\//.test(name)),
    ).toEqual([
      'eligibility/may',
      'eligibility/open',
      'eligibility/for an officer',
      'eligibility/may not',
      'case/rated',
      'form-page/register-found',
      'form-page/register-whole',
      'form-page/register-silent',
      'review/filled',
      'review/exempt',
      'review/rules-again',
      'review/assign',
      'review/without-consent',
      'review/other',
      'review/error',
      'review/items',
      'review/unsent',
      'review/to-confirm',
      'review/items-to-confirm',
      'review/own-proposal',
      'office-shared/error',
    ]);
  });

  test('leads to itself in the other language and keeps its query', () => {
    expect(draw(find('my-cases', 'filled'), 'ar')).toContain('href="/cases?page=2&amp;lang=en"');
    expect(withChoice('/services?q=%D8%B4&lang=ar', { lang: 'en' })).toBe('/services?q=%D8%B4&lang=en');
  });

  test('escapes what people and registers wrote', () => {
    const example = find('search-results', 'empty');
    const html = renderPage(
      example.page,
      { ...(example.view as object), query: '<script>alert(1)</script>' } as never,
      frameFor(example, 'en', links),
    );
    expect(html).not.toContain('<script>alert');
  });
});

describe('the consent page', () => {
  test('offers a box for optional fields only, and nothing hidden or disabled stands for the needed ones', () => {
    const html = draw(find('consent', 'filled'), 'en');
    expect(
      [...html.matchAll(/<input[^>]*name="field"[^>]*>/g)].map(([input]) => /value="([^"]+)"/.exec(input)![1]),
    ).toEqual(['degree-record/gpa', 'degree-record/thesis']);
    expect(html).not.toMatch(/type="hidden"|disabled/);
  });

  test('gives refusing the same form, the same size and no trick', () => {
    const html = draw(find('consent', 'filled'), 'en');
    expect(html).toMatch(/<button type="submit" class="btn big"[^>]* value="allow"/);
    expect(html).toMatch(/<button type="submit" class="btn ghost big"[^>]* value="refuse"/);
  });

  test('shows each value, the reason, the ground, the time and what a refusal means', () => {
    const html = draw(find('consent', 'filled'), 'en');
    for (const words of [
      '3.61 / 4.00',
      'University of Bahrain',
      'Recognising your degree',
      'Equivalence Law',
      '22 December 2026',
      'One year after the decision',
      'Your application stays open',
    ]) {
      expect(html).toContain(words);
    }
  });
});

describe('a form page with errors', () => {
  test('says so in the title and in the language of the page', () => {
    const html = draw(find('form-page', 'error'), 'ar');
    expect(html).toMatch(/<title>خطأ: /);
    expect(wordsOf(html.slice(html.indexOf('id="errors"')))).toContain('اختر جهة العمل.');
    expect(html.match(/aria-invalid="true"/g)).toHaveLength(6);
  });

  test('names the choice that is missing where somebody goes on without saying for whom they act', () => {
    const html = draw(find('eid-represent', 'unchosen'), 'ar');
    expect(html).toContain('<title>خطأ: ');
    expect(html).toMatch(/class="summary"[\s\S]*اختر عمّن تنوب الآن/);
    expect(html).toContain('aria-invalid="true"');
  });

  test('never writes a password back', () => {
    expect(draw(find('eid-login', 'error'), 'en')).toMatch(/<input[^>]*id="password"(?![^>]*value=)[^>]*>/);
  });
});

describe('the page of a service', () => {
  test('leads down to where one begins, and says at its head that one cannot now', () => {
    for (const [example, words] of [
      ['filled', 'الرسوم والمدة وبدء الطلب'],
      ['paused', 'متى تُفتح، وكيف نخبرك'],
    ] as const) {
      const html = draw(find('service', example), 'ar');
      expect(html).toContain(`<a href="#begin">${words}</a>`);
      expect(html).toContain('<div class="card" id="begin">');
      expect(html.slice(0, html.indexOf('<h1')).includes('متوقفة مؤقتًا')).toBe(example === 'paused');
    }
  });

  test('of a paused one asks to be told once, and takes that back', () => {
    expect(draw(find('service', 'paused'), 'en')).toMatch(/action="[^"]+\/opening"/);
    expect(draw(find('service', 'awaited'), 'en')).toMatch(/action="[^"]+\/opening\/stop"/);
    expect(draw(find('service', 'filled'), 'en')).not.toContain('/opening');
  });
});

describe('the last page before sending', () => {
  const actions = (example: string) =>
    [...draw(find('check-answers', example), 'ar').matchAll(/<form[^>]*action="([^"]+)"/g)].map(([, action]) => action);

  test('names what is left to do, leads there, and has a button that sends once nothing is', () => {
    const html = draw(find('check-answers', 'incomplete'), 'ar');
    expect(html).toMatch(/<a href="\/cases\/[^"]+\/pages\/declaration">إقرار<\/a>/);
    expect(html).toContain('بقيت خطوات قبل التقديم');
    expect(actions('incomplete').filter((action) => action!.endsWith('/submit'))).toEqual([]);
    expect(actions('filled').filter((action) => action!.endsWith('/submit'))).toHaveLength(1);
  });
});

describe('values', () => {
  test('keep the order of an international number within an Arabic sentence', () => {
    const filled = find('form-page', 'filled') as unknown as Example<FormPageView>;
    const hint = { ar: 'مثل +973 3600 0000. اكتبه كاملًا.', en: 'such as +973 3600 0000. All of it.' };
    const fields: FormPageView['fields'] = [{ name: 'mobile', kind: 'phone', label: hint, hint }];
    const example = { ...filled, view: { ...filled.view, fields } } as never;
    expect(draw(example, 'ar')).toContain('مثل \u2066+973 3600 0000\u2069. ');
    expect(draw(example, 'en')).toContain('such as +973 3600 0000.');
  });

  test('say how long something is kept in Arabic digits, with the noun that the number asks for', () => {
    const said = ['P1Y', 'P2Y', 'P6M', 'P15M'].map((duration) => durationText(duration).ar.split(' بعد')[0]);
    expect(said).toEqual(['سنة واحدة', 'سنتين', '٦ أشهر', '١٥ شهرًا']);
  });

  test('stand in their own direction: machine words left to right, names fenced', () => {
    const html = draw(find('case', 'filled'), 'ar');
    expect(html).toContain('<code dir="ltr" class="short">SA-2026-00417</code>');
    expect(html).toMatch(/<bdi>وزارة التربية والتعليم<\/bdi>/);
  });

  test('says of a consent how often and until when, for each kind of evidence where that differs', () => {
    const html = wordsOf(draw(find('consent', 'several-terms'), 'en'));
    expect(html).toMatch(/Once, until.*3 times at most, until/s);
    expect(wordsOf(draw(find('consent', 'several-terms'), 'ar'))).toMatch(/لمرة واحدة، حتى.*٣ مرات على الأكثر، حتى/s);
    expect(wordsOf(draw(find('receipt', 'filled'), 'en'))).toMatch(/Once, until.*Answered so far\s+1/s);
  });

  test('write days with the Hijri day beside them and the digits of the reader', () => {
    const ar = wordsOf(draw(find('case', 'filled'), 'ar'));
    expect(ar).toContain('٢٤ نوفمبر ٢٠٢٦');
    expect(ar).toContain('١٤ جمادى الآخرة ١٤٤٨');
    expect(wordsOf(draw(find('case', 'filled'), 'en'))).toMatch(/Tuesday,? 24 November 2026/);
  });

  test('write money in the decimals of its currency', () => {
    const html = wordsOf(draw(find('home', 'filled'), 'en'));
    expect(html).toContain('2.500 Bahraini dinars');
    expect(html).toContain('50.00 Saudi riyals');
  });
});
