import {
  describePage,
  type FormDefinition,
  formFor,
  type LookedUp,
  openForm,
  type PageFacts,
} from '#modules/catalogue';
import type { Field } from '../components/fields.tsx';
import { type FormPageView, pages } from '../pages/index.ts';
import { fieldsOf } from '../routes/fields.ts';
import { mix } from './form-kinds-view.ts';

const form = formFor(
  openForm(
    {
      pages: [{ id: 'school', title: { ar: 'المدرسة', en: 'School' }, questions: ['school'] }],
      questions: {
        school: {
          kind: 'look-up',
          label: { ar: 'في أي مدرسة يدرس الطفل؟', en: 'Which school does the child go to?' },
          hint: { ar: 'من سجل مدارس هذه الدولة.', en: 'From the register of schools of this state.' },
          lookUp: { register: 'schools', mayBeUnlisted: true },
        },
      },
      schema: {
        $schema: 'https://json-schema.org/draft/2020-12/schema',
        type: 'object',
        properties: { school: { type: 'object' } },
        required: ['school'],
        additionalProperties: false,
      },
    } as FormDefinition,
    'SA',
  ),
  {},
);
const names = { ar: 'مدارس الدولة', en: 'Schools of the state' };
const namesakes = [
  ['P-1001', 'الرياض', 'Riyadh'],
  ['P-1101', 'جدة', 'Jeddah'],
  ['P-1201', 'الدمام', 'Dammam'],
] as const;
const entries = namesakes.map(([code, ar, en]) => ({
  code,
  ar: 'مدرسة ابن خلدون الابتدائية',
  en: 'Ibn Khaldun Primary School',
  note: { ar, en },
}));
const none = { words: '', names, isWhole: false, entries: [], total: 0, isMore: false, page: 1, pages: 1 };

const fieldOf = (lookedUp: LookedUp, facts: Partial<PageFacts> = {}): Field => {
  const [ar, en] = (['ar', 'en'] as const).map(
    (language) =>
      fieldsOf(describePage(form, 'school', { language, answers: {}, lookedUp: { school: lookedUp }, ...facts }), {
        tasks: '/cases/x',
      })[0]!,
  );
  return mix(ar!, en!);
};
const kept = { school: { code: 'S-1004', ar: 'مدرسة النور الثانوية', en: 'Al Noor Secondary School' } };
const posted = { school: ':unlisted', 'school-unlisted': '' };
const unnamed = {
  field: 'school',
  control: 'school-unlisted',
  code: 'unlisted-missing',
  message: { ar: 'اكتب الاسم الذي لم تجده في السجل.', en: 'Write the name that you did not find in the register.' },
};

const addressForm = formFor(
  openForm(
    {
      pages: [{ id: 'home', title: { ar: 'السكن', en: 'Home' }, questions: ['home'] }],
      questions: { home: { kind: 'address', label: { ar: 'عنوان السكن', en: 'Where do you live?' } } },
      schema: {
        $schema: 'https://json-schema.org/draft/2020-12/schema',
        type: 'object',
        properties: { home: { type: 'object' } },
        required: ['home'],
        additionalProperties: false,
      },
    } as FormDefinition,
    'BH',
  ),
  {},
);
const buildings = ['121', '204', '287'].map((building) => ({
  code: `${building}-1705-317`,
  ar: `مبنى ${building}، طريق 1705، مجمع 317، المنطقة الدبلوماسية`,
  en: `Building ${building}, Road 1705, Block 317, Diplomatic Area`,
  parts: {
    building: { ar: building, en: building },
    road: { ar: '1705', en: '1705' },
    block: { ar: '317', en: '317' },
    area: { ar: 'المنطقة الدبلوماسية', en: 'Diplomatic Area' },
  },
}));
const addressNames = { ar: 'سجل العناوين', en: 'register of addresses' };
const addressHint = { ar: 'رقم المبنى ثم الطريق ثم المجمع.', en: 'The numbers of building, road and block.' };

const addressOf = (lookedUp: LookedUp): Field => {
  const [ar, en] = (['ar', 'en'] as const).map(
    (language) =>
      fieldsOf(describePage(addressForm, 'home', { language, answers: {}, lookedUp: { home: lookedUp } }))[0]!,
  );
  return mix(ar!, en!);
};

/** Pages of a question that is looked up in a register. */
export const registerExamples = (formPage: FormPageView) => {
  const found = { ...none, words: 'ابن خلدون', entries, total: 24, pages: 3, page: 2 };
  const sought = { ...none, words: '1705 317', names: addressNames, hint: addressHint };
  const views = {
    'register-found': fieldOf(found, { answers: kept }),
    'register-nothing': fieldOf({ ...none, words: 'ابن خلدون' }),
    'register-whole': fieldOf({ ...none, isWhole: true, entries, total: 3 }, { posted, errors: [unnamed] }),
    'register-silent': fieldOf('unavailable', { answers: kept }),
    'address-several': addressOf({ ...sought, entries: buildings, total: 3 }),
    'address-filled': addressOf({ ...sought, entries: [buildings[0]!], total: 1, chosen: buildings[0]!.code }),
    'address-nothing': addressOf({ ...sought, entries: [], total: 0 }),
    'address-silent': addressOf('unavailable'),
  };
  return Object.entries(views).map(([example, field]) => ({
    page: pages.formPage,
    example,
    view: { ...formPage, lead: undefined, action: `/cases/${formPage.caseId}/pages/school`, fields: [field] },
  }));
};
