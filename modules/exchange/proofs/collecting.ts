import { decodeJws } from '#kernel/jws';
import { Problem } from '#kernel/problem';
import { clockSkewSeconds } from '#protocol/exchange-message';
import type { ProvedEntry } from '#protocol/proof-file';
import type { ExchangeNeeds } from '../needs.ts';
import { chainRow } from './keeping.ts';
import { type Cosigner, keepCosigners, readCosigners, type Signing } from './rules.ts';
import { type ChainRow, listAllChainsAt, listChainsAt } from './store.ts';

type Metadata = Record<string, Record<string, unknown> | undefined>;
const metadataOf = (chain: ChainRow): Metadata => decodeJws(chain.tokens[0]!).payload['metadata'] ?? {};
const superiorOf = (chain: ChainRow): string => String(decodeJws(chain.tokens[1]!).payload['iss']);

/**
 * The chains that prove a file's signatures, each as it was when the signature was made: both offices with the key that signed,
 * both states, and the states whose cosignatures stand on the entries' checkpoints. Cosignatures without a chain are dropped.
 */
export async function collectChains(
  needs: ExchangeNeeds,
  entries: readonly ProvedEntry[],
  offices: ReadonlyArray<{ entityId: string } & Signing>,
): Promise<{ chains: string[][]; entries: ProvedEntry[] }> {
  const chosen = new Map<string, string[]>();
  const choose = async (entityId: string, atSeconds: number, suits: (chain: ChainRow) => boolean = () => true) => {
    const chain = (await listChains(needs, entityId, atSeconds)).find(suits);
    if (chain) chosen.set(chain.chain_digest, chain.tokens);
    return chain;
  };
  const { created } = offices[0]!;
  for (const { entityId, created: at, keyid } of offices) {
    const office = await choose(entityId, at, (chain) => keyid === undefined || hasKey(chain, keyid));
    if (office) await choose(superiorOf(office), created);
  }
  const states = await listStatesOrNone(needs);
  /** By the state that has this witness now; where none has it, or none can be found, by whoever had it then. */
  const chooseWitness = async ({ name, keyId, cosignedAt }: Cosigner) => {
    const isTheirs = (chain: ChainRow) => keysOfWitness(chain).some((key) => key.startsWith(`${name}+${keyId}+`));
    const state = states.find(({ node }) => node.witness_key.split('+')[0] === name);
    const known = state && (await choose(state.entityId, cosignedAt, isTheirs));
    if (known) return known;
    const slackMs = clockSkewSeconds * 1_000;
    const then = (await listAllChainsAt(needs.database.db, new Date(cosignedAt * 1_000), slackMs)).find(isTheirs);
    if (then) chosen.set(then.chain_digest, then.tokens);
    return then;
  };
  const proved: ProvedEntry[] = [];
  for (const entry of entries) {
    if (!entry.inclusion) {
      proved.push(entry);
      continue;
    }
    const kept = [];
    for (const cosigner of readCosigners(entry.inclusion.checkpoint)) {
      if (await chooseWitness(cosigner)) kept.push(cosigner);
    }
    proved.push({
      ...entry,
      inclusion: { ...entry.inclusion, checkpoint: keepCosigners(entry.inclusion.checkpoint, kept) },
    });
  }
  return { chains: [...chosen.values()], entries: proved };
}

function keysOfWitness(chain: ChainRow): string[] {
  const { witness_key, more_witness_keys } = metadataOf(chain)['jisr_node'] ?? {};
  const keys: unknown[] = [witness_key, ...(Array.isArray(more_witness_keys) ? more_witness_keys : [])];
  return keys.filter((key) => typeof key === 'string');
}

function hasKey(chain: ChainRow, keyid: string): boolean {
  const keys = (metadataOf(chain)['jisr_office']?.['jwks'] as { keys?: Array<{ kid?: string }> } | undefined)?.keys;
  return Array.isArray(keys) && keys.some(({ kid }) => kid === keyid);
}

/** Kept chains of that time; else the present one, where it is old enough. */
async function listChains(needs: ExchangeNeeds, entityId: string, atSeconds: number): Promise<ChainRow[]> {
  const kept = await listChainsAt(needs.database.db, entityId, new Date(atSeconds * 1000), clockSkewSeconds * 1000);
  if (kept.length > 0) return kept;
  try {
    const { chain } = await needs.federation.resolve(entityId);
    const row = chainRow(entityId, chain);
    return row.issued_at.getTime() <= (atSeconds + clockSkewSeconds) * 1000 ? [row] : [];
  } catch (error) {
    if (error instanceof Problem) return [];
    throw error;
  }
}

async function listStatesOrNone(needs: ExchangeNeeds) {
  try {
    return await needs.federation.listStates();
  } catch (error) {
    if (error instanceof Problem) return [];
    throw error;
  }
}

/** Where the state of an office keeps its log, as the federation says now. */
export async function findStateNode(needs: ExchangeNeeds, officeEntityId: string) {
  const states = await listStatesOrNone(needs);
  return states.find(({ entityId }) => officeEntityId.startsWith(`${entityId.replace(/\/$/, '')}/`))?.node;
}
