import type { Tx } from '#kernel/database';
import { newId, sha256 } from '#kernel/ids';
import { normalizeNationalId } from '#protocol/national-ids';
import { problem } from '../../contract.ts';
import type { IdentityNeeds } from '../../needs.ts';
import { attemptLimits, findTotpStep, hashPassword, openSecret, sealSecret } from '../../persons/rules.ts';
import type { Persons } from '../../persons/service.ts';
import type { Throttle } from '../../persons/throttle.ts';
import type { Journal } from '../journal.ts';
import { endConfirmations } from '../store.ts';
import type { MethodId } from '../table.ts';
import {
  cleanRecoveryCode,
  counterDelayMs,
  counterUsableMs,
  isPasswordAllowed,
  newRecoveryCode,
  newTotpSecret,
  ownUsableMs,
  passwordLengthMin,
} from './rules.ts';
import * as store from './store.ts';

export type RecoveryDocument = 'identity-card' | 'passport';

export type OfficeRecovery = {
  recoveryId: string;
  personId: string;
  officerId: string;
  document: RecoveryDocument;
  state: 'waiting' | 'usable' | 'done' | 'cancelled' | 'replaced' | 'expired';
  openedAt: Date;
  usableFrom: Date;
};

export type Recovery = {
  /** An officer has the person and their document before them. The code is shown once, and works after three days. */
  openAtCounter(opening: {
    nationalId: string;
    document: RecoveryDocument;
    officer: { personId: string; officeId: string };
  }): Promise<{ code: string; usableFrom: Date }>;
  listOfOffice(officeId: string): Promise<OfficeRecovery[]>;
  /** The one from the counter that waits or can be used, for warning the person. */
  findOpen(personId: string): Promise<{ openedAt: Date; usableFrom: Date } | undefined>;
  /** False when there was none. */
  cancel(personId: string): Promise<boolean>;
  /** By a method of the person's own: the code is good at once, for fifteen minutes. */
  openOwn(personId: string, vouching: MethodId): Promise<{ code: string }>;
  /**
   * Takes a new password, and answers the new secret for the authenticator app (Base32). Nothing has changed yet. Refuses
   * `recovery-not-accepted`, `recovery-too-early`, `password-too-weak`, `too-many-attempts`.
   */
  begin(form: { nationalId: string; code: string; password: string; address: string }): Promise<{ totpSecret: string }>;
  /** The app gives the right code: password and app are changed. After one from the counter every other way is gone. */
  finish(form: { nationalId: string; code: string; totp: string; address: string }): Promise<void>;
  purge(): Promise<void>;
};

const listedMs = 30 * 86_400_000;

