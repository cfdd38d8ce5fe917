import { createFinder } from '#kernel/batching';
import type { Clock } from '#kernel/clock';
import type { Database, Tx } from '#kernel/database';
import { newId, randomBytes } from '#kernel/ids';
import type { Keys } from '#kernel/keys';
import type { Text } from '#kernel/languages';
import { type NationalIdSchemeId, nationalIdSchemes, normalizeNationalId } from '#protocol/national-ids';
import type { EidFramework } from '../assurance/rules.ts';
import { problem, type SuspensionReason } from '../contract.ts';
import type { IdentityNeeds } from '../needs.ts';
import {
  addressGroup,
  attemptLimits,
  findTotpStep,
  isPassword,
  isPasswordHash,
  isTotpSecret,
  keyedIndex,
  nobodysPasswordHash,
  openSecret,
  sealSecret,
} from './rules.ts';
import * as store from './store.ts';
import { addressKnownForMs, type Throttle } from './throttle.ts';

/** A home person as the identity store knows one: enough to sign in, nothing a registry holds. */
export type Person = {
  personId: string;
  scheme: NationalIdSchemeId | 'company';
  nationalId: string;
  names: Text;
  /** How the person was proofed: a name in the state's framework. */
  proofing: string;
  proofedAt?: Date;
  /** Signs in nowhere: by an officer, or because the register says that the person has died. */
  isSuspended: boolean;
  /** By the register of this state. */
  isDead: boolean;
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
  /** The usual one of the state's framework when absent. */
  proofing?: string;
  proofedAt?: Date;
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
  /**
   * The register says that the person has died, or takes it back: nobody signs in as them in between. Nothing happens for whoever is no
   * person of this state.
   */
  noteDeath(tx: Tx, personId: string, isDead: boolean): Promise<void>;
  /** Puts a new password and a new secret for codes, sealed for the person, in the place of the old; `step` is used up. */
  renewSecrets(
    tx: Tx,
    personId: string,
    secrets: { passwordHash: string; totpSecret: Buffer; step: number },
  ): Promise<void>;
};

export type SignInSteps = {
  /** The person whose number and password these are. Refuses `sign-in-failed`, `too-many-attempts`, `person-suspended`. */
  checkPassword(attempt: {
    nationalId: string;
    password: string;
    address: string;
    /** On a page of the person's own: whoever guesses there with a stolen session slows down nothing but that page. */
    isOwnPage?: boolean;
  }): Promise<string>;
  /** Accepts a one-time code once. Refuses `code-wrong`, `too-many-attempts`. */
  checkCode(attempt: { personId: string; code: string; address: string }): Promise<void>;
};

