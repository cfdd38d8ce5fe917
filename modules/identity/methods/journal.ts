import type { Tx } from '#kernel/database';
import type { IdentityNeeds } from '../needs.ts';
import type { Signals } from '../signals/service.ts';
import { type MethodEventKind, writeEvent } from './store.ts';

/** Writes what happened to a person's ways of signing in into their own list, and tells other states where a credential changed. */
export type Journal = (tx: Tx, event: Parameters<typeof writeEvent>[1]) => Promise<void>;

/** CAEP 1.0 section 3.3: types of credentials, and what became of one. What is revoked or deleted ends sessions in other states. */
const credentialChanges: Partial<Record<MethodEventKind, { credential_type: string; change_type: string }>> = {
  'passkey-added': { credential_type: 'fido2-platform', change_type: 'create' },
  'passkey-removed': { credential_type: 'fido2-platform', change_type: 'delete' },
  'passkey-copied': { credential_type: 'fido2-platform', change_type: 'revoke' },
  'phone-added': { credential_type: 'app', change_type: 'create' },
  'phone-removed': { credential_type: 'app', change_type: 'delete' },
  'password-changed': { credential_type: 'password', change_type: 'update' },
  'code-app-changed': { credential_type: 'app', change_type: 'update' },
};

export function createJournal(signals: Signals, hear: IdentityNeeds['onMethodEvent']): Journal {
  return async (tx, event) => {
    await writeEvent(tx, event);
    await hear?.(tx, { personId: event.personId, kind: event.kind, at: event.at });
    const change = credentialChanges[event.kind];
    if (change !== undefined)
      await signals.tell(tx, {
        personId: event.personId,
        event: 'credential-change',
        at: event.at,
        details: () => change,
      });
  };
}
