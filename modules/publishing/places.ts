import type { Text } from '#kernel/languages';

/** Where a text stands: the file, and the way through it. */
export type Place = { file: string; path: string[] };
export type TextPlace = Place & { value: Text; words: Text };

const names: Record<string, Text> = {
  title: { ar: 'العنوان', en: 'Title' },
  summary: { ar: 'الملخص', en: 'Summary' },
  outcome: { ar: 'ما يحصل عليه الشخص', en: 'What people get' },
  whoMayApply: { ar: 'من يحق له', en: 'Who may apply' },
  why: { ar: 'سبب الطلب', en: 'Why it is asked for' },
  ifWithheld: { ar: 'إن لم يُرسَل', en: 'When it is left out' },
  names: { ar: 'الاسم', en: 'Name' },
  name: { ar: 'الاسم', en: 'Name' },
  article: { ar: 'المادة', en: 'Article' },
  howDecided: { ar: 'كيف يُتخذ القرار', en: 'How it is decided' },
  text: { ar: 'النص', en: 'Text' },
  label: { ar: 'السؤال أو الاسم', en: 'Label' },
  hint: { ar: 'التلميح', en: 'Hint' },
  intro: { ar: 'المقدمة', en: 'Introduction' },
  errors: { ar: 'نص الرفض', en: 'Words of a refusal' },
  words: { ar: 'الكلمة', en: 'Word' },
  beforeYouStart: { ar: 'قبل البدء', en: 'Before you start' },
  whatHappensNext: { ar: 'ما يحدث بعد ذلك', en: 'What happens next' },
  outcomeApproved: { ar: 'نتيجة القبول', en: 'Outcome when approved' },
  outcomeRefused: { ar: 'نتيجة الرفض', en: 'Outcome when refused' },
  statementApproved: { ar: 'نص الوثيقة عند القبول', en: 'The document says, when approved' },
  statementRefused: { ar: 'نص الوثيقة عند الرفض', en: 'The document says, when refused' },
  sealNote: { ar: 'ملاحظة الختم', en: 'Note on the seal' },
  ifRefused: { ar: 'بعد الرفض', en: 'After a refusal' },
  subject: { ar: 'عنوان الرسالة', en: 'Subject of the message' },
  short: { ar: 'النص القصير', en: 'Short text' },
  question: { ar: 'السؤال', en: 'Question' },
  confirmed: { ar: 'عند التأكيد', en: 'When confirmed' },
  refused: { ar: 'عند الرفض', en: 'When refused' },
  version: { ar: 'رقم النسخة', en: 'Label of the version' },
  workingDays: { ar: 'أيام العمل', en: 'Working days' },
  amountMinor: { ar: 'المبلغ بأصغر وحدة', en: 'Amount in the smallest unit' },
  exemptions: { ar: 'إعفاء', en: 'Exemption' },
  off: { ar: 'ما يخصمه الإعفاء', en: 'What an exemption takes off' },
  basisPoints: { ar: 'ما يُخصم، بجزء من مئة من النسبة المئوية', en: 'Taken off, in hundredths of a percent' },
  amounts: { ar: 'الرسم', en: 'Fee' },
  when: { ar: 'الشرط', en: 'Condition' },
  cases: { ar: 'حالة اختبار', en: 'Test case' },
  eligibility: { ar: 'حالة اختبار لفحص الأحقية', en: 'Test case of the check before applying' },
  reasons: { ar: 'السبب', en: 'Reason' },
  questions: { ar: 'السؤال', en: 'Question' },
  whatHelps: { ar: 'ما الذي يفيد', en: 'What would help' },
  afterwards: { ar: 'بعد ذلك', en: 'Afterwards' },
};

export const fileNames: Record<string, Text> = {
  'service.json': { ar: 'صفحة الخدمة', en: 'Page of the service' },
  'form.json': { ar: 'النموذج', en: 'Form' },
  'reasons.json': { ar: 'الأسباب', en: 'Reasons' },
  'texts.json': { ar: 'نصوص الطلب والوثيقة', en: 'Texts of the application and the document' },
  'notifications.json': { ar: 'الرسائل', en: 'Messages' },
  'credential.json': { ar: 'الشهادة الرقمية', en: 'Credential' },
  'casework.json': { ar: 'ما بعد الإرسال', en: 'After it was sent' },
  'fee.json': { ar: 'الرسوم', en: 'Fees' },
  'decision.dmn': { ar: 'القواعد', en: 'Rules' },
  'eligibility.json': { ar: 'فحص الأحقية قبل التقديم', en: 'Check before applying' },
  'eligibility.dmn': { ar: 'قواعد فحص الأحقية', en: 'Rules of the check before applying' },
  'tests.json': { ar: 'حالات الاختبار', en: 'Test cases' },
  'certificate.typ': { ar: 'صورة الوثيقة', en: 'Look of the document' },
};

/** Files whose texts officials write. Test cases have a page of their own. */
export const textFiles = [
  'service.json',
  'form.json',
  'texts.json',
  'reasons.json',
  'eligibility.json',
  'notifications.json',
  'casework.json',
  'fee.json',
];

export function isText(value: unknown): value is Text {
  if (typeof value !== 'object' || value === null) return false;
  const { ar, en } = value as Partial<Text>;
  return typeof ar === 'string' && typeof en === 'string' && Object.keys(value).length === 2 && !isPath(ar);
}
// A fact of the document has a way to its value in each language, which is no text.
const isPath = (text: string) => /^(evidence|answers|data|today|decision|case)\./.test(text);

/** What a place is called. */
export function wordsOf(path: readonly string[]): Text {
  // There are several titles; a law's is named as one.
  if (path[0] === 'legalBasis' && path.at(-1) === 'title') return { ar: 'عنوان النظام', en: 'Title of the law' };
  const last = path.findLast((step) => names[step] !== undefined);
  return last ? names[last]! : { ar: 'القيمة', en: 'Value' };
}

/** Every text of a file in both languages, in the order in which it stands there. */
export function listTexts(file: string, value: unknown, path: string[] = []): TextPlace[] {
  if (isText(value)) return [{ file, path, value, words: wordsOf(path) }];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => listTexts(file, item, [...path, key]));
}

export function valueIn(value: unknown, path: readonly string[]): unknown {
  let found = value;
  for (const key of path) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, key)) return undefined;
    found = (found as Record<string, unknown>)[key];
  }
  return found;
}

/** As files of services are written. */
export const printJson = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;
export const readJson = <Shape>(files: Record<string, string>, file: string): Shape | undefined =>
  files[file] === undefined ? undefined : (JSON.parse(files[file]) as Shape);
