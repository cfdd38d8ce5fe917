import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server';
import type { Tx } from '#kernel/database';
import { randomBytes, sha256 } from '#kernel/ids';
import { problem } from '../../contract.ts';
import type { IdentityNeeds } from '../../needs.ts';
import { attemptLimits, keyedIndex } from '../../persons/rules.ts';
import type { Person, Persons } from '../../persons/service.ts';
import type { Throttle } from '../../persons/throttle.ts';
import type { Journal } from '../journal.ts';
import type { MethodId } from '../table.ts';
import { challengeOf, cleanName, isCounterSound, readAssertion, readRegistration } from './rules.ts';
import * as store from './store.ts';

export type Passkey = {
  credentialId: string;
  name: string;
  /** Kept by the maker of the phone or browser too, and so on other devices of the person. */
  isSynced: boolean;
  createdAt: Date;
  lastUsedAt?: Date;
  /** True once it gave a count that it had given before: somebody may have copied it. */
  isBlocked: boolean;
};

/** What a challenge is made for and to whom it was given; an answer counts there and nowhere else. */
export type CeremonyAt = { purpose: 'add' | 'sign-in' | 'confirm' | 'phone' | 'approve'; boundTo: string };

export type Passkeys = {
  list(personId: string): Promise<Passkey[]>;
  /** `PublicKeyCredentialCreationOptionsJSON` of WebAuthn Level 3, for a discoverable credential with user verification. */
  askToAdd(person: Person, at: CeremonyAt): Promise<object>;
  /** Refuses `passkey-not-accepted`, `passkey-limit-reached`. `answer` is what the browser's API gave, as JSON. */
  add(given: {
    person: Person;
    at: CeremonyAt;
    answer: string;
    name: string;
    enrolledBy: MethodId;
  }): Promise<{ credentialId: string }>;
  /** `PublicKeyCredentialRequestOptionsJSON`; without `credentialIds` the person chooses among theirs on the device. */
  ask(at: CeremonyAt, credentialIds?: string[]): Promise<object>;
  /**
   * Whose passkey answered. Refuses `passkey-not-accepted` for everything that is not a right answer to this challenge,
   * `passkey-copied`, `too-many-attempts`, `person-suspended`.
   */
  check(given: {
    at: CeremonyAt;
    answer: string;
    address: string;
    personId?: string;
  }): Promise<{ personId: string; credentialId: string; name: string }>;
  /** False when the person has no such passkey. */
  remove(tx: Tx, personId: string, credentialId: string): Promise<boolean>;
  purge(): Promise<void>;
};

const challengeMs = 300_000;
const passkeysMax = 10;

