import type { Text } from '#kernel/languages';
import type { QuestionKind } from './contract.ts';

/** Sentences for what went wrong, ours in both languages: a library's would be English on an Arabic page. */
const sentences: Record<string, Text> = {
  required: { ar: 'أجب عن هذا السؤال: {label}', en: 'Answer this question: {label}' },
  'required:radios': { ar: 'اختر إجابة: {label}', en: 'Choose an answer: {label}' },
  'required:choice': { ar: 'اختر من القائمة: {label}', en: 'Choose from the list: {label}' },
  'required:checkbox': { ar: 'ضع علامة في المربع لتتابع: {label}', en: 'Tick the box to go on: {label}' },
  'too-short': { ar: 'اكتب {limit} أحرف على الأقل: {label}', en: 'Write at least {limit} characters: {label}' },
  'too-long': {
    ar: 'اختصر إلى {limit} حرفًا على الأكثر: {label}',
    en: 'Shorten to at most {limit} characters: {label}',
  },
  'too-small': { ar: 'اكتب رقمًا لا يقل عن {limit}: {label}', en: 'Write a number of at least {limit}: {label}' },
  'too-large': { ar: 'اكتب رقمًا لا يزيد على {limit}: {label}', en: 'Write a number of at most {limit}: {label}' },
  'not-an-option': { ar: 'اختر إجابة من الإجابات المعروضة: {label}', en: 'Choose one of the answers shown: {label}' },
  'not-a-number': { ar: 'اكتب رقمًا مثل 12: {label}', en: 'Write a number such as 12: {label}' },
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
    ar: 'اكتب تاريخًا صحيحًا باليوم والشهر والسنة، مثل 27 3 2019: {label}',
    en: 'Write a real date with day, month and year, such as 27 3 2019: {label}',
  },
  'not-a-name': {
    ar: 'اكتب الاسم بالحروف فقط، من دون أرقام أو رموز: {label}',
    en: 'Write the name in letters only, without digits or signs: {label}',
  },
  'characters-refused': {
    ar: 'في النص رموز خفية لا نقبلها. اكتبه من جديد بدل لصقه: {label}',
    en: 'The text holds hidden characters that we do not accept. Type it again instead of pasting: {label}',
  },
  'wrong-form': {
    ar: 'الإجابة ليست بالصيغة المطلوبة: {label}',
    en: 'The answer does not have the expected form: {label}',
  },
};

export function sentenceFor(
  code: string,
  kind: QuestionKind,
  label: Text,
  limit?: number,
  own?: Record<string, Text>,
): Text {
  const text = own?.[code] ?? sentences[`${code}:${kind}`] ?? sentences[code] ?? sentences['wrong-form']!;
  const fill = (sentence: string, name: string) =>
    sentence.replace('{label}', name).replace('{limit}', limit === undefined ? '' : String(limit));
  return { ar: fill(text.ar, label.ar), en: fill(text.en, label.en) };
}
