import { createBatcher } from '#kernel/batching';
import { newId, randomToken } from '#kernel/ids';
import { type JWK, jwkThumbprint, publicKeyOf } from '#kernel/keys';
import { kernelProblem } from '#kernel/problem';
import type { RequestMessage } from '#protocol/http-signatures';
import { problem } from '../contract.ts';
import type { ExchangeNeeds, OwnOffice } from '../needs.ts';
import type { AddedSystem, AddSystem, InformationSystem, RotateSystem, SystemKey } from './contract.ts';
import { digestSecret, isSignedBy, readCallSignature, readSecret } from './rules.ts';
import * as store from './store.ts';

type Needs = Pick<ExchangeNeeds, 'database' | 'clock' | 'log' | 'offices'>;
type Signed = { message: RequestMessage; body: Buffer };

const callsPerMinuteDefault = 600;
const daysValidDefault = 365;
const overlapHoursDefault = 24;
const dayMs = 86_400_000;
const callsKeptMs = 730 * dayMs;
const clientIdShape = /^[A-Z]{2,3}(\/[A-Za-z0-9._-]{1,64}){3}$/;

export type Systems = {
  /** For the operator. */
  add(add: AddSystem): Promise<AddedSystem>;
  list(): Promise<InformationSystem[]>;
  rotate(systemId: string, rotate: RotateSystem): Promise<AddedSystem>;
  remove(systemId: string): Promise<{ systemId: string }>;
  /** Who calls, and for which office. Throws `call-malformed`, `caller-not-recognised` or `calls-too-many`. */
  recognise(signed: Signed): Promise<{ system: store.SystemRow; office: OwnOffice }>;
  /** The client id of a system of an office; undefined when there is none, or it was removed. */
  findClientOf(systemId: string, officeId: string): Promise<string | undefined>;
  /** Notes who was behind a question, for the office's own audit. */
  noteCall(call: store.CallRow): Promise<void>;
  forgetOld(): Promise<void>;
};

