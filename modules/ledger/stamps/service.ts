import type { Clock } from '#kernel/clock';
import type { Database } from '#kernel/database';
import { causeOfUnreachable, type HttpClient } from '#kernel/http-client';
import { randomBytes, sha256 } from '#kernel/ids';
import type { Log } from '#kernel/log';
import { Problem } from '#kernel/problem';
import { parseNote } from '../note.ts';
import { retryDelayMs } from '../rules.ts';
import { findLatestCheckpoint, type SavedCheckpoint } from '../store.ts';
import { orderAuthorities } from './rules.ts';
import { endPause, findLatestStamp, findOldestUnstampedAt, insertStamp, listPauses, savePause } from './store.ts';
import { makeStampRequest, readStampReply, type TimeStampAuthority, verifyToken } from './token.ts';

/** A token that was asked for just now and holds, or a word for why there is none. */
type Given = { ok: true; token: Buffer; stampedAt: Date } | { ok: false; reason: string };

export type StampingNeeds = {
  database: Database;
  clock: Clock;
  http: HttpClient;
  log: Log;
  authorities: TimeStampAuthority[];
  /** At most one token in this time; a minute unless told otherwise. */
  stampEveryMs?: number;
};

export type StampingStatus = {
  /** How many authorities this ledger knows; with none nothing is ever stamped. */
  authorities: number;
  /** Names of authorities that did not give a usable token at the last attempt. */
  failing: string[];
  stampedSize: number;
  stampedAt: Date | undefined;
  /** How long the oldest entry without a stamp has waited; 0 when there is none. */
  oldestUnstampedWaitMs: number;
  oldestUnstampedAt: Date | undefined;
};

const clockSkewMs = 60_000;
const rememberMs = 1_000;

/** SHA-256 of what the log signed: origin, size and root. The cosignatures, which come later, are not part of it. */
export function imprintOf(noteText: string): Buffer {
  return sha256(noteText);
}

/**
 * Has the newest checkpoint time-stamped (RFC 3161), one authority after another. One token covers every entry under the
 * checkpoint, so a missed one is made good by the next. Nothing waits for it.
 */
export function createStamping(needs: StampingNeeds) {
  const { database, clock, http, log, authorities } = needs;
  const everyMs = needs.stampEveryMs ?? 60_000;
  const findPauses = () =>
    listPauses(
      database.db,
      authorities.map(({ name }) => name),
    );
  let remembered: { readAtMs: number; since: Promise<Date | undefined> } | undefined;

  const stampDue = async (): Promise<void> => {
    if (authorities.length === 0) return;
    const [checkpoint, last] = await Promise.all([findLatestCheckpoint(database.db), findLatestStamp(database.db)]);
    if (!checkpoint || checkpoint.size === 0 || (last && last.size >= checkpoint.size)) return;
    const nowMs = clock.now().getTime();
    if (last && nowMs - last.savedAt.getTime() < everyMs) return;
    const pauses = await findPauses();
    const pauseOf = (name: string) => pauses.find((pause) => pause.authority === name);
    const isDue = (name: string) => (pauseOf(name)?.retryAt.getTime() ?? 0) <= nowMs;
    for (const authority of orderAuthorities(authorities, last?.authority, isDue)) {
      const pause = pauseOf(authority.name);
      if (await stampAt(authority, checkpoint)) {
        if (pause) await endPause(database.db, authority.name);
        return;
      }
      const failures = (pause?.failures ?? 0) + 1;
      const retryAt = new Date(clock.now().getTime() + retryDelayMs(failures));
      await savePause(database.db, { authority: authority.name, failures, retryAt });
    }
  };

  const stampAt = async (authority: TimeStampAuthority, checkpoint: SavedCheckpoint): Promise<boolean> => {
    const note = parseNote(checkpoint.note);
    if (!note) throw new Error('own checkpoint cannot be read');
    const given = await obtain(authority, imprintOf(note.text));
    if (!given.ok) {
      log.warn({ authority: authority.name, reason: given.reason }, 'a time-stamping authority gave no valid token');
      return false;
    }
    const { token, stampedAt } = given;
    const savedAt = clock.now();
    await insertStamp(database.db, { size: checkpoint.size, authority: authority.name, token, stampedAt, savedAt });
    return true;
  };

  const obtain = async (authority: TimeStampAuthority, imprint: Buffer): Promise<Given> => {
    const nonce = randomBytes(16);
    // A positive number without a leading zero.
    nonce[0] = (nonce[0]! & 0x3f) | 0x40;
    const { policy } = authority;
    const from = new Date(clock.now().getTime() - clockSkewMs);
    const reply = await ask(authority, makeStampRequest({ imprint, nonce, ...(policy ? { policy } : {}) }));
    if (typeof reply === 'string') return { ok: false, reason: reply };
    const until = new Date(clock.now().getTime() + clockSkewMs);
    const read = readStampReply(reply);
    if (!read.ok) return { ok: false, reason: `PKIStatus ${read.status ?? 'unreadable'}` };
    const verdict = verifyToken(read.token, { imprint, nonce, authority, between: { from, until } });
    return verdict.ok ? { ok: true, token: read.token, stampedAt: verdict.stampedAt } : verdict;
  };

  /** The reply, or a word for why there is none. */
  const ask = async (authority: TimeStampAuthority, body: Buffer): Promise<Buffer | string> => {
    try {
      const answer = await http.request({
        method: 'POST',
        url: authority.url,
        headers: { 'content-type': 'application/timestamp-query' },
        body,
        timeoutMs: 10_000,
        bodyBytesMax: 65_536,
      });
      return answer.status === 200 ? answer.body : `HTTP ${answer.status}`;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      return causeOfUnreachable(error) ?? error.code;
    }
  };

  const statusOf = async (): Promise<StampingStatus> => {
    const last = await findLatestStamp(database.db);
    const oldestUnstampedAt = await findOldestUnstampedAt(database.db, last?.size ?? 0);
    return {
      authorities: authorities.length,
      failing: (await findPauses()).map(({ authority }) => authority),
      stampedSize: last?.size ?? 0,
      stampedAt: last?.stampedAt,
      oldestUnstampedAt,
      oldestUnstampedWaitMs: oldestUnstampedAt ? Math.max(0, clock.now().getTime() - oldestUnstampedAt.getTime()) : 0,
    };
  };

  /** Asked before every question about evidence with a limit, so it is read at most once a second. */
  const findOldestWaiting = (): Promise<Date | undefined> => {
    const nowMs = clock.now().getTime();
    if (remembered && Math.abs(nowMs - remembered.readAtMs) < rememberMs) return remembered.since;
    const since = statusOf().then(({ oldestUnstampedAt }) => oldestUnstampedAt);
    remembered = { readAtMs: nowMs, since };
    since.catch(() => {
      // The caller hears of the failure; the next one asks again.
      remembered = undefined;
    });
    return since;
  };

  return {
    stampDue,
    statusOf,
    findOldestWaiting,
    listAuthorities: () => authorities.map(({ name }) => name),
    /** Has one authority give a real token over something that nobody needs; it is checked and thrown away. */
    checkAuthority: async (name: string): Promise<{ ok: true } | { ok: false; reason: string }> => {
      const authority = authorities.find((one) => one.name === name);
      if (!authority) return { ok: false, reason: 'unknown' };
      const given = await obtain(authority, sha256(randomBytes(32)));
      return given.ok ? { ok: true } : { ok: false, reason: given.reason };
    },
  };
}
