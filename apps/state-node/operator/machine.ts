import { constants } from 'node:fs';
import { mkdir, open, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { Database } from '#kernel/database';
import { type KeyDescription, verifySignature } from '#kernel/keys';
import type { Text } from '#kernel/languages';
import type { BreakCode } from './breaks.ts';
import { BrokenLink, type Check } from './findings.ts';
import type { OperatorNeeds } from './needs.ts';
import { medianSkewMs, type Peers } from './peers.ts';
import { whyOf } from './reasons.ts';

const freeBytesMinDefault = 512 * 1024 * 1024;
const clockSkewMaxMs = 30_000;
const megabyte = 1024 * 1024;

/** What the machine gives: disk, database, clock, keys. */
export function machineChecks(needs: OperatorNeeds, peers: Promise<Peers>, keys: KeyDescription[]): Check[] {
  return [
    { link: 'disk', run: () => checkDisk(needs) },
    { link: 'database', run: () => checkDatabase(needs.database) },
    { link: 'clock', run: () => checkClock(needs, peers) },
    ...keys.map((key): Check => ({ link: 'keys', subject: key.name, run: () => checkKey(needs, key) })),
  ];
}

/** Writes a file and has the disk confirm it: free space alone does not say that it can be used. */
export async function checkDisk({
  dataFolder,
  freeBytesMin = freeBytesMinDefault,
}: Pick<OperatorNeeds, 'dataFolder' | 'freeBytesMin'>): Promise<Text> {
  const file = join(dataFolder, 'operator', `disk-check.${process.pid}`);
  const startedAt = performance.now();
  try {
    await mkdir(join(dataFolder, 'operator'), { mode: 0o700 }).catch((error) => {
      if (error.code !== 'EEXIST') throw error;
    });
    const handle = await open(file, constants.O_CREAT | constants.O_WRONLY | constants.O_TRUNC, 0o600);
    try {
      await handle.writeFile('written by jisr doctor\n');
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rm(file);
  } catch (error) {
    throw new BrokenLink('disk-unwritable', { reason: whyOf(error) });
  }
  const ms = Math.round(performance.now() - startedAt);
  const { bavail, bsize } = await statfs(dataFolder);
  const free = Math.floor((bavail * bsize) / megabyte);
  if (bavail * bsize < freeBytesMin)
    throw new BrokenLink('disk-low', { free, least: Math.ceil(freeBytesMin / megabyte) });
  return {
    en: `${free} MB free, a durable write took ${ms} ms`,
    ar: `${free} ميغابايت متاحة، واستغرقت كتابة ثابتة ${ms} م.ث`,
  };
}

type DatabaseFacts = { version: string; is_standby: boolean; now_ms: string | number };

/** PostgreSQL's own words (SQLSTATE) for what a connection was refused for. */
const databaseBreaks: Record<string, BreakCode> = {
  '3D000': 'database-missing',
  '28P01': 'database-refuses',
  '28000': 'database-refuses',
  '53300': 'database-crowded',
};

async function readDatabase(database: Database): Promise<DatabaseFacts & { ms: number }> {
  const startedAt = performance.now();
  const { rows } = await database.execute(`select current_setting('server_version') as version,
    pg_is_in_recovery() or current_setting('transaction_read_only')::boolean as is_standby,
    (extract(epoch from clock_timestamp()) * 1000)::float8 as now_ms`);
  return { ...(rows[0] as DatabaseFacts), ms: Math.round(performance.now() - startedAt) };
}

export async function checkDatabase(database: Database): Promise<Text> {
  let facts: Awaited<ReturnType<typeof readDatabase>>;
  try {
    facts = await readDatabase(database);
  } catch (error) {
    const why = whyOf(error);
    const code = (error as { code?: string }).code ?? '';
    throw new BrokenLink(databaseBreaks[code] ?? 'database-silent', { reason: why });
  }
  if (facts.is_standby) throw new BrokenLink('database-read-only');
  const name = database.engine === 'pglite' ? 'PGlite' : 'PostgreSQL';
  return {
    en: `${name} ${facts.version}, a round trip took ${facts.ms} ms`,
    ar: `${name} ${facts.version}، واستغرق الذهاب والإياب ${facts.ms} م.ث`,
  };
}

async function checkClock(needs: OperatorNeeds, peers: Promise<Peers>) {
  const others = medianSkewMs(await peers);
  if (others !== undefined && Math.abs(others) > clockSkewMaxMs)
    throw new BrokenLink('clock-off', { seconds: Math.round(-others / 1_000) });
  const skewMs = await readDatabaseSkewMs(needs);
  if (Math.abs(skewMs) > clockSkewMaxMs)
    throw new BrokenLink('database-clock-off', { seconds: Math.round(skewMs / 1_000) });
  const seconds = Math.round(Math.abs(others ?? 0) / 1_000);
  return others === undefined
    ? { en: 'as the database; no other node to compare with', ar: 'مطابقة لقاعدة البيانات؛ لا عقدة أخرى للمقارنة' }
    : { en: `${seconds} s from the other nodes`, ar: `الفرق عن بقية العقد ${seconds} ثانية` };
}

async function readDatabaseSkewMs({ database, clock }: OperatorNeeds): Promise<number> {
  try {
    return Number((await readDatabase(database)).now_ms) - clock.now().getTime();
  } catch {
    // A database that does not answer is its own break; the clock is then judged by the other nodes alone.
    return 0;
  }
}

const probeText = Buffer.from('jisr doctor');

async function checkKey({ keys, clock }: OperatorNeeds, { name, alg, madeAt, isExposed }: KeyDescription) {
  let kid: string;
  try {
    const signer = await keys.signer(name, alg);
    kid = signer.kid;
    if (!verifySignature(signer.publicKey, alg, probeText, await signer.sign(probeText)))
      throw new BrokenLink('key-unreadable', { name, reason: 'signature' });
  } catch (error) {
    if (error instanceof BrokenLink) throw error;
    throw new BrokenLink('key-unreadable', { name, reason: whyOf(error) });
  }
  if (isExposed) throw new BrokenLink('key-exposed', { name });
  const days = madeAt ? Math.floor((clock.now().getTime() - madeAt.getTime()) / 86_400_000) : undefined;
  return days === undefined
    ? { en: `${alg} ${kid} signs`, ar: `${alg} ${kid} يوقّع` }
    : { en: `${alg} ${kid} signs, ${days} days old`, ar: `${alg} ${kid} يوقّع، عمره ${days} يومًا` };
}