export async function createPersons(needs: {
  database: Database;
  clock: Clock;
  keys: Keys;
  throttle: Throttle;
  eid: EidFramework;
  onSuspended?: IdentityNeeds['onSuspended'];
  /** Hears in its transaction that a suspension was lifted; who is dead still signs in nowhere. */
  onRestored?(
    tx: Tx,
    restored: { personId: string; at: Date; reason: SuspensionReason; isDead: boolean },
  ): Promise<void>;
  /** Hears in its transaction that somebody who was not suspended has died, or has not. */
  onDeathNoted?(tx: Tx, noted: { personId: string; at: Date; isDead: boolean }): Promise<void>;
}): Promise<Persons & SignInSteps & { purge(): Promise<void> }> {
  const { database, clock, throttle } = needs;
  const indexKey = await needs.keys.secret('identity.national-id-index');
  const totpKey = await needs.keys.secret('identity.totp');
  const indexOf = (nationalId: string) => keyedIndex(indexKey, 'national-id', nationalId);
  const { counter } = throttle;
  // A sign-in asks three times.
  const findRow = createFinder(database, store.readingPersons);
  const personOf = (row: store.PersonRow | undefined) => row && describePerson(row, needs.eid.usualProofing);
  const before = (ms: number) => new Date(clock.now().getTime() - ms);

  return {
    importPersons: async (list) => {
      const now = clock.now();
      const rows = list.map((person, index) => {
        const refuse = (field: string) => problem('person-list-invalid', { position: index + 1, field });
        if (!nationalIdSchemes[person.scheme]?.isValid(person.nationalId)) throw refuse('nationalId');
        if (!isPasswordHash(person.passwordHash)) throw refuse('passwordHash');
        if (!isTotpSecret(person.totpSecret)) throw refuse('totpSecret');
        if (person.proofing !== undefined && !Object.hasOwn(needs.eid.proofings, person.proofing))
          throw refuse('proofing');
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
          proofing: person.proofing ?? null,
          proofed_at: person.proofedAt ?? null,
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
        proofing: null,
        proofed_at: null,
      });
      return (await store.findPersonByIndex(database.db, index))!.person_id;
    },
    findPerson: async (personId) => personOf(await findRow(personId)),
    findByNationalId: async (nationalId) =>
      personOf(await store.findPersonByIndex(database.db, indexOf(normalizeNationalId(nationalId)))),
    suspend: (personId, reason = 'misuse') =>
      database.transaction(async (tx) => {
        const person = await store.setSuspended(tx, personId, true);
        if (person) await needs.onSuspended?.(tx, { personId, at: clock.now(), reason });
        return person !== undefined;
      }),
    reinstate: (personId, reason = 'mistake') =>
      database.transaction(async (tx) => {
        const person = await store.setSuspended(tx, personId, false);
        if (person) await needs.onRestored?.(tx, { personId, at: clock.now(), reason, isDead: person.is_dead });
        return person !== undefined;
      }),
    noteDeath: async (tx, personId, isDead) => {
      const person = await store.setDead(tx, personId, isDead);
      if (person?.is_suspended === false) await needs.onDeathNoted?.(tx, { personId, at: clock.now(), isDead });
    },
    renewSecrets: (tx, personId, secrets) => store.renewSecrets(tx, personId, secrets),

    checkPassword: async ({ nationalId: typed, password, address, isOwnPage = false }) => {
      const nationalId = normalizeNationalId(typed).slice(0, 64);
      const group = addressGroup(address);
      const account = counter('account', nationalId);
      const here = counter(isOwnPage ? 'account-own-page' : 'account-here', nationalId, group);
      const fromAddress = throttle.addressCounter(address);
      const isAccountCounted = !isOwnPage && !(await throttle.isKnown(nationalId, address));
      await throttle.admit([
        { counter: here, limit: attemptLimits.accountHere },
        ...(isOwnPage ? [] : [{ counter: fromAddress, limit: attemptLimits.address }]),
        ...(isAccountCounted ? [{ counter: account, limit: attemptLimits.accountElsewhere }] : []),
      ]);
      const person = await store.findPersonByIndex(database.db, indexOf(nationalId));
      const isRight = await isPassword(password, person?.password_hash ?? nobodysPasswordHash);
      if (person === undefined || !isRight) throw problem('sign-in-failed');
      await throttle.clear(isAccountCounted ? [here, account] : [here], isOwnPage ? undefined : fromAddress);
      // Only whoever knows the password learns of the suspension.
      if (mayNotSignIn(person)) throw problem('person-suspended');
      return person.person_id;
    },

    checkCode: async ({ personId, code, address }) => {
      const codes = counter('code', personId);
      await throttle.admit([{ counter: codes, limit: attemptLimits.code }]);
      const person = await findRow(personId);
      if (person === undefined || mayNotSignIn(person)) throw problem('person-suspended');
      const secret = openSecret(totpKey, Buffer.from(person.totp_secret), personId);
      const now = clock.now();
      const step = await findTotpStep(
        secret,
        normalizeNationalId(code),
        Math.floor(now.getTime() / 1000),
        Number(person.totp_step_used),
      );
      if (step === undefined || !(await store.spendTotpStep(database.db, personId, step))) throw problem('code-wrong');
      await throttle.clear([codes]);
      await throttle.remember(person.national_id, address);
    },

    purge: () => store.purgePersonTraces(database, clock.now(), before(86_400_000), before(addressKnownForMs)),
  };
}

const mayNotSignIn = (row: Pick<store.PersonRow, 'is_suspended' | 'is_dead'>) => row.is_suspended || row.is_dead;

/** Known to nobody: whoever has it can show no code. */
function unusedTotpSecret(): string {
  return [...randomBytes(32)].map((byte) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[byte % 32]).join('');
}

function describePerson(row: store.PersonRow, usualProofing: string): Person {
  return {
    personId: row.person_id,
    scheme: row.scheme as NationalIdSchemeId,
    nationalId: row.national_id,
    names: { ar: row.name_ar, en: row.name_en },
    proofing: row.proofing ?? usualProofing,
    ...(row.proofed_at === null ? {} : { proofedAt: row.proofed_at }),
    isSuspended: mayNotSignIn(row),
    isDead: row.is_dead,
  };
}
