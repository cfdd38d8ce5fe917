import { existsSync, linkSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Clock, epochSeconds } from '#kernel/clock';
import type { HttpClient } from '#kernel/http-client';
import { newId } from '#kernel/ids';
import { type JWK, type Keys, openKeyFolder, type Signer } from '#kernel/keys';
import { holdDownMs } from './chains/anchor-keys.ts';
import { createFetcher, type HistoricalKey } from './statements/fetching.ts';
import { readStatement, verifyStatement } from './statements/rules.ts';

/**
 * The key with which a node, a state's or the anchor's, signs what it says in the federation, and how it is changed without a gap: the next
 * key is made and announced beside the one in use, whoever stands above vouches for both, and then it is put in its place.
 */
export type OwnKeys = {
  signer: Signer;
  /** Announced, and not in use. */
  nextKeys: JWK[];
  /** What was in use before, as the historical keys tell it. */
  previousKeys: HistoricalKey[];
};

const inUse = 'federation';
const upcoming = 'federation.next';
const fileOf = (name: string) => `${name}.es256.pem`;
const formerFile = 'federation.former.json';

/** `folder`: the key folder of the node, where the list of former keys lies. */
export async function readOwnKeys(keys: Keys, folder: string): Promise<OwnKeys> {
  const next = existsSync(join(folder, fileOf(upcoming))) ? [(await keys.signer(upcoming)).publicJwk] : [];
  return { signer: await keys.signer(inUse), nextKeys: next, previousKeys: readFormer(folder) };
}

/** Makes the next key where there is none. Answers its public part, to be told to whoever vouches for this node. */
export async function makeNextKey(folder: string): Promise<JWK> {
  return (await openKeyFolder(folder).signer(upcoming)).publicJwk;
}

/** When the next key was made; undefined where there is none. */
export function nextKeyMadeAt(folder: string): Date | undefined {
  const file = join(folder, fileOf(upcoming));
  return existsSync(file) ? statSync(file).mtime : undefined;
}

/** Whether every node that has been reached since will believe an anchor's next key. */
export const isHeldLongEnough = (madeAt: Date, now: Date): boolean => now.getTime() - madeAt.getTime() >= holdDownMs;

/**
 * Puts the next key in the place of the one in use; the node has to be started anew. A lost key is told as revoked, so that nothing counts
 * that was signed with it, whenever. The former key's file is kept under another name until somebody removes it.
 */
export async function changeKey(
  folder: string,
  clock: Clock,
  isLost: boolean,
): Promise<{ former: string; kid: string }> {
  const keys = openKeyFolder(folder);
  const { publicJwk } = await keys.signer(inUse);
  const { kid } = await keys.signer(upcoming);
  const now = epochSeconds(clock);
  const entry: HistoricalKey = {
    ...publicJwk,
    iat: Math.floor(statSync(join(folder, fileOf(inUse))).mtime.getTime() / 1_000),
    exp: now,
    ...(isLost ? { revoked: { revoked_at: now, reason: 'compromised' } } : {}),
  };
  const others = readFormer(folder).filter((one) => one.kid !== entry.kid);
  const half = join(folder, `${formerFile}.${newId()}.new`);
  writeFileSync(half, JSON.stringify([entry, ...others], null, 2), { mode: 0o600, flag: 'wx' });
  renameSync(half, join(folder, formerFile));
  // At no moment is there no key in use: a node that started then would make one that nobody vouches for.
  const former = join(folder, `${fileOf(inUse)}.${entry.kid}.former`);
  if (!existsSync(former)) linkSync(join(folder, fileOf(inUse)), former);
  renameSync(join(folder, fileOf(upcoming)), join(folder, fileOf(inUse)));
  return { former, kid };
}

/** The keys that an anchor vouches for as a state's. Throws as reading statements does. */
export async function findVouchedKeys(needs: {
  http: HttpClient;
  clock: Clock;
  anchor: { entityId: string; keys: JWK[] };
  entityId: string;
}): Promise<JWK[]> {
  const { anchor, entityId } = needs;
  const now = needs.clock.now();
  const fetcher = createFetcher(needs.http, { mayUseHttp: anchor.entityId.startsWith('http:') });
  const configuration = await fetcher.configuration(anchor.entityId, now);
  verifyStatement(configuration, anchor.keys);
  const endpoint = configuration.claims.metadata?.['federation_entity']?.['federation_fetch_endpoint'];
  const { token } = await fetcher.subordinate(endpoint, anchor.entityId, entityId, now);
  const statement = readStatement(token, now, { iss: anchor.entityId, sub: entityId });
  verifyStatement(statement, configuration.claims.jwks.keys);
  return statement.claims.jwks.keys;
}

function readFormer(folder: string): HistoricalKey[] {
  const file = join(folder, formerFile);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as HistoricalKey[]) : [];
}
