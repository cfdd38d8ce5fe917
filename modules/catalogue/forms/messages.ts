import type { ErrorObject } from 'ajv/dist/2020.js';
import type { Language, Text } from '#kernel/languages';
import type { QuestionKind } from './contract.ts';

/** Sentences for what went wrong, ours in both languages: a library's would be English on an Arabic page. */
const sentences: Record<string, Text> = {
  required: { ar: 'أجب عن هذا السؤال: {label}', en: 'Answer this question: {label}' },
  'required:radios': { ar: 'اختر إجابة: {label}', en: 'Choose an answer: {label}' },
  'required:choice': { ar: 'اختر من القائمة: {label}', en: 'Choose from the list: {label}' },
  'required:yes-no': { ar: 'اختر نعم أو لا: {label}', en: 'Choose yes or no: {label}' },
  'required:country': { ar: 'اختر من القائمة: {label}', en: 'Choose from the list: {label}' },
  'required:checkboxes': { ar: 'اختر إجابة واحدة على الأقل: {label}', en: 'Choose at least one answer: {label}' },
  'required:checkbox': { ar: 'ضع علامة في المربع لتتابع: {label}', en: 'Tick the box to go on: {label}' },
  'required:file': { ar: 'أرفق ملفًا: {label}', en: 'Attach a file: {label}' },
  'required:group': { ar: 'أضف واحدًا على الأقل: {label}', en: 'Add at least one: {label}' },
  'too-few': { ar: 'اختر {limit} على الأقل: {label}', en: 'Choose at least {limit}: {label}' },
  'too-few:group': { ar: 'أضف {limit} على الأقل: {label}', en: 'Add at least {limit}: {label}' },
  'too-few:file': { ar: 'أرفق {limit} ملفات على الأقل: {label}', en: 'Attach at least {limit} files: {label}' },
  'too-many:group': { ar: 'العدد الأقصى {limit}: {label}', en: 'Add at most {limit}: {label}' },
  'too-many:file': {
    ar: 'عدد الملفات المقبول {limit} على الأكثر. احذف ملفًا لترفق غيره: {label}',
    en: 'At most {limit} files are taken. Remove one to attach another: {label}',
  },
  'too-short': { ar: 'اكتب {limit} أحرف على الأقل: {label}', en: 'Write at least {limit} characters: {label}' },
  'too-long': {
    ar: 'اختصر إلى {limit} حرفًا على الأكثر: {label}',
    en: 'Shorten to at most {limit} characters: {label}',
  },
  'too-small': { ar: 'اكتب رقمًا لا يقل عن {limit}: {label}', en: 'Write a number of at least {limit}: {label}' },
  'too-large': { ar: 'اكتب رقمًا لا يزيد على {limit}: {label}', en: 'Write a number of at most {limit}: {label}' },
  'too-many': { ar: 'اختر {limit} على الأكثر: {label}', en: 'Choose at most {limit}: {label}' },
  'not-an-option': { ar: 'اختر إجابة من الإجابات المعروضة: {label}', en: 'Choose one of the answers shown: {label}' },
  'not-a-number': { ar: 'اكتب رقمًا مثل ١٢: {label}', en: 'Write a number such as 12: {label}' },
  'not-whole': { ar: 'اكتب رقمًا صحيحًا بلا كسور: {label}', en: 'Write a whole number: {label}' },
  'not-an-email': {
    ar: 'اكتب بريدًا إلكترونيًا كاملًا مثل name@example.com',
    en: 'Write a full e-mail address such as name@example.com',
  },
  'not-a-phone': {
    ar: 'اكتب رقم الهاتف مع رمز الدولة، مثل +973 3600 0000',
    en: 'Write the phone number with its country code, such as +973 3600 0000',
  },
  'not-a-date': {
    ar: 'اكتب تاريخًا صحيحًا باليوم والشهر والسنة، مثل ٢٧ ٣ ٢٠١٩: {label}',
    en: 'Write a real date with day, month and year, such as 27 3 2019: {label}',
  },
  'not-a-hijri-date': {
    ar: 'اكتب تاريخًا هجريًا صحيحًا باليوم والشهر والسنة، مثل ١٢ ٦ ١٤٤٨: {label}',
    en: 'Write a real Hijri date with day, month and year, such as 12 6 1448: {label}',
  },
  'not-a-month': {
    ar: 'اكتب شهرًا وسنة، مثل ٩ ٢٠٢٤: {label}',
    en: 'Write a month and a year, such as 9 2024: {label}',
  },
  'not-a-year': {
    ar: 'اكتب السنة بأربعة أرقام، مثل ٢٠١٩: {label}',
    en: 'Write the year in four digits, such as 2019: {label}',
  },
  'not-a-time': {
    ar: 'اكتب الساعة من ٠ إلى ٢٣ والدقيقة من ٠ إلى ٥٩، مثل ١٤ ٣٠: {label}',
    en: 'Write an hour from 0 to 23 and a minute from 0 to 59, such as 14 30: {label}',
  },
  'not-an-amount': {
    ar: 'اكتب مبلغًا بالأرقام، مثل ١٢٥٠٫٥٠: {label}',
    en: 'Write an amount in digits, such as 1250.50: {label}',
  },
  'not-a-percentage': {
    ar: 'اكتب نسبة من ٠ إلى ١٠٠: {label}',
    en: 'Write a percentage from 0 to 100: {label}',
  },
  'not-an-address': {
    ar: 'اكتب عنوان موقع كاملًا مثل https://example.com',
    en: 'Write a full web address such as https://example.com',
  },
  'not-a-national-id': {
    ar: 'الرقم ليس رقم هوية صحيحًا. اكتبه كما في البطاقة: {label}',
    en: 'This is not a valid identity number. Write it as it is on the card: {label}',
  },
  'not-a-passport': {
    ar: 'اكتب رقم الجواز كما هو فيه، من ٥ إلى ٩ أحرف وأرقام: {label}',
    en: 'Write the passport number as it is printed, 5 to 9 letters and digits: {label}',
  },
  'not-an-iban': {
    ar: 'رقم الحساب الدولي غير صحيح. انسخه من مصرفك كاملًا، ويبدأ بحرفين مثل BH: {label}',
    en: 'This IBAN is not right. Copy all of it from your bank; it begins with two letters such as BH: {label}',
  },
  'part-missing': { ar: 'اكتب: {label}', en: 'Write: {label}' },
  'part-wrong': { ar: 'صحّح: {label}', en: 'Correct: {label}' },
  'not-a-name:name-arabic': {
    ar: 'اكتب الاسم بالحروف العربية فقط: {label}',
    en: 'Write the name in Arabic letters only: {label}',
  },
  'not-a-name:name-latin': {
    ar: 'اكتب الاسم بالحروف اللاتينية كما في الجواز: {label}',
    en: 'Write the name in Latin letters, as in the passport: {label}',
  },
  'not-a-name': {
    ar: 'اكتب الاسم بالحروف فقط، من دون أرقام أو رموز: {label}',
    en: 'Write the name in letters only, without digits or signs: {label}',
  },
  'characters-refused': {
    ar: 'في النص رموز خفية لا نقبلها. اكتبه من جديد بدل لصقه: {label}',
    en: 'The text holds hidden characters that we do not accept. Type it again instead of pasting: {label}',
  },
  'required:look-up': { ar: 'اختر من السجل: {label}', en: 'Choose from the register: {label}' },
  'not-in-register': {
    ar: 'ما اخترته ليس في السجل. ابحث من جديد واختر مما يظهر: {label}',
    en: 'What you chose is not in the register. Search again and choose from what is found: {label}',
  },
  'register-silent': {
    ar: 'السجل لا يستجيب الآن فلا يمكن التحقق من اختيارك. طلبك محفوظ: تابع في الصفحات الأخرى وعُد إلى هذه الصفحة بعد دقائق: {label}',
    en: 'The register does not answer right now, so your choice cannot be checked. Your application is kept: go on with the other pages and come back to this one in a few minutes: {label}',
  },
  'unlisted-missing': {
    ar: 'اكتب الاسم الذي لم تجده في السجل: {label}',
    en: 'Write the name that you did not find in the register: {label}',
  },
  'unlisted-too-long': {
    ar: 'اختصر الاسم إلى ٢٠٠ حرف على الأكثر: {label}',
    en: 'Shorten the name to at most 200 characters: {label}',
  },
  'harmful-file': {
    ar: 'في أحد الملفات المرفقة برنامج ضار. احذفه لتتابع: {label}',
    en: 'An attached file holds harmful software. Remove it to go on: {label}',
  },
  'wrong-form': {
    ar: 'الإجابة ليست بالصيغة المطلوبة: {label}',
    en: 'The answer does not have the expected form: {label}',
  },
};

