import { type Field, type PageContext, textOf } from '#apps/portal';
import { latinDigits } from '#kernel/words';
import { type AskForMore, filesOfOneMax } from '#modules/cases';

type Papers = NonNullable<AskForMore['files']>;

const kinds: Array<{ value: NonNullable<Papers[number]['accept']>[number]; label: { ar: string; en: string } }> = [
  { value: 'application/pdf', label: { ar: 'PDF', en: 'PDF' } },
  { value: 'image/jpeg', label: { ar: 'صورة JPEG', en: 'JPEG picture' } },
  { value: 'image/png', label: { ar: 'صورة PNG', en: 'PNG picture' } },
];
/** So many papers the page has room for; a program may ask for more at once. */
const numbers = [1, 2, 3];
const hint = {
  ar: 'مستند يرسله المتقدّم ملفًا، مثل «صورة عقد العمل». اتركه فارغًا إن لم تطلب مستندًا.',
  en: 'Something that the applicant sends as a file, such as "A copy of the contract". Leave it empty if you need none.',
};

/** Papers that an officer asks for by name; the fields of one are empty where it is not asked for. */
export const paperFields: Field[] = [
  ...numbers.flatMap((number): Field[] => [
    {
      name: `paper-${number}-ar`,
      kind: 'text',
      label: { ar: `المستند ${number}: اسمه بالعربية`, en: `Paper ${number}: its name in Arabic` },
      ...(number === 1 ? { hint } : {}),
      lengthMax: 200,
    },
    {
      name: `paper-${number}-en`,
      kind: 'text',
      label: { ar: `المستند ${number}: اسمه بالإنجليزية`, en: `Paper ${number}: its name in English` },
      lengthMax: 200,
    },
    {
      name: `paper-${number}-files`,
      kind: 'number',
      label: { ar: `المستند ${number}: كم ملفًا على الأكثر`, en: `Paper ${number}: how many files at most` },
      value: '1',
    },
  ]),
  {
    name: 'kinds',
    kind: 'checkboxes',
    label: { ar: 'أنواع الملفات', en: 'Kinds of files' },
    hint: { ar: 'إن لم تختر شيئًا قُبلت كلها.', en: 'Choose none to accept all of them.' },
    choices: kinds,
  },
];

/** What was filled in of them. A number that is none is refused where the request is made. */
export function papersIn(form: PageContext['form']): Papers {
  const posted = form['kinds'];
  const chosen = Array.isArray(posted) ? posted : [posted];
  const accept = kinds.flatMap(({ value }) => (chosen.includes(value) ? [value] : []));
  return numbers.flatMap((number) => {
    const at = (part: string) => textOf(form[`paper-${number}-${part}`]).trim();
    const [nameAr, nameEn, typed] = [at('ar'), at('en'), latinDigits(at('files'))];
    if (!nameAr && !nameEn) return [];
    const filesMax = typed === '' ? 1 : /^\d$/.test(typed) ? Number(typed) : filesOfOneMax + 1;
    return [{ nameAr, nameEn, filesMax, ...(accept.length > 0 ? { accept } : {}) }];
  });
}
