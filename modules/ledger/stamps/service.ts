import type { Clock } from '#kernel/clock';
import type { Database } from '#kernel/database';
import type { HttpClient } from '#kernel/http-client';
import { randomBytes, sha256 } from '#kernel/ids';
import type { Log } from '#kernel/log';
import { Problem } from '#kernel/problem';
import { parseNote } from '../note.ts';
import { retryDelayMs } from '../rules.ts';
import { findLatestCheckpoint, type SavedCheckpoint } from '../store.ts';
import { orderAuthorities } from './rules.ts';
import { endPause, findLatestStamp, findOldestUnstampedAt, insertStamp, listPauses, savePause } from './store.ts';
import { makeStampRequest, readStampReply, type TimeStampAuthority, verifyToken } from './token.ts';

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
    const imprint = imprintOf(note.text);
    const nonce = randomBytes(16);
    // A positive number without a leading zero.
    nonce[0] = (nonce[0]! & 0x3f) | 0x40;
    const { policy } = authority;
    const from = new Date(clock.now().getTime() - clockSkewMs);
    const reply = await ask(authority, makeStampRequest({ imprint, nonce, ...(policy ? { policy } : {}) }));
    if (!reply) return false;
    const savedAt = clock.now();
    const until = new Date(savedAt.getTime() + clockSkewMs);
    const read = readStampReply(reply);
    if (!read.ok) {
      log.warn({ authority: authority.name, status: read.status }, 'a time-stamping authority refused');
      return false;
    }
    const verdict = verifyToken(read.token, { imprint, nonce, authority, between: { from, until } });
    if (!verdict.ok) {
      log.error({ authority: authority.name, reason: verdict.reason }, 'a time-stamp does not hold and is not kept');
      return false;
    }
    const { size } = checkpoint;
    const { stampedAt } = verdict;
    await insertStamp(database.db, { size, authority: authority.name, token: read.token, stampedAt, savedAt });
    return true;
  };

  const ask = async (authority: TimeStampAuthority, body: Buffer): Promise<Buffer | undefined> => {
    try {
      const answer = await http.request({
        method: 'POST',
        url: authority.url,
        headers: { 'content-type': 'application/timestamp-query' },
        body,
        timeoutMs: 10_000,
        bodyBytesMax: 65_536,
      });
      if (answer.status === 200) return answer.body;
      log.warn({ authority: authority.name, status: answer.status }, 'a time-stamping authority did not answer');
      return undefined;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      log.warn({ authority: authority.name, code: error.code }, 'a time-stamping authority is out of reach');
      return undefined;
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

  return { stampDue, statusOf };
}