const limitIn = (language: Language, limit: number) =>
  limit.toLocaleString(language === 'ar' ? 'ar-u-nu-arab' : 'en', { useGrouping: false, maximumFractionDigits: 6 });

export function sentenceFor(
  code: string,
  kind: QuestionKind,
  label: Text,
  limit?: number,
  own?: Record<string, Text>,
): Text {
  const text = own?.[code] ?? sentences[`${code}:${kind}`] ?? sentences[code] ?? sentences['wrong-form']!;
  const fill = (language: Language) =>
    text[language]
      .replace('{label}', label[language])
      .replace('{limit}', limit === undefined ? '' : limitIn(language, limit));
  return { ar: fill('ar'), en: fill('en') };
}

/** The sentence to say for a JSON Schema keyword that failed. */
export function codeOfKeyword(error: ErrorObject): { code: string; limit?: number } {
  const limit = (error.params as { limit?: number }).limit;
  switch (error.keyword) {
    case 'minLength':
      return { code: 'too-short', limit };
    case 'maxLength':
      return { code: 'too-long', limit };
    case 'minimum':
    case 'exclusiveMinimum':
      return { code: 'too-small', limit };
    case 'maximum':
    case 'exclusiveMaximum':
      return { code: 'too-large', limit };
    case 'minItems':
      return { code: 'too-few', limit };
    case 'maxItems':
      return { code: 'too-many', limit };
    case 'enum':
    case 'const':
      return { code: 'not-an-option' };
    case 'multipleOf':
      return { code: (error.params as { multipleOf?: number }).multipleOf === 1 ? 'not-whole' : 'wrong-form' };
    case 'type':
      return { code: (error.params as { type?: string }).type === 'integer' ? 'not-whole' : 'wrong-form' };
    default:
      return { code: 'wrong-form' };
  }
}
