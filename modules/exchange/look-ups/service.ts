import type { Clock } from '#kernel/clock';
import type { Text } from '#kernel/languages';
import type { Log } from '#kernel/log';
import { latinDigits } from '#kernel/words';
import { problem } from '../contract.ts';
import { RegistryFault } from '../registries/adapter.ts';
import { type LookUpEntry, type LookUpFound, type LookUpQuery, type LookUpSearch, wholeMax } from './contract.ts';
import { type Packed, pageOf } from './packing.ts';
import { isCode, type LookUpSource } from './reading.ts';

/** One look-up of one registry, ready to be read. */
export type OpenLookUp = { registryId: string; officeId: string; query: LookUpQuery; source: LookUpSource };

/** Public registers of this node that forms look things up in. */
export type LookUps = {
  /** In the order of the registries, without the register of addresses, which is for questions of its own kind. */
  list(): Array<{ name: string; names: Text; officeId: string }>;
  has(name: string): boolean;
  /** The register of addresses of this state, if it has one. */
  findAddressRegister(): { name: string; names: Text; hint: Text } | undefined;
  /** Throws `look-up-unknown`, and `look-up-unavailable` when the registry is down and nothing is kept of it. */
  search(name: string, search: LookUpSearch): Promise<LookUpFound>;
  /**
   * The entry under a code; undefined where the register has none. `isNow`: as the registry says at this moment, and as it was last read
   * only where it does not answer. Throws as `search`.
   */
  find(name: string, code: string, options?: { isNow?: boolean }): Promise<LookUpEntry | undefined>;
  /** The first entries by their English name, and how many there are: for the engineer who connects the registry. */
  readFirst(name: string, most: number): Promise<{ total: number; entries: LookUpEntry[] }>;
  checkHealth(): Promise<Array<{ registryId: string; name: string; reason?: Text }>>;
  /** Reads all registers once, one after the other, so that nobody waits for the first reading of a large one. */
  start(): void;
  stop(): Promise<void>;
};

/** How long somebody waits for a registry, in milliseconds of the wall. */
const waitMs = 3_000;
/** All of a large register, page by page. */
const readingMs = 20_000;
/** After a failure nobody waits for the registry again so soon. */
const retryMs = 5_000;
/** From this part of its time on, a list that is used is read again behind the person's back. */
const aheadAt = 0.8;
/** Lists of all look-ups of a process together, packed; those not used for longest go first. */
const keptBytesMax = 64 * 1_048_576;

type Kept = { packed: Packed; readAt: number };
type Open = OpenLookUp & {
  kept?: Kept | undefined;
  reading?: Promise<void> | undefined;
  failedAt?: number;
  usedAt: number;
};

