import { timingSafeEqual } from 'node:crypto';
import type { Tx } from '#kernel/database';
import { newId, sha256 } from '#kernel/ids';
import { problem } from '../../contract.ts';
import type { IdentityNeeds } from '../../needs.ts';
import { attemptLimits, keyedIndex } from '../../persons/rules.ts';
import type { Person, Persons } from '../../persons/service.ts';
import type { Throttle } from '../../persons/throttle.ts';
import type { Journal } from '../journal.ts';
import {
  cleanDocumentNumber,
  counterConfirmMs,
  counterDelayMs,
  counterUsableMs,
  isDocumentNumber,
  newRecoveryCode,
} from './rules.ts';
import * as store from './store.ts';

export const recoveryDocuments = ['identity-card', 'passport'] as const;
export type RecoveryDocument = (typeof recoveryDocuments)[number];

/** Why a second officer does not confirm. Codes alone: they stand in the ledger and name nobody. */
export const recoveryRefusals = ['another-person', 'document-doubtful', 'person-absent', 'mistake'] as const;
export type RecoveryRefusal = (typeof recoveryRefusals)[number];

/** What happens to a recovery from the counter. */
export type RecoveryStep = 'begun' | 'confirmed' | 'refused' | 'cancelled' | 'replaced' | 'unconfirmed' | 'used';

export type CounterOfficer = { personId: string; officeId: string };

export type OfficeRecovery = {
  recoveryId: string;
  personId: string;
  officerId: string;
  document: RecoveryDocument;
  /** `begun` waits for a second officer; `waiting` for the end of the three days after that. */
  state: 'begun' | 'unconfirmed' | 'refused' | 'waiting' | 'usable' | 'done' | 'cancelled' | 'replaced' | 'expired';
  openedAt: Date;
  /** The end of the time to confirm it, or of the time in which its code works. */
  expiresAt: Date;
  /** From the confirmation on. */
  usableFrom?: Date;
  /** The second officer. */
  settledBy?: string;
  refusedBecause?: RecoveryRefusal;
};

/** Access restored by two officers of one office, neither of whom is the person. */
export type Counter = {
  /**
   * An officer has the person and their document before them. The code is shown once; it works three days after another officer has
   * confirmed. Refuses `recovery-person-unknown`, `person-suspended`, `person-deceased`, `recovery-of-oneself`,
   * `document-not-checked`, `too-many-attempts`.
   */
  openAtCounter(opening: {
    nationalId: string;
    document: RecoveryDocument;
    /** As it stands on the document. A keyed hash is kept until the second officer has typed it too. */
    documentNumber: string;
    officer: CounterOfficer;
  }): Promise<{ recoveryId: string; code: string; confirmUntil: Date }>;
  listOfOffice(officeId: string): Promise<OfficeRecovery[]>;
  /** Refuses `recovery-unknown`. */
  getOfOffice(recoveryId: string, officeId: string): Promise<OfficeRecovery>;
  /**
   * Another officer has looked at the same document. Refuses as `openAtCounter`, and `recovery-unknown`, `recovery-settled`,
   * `recovery-by-two`, `document-number-differs`.
   */
  confirm(settling: { recoveryId: string; documentNumber: string; officer: CounterOfficer }): Promise<{
    usableFrom: Date;
  }>;
  /** Another officer does not agree; the code never works. Refuses as `confirm`. */
  refuse(settling: { recoveryId: string; reason: RecoveryRefusal; officer: CounterOfficer }): Promise<void>;
};

const listedMs = 30 * 86_400_000;

/** Whose access is restored is alive and not suspended, at every step. */
export function checkRestorable(person: Person): void {
  if (person.isDead) throw problem('person-deceased');
  if (person.isSuspended) throw problem('person-suspended');
}

/** Writes a step from the counter where the node keeps it, in the transaction that takes it. */
export function createSteps(needs: IdentityNeeds) {
  return async (tx: Tx, row: store.RecoveryRow, step: RecoveryStep): Promise<void> => {
    await needs.onRecovery?.(tx, {
      step,
      recoveryId: row.recovery_id,
      personId: row.person_id,
      officeId: row.office_id!,
      document: row.document!,
      at: needs.clock.now(),
      ...(row.refused_because === null ? {} : { reason: row.refused_because }),
    });
  };
}

