import { type Tables, useTable } from '#apps/portal';

const en = {
  'checklist.title': 'To check by hand',
  'checklist.stands': '{n} of {of} checked.',
  'checklist.words': 'Colleagues see who checked what and when; the applicant does not.',
  'checklist.keep': 'Keep what I marked',
  'checklist.open': 'Open',
  'checklist.before': 'Needed before',
  'checklist.beforeAnswer': 'Before the applicant’s answer: look again',
  'checklist.somebody': 'An officer',
};
type ChecklistKey = keyof typeof en;

const ar: Record<ChecklistKey, string> = {
  'checklist.title': 'ما يُتحقق منه يدويًا',
  'checklist.stands': 'تم التحقق من {n, number} من أصل {of, number}.',
  'checklist.words': 'يرى الزملاء من تحقق من ماذا ومتى، ولا يراه المتقدّم.',
  'checklist.keep': 'حفظ ما علّمته',
  'checklist.open': 'مفتوحة',
  'checklist.before': 'مطلوبة قبل',
  'checklist.beforeAnswer': 'قبل رد المتقدّم: انظر فيها من جديد',
  'checklist.somebody': 'موظف',
};
const checklistTexts: Tables<ChecklistKey> = { ar, en };
export const useChecklistTexts = () => useTable(checklistTexts);