export function createLookUps({ clock, log }: { clock: Clock; log: Log }, opened: readonly OpenLookUp[]): LookUps {
  const byName = new Map<string, Open>();
  for (const one of opened) {
    const other = byName.get(one.query.name);
    if (other)
      throw new Error(`two registries, ${other.registryId} and ${one.registryId}, have a look-up ${one.query.name}`);
    byName.set(one.query.name, { ...one, usedAt: 0 });
  }
  const addresses = opened.filter(({ query }) => query.address).map(({ query }) => query.name);
  if (addresses.length > 1)
    throw new Error(`a state has one register of addresses, and these are ${addresses.join(', ')}`);
  const now = () => clock.now().getTime();

  /** One reading at a time. It ends well or leaves what is kept as it is; why it failed is in the log, by code alone. */
  const read = (open: Open): Promise<void> => {
    open.reading ??= within(readingMs, open.source.readAll())
      .then(({ packed, unfit }) => {
        open.kept = { packed, readAt: now() };
        delete open.failedAt;
        const { registryId: registry, query } = open;
        if (unfit > 0) log.warn({ registry, lookUp: query.name, unfit }, 'entries of a look-up do not fit');
        keepWithinBounds(open);
      })
      .catch((error) => {
        open.failedAt = now();
        const { code } = error as { code?: unknown };
        log.error({ registry: open.registryId, lookUp: open.query.name, code: String(code) }, 'look-up not read');
      })
      .finally(() => {
        open.reading = undefined;
      });
    return open.reading;
  };

  const keepWithinBounds = (fresh: Open) => {
    const held = [...byName.values()].filter(({ kept }) => kept).sort((one, other) => one.usedAt - other.usedAt);
    let bytes = held.reduce((sum, { kept }) => sum + kept!.packed.bytes, 0);
    for (const open of held) {
      if (bytes <= keptBytesMax || open === fresh) continue;
      bytes -= open.kept!.packed.bytes;
      open.kept = undefined;
    }
  };

  const openOf = (name: string): Open => {
    const open = byName.get(name);
    if (!open) throw problem('look-up-unknown');
    return open;
  };

  /** A list to work with: current, or read now, or at worst the last one while it may still serve. */
  const getList = async (open: Open): Promise<Kept> => {
    open.usedAt = now();
    const { keptMinutes = 60, staleHours = 24 } = open.query;
    const ageOf = (kept: Kept) => now() - kept.readAt;
    const keptMs = keptMinutes * 60_000;
    if (open.kept && ageOf(open.kept) < keptMs) {
      if (ageOf(open.kept) >= keptMs * aheadAt && mayTry(open)) void read(open);
      return open.kept;
    }
    if (mayTry(open)) await atMost(waitMs, read(open));
    const last = open.kept;
    if (last && (ageOf(last) < keptMs || ageOf(last) < staleHours * 3_600_000)) return last;
    throw problem('look-up-unavailable');
  };
  const mayTry = ({ failedAt }: Open) => failedAt === undefined || Math.abs(now() - failedAt) >= retryMs;

  let isStopped = false;
  const readEach = async () => {
    for (const open of byName.values()) if (!isStopped && !open.kept) await read(open);
  };
  let reading: Promise<void> | undefined;

  return {
    start: () => {
      reading ??= readEach();
    },
    stop: async () => {
      isStopped = true;
      await reading;
      await Promise.all([...byName.values()].map((open) => open.reading));
    },
    list: () =>
      [...byName.values()]
        .filter(({ query }) => !query.address)
        .map(({ query, officeId }) => ({ name: query.name, names: query.names, officeId })),
    has: (name) => byName.has(name),
    findAddressRegister: () =>
      [...byName.values()].flatMap(({ query: { name, names, address } }) =>
        address ? [{ name, names, hint: address.hint }] : [],
      )[0],
    search: async (name, { words, language, page = 1 }) => {
      const open = openOf(name);
      const { packed, readAt } = await getList(open);
      const base = { names: open.query.names, asOf: new Date(readAt).toISOString() };
      if (packed.count <= wholeMax)
        return {
          ...base,
          isWhole: true,
          entries: packed.list(language),
          total: packed.count,
          isMore: false,
          page: 1,
          pages: 1,
        };
      const code = asCode(words);
      const direct = open.query.address && isCode(code) ? packed.find(code) : undefined;
      const { entries, total, isMore } = direct
        ? { entries: [direct], total: 1, isMore: false }
        : packed.search(words, language);
      const { items, ...at } = pageOf(entries, page);
      return { ...base, isWhole: false, entries: items, total, isMore, ...at };
    },
    find: async (name, code, { isNow = false } = {}) => {
      const open = openOf(name);
      if (!isCode(code)) return undefined;
      if (!isNow || !mayTry(open)) return (await getList(open)).packed.find(code);
      try {
        return await within(waitMs, open.source.readOne(code));
      } catch (error) {
        open.failedAt = now();
        const { code: fault } = error as { code?: unknown };
        log.error({ registry: open.registryId, lookUp: name, code: String(fault) }, 'look-up not asked');
        return (await getList(open)).packed.find(code);
      }
    },
    readFirst: async (name, most) => {
      const { packed } = await getList(openOf(name));
      return { total: packed.count, entries: packed.list('en').slice(0, most) };
    },
    checkHealth: () =>
      Promise.all(
        [...byName.values()].map(async ({ registryId, query, source }) => {
          const about = { registryId, name: query.name };
          try {
            await within(waitMs, source.probe());
            return about;
          } catch (error) {
            if (error instanceof RegistryFault) return { ...about, reason: error.words };
            const code = String((error as { code?: unknown }).code ?? (error as Error).name);
            return {
              ...about,
              reason: {
                en: `The look-up ${query.name} cannot be read (${code}). Look at its query.`,
                ar: `تتعذر قراءة البحث ${query.name} (${code}). راجع استعلامه.`,
              },
            };
          }
        }),
      ),
  };
}

/** A code as people type it: with spaces between its parts, small letters, digits of their own. */
const asCode = (words: string) => latinDigits(words).replace(/\s+/g, '').toUpperCase();

/** Waits for what never fails, and no longer than that. */
function atMost(ms: number, work: Promise<void>): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    void work.then(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}

function within<Result>(ms: number, work: Promise<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new RegistryFault('deadline', { en: 'The registry is too slow.', ar: 'السجل بطيء أكثر مما يجوز.' })),
      ms,
    );
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
