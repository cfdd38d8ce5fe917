import type { Language } from '#kernel/languages';
import type { Preferences } from '../contract.ts';
import type { MessageKinds } from '../templates/contract.ts';
import type { NotificationRules } from '../ways/contract.ts';

/**
 * For whoever has chosen nothing. Text messages cost money and wake people: they are for security alone until somebody
 * wants more. Notices in a browser come only to those that the person has added.
 */
export function usualPreferences(language: Language, rules: NotificationRules): Preferences {
  const usual = { isWanted: true, ways: ['email' as const, 'push' as const] };
  return {
    language,
    isDigest: false,
    ...(rules.quietHours ? { quietHours: rules.quietHours } : {}),
    topics: {
      cases: { ...usual },
      reminders: { ...usual },
      offers: { ...usual },
      documents: { ...usual },
      security: { isWanted: true, ways: ['email', 'sms', 'push'] },
    },
  };
}

/** Whether a kind goes into the mailbox at all. */
export function isKindWanted(kind: MessageKinds[string], preferences: Preferences): boolean {
  return kind.isMandatory || preferences.topics[kind.topic].isWanted;
}
