import { formatDate, type Language, type Text } from '#kernel/languages';
import { originOf, partIn } from './address-model.ts';
import type { Answer, Question } from './contract.ts';
import { amountInWords } from './numbers.ts';
import { partsOf } from './parts.ts';
import { regionName } from './regions.ts';

export const yesNo: Array<{ value: string; label: Text }> = [
  { value: 'yes', label: { ar: 'نعم', en: 'Yes' } },
  { value: 'no', label: { ar: 'لا', en: 'No' } },
];

/** Of a list without anything in it. */
export const nothing: Text = { ar: 'لا يوجد', en: 'None' };

/** Of what the person named and no register confirms. */
const unlisted: Text = { ar: 'ليس في السجل، وغير مؤكد', en: 'not in the register, unconfirmed' };

/** What the entry of a group with this number is called: "Child 2". */
export function entryTitle(name: Text, number: number): Text {
  const digits = new Intl.NumberFormat('ar-SA-u-nu-arab').format(number);
  return { ar: `${name.ar} ${digits}`, en: `${name.en} ${number}` };
}

export function wordsOf(question: Question, answer: Answer, language: Language, state: string): string {
  const day = () => new Date(`${answer}T00:00:00Z`);
  const labelOf = (value: unknown) => question.options?.find((one) => one.value === value)?.label[language];
  switch (question.kind) {
    case 'checkbox':
    case 'yes-no':
      return yesNo[answer === false ? 1 : 0]!.label[language];
    case 'date':
      return formatDate(day(), language, { timeZone: 'UTC' });
    case 'hijri-date':
      return `${formatDate(day(), language, { timeZone: 'UTC', calendar: 'islamic-umalqura' })} (${formatDate(day(), language, { timeZone: 'UTC' })})`;
    case 'month':
      return new Intl.DateTimeFormat(`${language === 'ar' ? 'ar-SA-u-nu-arab' : 'en-GB-u-nu-latn'}-ca-gregory`, {
        timeZone: 'UTC',
        year: 'numeric',
        month: 'long',
      }).format(new Date(`${answer}-01T00:00:00Z`));
    case 'percent':
      return `${answer}%`;
    case 'money':
      return amountInWords(Number(answer), question.currency ?? '', language);
    case 'country':
      return regionName(String(answer), language);
    case 'checkboxes':
      return (answer as string[]).map((value) => labelOf(value) ?? value).join(language === 'ar' ? '، ' : ', ');
    case 'look-up': {
      const entry = answer as Record<string, string>;
      return entry['code'] === undefined ? `${entry[language]} (${unlisted[language]})` : entry[language]!;
    }
    case 'address':
      return (partsOf(question, state) ?? [])
        .flatMap(({ id, label }) => {
          const value = partIn(answer, id, language);
          return value === undefined ? [] : [`${label[language]}: ${value}`];
        })
        .join(language === 'ar' ? '، ' : ', ')
        .concat(` (${originOf(answer)[language]})`);
    default:
      return labelOf(answer) ?? String(answer);
  }
}
