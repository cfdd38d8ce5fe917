import type { ProblemDefinition } from '#kernel/problem';
import { callerProblems, documentProblems } from '#modules/exchange';

/** Why a document of another state cannot be had now. */
export const documentRefusals = [
  'document-expired',
  'document-changed',
  'document-unavailable',
  'documents-too-many',
  'document-invalid',
] as const;

export const systemProblems = {
  ...callerProblems,
  ...(Object.fromEntries(documentRefusals.map((code) => [code, documentProblems[code]])) as Pick<
    typeof documentProblems,
    (typeof documentRefusals)[number]
  >),
  'officer-not-named': {
    status: 422,
    en: 'A system does not do this by itself: name the officer of the office who decided or checked it, by `officerId`.',
    ar: 'لا يفعل النظام هذا من تلقاء نفسه: اذكر في `officerId` موظف الجهة الذي قرّر ذلك أو تحقق منه.',
  },
  'officer-unknown': {
    status: 422,
    en: 'Nobody of this office is known under the officer named. Take the id from the list of officers.',
    ar: 'لا يُعرف في هذه الجهة موظف بالرقم المذكور. خذ الرقم من قائمة الموظفين.',
  },
  'feed-place-unknown': {
    status: 409,
    en: 'This node has not come to that place yet, perhaps because it was restored from a backup. Follow the cases from the beginning.',
    ar: 'لم تبلغ هذه العقدة ذلك الموضع بعد، وربما استُعيدت من نسخة احتياطية. تابع الطلبات من البداية.',
  },
  'evidence-not-in-case': {
    status: 404,
    en: 'This case holds no such evidence, or none that can be proved or fetched. Take the ids from the case as it is now.',
    ar: 'لا يوجد في هذا الطلب إثبات كهذا، أو لا يمكن برهنته أو جلبه. خذ الأرقام من الطلب كما هو الآن.',
  },
} satisfies Record<string, ProblemDefinition>;
