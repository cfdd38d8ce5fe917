import type { Tx } from '#kernel/database';
import { newId } from '#kernel/ids';
import { decodeJws, signJws, verifyJws } from '#kernel/jws';
import type { Signer } from '#kernel/keys';
import { Problem } from '#kernel/problem';
import {
  type SecurityEventName,
  securityEventMediaType,
  securityEvents,
  securityEventType,
} from '#protocol/security-event';
import { problem } from '../contract.ts';
import type { IdentityNeeds } from '../needs.ts';
import { clockSkewMs, endsSessions, nextTry, readSignal, suspends } from './rules.ts';
import * as store from './store.ts';

export type Signals = {
  /**
   * Tells every other state that knows the person, or the one of a sector, in the caller's transaction; sent by `start` within a second.
   */
  tell(
    tx: Tx,
    signal: {
      personId: string;
      event: SecurityEventName;
      at: Date;
      sector?: string;
      details?: (sector: string) => Details;
    },
  ): Promise<void>;
  /** Heeds a SET that another state pushed (RFC 8935 section 2). Refuses `signal-invalid`. */
  receive(token: string): Promise<{ ended: number }>;
  start(): void;
  stop(): Promise<void>;
};
type Details = Record<string, string>;

export const signalsPath = '/api/signals';
const lookEveryMs = 500;
const leaseMs = 30_000;
const atOnce = 64;
const deadlineMs = 4_000;

/**
 * Security events between states: one SET (RFC 8417) per event and receiver, pushed by HTTP (RFC 8935), kept until it is acknowledged.
 * Whoever was ever given a subject of a person is told about that person, by that subject; nobody subscribes.
 */
export function createSignals(needs: IdentityNeeds, signer: Signer): Signals {
  const { database, clock, http, log } = needs;
  const issuer = `${needs.publicUrl}/eid`;
  const ownHost = new URL(needs.publicUrl).host;
  let timer: NodeJS.Timeout | undefined;
  let round: Promise<void> = Promise.resolve();
  let isBusy = false;

  async function deliver(row: store.SignalRow): Promise<void> {
    try {
      const receiver = (await needs.listStates!()).find(({ entityId }) => new URL(entityId).host === row.sector);
      // A client that is no state of the federation has no door for signals; it hears of the end by its next question.
      if (!receiver) return await retryOrDrop(row, 'receiver-unknown');
      const now = clock.now();
      const set = await signJws(
        signer,
        {
          iss: issuer,
          aud: receiver.entityId,
          iat: Math.floor(now.getTime() / 1000),
          jti: row.signal_id,
          sub_id: { format: 'iss_sub', iss: issuer, sub: row.subject },
          events: {
            [securityEvents[row.event as SecurityEventName]]: {
              event_timestamp: Math.floor(row.happened_at.getTime() / 1000),
              initiating_entity: 'admin',
              ...row.details,
            },
          },
        },
        { typ: securityEventType },
      );
      const { status } = await http.request({
        method: 'POST',
        url: `${receiver.entityId}${signalsPath}`,
        headers: { 'content-type': securityEventMediaType, accept: 'application/json' },
        body: set,
        timeoutMs: deadlineMs,
        bodyBytesMax: 16_384,
      });
      if (status === 202) await store.dropSignal(database.db, row.signal_id);
      else await retryOrDrop(row, `status-${status}`);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      await retryOrDrop(row, error.code);
    }
  }

  async function retryOrDrop(row: store.SignalRow, code: string): Promise<void> {
    const next = nextTry(row.attempts, row.happened_at, clock.now());
    log.warn({ code, signal: row.signal_id, attempts: row.attempts + 1, givenUp: !next }, 'a signal was not taken');
    if (next) await store.postponeSignal(database.db, row.signal_id, next);
    else await store.dropSignal(database.db, row.signal_id);
  }

  async function look(): Promise<void> {
    const now = clock.now();
    const leasedUntil = new Date(now.getTime() + leaseMs);
    const due = await database.transaction((tx) => store.takeDue(tx, now, leasedUntil, atOnce));
    // One receiver out of reach keeps nobody else waiting.
    await Promise.all(due.map(deliver));
  }

  return {
    tell: async (tx, { personId, event, at, sector: only, details }) => {
      if (!needs.listStates) return;
      const subjects = (await store.listSubjectsOf(tx, personId)).filter(
        ({ sector }) => sector !== ownHost && sector === (only ?? sector),
      );
      await store.insertSignals(
        tx,
        subjects.map(({ subject, sector }) => ({
          signal_id: newId(),
          sector,
          subject,
          event,
          details: details?.(sector) ?? {},
          happened_at: at,
          attempts: 0,
          next_at: at,
        })),
      );
    },

    receive: async (token) => {
      const payload = await verify(token);
      const now = clock.now();
      const signal = readSignal(payload, needs.publicUrl, now);
      if (signal === undefined) throw problem('signal-invalid');
      if (signal === 'event-unknown') return { ended: 0 };
      const { issuer: from, subject } = signal;
      if (signal.event === 'mandate-ended') {
        const { mandate } = signal;
        if (!mandate) return { ended: 0 };
        return database.transaction(async (tx) => {
          await needs.onMandateEnded?.(tx, mandate);
          return { ended: await store.stopActingIn(tx, from, { mandate }) };
        });
      }
      if (!endsSessions(signal)) return { ended: 0 };
      // A signal that comes late, or again, ends nothing that began after what it tells of.
      const until = new Date(signal.at.getTime() + clockSkewMs);
      const { session } = signal;
      const ended = await store.endSessionsUntil(database.db, { issuer: from, subject, session }, until, now);
      if (session !== undefined) return { ended };
      const visitorId = await store.findVisitorId(database.db, from, subject);
      if (visitorId !== undefined) await needs.onSignedOutEverywhere?.(visitorId);
      // Whoever signs out everywhere, or gives up a way to sign in, is not suspended: what they allowed others stands.
      if (visitorId !== undefined && suspends(signal))
        await database.transaction(async (tx) => needs.onSuspendedAtHome?.(tx, visitorId));
      return { ended: ended + (await store.stopActingIn(database.db, from, { subject })) };
    },

    start: () => {
      if (!needs.listStates) return;
      timer ??= setInterval(() => {
        if (isBusy) return;
        isBusy = true;
        round = look()
          .catch((error) => log.error({ err: error }, 'signals could not be sent'))
          .finally(() => {
            isBusy = false;
          });
      }, lookEveryMs).unref();
    },
    stop: async () => {
      clearInterval(timer);
      timer = undefined;
      await round;
    },
  };

  /** Only a provider that somebody signed in with is looked up: a stranger cannot make this node fetch an address. */
  async function verify(token: string): Promise<unknown> {
    try {
      const { iss } = decodeJws(token).payload;
      if (typeof iss !== 'string' || !(await store.hasSubjectFrom(database.db, iss))) throw problem('signal-invalid');
      const { metadata } = await needs.federation.resolve(iss, 'openid_provider');
      return verifyJws(token, metadata['openid_provider']?.jwks?.keys ?? [], { typ: securityEventType }).payload;
    } catch (error) {
      if (error instanceof Problem && error.status < 500) throw problem('signal-invalid');
      throw error;
    }
  }
}
