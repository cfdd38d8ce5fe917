import type { Text } from '#kernel/languages';
import {
  type Answers,
  describePage,
  type FormDefinition,
  formFor,
  openForm,
  type PostedBody,
  validatePage,
} from '#modules/catalogue';
import type { Field } from '../components/fields.tsx';
import { fieldsOf } from '../routes/fields.ts';

const asked: Array<[string, string, string, object?]> = [
  ['name-arabic', 'الاسم بالعربية', 'Name in Arabic'],
  ['name-latin', 'الاسم باللاتينية', 'Name in Latin letters'],
  ['national-id', 'الرقم الشخصي', 'Personal number'],
  ['passport', 'رقم جواز السفر', 'Passport number'],
  ['country', 'بلد الميلاد', 'Country of birth'],
  ['hijri-date', 'تاريخ الميلاد الهجري', 'Date of birth, Hijri'],
  ['date', 'تاريخ بدء العمل', 'First day of work'],
  ['month', 'شهر التخرج', 'Month of graduation'],
  ['year', 'سنة التسجيل', 'Year of registration'],
  ['time', 'موعد الاتصال', 'Time to call'],
  ['address', 'عنوان السكن', 'Home address'],
  ['iban', 'رقم الحساب الدولي', 'IBAN'],
  ['money', 'الراتب الشهري', 'Monthly salary', { currency: 'BHD' }],
  ['percent', 'نسبة الملكية', 'Share owned'],
  ['web-address', 'موقع المنشأة', 'Web address of the business'],
  ['yes-no', 'هل تعمل الآن؟', 'Do you work now?'],
  [
    'checkboxes',
    'لغاتك',
    'Your languages',
    {
      options: [
        { value: 'ar', label: { ar: 'العربية', en: 'Arabic' } },
        { value: 'en', label: { ar: 'الإنجليزية', en: 'English' } },
        { value: 'ur', label: { ar: 'الأردية', en: 'Urdu' } },
      ],
    },
  ],
];
const idOf = (kind: string) => kind.replace(/-(.)/g, (_, letter) => letter.toUpperCase());
const schemas: Record<string, object> = {
  money: { type: 'integer' },
  year: { type: 'integer' },
  percent: { type: 'number' },
  'yes-no': { type: 'boolean' },
  checkboxes: { type: 'array', items: { type: 'string', enum: ['ar', 'en', 'ur'] } },
  address: { type: 'object', additionalProperties: { type: 'string' } },
};
const definition = {
  pages: [{ id: 'all', title: { ar: 'بياناتك', en: 'Your details' }, questions: asked.map(([kind]) => idOf(kind)) }],
  questions: Object.fromEntries(
    asked.map(([kind, ar, en, more]) => [idOf(kind), { kind, label: { ar, en }, ...more }]),
  ),
  schema: {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    properties: Object.fromEntries(asked.map(([kind]) => [idOf(kind), schemas[kind] ?? { type: 'string' }])),
    required: ['nameArabic', 'address', 'hijriDate', 'yesNo', 'country'],
    additionalProperties: false,
  },
} as unknown as FormDefinition;
const form = formFor(openForm(definition, 'BH'), {});

/** A page with every kind of question that has a control of its own, as a route draws it. */
export function fieldsOfEveryKind(posted?: PostedBody): Field[] {
  const errors = posted ? validatePage(form, 'all', posted).errors : [];
  const [ar, en] = (['ar', 'en'] as const).map((language) =>
    fieldsOf(describePage(form, 'all', { language, answers: {}, ...(posted ? { posted, errors } : {}) })),
  );
  return ar!.map((field, at) => mix(field, en![at]!));
}

const listed = {
  pages: ['reports', 'children'].map((id) => ({ id, title: { ar: 'صفحة', en: 'Page' }, questions: [id] })),
  questions: {
    reports: {
      kind: 'file',
      label: { ar: 'آخر شهادة مدرسية', en: 'Last school report' },
      hint: { ar: 'صورة واضحة من الهاتف تكفي.', en: 'A clear picture taken with a phone will do.' },
      files: { accept: ['application/pdf', 'image/jpeg'], bytesMax: 5_000_000 },
    },
    children: {
      kind: 'group',
      label: { ar: 'أبناؤك وبناتك', en: 'Your children' },
      entry: {
        name: { ar: 'ابن أو ابنة', en: 'Child' },
        asks: ['name', 'bornOn'],
        questions: {
          name: { kind: 'name', label: { ar: 'الاسم', en: 'Name' } },
          bornOn: { kind: 'date', label: { ar: 'تاريخ الميلاد', en: 'Date of birth' } },
        },
      },
    },
  },
  schema: {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    properties: {
      reports: { type: 'array', maxItems: 4 },
      children: {
        type: 'array',
        maxItems: 8,
        items: {
          type: 'object',
          properties: { name: { type: 'string' }, bornOn: { type: 'string' } },
          required: ['name', 'bornOn'],
          additionalProperties: false,
        },
      },
    },
    required: ['reports'],
    additionalProperties: false,
  },
} as unknown as FormDefinition;
const lists = formFor(openForm(listed, 'BH'), {});
const report = { mediaType: 'application/pdf', size: 482_113, sha256: '00', scan: 'clean' };
const answers = {
  reports: [
    { ...report, id: 'one', name: 'شهادة الصف الخامس 2025.pdf' },
    {
      ...report,
      id: 'two',
      name: 'School report (page 2).jpg',
      mediaType: 'image/jpeg',
      size: 2_350_000,
      scan: 'waiting',
    },
  ],
  children: [
    { name: 'سارة الحداد', bornOn: '2016-03-07' },
    { name: 'Yousif Alhaddad', bornOn: '2018-11-30' },
  ],
} as unknown as Answers;
const places = { files: '/cases/x/files', entries: '/cases/x/pages/children/entries' };
const listField = (page: string, error?: Text): Field => {
  const [ar, en] = (['ar', 'en'] as const).map(
    (language) => fieldsOf(describePage(lists, page, { language, answers }), places)[0]!,
  );
  return { ...mix(ar!, en!), ...(error ? { error } : {}) };
};

/** A question for files with two attached, as a route draws it. */
export const fileField = (error?: Text): Field => listField('reports', error);
/** A question for several entries, with two. */
export const groupField = (): Field => listField('children');
/** The questions of one entry. */
export function entryFields(): Field[] {
  const [ar, en] = (['ar', 'en'] as const).map((language) =>
    fieldsOf(describePage(lists.entryForms.get('children')!, 'entry', { language, answers: {} })),
  );
  return ar!.map((field, at) => mix(field, en![at]!));
}

/** Texts of one language each, as one field in both. */
export function mix<Value>(one: Value, other: Value): Value {
  if (Array.isArray(one)) {
    const others = other as unknown[];
    return one.map((value, at) => mix(value, others[at])) as Value;
  }
  if (typeof one !== 'object' || one === null) return one;
  const entries = Object.entries(one).map(([name, value]) => {
    const sibling = (other as Record<string, unknown>)[name];
    return [name, name === 'en' && typeof value === 'string' ? sibling : mix(value, sibling)];
  });
  return Object.fromEntries(entries);
}
