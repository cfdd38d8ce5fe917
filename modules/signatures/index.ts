import type { ModuleMigrations } from '#kernel/database';
import { signaturesContract } from './contract.ts';
import * as certificates from './migrations/0001-certificates.ts';
import { createHandlers, createService, type SignaturesNeeds } from './service.ts';

export type { Attachment, SealedBy, SealRefusal, SealVerdict } from './contract.ts';
export { signaturesContract } from './contract.ts';
export { createDocuments, type DocumentInput, type Trial } from './documents.ts';
export type { SignaturesNeeds } from './service.ts';
export { timeStampingContract } from './time-stamping/contract.ts';
export {
  createTimeStamping,
  prepareTimeStamping,
  type TimeStamping,
  type TimeStampingNeeds,
} from './time-stamping/service.ts';

export const signaturesMigrations: ModuleMigrations = {
  module: 'signatures',
  migrations: { '0001-certificates': certificates },
};

/** The seals of one state: its certification authority, its offices' seals, the documents they stand on, and their checking. */
export function createSignatures(needs: SignaturesNeeds) {
  const service = createService(needs);
  return { contract: signaturesContract, handlers: createHandlers(service), ...service };
}

export type Signatures = ReturnType<typeof createSignatures>;
