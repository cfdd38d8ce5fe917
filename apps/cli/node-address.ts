import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { JWK } from '#kernel/keys';
import type { Text } from '#kernel/languages';
import type { CliConfig } from './config.ts';

/** A node that a command is about. The folders are known when its configuration is on this machine. */
export type NamedNode = {
  publicUrl: string;
  dataFolder?: string;
  stateFolder?: string;
  anchor?: { entityId: string; keys: JWK[] };
};

export const noNode: Text = {
  ar: 'لا تُعرف هنا أي عقدة. شغّل الاتحاد التجريبي (npm start)، أو سمِّ عقدة: JISR_NODE=https://…',
  en: 'No node is known here. Start the sample federation (npm start), or name one: JISR_NODE=https://…',
};

/**
 * The node to ask: by its address, its node.json or its folder's name below `JISR_DATA` as named, else the first state of the
 * sample federation on this machine.
 */
export function findNode(config: CliConfig, named?: string): NamedNode | undefined {
  const wanted = (named ?? config.nodeUrl)?.replace(/\/$/, '');
  if (wanted?.endsWith('.json')) return existsSync(wanted) ? readNode(wanted) : undefined;
  if (wanted !== undefined && /^[a-z0-9-]+$/.test(wanted)) {
    const file = join(config.dataFolder, wanted, 'node.json');
    return existsSync(file) ? readNode(file) : undefined;
  }
  const known = listNodes(config);
  if (wanted === undefined) return known[0];
  return known.find(({ publicUrl }) => publicUrl === wanted) ?? { publicUrl: wanted };
}

export function findNodeAddress(config: CliConfig, named?: string): string | undefined {
  return findNode(config, named)?.publicUrl;
}

/** The configuration file of a node as it is named, if it is on this machine: also one that cannot be read. */
export function findNodeFile(config: CliConfig, named?: string): string | undefined {
  const wanted = (named ?? config.nodeUrl)?.replace(/\/$/, '');
  const file = wanted?.endsWith('.json')
    ? wanted
    : wanted !== undefined && /^[a-z0-9-]+$/.test(wanted)
      ? join(config.dataFolder, wanted, 'node.json')
      : undefined;
  if (file !== undefined) return existsSync(file) ? file : undefined;
  return listFiles(config).find((one) => {
    const node = readNode(one);
    return node && (wanted === undefined || node.publicUrl === wanted);
  });
}

/** What the nodes on this machine are called below `JISR_DATA`. */
export function listNodeNames(config: CliConfig): string[] {
  return listFiles(config)
    .filter((file) => readNode(file) !== undefined)
    .map((file) => basename(dirname(file)));
}

/** The node on this machine whose state is that of a folder of data. */
export function findNodeOfState(config: CliConfig, stateFolder: string): NamedNode | undefined {
  return listNodes(config).find((node) => node.stateFolder === resolve(stateFolder));
}

function listFiles(config: CliConfig): string[] {
  if (!existsSync(config.dataFolder)) return [];
  return readdirSync(config.dataFolder)
    .sort()
    .map((name) => join(config.dataFolder, name, 'node.json'))
    .filter((file) => existsSync(file));
}

function listNodes(config: CliConfig): NamedNode[] {
  return listFiles(config).flatMap((file) => readNode(file) ?? []);
}

type NodeFile = {
  publicUrl: string;
  dataFolder: string;
  stateFolder?: string;
  anchor: { entityId: string; keys: JWK[] };
};

/** Undefined for the anchor, which is no state's node, and for what is no JSON: the doctor says what is wrong with it. */
function readNode(file: string): NamedNode | undefined {
  let node: NodeFile;
  try {
    node = JSON.parse(readFileSync(file, 'utf8')) as NodeFile;
  } catch {
    return undefined;
  }
  const { publicUrl, anchor } = node;
  const from = (path: string) => resolve(file, '..', path);
  return node.stateFolder
    ? { publicUrl, anchor, dataFolder: from(node.dataFolder), stateFolder: from(node.stateFolder) }
    : undefined;
}
