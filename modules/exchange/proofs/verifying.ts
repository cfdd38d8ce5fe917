import { applyMetadataPolicy, mergeMetadataPolicies } from '#modules/federation';
import { describeCheckpoint, verifyInclusionProof, verifyLeafStamp, verifyOpening } from '#modules/ledger';
import type { ProofTrust, ProofVerdict } from './links.ts';
import { verifyProofFile } from './verify.ts';

/** `verifyProofFile` with its tools, for everything that runs on Node. */
export function verifyProof(text: string, trust: ProofTrust): Promise<ProofVerdict> {
  return verifyProofFile(text, trust, {
    applyMetadataPolicy,
    mergeMetadataPolicies,
    describeCheckpoint,
    verifyInclusionProof,
    verifyOpening,
    verifyLeafStamp,
  });
}
