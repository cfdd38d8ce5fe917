import type { Tx } from '#kernel/database';
import { dateIn, type Text } from '#kernel/languages';
import type { Apps } from '#modules/apps';
import type { Events } from '#modules/events';
import type { RecoveryStep } from '#modules/identity';
import type { Ledger } from '#modules/ledger';
import type { Notifications } from '#modules/notifications';
import { createTelling } from './telling.ts';

type RevokedCredential = { personId?: string; credentialId: string; officeId: string; typeId: string; at: Date };
type Office = { id: string; announces?: readonly string[] | undefined };

/**
 * Tells offices of other states what the modules of this node do to a person: each fact becomes an event in the transaction that
 * makes it, in the name of the office that announces such events. Where no office does, nothing is told. A death, a birth or a
 * licence is a fact of an office's own books: its registrar announces it.
 */
export function createAnnouncements(needs: {
  ledger: Pick<Ledger, 'append'>;
  offices: readonly Office[];
  timeZone: string;
  /** What a type of document is called; undefined for one that is not known any more. */
  findDocumentNames(typeId: string): Text | undefined;
  /** Late, because modules are made one after another. */
  events(): Pick<Events, 'publish'>;
  /** The people themselves are told of the same, in their mailbox. */
  notifications(): Pick<Notifications, 'tell'>;
  /** What a suspended person allowed ends with it. */
  apps(): Pick<Apps, 'endAllOf'>;
}) {
  const telling = createTelling(needs);
  const dayOf = (at: Date) => dateIn(at, needs.timeZone);
  const announcersOf = (type: string) => needs.offices.filter(({ announces }) => announces?.includes(type));
  return {
    /** What the identity module hears in its transactions. */
    identity: {
      onPresence: async (
        tx: Tx,
        { personId, ...presence }: { personId: string; officeId: string; level: string; homeState: string },
      ) => (await needs.ledger.append(tx, { kind: 'person-present', record: presence, personId })).leafHash,
      onRestored: async (tx: Tx, { personId, at, reason }: { personId: string; at: Date; reason: string }) => {
        await needs.ledger.append(tx, {
          kind: 'identity-restored',
          personId,
          record: { reason, at: at.toISOString() },
        });
        await telling.onRestored(tx, { personId, at });
      },
      onMethodEvent: telling.onMethodEvent,
      onRecovery: async (
        tx: Tx,
        taken: {
          step: RecoveryStep;
          recoveryId: string;
          personId: string;
          officeId: string;
          document: string;
          at: Date;
          reason?: string;
        },
      ) => {
        const { step, personId, at, ...record } = taken;
        await needs.ledger.append(tx, {
          kind: `recovery-${step}`,
          personId,
          record: { ...record, at: at.toISOString() },
        });
      },
      onSuspendedAtHome: (tx: Tx, personId: string) => needs.apps().endAllOf(tx, personId),
      onSuspended: async (tx: Tx, { personId, at, reason }: { personId: string; at: Date; reason: string }) => {
        await needs.ledger.append(tx, {
          kind: 'identity-suspended',
          personId,
          record: { reason, at: at.toISOString() },
        });
        await telling.onSuspended(tx, { personId, at });
        await needs.apps().endAllOf(tx, personId);
        const type = 'identity-suspended';
        for (const { id } of announcersOf(type))
          await needs
            .events()
            .publish(tx, { officeId: id, type, personId, occurredAt: at, data: { suspended_on: dayOf(at) } });
      },
    },
    /** In the name of the office that issued the credential. */
    onCredentialRevoked: async (tx: Tx, revoked: RevokedCredential) => {
      await telling.onCredentialRevoked(tx, revoked);
      const { personId, officeId, typeId, at } = revoked;
      const type = 'credential-revoked';
      if (personId === undefined || !announcersOf(type).some(({ id }) => id === officeId)) return;
      const data = { credential_type: typeId, revoked_on: dayOf(at) };
      await needs.events().publish(tx, { officeId, type, personId, occurredAt: at, data });
    },
    /** To the office that had the consent, and to nobody else. */
    onConsentWithdrawn: async (
      tx: Tx,
      withdrawn: { consentId: string; personId: string; requester: string; at: Date },
    ) => {
      await telling.onConsentWithdrawn(tx, withdrawn);
      const { consentId, personId, requester, at } = withdrawn;
      const type = 'consent-withdrawn';
      const data = { consent_id: consentId, withdrawn_on: dayOf(at) };
      for (const { id } of announcersOf(type))
        await needs.events().publish(tx, { officeId: id, type, personId, occurredAt: at, data, onlyTo: requester });
    },
  };
}
