import type { Text } from '#kernel/languages';
import type { describeCheckpoint, verifyInclusionProof, verifyLeafStamp, verifyOpening } from '#modules/ledger';
import type { KeptChain, PolicyTools, TrustedAnchor, TrustedAuthority } from './chains.ts';
import type { EntryRole, ExchangeFacts } from './reading.ts';

/** Whom the reader trusts, and how many other states must have cosigned each entry's checkpoint. */
export type ProofTrust = {
  anchor: TrustedAnchor;
  quorum: number;
  /** Time-stamping authorities; those that the anchor names when absent. */
  authorities?: readonly TrustedAuthority[];
  /** Whether a proof is whole only when every entry is time-stamped. */
  needsStamps?: boolean;
};

/** What the verifier borrows: the ledger's checks and federation's rules. All but the last run in a browser. */
export type ProofTools = PolicyTools & {
  verifyOpening: typeof verifyOpening;
  verifyInclusionProof: typeof verifyInclusionProof;
  describeCheckpoint: typeof describeCheckpoint;
  /** Where it is missing, the verdict says of time-stamps that they were not checked. */
  verifyLeafStamp?: typeof verifyLeafStamp;
};

export type LinkId =
  | 'file'
  | 'chains'
  | 'asking-office'
  | 'asking-state'
  | 'answering-office'
  | 'answering-state'
  | 'question-signature'
  | 'answer-signature'
  | 'answer-bound'
  | 'question-body'
  | 'answer-body'
  | 'values'
  | `${EntryRole}-${'opening' | 'inclusion' | 'checkpoint' | 'cosigned' | 'stamped'}`
  | 'times'
  | 'consent-receipt';

/**
 * `holds`: checked. `broken`: contradicts itself or what is trusted. `missing`: needed and not yet there; `where` says who has
 * it. `absent`: not in this file, and the rest stands without it. `unchecked`: in the file, and nothing is known of it here.
 */
export type Link = {
  id: LinkId;
  state: 'holds' | 'broken' | 'missing' | 'absent' | 'unchecked';
  /** A short code for the operator, no sentence. */
  why?: string;
  where?: string;
  /** Cosignatures of different states, where that is what was counted. */
  count?: number;
  /** When it was time-stamped (RFC 3339), and by which authority. */
  stampedAt?: string;
  authority?: string;
};

/** What the file says. To be believed as far as the verdict goes; names are those that the trust chains show. */
export type ProvedFacts = ExchangeFacts & {
  requesterNames?: Text;
  providerNames?: Text;
  values?: Record<string, unknown>;
  anchor?: string;
};

export type ProofVerdict = {
  state: 'whole' | 'incomplete' | 'broken';
  links: Link[];
  /** The first link that does not hold, in the order in which they lean on each other. */
  firstBroken?: LinkId;
  facts?: ProvedFacts;
};

export const holds = { state: 'holds' } as const;
export const broken = (why: string) => ({ state: 'broken', why }) as const;
export const missing = (id: LinkId, where?: string): Link => ({ id, state: 'missing', ...(where ? { where } : {}) });
export const isState = (chain: KeptChain) => chain.metadata['jisr_node'] !== undefined;
export const secondsOf = (moment: string | undefined) => Math.floor(Date.parse(moment ?? '') / 1000);
