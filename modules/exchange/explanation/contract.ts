import type { Text } from '#kernel/languages';

/** The checks that a question passes, in their order. */
export const checks = ['shape', 'signature', 'law', 'trust-mark', 'access-rule', 'consent', 'record'] as const;
export type Check = (typeof checks)[number];

export type ExplanationStep = {
  check: Check;
  /** `skipped`: it has no part in this question, or what is known here does not tell. `not-reached`: an earlier one refused. */
  outcome: 'passed' | 'failed' | 'skipped' | 'not-reached';
  words: Text;
};

/** Which check decided a question, and what would change it. It names no person. */
export type Explanation = {
  isAllowed: boolean;
  steps: ExplanationStep[];
  changes: Text[];
};
