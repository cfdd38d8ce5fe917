/** Pages of the app, in its own look and in two languages. It is not the government, and says so. */
export type Language = 'ar' | 'en';

const words = {
  tagline: {
    ar: 'تطبيق من شركة مستقلة، وليس جهة حكومية',
    en: 'An app of an independent company, not of the government',
  },
  start: { ar: 'ابدأ بهويتك الوطنية', en: 'Begin with your national identity' },
  consent: { ar: 'اختر البيانات التي تعطيها دولتك', en: 'Choose what your home state gives' },
  consentWords: {
    ar: 'ننقلك إلى صفحة حكومية. توافق هناك بنفسك، ولا نرى تلك الصفحة.',
    en: 'We take you to a government page. You consent there yourself; we do not see that page.',
  },
  next: { ar: 'التالي', en: 'Next' },
  continue: { ar: 'أكمل الطلب', en: 'Go on with the application' },
  check: { ar: 'راجع إجاباتك', en: 'Check your answers' },
  kept: { ar: 'يمكنك أن تكمل لاحقًا من أي جهاز حتى', en: 'You can go on later, on any device, until' },
  send: { ar: 'أرسل الطلب', en: 'Send the application' },
  pay: { ar: 'ادفع الرسم', en: 'Pay the fee' },
  payWords: {
    ar: 'ننقلك إلى صفحة حكومية ثم إلى مزوّد الدفع. تدفع هناك بنفسك، ولا نرى بطاقتك.',
    en: 'We take you to a government page, and from there to the payment provider. You pay there yourself; we see no card.',
  },
  paid: { ar: 'الرسم مدفوع', en: 'The fee is paid' },
  document: { ar: 'نزّل الوثيقة المختومة', en: 'Download the sealed document' },
  genuine: { ar: 'تحققنا من الختم', en: 'We verified the seal' },
  news: { ar: 'ما وصلنا من أخبار', en: 'News that reached us' },
  waiting: { ar: 'طلبك لدى الجهة. نخبرك حين يصدر القرار.', en: 'The office has it. We tell you when it is decided.' },
  refused: { ar: 'تعذّر ذلك', en: 'That did not work' },
  home: { ar: 'البداية', en: 'Start' },
  other: { ar: 'English', en: 'العربية' },
} satisfies Record<string, Record<Language, string>>;

export type Word = keyof typeof words;
export const say = (word: Word, language: Language) => words[word][language];

export const escapeHtml = (text: unknown) =>
  String(text).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

/** A day (ISO 8601) as the reader writes it. */
export const day = (iso: string, language: Language) =>
  new Intl.DateTimeFormat(language, { dateStyle: 'long', timeZone: 'UTC' }).format(new Date(iso));

/** An amount in minor units of a currency, in words: three of the six currencies have three decimals. */
export function money(minor: number, currency: string, language: Language): string {
  const style = { style: 'currency', currency, currencyDisplay: 'name' } as const;
  const digits = new Intl.NumberFormat('en', style).resolvedOptions().maximumFractionDigits ?? 2;
  return new Intl.NumberFormat(language, { ...style, minimumFractionDigits: digits }).format(minor / 10 ** digits);
}

export function page(language: Language, title: string, body: string): string {
  const name = language === 'ar' ? 'شهادتي' : 'My Degree';
  const other = language === 'ar' ? 'en' : 'ar';
  return `<!doctype html><html lang="${language}" dir="${language === 'ar' ? 'rtl' : 'ltr'}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>${escapeHtml(title)} · ${name}</title>
<link rel="stylesheet" href="/style.css"></head><body>
<header><a href="/">${name}</a> <span>${say('tagline', language)}</span>
<a href="?lang=${other}" lang="${other}">${say('other', language)}</a></header>
<main><h1>${escapeHtml(title)}</h1>${body}</main></body></html>`;
}

export const style = `:root{color-scheme:light}body{font:1.1rem/1.7 system-ui,sans-serif;margin:0;background:#f6f4fb;color:#1d1633}
header{display:flex;flex-wrap:wrap;gap:.5rem 1.5rem;padding:1rem 1.5rem;background:#3b1f73;color:#fff}header a{color:#fff}
main{max-inline-size:40rem;margin:2rem auto;padding:1.5rem;background:#fff;border-radius:12px}
button,.go{font:inherit;padding:.7rem 1.4rem;border:0;border-radius:8px;background:#3b1f73;color:#fff;text-decoration:none;display:inline-block}
label,legend{font-weight:600}fieldset{border:0;padding:0;margin:0 0 1.2rem}fieldset label{display:block;font-weight:400;min-block-size:44px}
input[type=text]{font:inherit;inline-size:100%;box-sizing:border-box;padding:.6rem;border:2px solid #6b6285;border-radius:8px;margin-block-end:1.2rem}
.bad{color:#a3152b;font-weight:600}dt{font-weight:600}dd{margin:0 0 .8rem}`;

type Question = {
  id: string;
  kind: string;
  label: string;
  hint?: string;
  required: boolean;
  value: string;
  checked?: boolean;
  options?: Array<{ value: string; label: string; chosen: boolean }>;
};
export type FormPage = { pageId: string; title: string; intro?: string; questions: Question[]; nextPageId?: string };

/** The state says what is asked; how it looks is the app's own. */
export function form(language: Language, of: FormPage, errors: ReadonlyMap<string, string>): string {
  const fields = of.questions.map((question) => {
    const name = escapeHtml(question.id);
    const error = errors.get(question.id);
    const says = `${error ? `<p class="bad" id="${name}-error">${escapeHtml(error)}</p>` : ''}${
      question.hint ? `<p>${escapeHtml(question.hint)}</p>` : ''
    }`;
    const isWrong = error ? ` aria-invalid="true" aria-describedby="${name}-error"` : '';
    if (question.options)
      return `<fieldset><legend>${escapeHtml(question.label)}</legend>${says}${question.options
        .map(
          (option) =>
            `<label><input type="radio" name="${name}" value="${escapeHtml(option.value)}"${
              option.chosen ? ' checked' : ''
            }${isWrong}> ${escapeHtml(option.label)}</label>`,
        )
        .join('')}</fieldset>`;
    if (question.kind === 'checkbox')
      return `<fieldset>${says}<label><input type="checkbox" name="${name}" value="yes"${
        question.checked ? ' checked' : ''
      }${isWrong}> ${escapeHtml(question.label)}</label></fieldset>`;
    return `<label for="${name}">${escapeHtml(question.label)}</label>${says}<input type="text" id="${name}" name="${name}" value="${escapeHtml(
      question.value,
    )}"${isWrong}>`;
  });
  return `${of.intro ? `<p>${escapeHtml(of.intro)}</p>` : ''}<form method="post" action="/form/${escapeHtml(of.pageId)}">${fields.join(
    '',
  )}<button>${say('next', language)}</button></form>`;
}
