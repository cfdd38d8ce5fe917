import type { ModuleMigrations } from '#kernel/database';
import { ledgerContract } from './contract.ts';
import { up as entries } from './migrations/0001-entries.ts';
import { up as appends } from './migrations/0002-appends.ts';
import { up as disputes } from './migrations/0002-disputes.ts';
import { up as stamps } from './migrations/0003-stamps.ts';
import { up as stampPauses } from './migrations/0004-stamp-pauses.ts';
import { up as keptBreaches } from './migrations/0005-kept-breaches.ts';
import { createService, type LedgerNeeds } from './service.ts';

export {
  type BreachEvidence,
  type BreachState,
  type EvidenceVerdict,
  judgeBreach,
  parseBreachEvidence,
} from './breaches/evidence.ts';
export type { Breach } from './breaches/store.ts';
export type {
  InclusionProof,
  Json,
  LedgerEntry,
  LedgerReceipt,
  Opening,
  PreparedEntry,
} from './contract.ts';
export { LeafProof, LeafStamp, ledgerContract } from './contract.ts';
export { keysOfWitness, type Neighbour } from './cosigning.ts';
export type { LossFinding, LostEntries } from './lost-entries.ts';
export { type CheckpointDescription, describeCheckpoint } from './note.ts';
export {
  formatPolicy,
  groupByWitness,
  isQuorumMet,
  type PolicyReading,
  type PolicyWitness,
  parsePolicy,
  requireAnyOf,
  requireParties,
  type SimplePolicy,
  type TlogPolicy,
} from './policy.ts';
export type { LedgerNeeds, LedgerStatus } from './service.ts';
export { type EntryState, judgeStamping, type StampingState, type StampLimit } from './stamps/rules.ts';
export type { StampingStatus } from './stamps/service.ts';
export { type TimeStampAuthority, type TokenVerdict, verifyToken } from './stamps/token.ts';
export { type StampedLeaf, type StampVerdict, verifyLeafStamp } from './stamps/verify.ts';
export type { SavedEntry } from './store.ts';
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
export { originOf, sentenceOfBreach, sentenceOfInclusion } from './words.ts';

export const ledgerMigrations: ModuleMigrations = {
  module: 'ledger',
  migrations: {
    '0001-entries': { up: entries },
    '0002-appends': { up: appends },
    '0002-disputes': { up: disputes },
    '0003-stamps': { up: stamps },
    '0004-stamp-pauses': { up: stampPauses },
    '0005-kept-breaches': { up: keptBreaches },
  },
};

/** The ledger of one state: writes down what happened, publishes it as a log, witnesses the logs of the other states. */
export function createLedger(needs: LedgerNeeds) {
  return { contract: ledgerContract, ...createService(needs) };
}
export type Ledger = ReturnType<typeof createLedger>;
