import type { Text } from '#kernel/languages';

/** What an operator reads of the ends that people run into; any other is told by its code. */
export const outcomeNames: Record<string, Text> = {
  'signed-in': { ar: 'دخلوا', en: 'Signed in' },
  user_cancelled: { ar: 'ألغى الشخص', en: 'The person cancelled' },
  essential_claim_declined: { ar: 'رفض الشخص بيانًا لازمًا', en: 'The person declined something essential' },
  loa_unmet: { ar: 'لم يبلغ الدخول المستوى اللازم', en: 'The level that is needed was not reached' },
  timeout: { ar: 'انتهت المهلة', en: 'It took too long' },
  number_mismatch: { ar: 'اختير رقم آخر على الهاتف', en: 'Another number was given on the phone' },
  not_matched: { ar: 'لا سجل لهذا الشخص', en: 'No record of this person' },
  suspended: { ar: 'الهوية موقوفة', en: 'The identity is suspended' },
  mandate_ended: { ar: 'انتهى التفويض', en: 'The mandate has ended' },
  'upstream-failed': { ar: 'هوية الدولة لم تجب كما ينبغي', en: 'The eID of the state did not answer as it should' },
};

type Count = { side: string; outcome: string; level: string; count: number };

/** Counts of several days put together, the most frequent first. */
export function addUp(counts: readonly Count[]): Count[] {
  const sums = new Map<string, Count>();
  for (const { side, outcome, level, count } of counts) {
    const key = `${side} ${outcome} ${level}`;
    sums.set(key, { side, outcome, level, count: (sums.get(key)?.count ?? 0) + count });
  }
  return [...sums.values()].sort((a, b) => b.count - a.count || a.outcome.localeCompare(b.outcome));
}
