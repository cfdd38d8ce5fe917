import type { Clock } from '#kernel/clock';
import type { Database } from '#kernel/database';
import { newId, randomBytes } from '#kernel/ids';
import type { Keys } from '#kernel/keys';
import type { Text } from '#kernel/languages';
import { problem, type SuspensionReason } from '../contract.ts';
import type { IdentityNeeds } from '../needs.ts';
import { type NationalIdSchemeId, nationalIdSchemes, normalizeNationalId } from './national-ids.ts';
import {
  addressGroup,
  attemptLimits,
  attemptsForgottenAfterMs,
  findTotpStep,
  isPassword,
  isPasswordHash,
  isTotpSecret,
  keyedIndex,
  nobodysPasswordHash,
  openSecret,
  sealSecret,
  waitMs,
} from './rules.ts';
import * as store from './store.ts';

/** A home person as the identity store knows one: enough to sign in, nothing a registry holds. */
export type Person = {
  personId: string;
  scheme: NationalIdSchemeId | 'company';
  nationalId: string;
  names: Text;
  isSuspended: boolean;
};

export type PersonImport = {
  personId: string;
  scheme: NationalIdSchemeId;
  nationalId: string;
  names: Text;
  /** A PHC string made by `hashPassword`, so that a list of any length is loaded in one go. */
  passwordHash: string;
  /** Base32, at least 128 bits. */
  totpSecret: string;
  isSuspended?: boolean;
};

export type Persons = {
  /** Adds or renews persons by `personId`, all or none. */
  importPersons(list: PersonImport[]): Promise<void>;
  /**
   * The id of whoever has a number of this state, made when there is none: a child, who cannot sign in yet, or a company, which
   * never can. A number of a company is not the number of a person.
   */
  admit(party: { scheme: NationalIdSchemeId | 'company'; nationalId: string; names: Text }): Promise<string>;
  findPerson(personId: string): Promise<Person | undefined>;
  findByNationalId(nationalId: string): Promise<Person | undefined>;
  /** Both are true when the call changed it. */
  suspend(personId: string, reason?: SuspensionReason): Promise<boolean>;
  reinstate(personId: string, reason?: SuspensionReason): Promise<boolean>;
};

export type SignInSteps = {
  /** The person whose number and password these are. Refuses `sign-in-failed`, `too-many-attempts`, `person-suspended`. */
  checkPassword(attempt: { nationalId: string; password: string; address: string }): Promise<string>;
  /** Accepts a one-time code once. Refuses `code-wrong`, `too-many-attempts`. */
  checkCode(attempt: { personId: string; code: string; address: string }): Promise<void>;
};

const addressKnownForMs = 90 * 86_400_000;

