import type { Tx } from '#kernel/database';
import { newId, randomToken, sha256 } from '#kernel/ids';
import { normalizeNationalId } from '#protocol/national-ids';
import { problem } from '../../contract.ts';
import type { IdentityNeeds } from '../../needs.ts';
import { attemptLimits } from '../../persons/rules.ts';
import type { Persons } from '../../persons/service.ts';
import { lockAttempts } from '../../persons/store.ts';
import type { Throttle } from '../../persons/throttle.ts';
import type { Journal } from '../journal.ts';
import { describeAgent } from '../passkeys/rules.ts';
import type { Passkeys } from '../passkeys/service.ts';
import { approvalMs, byServicePrefix, deviceKeptMs, devicesMax, newNumber, waitingStates } from './rules.ts';
import * as store from './store.ts';

/** What the phone shows: who asks, from where, for what. The number is on the other screen and never here. */
export type WaitingApproval = {
  requestId: string;
  clientId: string;
  /** Ids of the purposes that evidence is asked for; none for a plain sign-in. */
  purposes: string[];
  address: string;
  /** Browser and system of the asking page, such as "Chrome, Windows"; may be empty. */
  agent: string;
  /** Whether the person has signed in from there in the last 90 days. */
  isKnownAddress: boolean;
  askedAt: Date;
  until: Date;
  /** The service asks by itself, not on a page here: the number is with the service. */
  isByService: boolean;
  /** True once the right number was typed: the device's key is what is missing. */
  isNumbered: boolean;
};

/** On the phone. `handle` is the value of the device's cookie; every function refuses `phone-unknown` without a good one. */
export type Phone = {
  list(handle: string | undefined): Promise<WaitingApproval[]>;
  /** A wrong number ends the request with `number-mismatched`. Refuses `approval-closed`. */
  enterNumber(handle: string | undefined, requestId: string, typed: string): Promise<void>;
  askForKey(handle: string | undefined, requestId: string): Promise<object>;
  approve(handle: string | undefined, requestId: string, form: { answer: string; address: string }): Promise<void>;
  refuse(handle: string | undefined, requestId: string): Promise<void>;
};

export type ApprovalOutcome =
  | { state: 'waiting' }
  | { state: 'approved'; personId: string }
  | { state: 'refused' | 'number-wrong' | 'timed-out' };

/** On the page that asks. `boundTo` names the page's own interaction: nobody else can take what was approved. */
export type Asking = {
  /**
   * Makes the person's phone ask, and answers the number to show. Whether there is such a person, and whether they have a phone,
   * makes no difference to the answer. Refuses `too-many-attempts`.
   */
  ask(request: {
    boundTo: string;
    nationalId: string;
    clientId: string;
    purposes: string[];
    address: string;
    agent: string;
    /** Shown by a service that asks without a page here; each such service counts as one source. */
    number?: string;
  }): Promise<{ number: string }>;
  /** The number of the request that this page waits for. */
  findNumber(boundTo: string): Promise<string | undefined>;
  /** Takes the outcome; an approval is given out once. */
  take(boundTo: string): Promise<ApprovalOutcome>;
  peek(boundTo: string): Promise<'waiting' | 'answered'>;
  stop(boundTo: string): Promise<void>;
};

export type Approvals = {
  phone: Phone;
  asking: Asking;
  /** Calls back with `boundTo` when a phone has answered, whatever it was. */
  listen(hear: (boundTo: string) => Promise<void>): void;
  /** Whose phone it is. Refuses `phone-unknown`. */
  findOwner(handle: string | undefined): Promise<string>;
  listDevices(personId: string): Promise<Array<{ credentialId: string; createdAt: Date; seenAt: Date }>>;
  addDevice(personId: string, credentialId: string): Promise<{ handle: string }>;
  removeDevice(tx: Tx, personId: string, credentialId: string): Promise<boolean>;
  purge(): Promise<void>;
};

