import type { Tx } from '#kernel/database';
import { problem } from '../contract.ts';
import type { IdentityNeeds } from '../needs.ts';
import type { Person, Persons, SignInSteps } from '../persons/service.ts';
import type { Throttle } from '../persons/throttle.ts';
import { deviceCookieText } from './approvals/rules.ts';
import { type Approvals, createApprovals, type Phone } from './approvals/service.ts';
import type { Journal } from './journal.ts';
import { describeAgent } from './passkeys/rules.ts';
import { createPasskeys, type Passkey, type Passkeys, passkeyName } from './passkeys/service.ts';
import { listPasskeys } from './passkeys/store.ts';
import { createRecovery, type Recovery, type StandingRecovery } from './recovery/service.ts';
import * as store from './store.ts';
import { type MethodId, mayEnrol } from './table.ts';

/** Whoever stands before a page of their own: the session says who, the address and the agent say from where. */
export type AtPage = { sessionId: string; personId: string; address: string; agent: string };

/** What a person does with their ways of signing in, on a page of their own. All of it is for people of this state. */
export type OwnMethods = {
  list(at: AtPage): Promise<{
    /** One that `approves` answers requests on the device whose passkey it is. */
    passkeys: Array<Passkey & { approves?: { since: Date; seenAt: Date } }>;
    /** The latest twenty things that happened to these ways of signing in. */
    events: store.MethodEvent[];
    /** Opened by an officer, and not used yet: the person may not know of it. */
    recovery?: StandingRecovery;
    /** Until when changes are let through without asking again who this is. */
    confirmedUntil?: Date;
  }>;
  /** A full sign-in on the spot, good for ten minutes of changes in this session. Refuses as signing in does. */
  confirmByPassword(at: AtPage, form: { password: string; code: string }): Promise<void>;
  askToConfirm(at: AtPage): Promise<object>;
  confirmByPasskey(at: AtPage, answer: string): Promise<void>;
  /** These refuse `confirmation-needed` when nobody has confirmed who this is. */
  askToAddPasskey(at: AtPage): Promise<object>;
  addPasskey(at: AtPage, form: { answer: string; name: string }): Promise<void>;
  removePasskey(at: AtPage, credentialId: string): Promise<void>;
  /** Lets this device approve sign-ins; `cookie` is a Set-Cookie text by which the phone's pages know it. */
  askToAddPhone(at: AtPage): Promise<object>;
  addPhone(at: AtPage, answer: string): Promise<{ cookie: string }>;
  removePhone(at: AtPage, credentialId: string): Promise<void>;
  /** A new password and a new authenticator app, vouched for by another method: a code for `recovery.begin`, good at once. */
  renewPassword(at: AtPage): Promise<{ nationalId: string; code: string }>;
  cancelRecovery(at: AtPage): Promise<void>;
};

/** What a phone that approves sign-ins may do: it is also one of the devices on which a person is warned. */
export type PhonePages = Phone & {
  findRecovery(handle: string | undefined): Promise<StandingRecovery | undefined>;
  cancelRecovery(handle: string | undefined): Promise<void>;
};

export type Methods = {
  own: OwnMethods;
  phone: PhonePages;
  passkeys: Passkeys;
  approvals: Approvals;
  recovery: Recovery;
  purge(): Promise<void>;
};

/** What ends when a way to sign in is no longer one: as in the other states, nobody goes on with what it opened. */
export type EndSessions = {
  everywhere(personId: string): Promise<void>;
  /** All but the one at which the person is. */
  others(at: { personId: string; sessionId: string }): Promise<void>;
};

const confirmedMs = 600_000;
const eventsShown = 20;
const eventsKeptMs = 400 * 86_400_000;

