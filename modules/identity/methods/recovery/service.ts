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
import { type Counter, checkRestorable, createCounter, createSteps } from './counter.ts';
import {
  cleanRecoveryCode,
  isPasswordAllowed,
  newRecoveryCode,
  newTotpSecret,
  ownUsableMs,
  passwordLengthMin,
} from './rules.ts';
import * as store from './store.ts';

/** What a person is warned of; without `usableFrom` a second officer has not confirmed yet. */
export type StandingRecovery = { openedAt: Date; usableFrom?: Date };

export type Recovery = Counter & {
  /** The one from the counter that waits or can be used, for warning the person. */
  findOpen(personId: string): Promise<StandingRecovery | undefined>;
  /** False when there was none. */
  cancel(personId: string): Promise<boolean>;
  /** By a method of the person's own: the code is good at once, for fifteen minutes. */
  openOwn(personId: string, vouching: MethodId): Promise<{ code: string }>;
  /**
   * Takes a new password, and answers the new secret for the authenticator app (Base32). Nothing has changed yet. Refuses
   * `recovery-not-accepted`, `recovery-unconfirmed`, `recovery-too-early`, `person-suspended`, `person-deceased`, `password-too-weak`,
   * `too-many-attempts`.
   */
  begin(form: { nationalId: string; code: string; password: string; address: string }): Promise<{ totpSecret: string }>;
  /** The app gives the right code: password and app are changed. After one from the counter every other way is gone. */
  finish(form: { nationalId: string; code: string; totp: string; address: string }): Promise<void>;
  purge(): Promise<void>;
};

const keptMs = 400 * 86_400_000;

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
  const counter = await createCounter(needs, persons, throttle, journal);
  const tellStep = createSteps(needs);

  /** The recovery that number and code name together; which of the two is wrong is not told. */
  async function admitted(form: { nationalId: string; code: string; address: string }) {
    const fromAddress = throttle.counter('recovery-address', throttle.addressCounter(form.address).toString('hex'));
    await throttle.admit([{ counter: fromAddress, limit: attemptLimits.address }]);
    const person = await persons.findByNationalId(normalizeNationalId(form.nationalId).slice(0, 64));
    const found = await store.findByCode(db, sha256(cleanRecoveryCode(form.code)), clock.now());
    if (found === undefined || found.person_id !== person?.personId) throw problem('recovery-not-accepted');
    await throttle.clear([], fromAddress);
    checkRestorable(person);
    if (found.usable_from === null) throw problem('recovery-unconfirmed');
    if (found.usable_from > clock.now())
      throw problem('recovery-too-early', { from: found.usable_from.toISOString().slice(0, 16).replace('T', ' ') });
    return { found, person };
  }

  return {
    openAtCounter: counter.openAtCounter,
    listOfOffice: counter.listOfOffice,
    getOfOffice: counter.getOfOffice,
    confirm: counter.confirm,
    refuse: counter.refuse,

    findOpen: async (personId) => {
      const row = await store.findStandingOf(db, personId, clock.now());
      return row && { openedAt: row.created_at, ...(row.usable_from === null ? {} : { usableFrom: row.usable_from }) };
    },

    cancel: async (personId) => {
      const row = await store.findStandingOf(db, personId, clock.now());
      if (row === undefined) return false;
      return database.transaction(async (tx) => {
        const ended = await store.endRecovery(tx, row.recovery_id, 'cancelled');
        if (ended === undefined) return false;
        await tellStep(tx, ended, 'cancelled');
        await journal(tx, { personId, kind: 'recovery-cancelled', at: clock.now() });
        return true;
      });
    },

    openOwn: async (personId, vouching) => {
      const code = newRecoveryCode();
      const at = clock.now();
      await database.transaction(async (tx) => {
        const replaced = await store.openRecovery(tx, {
          recovery_id: newId(),
          code: sha256(code),
          person_id: personId,
          opened_by: vouching,
          officer_id: null,
          office_id: null,
          document: null,
          document_number: null,
          settled_by: null,
          settled_at: null,
          refused_because: null,
          password_hash: null,
          totp_secret: null,
          state: 'open',
          created_at: at,
          usable_from: at,
          expires_at: new Date(at.getTime() + ownUsableMs),
        });
        for (const row of replaced) await tellStep(tx, row, 'replaced');
        await journal(tx, { personId, kind: 'recovery-opened', at, subject: vouching });
      });
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
        const ended = await store.endRecovery(tx, found.recovery_id, 'done');
        if (ended === undefined) throw problem('recovery-not-accepted');
        if (isFromCounter) await tellStep(tx, ended, 'used');
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

    purge: async () => {
      await counter.expire();
      const now = clock.now();
      await store.purgeRecoveries(db, now, new Date(now.getTime() - keptMs));
    },
  };
}
