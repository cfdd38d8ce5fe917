import type { Text } from '#kernel/languages';
import type { FileType, QuestionKind } from '#modules/catalogue';

const say = (ar: string, en: string): Text => ({ ar, en });

export const yesNo = (value: boolean): Text => (value ? say('نعم', 'Yes') : say('لا', 'No'));

/** Kinds of question, as officials call them. */
export const kindNames: ReadonlyMap<QuestionKind, Text> = new Map([
  ['text', say('نص قصير', 'Short text')],
  ['textarea', say('نص طويل', 'Long text')],
  ['name', say('اسم', 'Name')],
  ['name-arabic', say('اسم بالعربية', 'Name in Arabic')],
  ['name-latin', say('اسم بالحروف اللاتينية', 'Name in Latin letters')],
  ['email', say('بريد إلكتروني', 'E-mail address')],
  ['phone', say('هاتف', 'Telephone')],
  ['web-address', say('عنوان موقع', 'Web address')],
  ['number', say('رقم', 'Number')],
  ['percent', say('نسبة مئوية', 'Percentage')],
  ['money', say('مبلغ', 'Amount of money')],
  ['date', say('تاريخ ميلادي', 'Date')],
  ['hijri-date', say('تاريخ هجري', 'Hijri date')],
  ['month', say('شهر', 'Month')],
  ['year', say('سنة', 'Year')],
  ['time', say('وقت', 'Time')],
  ['radios', say('خيار واحد، كلها ظاهرة', 'One of several, all shown')],
  ['choice', say('خيار واحد من قائمة', 'One of a list')],
  ['yes-no', say('نعم أو لا', 'Yes or no')],
  ['checkboxes', say('عدة خيارات', 'Several of them')],
  ['checkbox', say('مربع يجب تعليمه', 'A box to be ticked')],
  ['country', say('دولة', 'State or territory')],
  ['national-id', say('رقم هوية وطنية', 'National identity number')],
  ['passport', say('رقم جواز', 'Passport number')],
  ['iban', say('رقم حساب دولي', 'International bank account number')],
  ['address', say('عنوان', 'Postal address')],
  ['look-up', say('بحث في سجل عام', 'Looked up in a public register')],
  ['file', say('ملفات', 'Files')],
  ['group', say('مجموعة أسئلة متكررة', 'Questions that repeat')],
]);

export const fileTypeNames: Record<FileType, Text> = {
  'application/pdf': say('PDF', 'PDF'),
  'image/png': say('صورة PNG', 'PNG picture'),
  'image/jpeg': say('صورة JPEG', 'JPEG picture'),
};
