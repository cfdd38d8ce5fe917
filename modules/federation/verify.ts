/** What it takes to check a trust chain without a node: pure, for software that does not want to believe one. */
export { type Anchor, type VerifiedChain, verifyChain } from './chains/rules.ts';
