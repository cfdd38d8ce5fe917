/** What a page's script needs to check a proof and say the verdict: nothing here imports anything of Node. */
export { looksLikeProofFile, type ProofTrust, verifyProofFile } from './verify.ts';
export { detailOfLink, linesOfFacts, nameOfLink, sentenceOfVerdict, verdictTitles } from './words.ts';
