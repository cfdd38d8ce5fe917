import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CliConfig } from './config.ts';

/** The node to ask: as named, else the first state of the sample federation on this machine. */
export function findNodeAddress(config: CliConfig, named?: string): string | undefined {
  if (named ?? config.nodeUrl) return (named ?? config.nodeUrl)!.replace(/\/$/, '');
  if (!existsSync(config.dataFolder)) return undefined;
  for (const name of readdirSync(config.dataFolder).sort()) {
    const file = join(config.dataFolder, name, 'node.json');
    if (!existsSync(file)) continue;
    const node = JSON.parse(readFileSync(file, 'utf8')) as { publicUrl: string; stateFolder?: string };
    if (node.stateFolder) return node.publicUrl;
  }
  return undefined;
}
