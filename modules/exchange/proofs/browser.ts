/** What a page's script needs to check a proof and say the verdict: nothing here imports anything of Node. */
export type { ProofTrust } from './links.ts';
export { looksLikeProofFile } from './reading.ts';
export { verifyProofFile } from './verify.ts';
export { detailOfLink, linesOfFacts, nameOfLink, sentenceOfVerdict, stateMarks, verdictTitles } from './words.ts';
