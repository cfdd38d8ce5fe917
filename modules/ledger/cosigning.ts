import type { Clock } from '#kernel/clock';
import type { Database } from '#kernel/database';
import type { HttpClient } from '#kernel/http-client';
import type { Log } from '#kernel/log';
import { Problem } from '#kernel/problem';
import { formatAddCheckpoint } from './add-checkpoint.ts';
import { deleteDispute, listDisputes, saveDispute } from './breaches/store.ts';
import { isSameBytes, readDecimal, readUtf8 } from './encoding.ts';
import { listConsistencyRanges } from './merkle.ts';
import {
  checkNoteSignature,
  formatSignatureLine,
  logKeyType,
  type Note,
  parseNote,
  parseSignatureLines,
  parseVerifierKey,
  type VerifierKey,
} from './note.ts';
import { retryDelayMs } from './rules.ts';
import {
  findLatestCheckpoint,
  findSizeKnownTo,
  insertCosignature,
  listCosignatures,
  type SavedCheckpoint,
} from './store.ts';
import type { HashReader } from './tiles.ts';

/** Another state, as the federation describes it: a log that we witness and a witness that we ask. */
export type Neighbour = {
  origin: string;
  ledgerKey: string;
  /** Where its log is published: `<ledgerUrl>/checkpoint`, `<ledgerUrl>/tile/…`. */
  ledgerUrl: string;
  witnessUrl: string;
  witnessKey: string;
  /** Further keys of the same witness, such as an ML-DSA-44 key beside the Ed25519 one. */
  moreWitnessKeys?: string[];
};

/** All keys under which a neighbour's witness may cosign. */
export function keysOfWitness(neighbour: Pick<Neighbour, 'witnessKey' | 'moreWitnessKeys'>): string[] {
  return [neighbour.witnessKey, ...(neighbour.moreWitnessKeys ?? [])];
}

export type CosigningNeeds = {
  database: Database;
  clock: Clock;
  http: HttpClient;
  log: Log;
  hashes: HashReader;
  origin: string;
  neighbours: () => Promise<Neighbour[]>;
};

type Outcome = 'cosigned' | 'unavailable' | 'disputed';

/** A key as the federation publishes it and as it was read. */
type WitnessKey = { text: string; key: VerifierKey };