export async function createPersons(needs: {
  database: Database;
  clock: Clock;
  keys: Keys;
  onSuspended?: IdentityNeeds['onSuspended'];
  onRestored?: IdentityNeeds['onRestored'];
}): Promise<Persons & SignInSteps & { purge(): Promise<void> }> {
  const { database, clock } = needs;
  const indexKey = await needs.keys.secret('identity.national-id-index');
  const totpKey = await needs.keys.secret('identity.totp');
  const attemptKey = await needs.keys.secret('identity.attempts');
  const indexOf = (nationalId: string) => keyedIndex(indexKey, 'national-id', nationalId);
  const counter = (kind: string, ...parts: string[]) => keyedIndex(attemptKey, kind, parts.join('\u0000'));
  const before = (ms: number) => new Date(clock.now().getTime() - ms);

  /** Counts the attempt before it is judged, so that many at once cannot slip past the limit. */
  async function admit(limits: Array<{ counter: Buffer; limit: (typeof attemptLimits)['code'] }>): Promise<void> {
    const counters = limits.map((one) => one.counter);
    await database.transaction(async (tx) => {
      const now = clock.now();
      const counts = await store.lockAttempts(tx, counters, now);
      const wait = Math.max(...limits.map((one, index) => waitMs(counts[index], one.limit, now)));
      if (wait > 0) throw problem('too-many-attempts', { seconds: Math.ceil(wait / 1000) });
      await store.countAttempts(tx, counters, now, before(attemptsForgottenAfterMs));
    });
  }

  return {
    importPersons: async (list) => {
      const now = clock.now();
      const rows = list.map((person, index) => {
        const refuse = (field: string) => problem('person-list-invalid', { position: index + 1, field });
        if (!nationalIdSchemes[person.scheme]?.isValid(person.nationalId)) throw refuse('nationalId');
        if (!isPasswordHash(person.passwordHash)) throw refuse('passwordHash');
        if (!isTotpSecret(person.totpSecret)) throw refuse('totpSecret');
        return {
          person_id: person.personId,
          scheme: person.scheme,
          national_id: person.nationalId,
          national_id_index: indexOf(person.nationalId),
          name_ar: person.names.ar,
          name_en: person.names.en,
          password_hash: person.passwordHash,
          totp_secret: sealSecret(totpKey, person.totpSecret, person.personId),
          is_suspended: person.isSuspended ?? false,
          created_at: now,
        };
      });
      if (rows.length > 0) await database.transaction((tx) => store.savePersons(tx, rows));
    },
    admit: async ({ scheme, nationalId, names }) => {
      const index =
        scheme === 'company' ? keyedIndex(indexKey, 'company', nationalId) : indexOf(normalizeNationalId(nationalId));
      const known = await store.findPersonByIndex(database.db, index);
      if (known) return known.person_id;
      const personId = newId();
      await store.savePersonOnce(database.db, {
        person_id: personId,
        scheme,
        national_id: nationalId,
        national_id_index: index,
        name_ar: names.ar,
        name_en: names.en,
        // No password has this hash: there is a salt, and nobody knows what was hashed.
        password_hash: nobodysPasswordHash,
        totp_secret: sealSecret(totpKey, unusedTotpSecret(), personId),
        is_suspended: false,
        created_at: clock.now(),
      });
      return (await store.findPersonByIndex(database.db, index))!.person_id;
    },
    findPerson: async (personId) => personOf(await store.findPerson(database.db, personId)),
    findByNationalId: async (nationalId) =>
      personOf(await store.findPersonByIndex(database.db, indexOf(normalizeNationalId(nationalId)))),
    suspend: (personId, reason = 'misuse') =>
      database.transaction(async (tx) => {
        const isDone = await store.setSuspended(tx, personId, true);
        if (isDone) await needs.onSuspended?.(tx, { personId, at: clock.now(), reason });
        return isDone;
      }),
    reinstate: (personId, reason = 'mistake') =>
      database.transaction(async (tx) => {
        const isDone = await store.setSuspended(tx, personId, false);
        if (isDone) await needs.onRestored?.(tx, { personId, at: clock.now(), reason });
        return isDone;
      }),

    checkPassword: async ({ nationalId: typed, password, address }) => {
      const nationalId = normalizeNationalId(typed).slice(0, 64);
      const group = addressGroup(address);
      const account = counter('account', nationalId);
      const here = counter('account-here', nationalId, group);
      const fromAddress = counter('address', group);
      const isKnown = await store.isAddressKnown(database.db, account, fromAddress, before(addressKnownForMs));
      await admit([
        { counter: here, limit: attemptLimits.accountHere },
        { counter: fromAddress, limit: attemptLimits.address },
        ...(isKnown ? [] : [{ counter: account, limit: attemptLimits.accountElsewhere }]),
      ]);
      const person = await store.findPersonByIndex(database.db, indexOf(nationalId));
      const isRight = await isPassword(password, person?.password_hash ?? nobodysPasswordHash);
      if (person === undefined || !isRight) throw problem('sign-in-failed');
      await database.transaction(async (tx) => {
        await store.lockAttempts(tx, [here, account, fromAddress], clock.now());
        await store.forgetAttempts(tx, isKnown ? [here] : [here, account]);
        await store.takeBackAttempt(tx, fromAddress);
      });
      // Only whoever knows the password learns of the suspension.
      if (person.is_suspended) throw problem('person-suspended');
      return person.person_id;
    },

    checkCode: async ({ personId, code, address }) => {
      const codes = counter('code', personId);
      await admit([{ counter: codes, limit: attemptLimits.code }]);
      const person = await store.findPerson(database.db, personId);
      if (person === undefined || person.is_suspended) throw problem('person-suspended');
      const secret = openSecret(totpKey, Buffer.from(person.totp_secret), personId);
      const now = clock.now();
      const step = await findTotpStep(
        secret,
        normalizeNationalId(code),
        Math.floor(now.getTime() / 1000),
        Number(person.totp_step_used),
      );
      if (step === undefined || !(await store.spendTotpStep(database.db, personId, step))) throw problem('code-wrong');
      const fromAddress = counter('address', addressGroup(address));
      await database.transaction(async (tx) => {
        await store.forgetAttempts(tx, [codes]);
        // Only a full sign-in makes an address the person's own; a password alone may have been stolen.
        await store.rememberAddress(tx, counter('account', person.national_id), fromAddress, now);
      });
    },

    purge: () => store.purgePersonTraces(database, clock.now(), before(86_400_000), before(addressKnownForMs)),
  };
}

/** Known to nobody: whoever has it can show no code. */
function unusedTotpSecret(): string {
  return [...randomBytes(32)].map((byte) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[byte % 32]).join('');
}

function personOf(row: store.PersonRow | undefined): Person | undefined {
  return (
    row && {
      personId: row.person_id,
      scheme: row.scheme as Person['scheme'],
      nationalId: row.national_id,
      names: { ar: row.name_ar, en: row.name_en },
      isSuspended: row.is_suspended,
    }
  );
}