export function createApprovals(
  needs: IdentityNeeds,
  persons: Persons,
  passkeys: Passkeys,
  throttle: Throttle,
  journal: Journal,
): Approvals {
  const { database, clock } = needs;
  const db = database.db;
  const listeners: Array<(boundTo: string) => Promise<void>> = [];
  const tell = async ({ bound_to: boundTo }: store.RequestRow) => {
    for (const hear of listeners) await hear(boundTo);
  };
  const seenAfter = () => new Date(clock.now().getTime() - deviceKeptMs);

  async function deviceOf(handle: string | undefined): Promise<store.DeviceRow> {
    const device =
      handle === undefined || handle.length > 200 ? undefined : await store.findDevice(db, sha256(handle), seenAfter());
    if (device === undefined) throw problem('phone-unknown');
    const person = await persons.findPerson(device.person_id);
    if (person === undefined || person.isSuspended) throw problem('person-suspended');
    return device;
  }

  /** Refuses what is not this person's, or not waiting any more. */
  async function requestOf(device: store.DeviceRow, requestId: string): Promise<store.RequestRow> {
    const request = (await store.listWaiting(db, device.person_id, clock.now())).find(
      ({ request_id }) => request_id === requestId,
    );
    if (request === undefined) throw problem('approval-closed');
    return request;
  }

  const phone: Phone = {
    list: async (handle) => {
      const device = await deviceOf(handle);
      const now = clock.now();
      await store.markDeviceSeen(db, device.device_id, now);
      return (await store.listWaiting(db, device.person_id, now)).map((row) => ({
        requestId: row.request_id,
        clientId: row.client_id,
        purposes: JSON.parse(row.purposes) as string[],
        address: row.address,
        agent: row.agent,
        isKnownAddress: row.is_known_address,
        askedAt: row.created_at,
        until: row.expires_at,
        isByService: row.bound_to.startsWith(byServicePrefix),
        isNumbered: row.state === 'numbered',
      }));
    },

    enterNumber: async (handle, requestId, typed) => {
      const device = await deviceOf(handle);
      const request = await requestOf(device, requestId);
      const { number } = request;
      const isRight = normalizeNationalId(typed) === number;
      const now = clock.now();
      await database.transaction(async (tx) => {
        const to = isRight ? 'numbered' : 'number-wrong';
        if (!(await store.moveRequest(tx, { requestId, from: ['open'], to, now }))) throw problem('approval-closed');
        if (!isRight) await journal(tx, { personId: device.person_id, kind: 'approval-number-wrong', at: now });
      });
      if (isRight) return;
      await tell(request);
      throw problem('number-mismatched');
    },

    askForKey: async (handle, requestId) => {
      const device = await deviceOf(handle);
      if ((await requestOf(device, requestId)).state !== 'numbered') throw problem('approval-closed');
      return passkeys.ask({ purpose: 'approve', boundTo: requestId }, [device.credential_id]);
    },

    approve: async (handle, requestId, { answer, address }) => {
      const device = await deviceOf(handle);
      const request = await requestOf(device, requestId);
      const at = { purpose: 'approve', boundTo: requestId } as const;
      const { credentialId } = await passkeys.check({ at, answer, address, personId: device.person_id });
      if (credentialId !== device.credential_id) throw problem('passkey-not-accepted');
      const now = clock.now();
      await database.transaction(async (tx) => {
        const moved = await store.moveRequest(tx, { requestId, from: ['numbered'], to: 'approved', now });
        if (!moved) throw problem('approval-closed');
        await journal(tx, { personId: device.person_id, kind: 'approval-given', at: now });
      });
      await tell(request);
      // The person has answered: what was counted against whoever asked is forgotten.
      await throttle.clear([request.source, ...(request.is_known_address ? [] : [request.account])]);
    },

    refuse: async (handle, requestId) => {
      const device = await deviceOf(handle);
      const request = await requestOf(device, requestId);
      const now = clock.now();
      await database.transaction(async (tx) => {
        if (!(await store.moveRequest(tx, { requestId, from: waitingStates, to: 'refused', now })))
          throw problem('approval-closed');
        await journal(tx, { personId: device.person_id, kind: 'approval-refused', at: now });
      });
      await tell(request);
    },
  };

  const asking: Asking = {
    ask: async ({ boundTo, nationalId: typed, clientId, purposes, address, agent, number: shown }) => {
      const nationalId = normalizeNationalId(typed).slice(0, 64);
      const account = throttle.counter('phone', nationalId);
      const from = shown === undefined ? throttle.addressCounter(address).toString('hex') : clientId;
      const source = throttle.counter('phone-here', nationalId, from);
      const fromAddress = throttle.counter('phone-address', throttle.addressCounter(address).toString('hex'));
      // A service is no place that the person knows: what it asks counts with what strangers ask.
      const isKnown = shown === undefined && (await throttle.isKnown(nationalId, address));
      await throttle.admit([
        { counter: source, limit: attemptLimits.phoneHere },
        ...(shown === undefined ? [{ counter: fromAddress, limit: attemptLimits.address }] : []),
        ...(isKnown ? [] : [{ counter: account, limit: attemptLimits.phoneElsewhere }]),
      ]);
      const person = await persons.findByNationalId(nationalId);
      const devices = await store.listDevices(db, person?.personId ?? newId(), seenAfter());
      const isAskable = person !== undefined && !person.isSuspended && devices.length > 0;
      const now = clock.now();
      const number = shown ?? newNumber();
      await database.transaction(async (tx) => {
        // One at a time for an account from unknown addresses together, and one from each known address.
        await lockAttempts(tx, [account], now);
        const waiting = { account, exceptBoundTo: boundTo, now, ...(isKnown ? { source } : {}) };
        const until = await store.findWaitingUntil(tx, waiting);
        if (until !== undefined)
          throw problem('too-many-attempts', { seconds: Math.ceil((until.getTime() - now.getTime()) / 1000) });
        await store.saveRequest(tx, {
          request_id: newId(),
          account,
          source,
          person_id: isAskable ? person.personId : null,
          bound_to: boundTo,
          client_id: clientId,
          number,
          purposes: JSON.stringify(purposes),
          address,
          agent: describeAgent(agent),
          is_known_address: isKnown,
          state: 'open',
          created_at: now,
          expires_at: new Date(now.getTime() + approvalMs),
        });
      });
      return { number };
    },

    findNumber: async (boundTo) => {
      const request = await store.findRequestOf(db, boundTo);
      return request === undefined || ['spent', 'stopped'].includes(request.state) ? undefined : request.number;
    },

    take: async (boundTo) => {
      const request = await store.findRequestOf(db, boundTo);
      if (request === undefined) return { state: 'timed-out' };
      const { state, request_id: requestId, person_id: personId } = request;
      const now = clock.now();
      if (state === 'refused' || state === 'number-wrong') return { state };
      if (state === 'approved' && (await store.moveRequest(db, { requestId, from: ['approved'], to: 'spent', now })))
        return { state, personId: personId! };
      const isWaiting = waitingStates.some((one) => one === state) && request.expires_at > now;
      return { state: isWaiting ? 'waiting' : 'timed-out' };
    },

    peek: async (boundTo) => {
      const request = await store.findRequestOf(db, boundTo);
      const isWaiting = waitingStates.some((one) => one === request?.state);
      return isWaiting && request!.expires_at > clock.now() ? 'waiting' : 'answered';
    },

    stop: async (boundTo) => {
      const request = await store.findRequestOf(db, boundTo);
      if (request === undefined) return;
      await store.moveRequest(db, {
        requestId: request.request_id,
        from: [...waitingStates, 'approved', 'refused', 'number-wrong'],
        to: 'stopped',
        now: new Date(0),
      });
    },
  };

  return {
    phone,
    asking,
    listen: (hear) => {
      listeners.push(hear);
    },
    findOwner: async (handle) => (await deviceOf(handle)).person_id,
    listDevices: async (personId) =>
      (await store.listDevices(db, personId, seenAfter())).map((row) => ({
        credentialId: row.credential_id,
        createdAt: row.created_at,
        seenAt: row.seen_at,
      })),
    addDevice: async (personId, credentialId) => {
      const handle = randomToken();
      const now = clock.now();
      await database.transaction(async (tx) => {
        const held = await store.listDevices(tx, personId, seenAfter());
        if (held.length >= devicesMax && !held.some(({ credential_id }) => credential_id === credentialId))
          throw problem('phone-limit-reached', { most: devicesMax });
        await store.saveDevice(tx, {
          device_id: newId(),
          handle: sha256(handle),
          person_id: personId,
          credential_id: credentialId,
          created_at: now,
          seen_at: now,
        });
        await journal(tx, { personId, kind: 'phone-added', at: now });
      });
      return { handle };
    },
    removeDevice: async (tx, personId, credentialId) => {
      const isRemoved = await store.removeDevices(tx, personId, credentialId);
      if (isRemoved) await journal(tx, { personId, kind: 'phone-removed', at: clock.now() });
      return isRemoved;
    },
    purge: () =>
      database.transaction(async (tx) => {
        // Kept for an hour after its end, so that a page that waits still learns of it.
        const ended = await store.takeEndedRequests(tx, new Date(clock.now().getTime() - 3_600_000));
        for (const { personId, at } of ended) await journal(tx, { personId, kind: 'approval-unanswered', at });
        await store.purgeDevices(tx, seenAfter());
      }),
  };
}
