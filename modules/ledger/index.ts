import type { ModuleMigrations } from '#kernel/database';
import { ledgerContract } from './contract.ts';
import { up as entries } from './migrations/0001-entries.ts';
import { up as appends } from './migrations/0002-appends.ts';
import { createService, type LedgerNeeds } from './service.ts';

export type {
  InclusionProof,
  Json,
  LeafProof,
  LedgerEntry,
  LedgerReceipt,
  Opening,
  PreparedEntry,
} from './contract.ts';
export { ledgerContract } from './contract.ts';
export type { Neighbour } from './cosigning.ts';
export { type CheckpointDescription, describeCheckpoint } from './note.ts';
export type { LedgerNeeds, LedgerStatus } from './service.ts';
export type { Breach, SavedEntry } from './store.ts';
export { openTileFolder } from './tile-folder.ts';
export type { TileStore } from './tiles.ts';
export {
  formatProofText,
  type ProofFailure,
  type ProofPolicy,
  type ProofVerdict,
  parseProofText,
  verifyInclusionProof,
  verifyOpening,
} from './verify.ts';

export const ledgerMigrations: ModuleMigrations = {
  module: 'ledger',
  migrations: { '0001-entries': { up: entries }, '0002-appends': { up: appends } },
};

/** The ledger of one state: writes down what happened, publishes it as a log, witnesses the logs of the other states. */
export function createLedger(needs: LedgerNeeds) {
  return { contract: ledgerContract, ...createService(needs) };
}
export type Ledger = ReturnType<typeof createLedger>;
