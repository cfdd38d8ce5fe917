import { isLawful, type Question } from '#protocol/exchange-message';
import type { DisclosureRule } from '../access/contract.ts';

/** When and how far the person concerned is shown a use. */
export type Disclosure = {
  class: 'open' | 'delayed' | 'sealed' | 'about-others';
  /** Until then the person is shown nothing (`sealed`), or only that something is recorded (`delayed`). */
  hiddenUntil: Date | null;
  /** Whatever the class: shown without what would tell about somebody else. */
  isAboutOthers: boolean;
};

const dayMs = 86_400_000;

/**
 * The class of a use, settled when it is answered: rules changed later neither hide it nor bring it out earlier. What a person
 * consented to is open whatever the rules say, for they know of it.
 */
export function decideDisclosure(rules: readonly DisclosureRule[], question: Question, at: Date): Disclosure {
  if (!isLawful(question)) return { class: 'open', hiddenUntil: null, isAboutOthers: false };
  const rule = rules.find(
    ({ purpose, evidenceType }) =>
      purpose === question.purpose && (evidenceType === undefined || evidenceType === question.evidenceType),
  );
  const isAboutOthers = rule?.class === 'about-others';
  const { sealUntil } = question.ground;
  if (sealUntil) return { class: 'sealed', hiddenUntil: new Date(sealUntil), isAboutOthers };
  if (rule?.class === 'delayed')
    return { class: 'delayed', hiddenUntil: new Date(at.getTime() + rule.days! * dayMs), isAboutOthers };
  return { class: isAboutOthers ? 'about-others' : 'open', hiddenUntil: null, isAboutOthers };
}

/** Whether the ledger may say beside the entry whom it is about: what it says, the person may read whole. */
export function isOpen({ hiddenUntil, isAboutOthers }: Disclosure): boolean {
  return hiddenUntil === null && !isAboutOthers;
}

/**
 * What the person is shown of a use: `all` of it, `part` of it (it is about others too), `later` (that something is
 * recorded, and when it will be shown), or `nothing`.
 */
export function shownOf({ class: kind, hiddenUntil, isAboutOthers }: Disclosure, now: Date) {
  if (hiddenUntil !== null && now < hiddenUntil) return kind === 'sealed' ? 'nothing' : 'later';
  return isAboutOthers ? 'part' : 'all';
}

/** How a ledger entry names its class, and until when it is hidden. */
export function disclosureRecord({ class: kind, hiddenUntil }: Disclosure): Record<string, string> {
  return { disclosure: kind, ...(hiddenUntil ? { hiddenUntil: hiddenUntil.toISOString() } : {}) };
}
