import type { Tx } from '#kernel/database';
import { formatDate, type Text } from '#kernel/languages';
import type { MethodEventKind } from '#modules/identity';
import type { Notifications } from '#modules/notifications';

type MethodMessage = { kind: string; way?: Text };

const added = (ar: string, en: string): MethodMessage => ({ kind: 'way-to-sign-in-added', way: { ar, en } });
const removed = (ar: string, en: string): MethodMessage => ({ kind: 'way-to-sign-in-removed', way: { ar, en } });

/** What a person is told of their ways to sign in; the use of one is no news. */
const methodMessages: Partial<Record<MethodEventKind, MethodMessage>> = {
  'passkey-added': added('مفتاح مرور', 'a passkey'),
  'phone-added': added('هاتف يوافق على الدخول', 'a phone that approves sign-ins'),
  'password-changed': added('كلمة المرور', 'the password'),
  'code-app-changed': added('تطبيق الرموز', 'the authenticator app'),
  'passkey-removed': removed('مفتاح مرور', 'a passkey'),
  'passkey-copied': removed('مفتاح مرور ربما نُسخ', 'a passkey that may have been copied'),
  'phone-removed': removed('هاتف كان يوافق على الدخول', 'a phone that approved sign-ins'),
  'recovery-opened': { kind: 'recovery-begun' },
  'recovery-confirmed': { kind: 'recovery-confirmed' },
  'recovery-refused': { kind: 'recovery-refused' },
  'recovery-done': { kind: 'recovery-used' },
};

/** Puts messages into mailboxes for what modules say in their own transactions, so that the fact and its message come together. */
export function createTelling(needs: {
  timeZone: string;
  /** What a type of document is called; undefined for one that is not known any more. */
  findDocumentNames(typeId: string): Text | undefined;
  /** Late, because modules are made one after another. */
  notifications(): Pick<Notifications, 'tell'>;
}) {
  const day = (at: Date): Text => ({
    ar: formatDate(at, 'ar', { timeZone: needs.timeZone }),
    en: formatDate(at, 'en', { timeZone: needs.timeZone }),
  });
  const security = (tx: Tx, personId: string, at: Date, name: string, message: MethodMessage) =>
    needs.notifications().tell(tx, {
      personId,
      kind: message.kind,
      source: `${name}:${at.toISOString()}`,
      ...(message.way ? { values: { way: message.way } } : {}),
      link: '/ways',
    });
  return {
    onMethodEvent: async (tx: Tx, event: { personId: string; kind: MethodEventKind; at: Date }) => {
      const message = methodMessages[event.kind];
      if (message) await security(tx, event.personId, event.at, event.kind, message);
    },
    onSuspended: (tx: Tx, { personId, at }: { personId: string; at: Date }) =>
      security(tx, personId, at, 'identity-suspended', { kind: 'identity-suspended' }),
    onRestored: (tx: Tx, { personId, at }: { personId: string; at: Date }) =>
      security(tx, personId, at, 'identity-restored', { kind: 'identity-restored' }),
    onCredentialRevoked: async (tx: Tx, revoked: { personId?: string; credentialId: string; typeId: string }) => {
      const { personId, credentialId, typeId } = revoked;
      if (personId === undefined) return;
      await needs.notifications().tell(tx, {
        personId,
        kind: 'document-cancelled',
        source: `document-cancelled:${credentialId}`,
        values: { document: needs.findDocumentNames(typeId) ?? { ar: 'وثيقة رسمية', en: 'official document' } },
      });
    },
    onConsentWithdrawn: (tx: Tx, { consentId, personId, at }: { consentId: string; personId: string; at: Date }) =>
      needs.notifications().tell(tx, {
        personId,
        kind: 'consent-ended',
        source: `consent-ended:${consentId}`,
        values: { day: day(at) },
        link: `/my-data/consents/${consentId}/receipt`,
      }),
  };
}