export function createSystems(needs: Needs): Systems {
  const { database, clock } = needs;

  const makeCredential = (systemId: string, choice: { key?: SystemKey; daysValid?: number }) => {
    const secret = choice.key ? undefined : randomToken();
    const days = choice.daysValid ?? (choice.key ? undefined : daysValidDefault);
    const row: store.CredentialRow = {
      system_id: systemId,
      kind: choice.key ? 'key' : 'secret',
      credential_id: choice.key ? thumbprintOf(choice.key) : digestSecret(secret!),
      jwk: choice.key ?? null,
      added_at: clock.now(),
      expires_at: days === undefined ? null : new Date(clock.now().getTime() + days * dayMs),
      last_used_on: null,
    };
    return { row, secret };
  };

  const describe = async (db: Parameters<typeof store.listSystems>[0], rows: store.SystemRow[]) => {
    const credentials = await store.listCredentials(
      db,
      rows.map((row) => row.system_id),
    );
    const at = clock.now();
    return rows.map(
      (row): InformationSystem => ({
        systemId: row.system_id,
        officeId: row.office_id,
        name: row.name,
        clientId: row.client_id,
        callsPerMinute: row.calls_per_minute,
        ...(row.return_url ? { returnUrl: row.return_url } : {}),
        addedAt: row.added_at.toISOString(),
        credentials: credentials
          .filter((one) => one.system_id === row.system_id && (one.expires_at === null || one.expires_at > at))
          .map((one) => ({
            kind: one.kind,
            id: one.kind === 'key' ? one.credential_id : one.credential_id.slice(0, 8),
            addedAt: one.added_at.toISOString(),
            ...(one.expires_at ? { expiresAt: one.expires_at.toISOString() } : {}),
            ...(one.last_used_on ? { lastUsedOn: one.last_used_on } : {}),
          })),
      }),
    );
  };

  /** Whether each call may be made, for all that arrive together. */
  const take = createBatcher<store.SystemRow, boolean>(async (systems) => {
    const wanted = new Map<string, { systemId: string; perMinute: number; wanted: number }>();
    for (const { system_id: systemId, calls_per_minute: perMinute } of systems)
      wanted.set(systemId, { systemId, perMinute, wanted: (wanted.get(systemId)?.wanted ?? 0) + 1 });
    const granted = await store.takeCalls(database.db, [...wanted.values()], clock.now());
    return systems.map(({ system_id: systemId }) => {
      const left = granted.get(systemId) ?? 0;
      granted.set(systemId, left - 1);
      return left > 0;
    });
  });

  const findCaller = ({ message, body }: Signed, clientId: string) => {
    const at = clock.now();
    const { db } = database;
    if (message.headers['signature-input'] !== undefined) {
      const call = readCallSignature(message, body, at);
      if (!call) return undefined;
      return store
        .findCaller(db, { clientId, kind: 'key', credentialId: call.keyId, at })
        .then((found) => (found?.jwk && isSignedBy(call, found.jwk) ? found : undefined));
    }
    const secret = readSecret(message.headers['authorization']);
    return secret
      ? store.findCaller(db, { clientId, kind: 'secret', credentialId: digestSecret(secret), at })
      : undefined;
  };

  return {
    add: (add) =>
      database.transaction(async (tx) => {
        const office = needs.offices.find(({ officeId }) => officeId === add.officeId);
        if (!office) throw problem('office-unknown');
        if (!add.clientId.startsWith(`${office.xRoadClient}/`) || add.clientId.endsWith('/registry'))
          throw problem('system-client-not-of-office', { clientOfOffice: office.xRoadClient });
        if (await store.findSystemOfClient(tx, add.clientId))
          throw problem('system-client-taken', { clientId: add.clientId });
        const row: store.SystemRow = {
          system_id: newId(),
          office_id: add.officeId,
          name: add.name,
          client_id: add.clientId,
          calls_per_minute: add.callsPerMinute ?? callsPerMinuteDefault,
          return_url: add.returnUrl ?? null,
          added_at: clock.now(),
          removed_at: null,
        };
        const credential = makeCredential(row.system_id, add);
        await store.insertSystem(tx, row);
        await store.insertCredential(tx, credential.row);
        const [system] = await describe(tx, [row]);
        return { system: system!, ...(credential.secret ? { secret: credential.secret } : {}) };
      }),

    list: async () => describe(database.db, await store.listSystems(database.db)),

    rotate: (systemId, rotate) =>
      database.transaction(async (tx) => {
        const row = await store.findSystem(tx, systemId);
        if (!row) throw problem('system-unknown');
        const credential = makeCredential(systemId, rotate);
        const overlapMs = (rotate.overlapHours ?? overlapHoursDefault) * 3_600_000;
        await store.insertCredential(tx, credential.row);
        await store.endCredentials(
          tx,
          systemId,
          credential.row.credential_id,
          new Date(clock.now().getTime() + overlapMs),
        );
        const [system] = await describe(tx, [row]);
        return { system: system!, ...(credential.secret ? { secret: credential.secret } : {}) };
      }),

    remove: (systemId) =>
      database.transaction(async (tx) => {
        if (!(await store.endSystem(tx, systemId, clock.now()))) throw problem('system-unknown');
        return { systemId };
      }),

    recognise: async (signed) => {
      const clientId = readClientId(signed.message.headers['x-road-client']);
      const caller = await findCaller(signed, clientId);
      const office = caller && needs.offices.find(({ officeId }) => officeId === caller.office_id);
      // One refusal for all of it: whoever tries learns neither which clients there are nor what was wrong.
      if (!caller || !office) throw problem('caller-not-recognised');
      if (!(await take(caller))) throw problem('calls-too-many', { callsPerMinute: caller.calls_per_minute });
      const day = clock.now().toISOString().slice(0, 10);
      if (caller.last_used_on !== day) await store.noteUse(database.db, caller.system_id, caller.credential_id, day);
      return { system: caller, office };
    },

    findClientOf: async (systemId, officeId) => {
      const found = await store.findSystem(database.db, systemId);
      return found?.office_id === officeId ? found.client_id : undefined;
    },

    noteCall: (call) => store.insertCall(database.db, call),

    forgetOld: async () => {
      const now = clock.now();
      await store.dropCalls(database.db, new Date(now.getTime() - callsKeptMs));
    },
  };
}

/** Each part is percent-encoded by itself. Two headers of that name arrive joined and fit no client id. */
function readClientId(header: string | undefined): string {
  const malformed = () => problem('call-malformed', { where: 'X-Road-Client' });
  try {
    const clientId = (header ?? '').split('/').map(decodeURIComponent).join('/');
    if (clientIdShape.test(clientId)) return clientId;
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
  }
  throw malformed();
}

function thumbprintOf(key: SystemKey): string {
  try {
    publicKeyOf(key as JWK);
  } catch {
    throw kernelProblem('request-malformed', { where: 'body/key' });
  }
  return jwkThumbprint(key as JWK);
}
