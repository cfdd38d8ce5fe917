import type { ModuleMigrations } from '#kernel/database';
import type { NodeConfig } from './config.ts';
import type { RunningNode } from './node.ts';
import type { Siblings } from './workers.ts';

export * from './config.ts';
export { nodeContract } from './contract.ts';
export type { RunningNode } from './node.ts';
export { operatorContract } from './operator/contract.ts';
export type { Diagnosis } from './operator/diagnosis.ts';
export { BrokenLink, type Check, type Finding, links, runChecks } from './operator/findings.ts';
export { checkDatabase, checkDisk } from './operator/machine.ts';
export { whyOf } from './operator/reasons.ts';
export { runUntilStopped, startProcesses } from './run.ts';
export type { Happening, Journal } from './sandbox/contract.ts';
export { happenings } from './sandbox/journal.ts';
export * from './state-folder.ts';

/**
 * One state's node: everything it serves, on one web address. Several can run in one process; `siblings` when this is one of
 * several processes of one node.
 */
export async function startNode(config: NodeConfig, siblings?: Siblings): Promise<RunningNode> {
  return (await import('./node.ts')).startNode(config, siblings);
}

/** The migrations of every module of a node, for preparing a database ahead of its first start. */
export async function allMigrations(): Promise<ModuleMigrations[]> {
  return (await import('./migrations.ts')).allMigrations;
}