export async function createRecovery(
  needs: IdentityNeeds,
  persons: Persons,
  throttle: Throttle,
  journal: Journal,
  /** Takes every passkey and phone of the person away. */
  removeOtherWays: (tx: Tx, personId: string) => Promise<void>,
  /** Ends every session of the person, everywhere. */
  endSessions: (personId: string) => Promise<void>,
): Promise<Recovery> {
  const { database, clock } = needs;
  const db = database.db;
  const secretKey = await needs.keys.secret('identity.totp');
  const later = (ms: number) => new Date(clock.now().getTime() + ms);

  const open = async (tx: Tx, row: Omit<store.RecoveryRow, 'recovery_id' | 'code' | 'state' | 'created_at'>) => {
    const code = newRecoveryCode();
    await store.openRecovery(tx, {
      ...row,
      recovery_id: newId(),
      code: sha256(code),
      state: 'open',
      created_at: clock.now(),
    });
    await journal(tx, {
      personId: row.person_id,
      kind: 'recovery-opened',
      at: clock.now(),
      ...(row.opened_by === 'counter' ? {} : { subject: row.opened_by }),
    });
    return code;
  };
  const nothingNew = { password_hash: null, totp_secret: null };

  /** The recovery that number and code name together; which of the two is wrong is not told. */
  async function admitted(form: { nationalId: string; code: string; address: string }) {
    const fromAddress = throttle.counter('recovery-address', throttle.addressCounter(form.address).toString('hex'));
    await throttle.admit([{ counter: fromAddress, limit: attemptLimits.address }]);
    const person = await persons.findByNationalId(normalizeNationalId(form.nationalId).slice(0, 64));
    const found = await store.findOpenByCode(db, sha256(cleanRecoveryCode(form.code)), clock.now());
    if (found === undefined || found.person_id !== person?.personId) throw problem('recovery-not-accepted');
    await throttle.clear([], fromAddress);
    if (person.isSuspended) throw problem('person-suspended');
    if (found.usable_from > clock.now())
      throw problem('recovery-too-early', { from: found.usable_from.toISOString().slice(0, 16).replace('T', ' ') });
    return { found, person };
  }

  return {
    openAtCounter: async ({ nationalId, document, officer }) => {
      const person = await persons.findByNationalId(nationalId);
      if (person === undefined) throw problem('recovery-person-unknown');
      if (person.isSuspended) throw problem('person-suspended');
      // Nobody checks their own document.
      if (person.personId === officer.personId) throw problem('recovery-of-oneself');
      const usableFrom = later(counterDelayMs);
      const code = await database.transaction((tx) =>
        open(tx, {
          ...nothingNew,
          person_id: person.personId,
          opened_by: 'counter',
          officer_id: officer.personId,
          office_id: officer.officeId,
          document,
          usable_from: usableFrom,
          expires_at: later(counterDelayMs + counterUsableMs),
        }),
      );
      return { code, usableFrom };
    },

    listOfOffice: async (officeId) => {
      const now = clock.now();
      return (await store.listOfOffice(db, officeId, later(-listedMs))).map((row) => ({
        recoveryId: row.recovery_id,
        personId: row.person_id,
        officerId: row.officer_id!,
        document: row.document as RecoveryDocument,
        state:
          row.state !== 'open'
            ? (row.state as 'done' | 'cancelled' | 'replaced')
            : row.expires_at <= now
              ? 'expired'
              : row.usable_from > now
                ? 'waiting'
                : 'usable',
        openedAt: row.created_at,
        usableFrom: row.usable_from,
      }));
    },

    findOpen: async (personId) => {
      const row = await store.findOpenOf(db, personId, clock.now());
      return row && { openedAt: row.created_at, usableFrom: row.usable_from };
    },

    cancel: async (personId) => {
      const row = await store.findOpenOf(db, personId, clock.now());
      if (row === undefined) return false;
      return database.transaction(async (tx) => {
        const isDone = await store.endRecovery(tx, row.recovery_id, 'cancelled');
        if (isDone) await journal(tx, { personId, kind: 'recovery-cancelled', at: clock.now() });
        return isDone;
      });
    },

    openOwn: async (personId, vouching) => {
      const code = await database.transaction((tx) =>
        open(tx, {
          ...nothingNew,
          person_id: personId,
          opened_by: vouching,
          officer_id: null,
          office_id: null,
          document: null,
          usable_from: clock.now(),
          expires_at: later(ownUsableMs),
        }),
      );
      return { code };
    },

    begin: async (form) => {
      const { found, person } = await admitted(form);
      if (!isPasswordAllowed(form.password, person.nationalId))
        throw problem('password-too-weak', { length: passwordLengthMin });
      const totpSecret = newTotpSecret();
      await store.keepSecrets(db, found.recovery_id, {
        passwordHash: await hashPassword(form.password),
        totpSecret: sealSecret(secretKey, totpSecret, person.personId),
      });
      return { totpSecret };
    },

    finish: async (form) => {
      const { found, person } = await admitted(form);
      const { personId } = person;
      if (found.password_hash === null || found.totp_secret === null) throw problem('recovery-not-accepted');
      const codes = throttle.counter('recovery-code', found.recovery_id);
      await throttle.admit([{ counter: codes, limit: attemptLimits.code }]);
      const secret = openSecret(secretKey, Buffer.from(found.totp_secret), personId);
      const seconds = Math.floor(clock.now().getTime() / 1000);
      const step = await findTotpStep(secret, normalizeNationalId(form.totp), seconds, 0);
      if (step === undefined) throw problem('code-wrong');
      const isFromCounter = found.opened_by === 'counter';
      await database.transaction(async (tx) => {
        if (!(await store.endRecovery(tx, found.recovery_id, 'done'))) throw problem('recovery-not-accepted');
        const secrets = { passwordHash: found.password_hash!, totpSecret: Buffer.from(found.totp_secret!), step };
        await persons.renewSecrets(tx, personId, secrets);
        // Whoever lost the phone may have lost it to somebody.
        if (isFromCounter) await removeOtherWays(tx, personId);
        await endConfirmations(tx, personId);
        for (const kind of ['password-changed', 'code-app-changed', 'recovery-done'] as const)
          await journal(tx, { personId, kind, at: clock.now() });
      });
      await endSessions(personId);
    },

    purge: () => store.purgeRecoveries(db, clock.now(), later(-400 * 86_400_000)),
  };
}