export async function createCounter(
  needs: IdentityNeeds,
  persons: Persons,
  throttle: Throttle,
  journal: Journal,
): Promise<Counter & { expire(): Promise<void> }> {
  const { database, clock } = needs;
  const db = database.db;
  const numberKey = await needs.keys.secret('identity.recovery-documents');
  const later = (ms: number) => new Date(clock.now().getTime() + ms);
  const tellStep = createSteps(needs);
  const hashNumber = (recoveryId: string, typed: string) =>
    keyedIndex(numberKey, recoveryId, cleanDocumentNumber(typed));

  /** Every attempt counts, the right ones too: at a counter nobody stands who needs ten in a row. */
  const admit = (officer: CounterOfficer, step: 'begin' | 'settle') =>
    throttle.admit([
      { counter: throttle.counter(`recovery-${step}`, officer.personId), limit: attemptLimits.recoveryOfficer },
    ]);

  async function findToSettle(recoveryId: string, officer: CounterOfficer): Promise<store.RecoveryRow> {
    const row = await store.findInOffice(db, recoveryId, officer.officeId);
    if (row === undefined) throw problem('recovery-unknown');
    if (row.officer_id === officer.personId) throw problem('recovery-by-two');
    if (row.person_id === officer.personId) throw problem('recovery-of-oneself');
    if (row.state !== 'begun' || row.expires_at <= clock.now()) throw problem('recovery-settled');
    return row;
  }

  return {
    openAtCounter: async ({ nationalId, document, documentNumber, officer }) => {
      await admit(officer, 'begin');
      if (!isDocumentNumber(documentNumber)) throw problem('document-not-checked');
      const person = await persons.findByNationalId(nationalId.slice(0, 64));
      if (person === undefined || person.scheme === 'company') throw problem('recovery-person-unknown');
      checkRestorable(person);
      // Nobody checks their own document.
      if (person.personId === officer.personId) throw problem('recovery-of-oneself');
      const code = newRecoveryCode();
      const recoveryId = newId();
      const confirmUntil = later(counterConfirmMs);
      const row: store.RecoveryRow = {
        recovery_id: recoveryId,
        code: sha256(code),
        person_id: person.personId,
        opened_by: 'counter',
        officer_id: officer.personId,
        office_id: officer.officeId,
        document,
        document_number: hashNumber(recoveryId, documentNumber),
        settled_by: null,
        settled_at: null,
        refused_because: null,
        password_hash: null,
        totp_secret: null,
        state: 'begun',
        created_at: clock.now(),
        usable_from: null,
        expires_at: confirmUntil,
      };
      await database.transaction(async (tx) => {
        for (const replaced of await store.openRecovery(tx, row)) await tellStep(tx, replaced, 'replaced');
        await tellStep(tx, row, 'begun');
        await journal(tx, { personId: person.personId, kind: 'recovery-opened', at: clock.now() });
      });
      return { recoveryId, code, confirmUntil };
    },

    listOfOffice: async (officeId) =>
      (await store.listOfOffice(db, officeId, later(-listedMs))).map((row) => describeRecovery(row, clock.now())),

    getOfOffice: async (recoveryId, officeId) => {
      const row = await store.findInOffice(db, recoveryId, officeId);
      if (row === undefined) throw problem('recovery-unknown');
      return describeRecovery(row, clock.now());
    },

    confirm: async ({ recoveryId, documentNumber, officer }) => {
      await admit(officer, 'settle');
      const row = await findToSettle(recoveryId, officer);
      const person = await persons.findPerson(row.person_id);
      if (person === undefined) throw problem('recovery-person-unknown');
      checkRestorable(person);
      const numbers = throttle.counter('recovery-document', recoveryId);
      await throttle.admit([{ counter: numbers, limit: attemptLimits.code }]);
      // What was open before two were needed has no number: the second officer's look at the document stands alone there.
      const isSame =
        row.document_number === null ||
        timingSafeEqual(Buffer.from(row.document_number), hashNumber(recoveryId, documentNumber));
      if (!isDocumentNumber(documentNumber)) throw problem('document-not-checked');
      if (!isSame) throw problem('document-number-differs');
      const at = clock.now();
      const usableFrom = later(counterDelayMs);
      await database.transaction(async (tx) => {
        const settling = { recoveryId, by: officer.personId, at };
        const times = { usableFrom, expiresAt: later(counterDelayMs + counterUsableMs) };
        const settled = await store.settleRecovery(tx, settling, times);
        if (settled === undefined) throw problem('recovery-settled');
        await tellStep(tx, settled, 'confirmed');
        await journal(tx, { personId: settled.person_id, kind: 'recovery-confirmed', at });
      });
      return { usableFrom };
    },

    refuse: async ({ recoveryId, reason, officer }) => {
      await admit(officer, 'settle');
      await findToSettle(recoveryId, officer);
      const at = clock.now();
      await database.transaction(async (tx) => {
        const settling = { recoveryId, by: officer.personId, at };
        const settled = await store.settleRecovery(tx, settling, { refusedBecause: reason });
        if (settled === undefined) throw problem('recovery-settled');
        await tellStep(tx, settled, 'refused');
        await journal(tx, { personId: settled.person_id, kind: 'recovery-refused', at });
      });
    },

    expire: () =>
      database.transaction(async (tx) => {
        for (const row of await store.expireUnconfirmed(tx, clock.now())) await tellStep(tx, row, 'unconfirmed');
      }),
  };
}

function describeRecovery(row: store.RecoveryRow, now: Date): OfficeRecovery {
  const stateNow = (): OfficeRecovery['state'] => {
    if (row.state === 'begun') return row.expires_at <= now ? 'unconfirmed' : 'begun';
    if (row.state !== 'open') return row.state as 'unconfirmed' | 'refused' | 'done' | 'cancelled' | 'replaced';
    if (row.expires_at <= now) return 'expired';
    return row.usable_from! > now ? 'waiting' : 'usable';
  };
  return {
    recoveryId: row.recovery_id,
    personId: row.person_id,
    officerId: row.officer_id!,
    document: row.document as RecoveryDocument,
    state: stateNow(),
    openedAt: row.created_at,
    expiresAt: row.expires_at,
    ...(row.usable_from === null ? {} : { usableFrom: row.usable_from }),
    ...(row.settled_by === null ? {} : { settledBy: row.settled_by }),
    ...(row.refused_because === null ? {} : { refusedBecause: row.refused_because as RecoveryRefusal }),
  };
}