export async function createPasskeys(
  needs: IdentityNeeds,
  persons: Persons,
  throttle: Throttle,
  journal: Journal,
  endSessions: (personId: string) => Promise<void>,
): Promise<Passkeys> {
  const { database, clock, log } = needs;
  const { origin, hostname: rpID } = new URL(needs.publicUrl);
  const userKey = await needs.keys.secret('identity.passkey-users');
  // Means nothing outside of this state's authenticators; the person's own id never leaves.
  const userHandle = (personId: string) => keyedIndex(userKey, 'user-handle', personId);
  const refuse = () => problem('passkey-not-accepted');

  async function makeChallenge(at: CeremonyAt): Promise<Buffer> {
    const challenge = randomBytes(32);
    const until = new Date(clock.now().getTime() + challengeMs);
    await store.saveChallenge(database.db, { ...at, challenge: sha256(challenge), until });
    return challenge;
  }

  /** The library throws for every fault of an answer; which one is of use to whoever forges it. */
  async function judge<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      log.info({ reason: (error as Error).name }, 'the answer of a passkey was not accepted');
      throw refuse();
    }
  }

  async function spend(at: CeremonyAt, clientDataJSON: string): Promise<string> {
    const challenge = challengeOf(clientDataJSON);
    const spent = { ...at, challenge: sha256(Buffer.from(challenge, 'base64url')), now: clock.now() };
    if (!(await store.spendChallenge(database.db, spent))) throw refuse();
    return challenge;
  }

  return {
    list: async (personId) =>
      (await store.listPasskeys(database.db, personId)).map((row) => ({
        credentialId: row.credential_id,
        name: row.name,
        isSynced: row.is_backed_up,
        createdAt: row.created_at,
        ...(row.last_used_at === null ? {} : { lastUsedAt: row.last_used_at }),
        isBlocked: row.blocked_at !== null,
      })),

    askToAdd: async (person, at) => {
      const held = await store.listPasskeys(database.db, person.personId);
      if (held.length >= passkeysMax) throw problem('passkey-limit-reached', { most: passkeysMax });
      return generateRegistrationOptions({
        rpName: rpID,
        rpID,
        userID: new Uint8Array(userHandle(person.personId)),
        // Shown by the device when it asks which passkey to use; a national number would be too.
        userName: person.names.en,
        userDisplayName: person.names.ar,
        challenge: new Uint8Array(await makeChallenge(at)),
        timeout: challengeMs,
        authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
        excludeCredentials: held.map((row) => ({ id: row.credential_id, transports: row.transports.split(' ') })),
      });
    },

    add: async ({ person, at, answer, name, enrolledBy }) => {
      const response = readRegistration(answer);
      if (response === undefined) throw refuse();
      const expectedChallenge = await spend(at, response.response.clientDataJSON);
      const verified = await judge(() =>
        verifyRegistrationResponse({
          response: response as unknown as Parameters<typeof verifyRegistrationResponse>[0]['response'],
          expectedChallenge,
          expectedOrigin: origin,
          expectedRPID: rpID,
          requireUserVerification: true,
        }),
      );
      if (!verified.verified) throw refuse();
      const { credential, credentialBackedUp } = verified.registrationInfo;
      const now = clock.now();
      await database.transaction(async (tx) => {
        await store.lockPerson(tx, person.personId);
        const isAdded = await store.addPasskey(tx, {
          credential_id: credential.id,
          person_id: person.personId,
          public_key: Buffer.from(credential.publicKey),
          counter: credential.counter,
          transports: (response.response.transports ?? []).join(' '),
          is_backed_up: credentialBackedUp,
          name,
          enrolled_by: enrolledBy,
          created_at: now,
          last_used_at: null,
          blocked_at: null,
        });
        if (!isAdded) throw refuse();
        if ((await store.listPasskeys(tx, person.personId)).length > passkeysMax)
          throw problem('passkey-limit-reached', { most: passkeysMax });
        await journal(tx, { personId: person.personId, kind: 'passkey-added', subject: name, at: now });
      });
      return { credentialId: credential.id };
    },

    ask: async (at, credentialIds) =>
      generateAuthenticationOptions({
        rpID,
        challenge: new Uint8Array(await makeChallenge(at)),
        timeout: challengeMs,
        userVerification: 'required',
        ...(credentialIds === undefined ? {} : { allowCredentials: credentialIds.map((id) => ({ id })) }),
      }),

    check: async ({ at, answer, address, personId }) => {
      const fromAddress = throttle.counter('passkey-address', throttle.addressCounter(address).toString('hex'));
      await throttle.admit([{ counter: fromAddress, limit: attemptLimits.address }]);
      const response = readAssertion(answer);
      if (response === undefined) throw refuse();
      const expectedChallenge = await spend(at, response.response.clientDataJSON);
      const held = await store.findPasskey(database.db, response.id);
      const counter = Number(held?.counter ?? 0);
      if (held === undefined || (personId !== undefined && held.person_id !== personId)) throw refuse();
      const { verified, authenticationInfo } = await judge(() =>
        verifyAuthenticationResponse({
          response: response as Parameters<typeof verifyAuthenticationResponse>[0]['response'],
          expectedChallenge,
          expectedOrigin: origin,
          expectedRPID: rpID,
          requireUserVerification: true,
          // The count is judged below, so that one that went back is told apart from a wrong signature.
          credential: { id: held.credential_id, publicKey: new Uint8Array(held.public_key), counter: 0 },
        }),
      );
      const { userHandle: handle } = response.response;
      const isOwn = handle === undefined || Buffer.from(handle, 'base64url').equals(userHandle(held.person_id));
      if (!verified || !isOwn || held.blocked_at !== null) throw refuse();
      const now = clock.now();
      const { newCounter, credentialBackedUp } = authenticationInfo;
      if (!isCounterSound(counter, newCounter)) {
        await database.transaction(async (tx) => {
          await store.blockPasskey(tx, held.credential_id, now);
          await journal(tx, { personId: held.person_id, kind: 'passkey-copied', subject: held.name, at: now });
        });
        await endSessions(held.person_id);
        throw problem('passkey-copied');
      }
      const used = { credentialId: held.credential_id, counterBefore: counter, counter: newCounter };
      await database.transaction(async (tx) => {
        if (!(await store.markUsed(tx, { ...used, isBackedUp: credentialBackedUp, now }))) throw refuse();
        if (at.purpose === 'sign-in')
          await journal(tx, { personId: held.person_id, kind: 'passkey-used', subject: held.name, at: now });
      });
      await throttle.clear([], fromAddress);
      const person = await persons.findPerson(held.person_id);
      if (person === undefined || person.isSuspended) throw problem('person-suspended');
      if (at.purpose === 'sign-in') await throttle.remember(person.nationalId, address);
      return { personId: held.person_id, credentialId: held.credential_id, name: held.name };
    },

    remove: async (tx, personId, credentialId) => {
      const name = await store.removePasskey(tx, personId, credentialId);
      if (name === undefined) return false;
      await journal(tx, { personId, kind: 'passkey-removed', subject: name, at: clock.now() });
      return true;
    },

    purge: () => store.purgeChallenges(database.db, clock.now()),
  };
}

/** A name for a passkey: what the person typed, else what the browser calls itself. */
export function passkeyName(typed: string, agent: string): string {
  return cleanName(typed) || agent || 'Passkey';
}