/** Asks the witnesses of the other states to cosign the newest checkpoint, all at once, each with its own deadline. */
export function createCosigning(needs: CosigningNeeds) {
  const { database, clock, http, log, hashes, origin } = needs;
  const waiting = new Map<string, { failures: number; retryAtMs: number }>();
  /** Witnesses that have not answered yet, each with what waits for its answer. */
  const underWay = new Map<string, Promise<void>>();

  const listMissing = async (size: number): Promise<Neighbour[]> => {
    const have = new Set((await listCosignatures(database.db, size)).map(({ witnessKey }) => witnessKey));
    return (await listNeighbours()).filter(
      (one) => one.origin !== origin && !keysOfWitness(one).some((witnessKey) => have.has(witnessKey)),
    );
  };

  /** A federation that cannot be read just now delays cosignatures and must not stop the ledger. */
  const listNeighbours = async (): Promise<Neighbour[]> => {
    try {
      return await needs.neighbours();
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      log.warn({ code: error.code }, 'the other states cannot be listed just now; their witnesses are asked later');
      return [];
    }
  };

  /** The witnesses that owe a cosignature on the newest checkpoint, with how each is asked for it. */
  const listOwing = async (): Promise<Array<{ witnessKey: string; ask(): Promise<void> }>> => {
    const checkpoint = await findLatestCheckpoint(database.db);
    if (!checkpoint || checkpoint.size === 0) return [];
    return (await listMissing(checkpoint.size)).map((neighbour) => ({
      witnessKey: neighbour.witnessKey,
      ask: () => gatherFrom(neighbour, checkpoint),
    }));
  };

  const gatherFrom = async (neighbour: Neighbour, checkpoint: SavedCheckpoint): Promise<void> => {
    const { witnessKey } = neighbour;
    const outcome = await askWitness(neighbour, checkpoint);
    if (outcome === 'cosigned') {
      waiting.delete(witnessKey);
      return deleteDispute(database.db, witnessKey);
    }
    const failures = (waiting.get(witnessKey)?.failures ?? 0) + 1;
    waiting.set(witnessKey, { failures, retryAtMs: clock.now().getTime() + retryDelayMs(failures) });
    if (outcome !== 'disputed') return;
    const witnessName = witnessKey.split('+')[0]!;
    await saveDispute(database.db, { witnessKey, witnessName, size: checkpoint.size, since: clock.now() });
  };

  const askWitness = async (neighbour: Neighbour, checkpoint: SavedCheckpoint): Promise<Outcome> => {
    const { size } = checkpoint;
    const keys = await readWitnessKeys(neighbour);
    const note = parseNote(checkpoint.note);
    if (!note) throw new Error('own checkpoint cannot be read');
    const name = keys[0]?.key.name;
    if (name === undefined) {
      log.warn({ witness: neighbour.origin }, 'a neighbour publishes a witness key that cannot be read');
      return 'unavailable';
    }
    let oldSize = Math.min(await findSizeKnownTo(database.db, keysOfWitness(neighbour)), size);
    // The first answer may tell the size that the witness has really seen; a second conflict means that it is moving.
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const proof =
        oldSize > 0 && oldSize < size ? await hashes.readHashes(listConsistencyRanges(oldSize, size), size) : [];
      const body = formatAddCheckpoint({ oldSize, hashes: proof, note: checkpoint.note });
      const answer = await post(`${neighbour.witnessUrl}/add-checkpoint`, body);
      if (!answer) return 'unavailable';
      if (answer.status === 200) return takeCosignatures(keys, note, size, answer.text);
      if (answer.status === 409 && /^text\/x\.tlog\.size\b/.test(answer.contentType)) {
        const seen = answer.text.endsWith('\n') ? readDecimal(answer.text.slice(0, -1)) : undefined;
        if (seen === undefined) return 'unavailable';
        if (seen > size) return isBehind(seen, name);
        oldSize = seen;
        continue;
      }
      if (answer.status === 422) {
        log.error({ witness: name, size }, 'a witness says that this ledger contradicts what it showed before');
        return 'disputed';
      }
      log.warn({ witness: name, status: answer.status }, 'a witness did not cosign');
      return 'unavailable';
    }
    return 'unavailable';
  };

  /** Another process of this node may have published more in the meantime; otherwise this ledger has lost entries. */
  const isBehind = async (seen: number, witness: string): Promise<Outcome> => {
    const latest = await findLatestCheckpoint(database.db);
    if (latest && latest.size >= seen) return 'unavailable';
    log.error(
      { witness, seen, size: latest?.size ?? 0 },
      'a witness has seen a longer ledger than this one: entries are lost',
    );
    return 'disputed';
  };

  const post = async (url: string, body: string) => {
    try {
      const answer = await http.request({
        method: 'POST',
        url,
        headers: { 'content-type': 'text/plain; charset=utf-8' },
        body,
        timeoutMs: 5_000,
        bodyBytesMax: 16_384,
      });
      const text = readUtf8(answer.body) ?? '';
      return { status: answer.status, contentType: answer.headers['content-type'] ?? '', text };
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      log.info({ code: error.code, ...error.params }, 'a witness is out of reach; asked again later');
      return undefined;
    }
  };

  const readWitnessKeys = async (neighbour: Neighbour): Promise<WitnessKey[]> => {
    const keys: WitnessKey[] = [];
    for (const text of keysOfWitness(neighbour)) {
      const key = await parseVerifierKey(text);
      if (key && key.type !== logKeyType) keys.push({ text, key });
    }
    return keys;
  };

  /** Keeps one cosignature per known key; lines of unknown keys are passed over (C2SP tlog-witness). */
  const takeCosignatures = async (keys: WitnessKey[], note: Note, size: number, text: string): Promise<Outcome> => {
    const signatures = parseSignatureLines(text) ?? [];
    let taken = 0;
    for (const { text: witnessKey, key } of keys) {
      const check = await checkNoteSignature({ text: note.text, signatures }, key);
      if (check.state !== 'valid' || check.cosignedAt === undefined) continue;
      const own = signatures.filter(({ name, keyId }) => name === key.name && isSameBytes(keyId, key.keyId)).at(-1)!;
      const cosignedAt = new Date(check.cosignedAt * 1_000);
      const line = formatSignatureLine(own);
      await insertCosignature(database.db, { size, witnessKey, witnessName: key.name, line, cosignedAt });
      taken += 1;
    }
    if (taken > 0) return 'cosigned';
    log.warn({ witness: keys[0]?.key.name }, 'a witness answered without a valid cosignature');
    return 'unavailable';
  };

  return {
    /** Asks every witness whose cosignature is missing. One that is out of reach is passed over. */
    gatherCosignatures: async (): Promise<void> =>
      void (await Promise.all((await listOwing()).map(({ ask }) => ask()))),
    /**
     * Asks those whose waiting time is over and who owe no answer. Waits for none of them: one that is slow holds neither the others nor
     * the next checkpoint.
     */
    gatherDue: async (): Promise<void> => {
      const nowMs = clock.now().getTime();
      for (const { witnessKey, ask } of await listOwing()) {
        if (underWay.has(witnessKey) || (waiting.get(witnessKey)?.retryAtMs ?? 0) > nowMs) continue;
        const work = ask()
          .catch((error: unknown) =>
            log.error({ err: error }, 'a cosignature was not kept; its witness is asked again'),
          )
          .finally(() => underWay.delete(witnessKey));
        underWay.set(witnessKey, work);
      }
    },
    /** Shows every witness the newest checkpoint, cosigned by it or not, and hears what it has seen. */
    askAll: async (): Promise<void> => {
      const checkpoint = await findLatestCheckpoint(database.db);
      if (!checkpoint || checkpoint.size === 0) return;
      const others = (await listNeighbours()).filter((one) => one.origin !== origin);
      await Promise.all(others.map((one) => gatherFrom(one, checkpoint)));
    },
    /** Done with those who were asked. */
    settle: async (): Promise<void> => void (await Promise.all(underWay.values())),
    /** Names of witnesses that hold this ledger to have rewound or forked. */
    listDisputes: async () => (await listDisputes(database.db)).map(({ witnessName }) => witnessName),
  };
}
export type Cosigning = ReturnType<typeof createCosigning>;
