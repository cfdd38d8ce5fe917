import type { Text } from '#kernel/languages';
import { problem } from '../problems.ts';
import type { CaseRole, Duty } from './contract.ts';

/** What a role can be limited by: the service of a case, and the other state that it has to do with. */
export type Work = { serviceId: string; state: string };
/**
 * The roles that somebody holds, and those of the system by which they act. Of a role that the state does not know now, nothing may be done.
 */
type Held = { roles?: readonly string[] | undefined; through?: { roles: readonly string[] } | undefined };

export const duties = ['read', 'work', 'decide', 'confirm', 'refund', 'answer', 'supervise', 'audit'] as const;

const covers = ({ services, states }: CaseRole, { serviceId, state }: Work): boolean =>
  (services?.includes(serviceId) ?? true) && (states?.includes(state) ?? true);

/** The roles by which an officer has a duty somewhere; none: nowhere. */
export function grantsOf(known: readonly CaseRole[], { roles = [] }: Held, duty: Duty): CaseRole[] {
  return known.filter(({ id, may }) => roles.includes(id) && may.includes(duty));
}

/** Whether an officer has a duty in this work; without any, whether anywhere. Whoever acts through a system may what both may. */
export function mayDo(known: readonly CaseRole[], held: Held, duty: Duty, work?: Work): boolean {
  return (
    grantsOf(known, held, duty).some((role) => work === undefined || covers(role, work)) &&
    (held.through === undefined || mayDo(known, { roles: held.through.roles }, duty, work))
  );
}

export const dutiesIn = (known: readonly CaseRole[], held: Held, work: Work): Duty[] =>
  duties.filter((duty) => mayDo(known, held, duty, work));

const dutyWords: Record<Duty, Text> = {
  read: { ar: 'الاطلاع على الطلبات', en: 'reading cases' },
  work: { ar: 'العمل على الطلبات', en: 'working on cases' },
  decide: { ar: 'القرار في الطلبات', en: 'deciding cases' },
  confirm: { ar: 'تأكيد قرارات الزملاء', en: 'confirming decisions of colleagues' },
  refund: { ar: 'رد الرسوم', en: 'giving back fees' },
  answer: { ar: 'المشاركة في طلبات الدول الأخرى', en: 'taking part in cases of other states' },
  supervise: { ar: 'الإشراف على الجهة', en: 'supervising the office' },
  audit: { ar: 'التدقيق في عمل الجهة', en: 'auditing the office' },
};
const nobody: Text = { ar: 'لا دور له بعد', en: 'no role has it yet' };

/** What the roles are called that would do for this work; without any, anywhere. */
export function namesOfRoles(known: readonly CaseRole[], duty: Duty, work?: Work): Text {
  const able = known.filter((role) => role.may.includes(duty) && (work === undefined || covers(role, work)));
  const listed = (language: 'ar' | 'en') =>
    able.map(({ names }) => names[language]).join(language === 'ar' ? '، ' : ', ') || nobody[language];
  return { ar: listed('ar'), en: listed('en') };
}

/** Refuses whoever has no role for it, and names the roles that have it. */
export function requireDuty(known: readonly CaseRole[], held: Held, duty: Duty, work?: Work): void {
  if (mayDo(known, held, duty, work)) return;
  throw problem('role-needed', { duty: dutyWords[duty], roles: namesOfRoles(known, duty, work) });
}
