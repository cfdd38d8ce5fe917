import type { Clock } from '#kernel/clock';
import type { Database } from '#kernel/database';
import type { HttpClient } from '#kernel/http-client';
import type { Log } from '#kernel/log';
import { Problem } from '#kernel/problem';
import type { Neighbour } from '../cosigning.ts';
import { isSameBytes, readUtf8 } from '../encoding.ts';
import { listConsistencyRanges, verifyConsistency } from '../merkle.ts';
import { type Checkpoint, checkNoteSignature, parseCheckpointText, parseNote, parseVerifierKey } from '../note.ts';
import { findWitnessed } from '../store.ts';
import { createHashReader, TileLost } from '../tiles.ts';
import type { ForkProof } from './evidence.ts';
import {
  type Breach,
  deleteCleared,
  endConfirmed,
  insertBreach,
  listBreaches,
  replaceBreach,
  type SavedBreach,
} from './store.ts';

export type WatchNeeds = {
  database: Database;
  clock: Clock;
  http: HttpClient;
  log: Log;
  origin: string;
  neighbours: () => Promise<Neighbour[]>;
  announceBreach: (breach: Breach) => void;
};

type Published = Checkpoint & { note: string };
type Finding = 'continues' | 'unknown' | { contradicts: ForkProof | undefined };

/**
 * Reads what the other logs publish under their own address, and settles suspicions by it: a stranger who plays an old
 * checkpoint back is found out and forgotten, a log that lost or rewrote entries is found out and kept.
 */
export function createWatch(needs: WatchNeeds) {
  const { database, clock, http, log } = needs;

  const inspectAll = async (): Promise<void> => {
    let others: Neighbour[];
    try {
      others = (await needs.neighbours()).filter((one) => one.origin !== needs.origin);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      log.warn({ code: error.code }, 'the other states cannot be listed just now; their logs are looked at later');
      return;
    }
    await Promise.all(others.map(inspect));
  };

  const inspect = async (neighbour: Neighbour): Promise<void> => {
    const { origin } = neighbour;
    // Before the log is asked: what was cosigned by now must be in whatever it answers.
    const witnessed = await findWitnessed(database.db, origin);
    const open = await listBreaches(database.db, { origin, states: ['suspected', 'confirmed'], areOpen: true });
    if (!witnessed && open.length === 0) return;
    const published = await readPublished(neighbour);
    if (!published) return;
    if (witnessed && published.size < witnessed.size) {
      await save({
        origin,
        kind: 'rewind',
        state: 'confirmed',
        seenSize: published.size,
        seenNote: published.note,
        witnessedSize: witnessed.size,
        witnessedNote: witnessed.note,
        seenAt: clock.now(),
        logKey: neighbour.ledgerKey,
      });
      return;
    }
    if (witnessed && published.size === witnessed.size && !isSameBytes(published.root, witnessed.root))
      await save({
        origin,
        kind: 'fork',
        state: 'proven',
        seenSize: published.size,
        seenNote: published.note,
        witnessedSize: witnessed.size,
        witnessedNote: witnessed.note,
        seenAt: clock.now(),
        logKey: neighbour.ledgerKey,
      });
    for (const breach of open) await settle(neighbour, breach, published);
  };

  const save = async (breach: Breach): Promise<void> => {
    if (!(await insertBreach(database.db, breach))) return;
    log.error(
      { origin: breach.origin, kind: breach.kind, seenSize: breach.seenSize, witnessedSize: breach.witnessedSize },
      'a log publishes another history than the one that was cosigned',
    );
    needs.announceBreach(breach);
  };

  const settle = async (neighbour: Neighbour, breach: SavedBreach, published: Published): Promise<void> => {
    const notes = [breach.seenNote, ...(breach.witnessedNote === undefined ? [] : [breach.witnessedNote])];
    let isClear = true;
    for (const text of notes) {
      const note = parseNote(text);
      const earlier = note && parseCheckpointText(note.text);
      const finding = earlier ? await compare(neighbour, earlier, published) : 'unknown';
      if (finding === 'continues') continue;
      isClear = false;
      if (finding === 'unknown' || !earlier) continue;
      const { breachId, ...rest } = breach;
      const { contradicts } = finding;
      const proven: Breach = {
        ...rest,
        kind: 'fork',
        state: 'proven',
        seenSize: published.size,
        seenNote: published.note,
        witnessedSize: earlier.size,
        witnessedNote: text,
        ...(contradicts ? { proof: contradicts } : {}),
      };
      await replaceBreach(database.db, breachId, proven);
      log.error({ origin: breach.origin, earlier: earlier.size, later: published.size }, 'a log rewrote its history');
      needs.announceBreach(proven);
      return;
    }
    if (!isClear) return;
    if (breach.state === 'confirmed') {
      await endConfirmed(database.db, breach, clock.now());
      log.warn({ origin: breach.origin, kind: breach.kind }, 'a log publishes again what it had lost');
      return;
    }
    await deleteCleared(database.db, breach.breachId);
    log.info({ origin: breach.origin, kind: breach.kind }, 'a suspicion about a log came to nothing');
  };

  const compare = async (neighbour: Neighbour, earlier: Checkpoint, later: Published): Promise<Finding> => {
    if (earlier.size > later.size) return 'unknown';
    if (earlier.size === later.size)
      return isSameBytes(earlier.root, later.root) ? 'continues' : { contradicts: undefined };
    if (earlier.size === 0) return 'continues';
    const hashes = createHashReader({ find: (path) => readTile(neighbour, path) });
    try {
      const [rootThen] = await hashes.readHashes([{ start: 0, end: earlier.size }], later.size);
      const proof = await hashes.readHashes(listConsistencyRanges(earlier.size, later.size), later.size);
      const isTrueOfLater = await verifyConsistency({
        oldSize: earlier.size,
        treeSize: later.size,
        oldRoot: rootThen!,
        root: later.root,
        hashes: proof,
      });
      // Tiles that do not give the signed root prove nothing about it.
      if (!isTrueOfLater) return 'unknown';
      if (isSameBytes(rootThen!, earlier.root)) return 'continues';
      return {
        contradicts: {
          rootAtEarlierSize: rootThen!.toString('base64'),
          hashes: proof.map((hash) => hash.toString('base64')),
        },
      };
    } catch (error) {
      if (error instanceof TileLost) return 'unknown';
      throw error;
    }
  };

  const readPublished = async (neighbour: Neighbour): Promise<Published | undefined> => {
    const key = await parseVerifierKey(neighbour.ledgerKey);
    const bytes = await get(`${neighbour.ledgerUrl}/checkpoint`, 65_536);
    const text = bytes && readUtf8(bytes);
    const note = text === undefined ? undefined : parseNote(text);
    const checkpoint = note && parseCheckpointText(note.text);
    if (!key || !note || !checkpoint || checkpoint.origin !== neighbour.origin) return undefined;
    if ((await checkNoteSignature(note, key)).state !== 'valid') return undefined;
    return { ...checkpoint, note: text! };
  };

  const readTile = (neighbour: Neighbour, path: string) => get(`${neighbour.ledgerUrl}/tile/${path}`, 16_384);

  const get = async (url: string, bodyBytesMax: number): Promise<Buffer | undefined> => {
    try {
      const answer = await http.request({ method: 'GET', url, timeoutMs: 5_000, bodyBytesMax });
      return answer.status === 200 ? answer.body : undefined;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      log.info({ code: error.code, ...error.params }, 'another log is out of reach; it is looked at later');
      return undefined;
    }
  };

  return { inspectAll };
}
