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

/** Pages of a question that is looked up in a register. */
export const registerExamples = (formPage: FormPageView) => {
  const found = { ...none, words: 'ابن خلدون', entries, total: 24, pages: 3, page: 2 };
  const views = {
    'register-found': fieldOf(found, { answers: kept }),
    'register-nothing': fieldOf({ ...none, words: 'ابن خلدون' }),
    'register-whole': fieldOf({ ...none, isWhole: true, entries, total: 3 }, { posted, errors: [unnamed] }),
    'register-silent': fieldOf('unavailable', { answers: kept }),
  };
  return Object.entries(views).map(([example, field]) => ({
    page: pages.formPage,
    example,
    view: { ...formPage, lead: undefined, action: `/cases/${formPage.caseId}/pages/school`, fields: [field] },
  }));
};