export async function createMethods(
  needs: IdentityNeeds,
  persons: Persons & SignInSteps,
  throttle: Throttle,
  endSessions: EndSessions,
  journal: Journal,
): Promise<Methods> {
  const { database, clock } = needs;
  const db = database.db;
  const passkeys = await createPasskeys(needs, persons, throttle, journal, endSessions.everywhere);
  const approvals = createApprovals(needs, persons, passkeys, throttle, journal);

  const removeAll = async (tx: Tx, personId: string) => {
    for (const { credential_id: credentialId } of await listPasskeys(tx, personId)) {
      await approvals.removeDevice(tx, personId, credentialId);
      await passkeys.remove(tx, personId, credentialId);
    }
  };
  const recovery = await createRecovery(needs, persons, throttle, journal, removeAll, endSessions.everywhere);

  async function personAt(at: AtPage): Promise<Person> {
    const person = await persons.findPerson(at.personId);
    if (person === undefined) throw problem('ways-kept-at-home');
    if (person.isSuspended) throw problem('person-suspended');
    return person;
  }

  const confirm = (at: AtPage, method: MethodId) =>
    store.saveConfirmation(db, {
      sessionId: at.sessionId,
      personId: at.personId,
      method,
      until: new Date(clock.now().getTime() + confirmedMs),
    });

  const findConfirmation = (at: AtPage) =>
    store.findConfirmation(db, { sessionId: at.sessionId, personId: at.personId, now: clock.now() });

  /** The method that has vouched for a change just now. */
  async function vouchingMethod(at: AtPage, enrolled: MethodId): Promise<MethodId> {
    const confirmation = await findConfirmation(at);
    if (confirmation === undefined || !mayEnrol(confirmation.method, enrolled)) throw problem('confirmation-needed');
    return confirmation.method;
  }

  const own: OwnMethods = {
    list: async (at) => {
      await personAt(at);
      const confirmation = await findConfirmation(at);
      const devices = await approvals.listDevices(at.personId);
      const opened = await recovery.findOpen(at.personId);
      return {
        ...(opened ? { recovery: opened } : {}),
        passkeys: (await passkeys.list(at.personId)).map((passkey) => {
          const device = devices.find(({ credentialId }) => credentialId === passkey.credentialId);
          return device ? { ...passkey, approves: { since: device.createdAt, seenAt: device.seenAt } } : passkey;
        }),
        events: await store.listEvents(db, at.personId, eventsShown),
        ...(confirmation === undefined ? {} : { confirmedUntil: confirmation.until }),
      };
    },
    confirmByPassword: async (at, { password, code }) => {
      const { nationalId } = await personAt(at);
      const personId = await persons.checkPassword({
        nationalId,
        password,
        address: at.address,
        isOwnPage: true,
      });
      await persons.checkCode({ personId, code, address: at.address });
      await confirm(at, 'password-otp');
    },
    askToConfirm: async (at) => {
      const { personId } = await personAt(at);
      const held = await passkeys.list(personId);
      return passkeys.ask(
        { purpose: 'confirm', boundTo: at.sessionId },
        held.map(({ credentialId }) => credentialId),
      );
    },
    confirmByPasskey: async (at, answer) => {
      const { personId } = await personAt(at);
      await passkeys.check({
        at: { purpose: 'confirm', boundTo: at.sessionId },
        answer,
        address: at.address,
        personId,
      });
      await confirm(at, 'passkey');
    },
    askToAddPasskey: async (at) => {
      const person = await personAt(at);
      await vouchingMethod(at, 'passkey');
      return passkeys.askToAdd(person, { purpose: 'add', boundTo: at.sessionId });
    },
    addPasskey: async (at, { answer, name }) => {
      const person = await personAt(at);
      const enrolledBy = await vouchingMethod(at, 'passkey');
      await passkeys.add({
        person,
        at: { purpose: 'add', boundTo: at.sessionId },
        answer,
        name: passkeyName(name, describeAgent(at.agent)),
        enrolledBy,
      });
    },
    removePasskey: async (at, credentialId) => {
      const { personId } = await personAt(at);
      await vouchingMethod(at, 'passkey');
      await database.transaction(async (tx) => {
        await approvals.removeDevice(tx, personId, credentialId);
        if (!(await passkeys.remove(tx, personId, credentialId))) throw problem('way-unknown');
      });
      await endSessions.others(at);
    },
    askToAddPhone: async (at) => {
      const { personId } = await personAt(at);
      await vouchingMethod(at, 'phone-approval');
      const held = await passkeys.list(personId);
      return passkeys.ask(
        { purpose: 'phone', boundTo: at.sessionId },
        held.map(({ credentialId }) => credentialId),
      );
    },
    addPhone: async (at, answer) => {
      const { personId } = await personAt(at);
      await vouchingMethod(at, 'phone-approval');
      const place = { purpose: 'phone', boundTo: at.sessionId } as const;
      const { credentialId } = await passkeys.check({ at: place, answer, address: at.address, personId });
      const { handle } = await approvals.addDevice(personId, credentialId);
      return { cookie: deviceCookieText(handle, needs.publicUrl.startsWith('https:')) };
    },
    removePhone: async (at, credentialId) => {
      const { personId } = await personAt(at);
      await vouchingMethod(at, 'phone-approval');
      await database.transaction(async (tx) => {
        if (!(await approvals.removeDevice(tx, personId, credentialId))) throw problem('way-unknown');
      });
      await endSessions.others(at);
    },
    renewPassword: async (at) => {
      const { personId, nationalId } = await personAt(at);
      const vouching = await vouchingMethod(at, 'password-otp');
      return { nationalId, ...(await recovery.openOwn(personId, vouching)) };
    },
    cancelRecovery: async (at) => {
      await recovery.cancel((await personAt(at)).personId);
    },
  };

  return {
    own,
    phone: {
      ...approvals.phone,
      findRecovery: async (handle) => recovery.findOpen(await approvals.findOwner(handle)),
      cancelRecovery: async (handle) => {
        await recovery.cancel(await approvals.findOwner(handle));
      },
    },
    passkeys,
    approvals,
    recovery,
    purge: async () => {
      await passkeys.purge();
      await approvals.purge();
      await recovery.purge();
      const now = clock.now();
      await store.purgeMethodTraces(db, now, new Date(now.getTime() - eventsKeptMs));
    },
  };
}
