import { type Static, Type } from 'typebox';
import { Text } from '#kernel/languages';

/** A row of the rules that fired, in words: what spoke for the case, and what needs a person's eye. */
export const RuleFinding = Type.Object({
  reason: Type.String(),
  outcome: Type.Enum(['approve', 'review', 'refuse']),
  text: Text,
});
export type RuleFinding = Static<typeof RuleFinding>;

/** One time that the rules were applied to a case, and on what. */
export const RulesRun = Type.Object({
  at: Type.String(),
  because: Type.Enum(['sent', 'answers-corrected', 'evidence-asked-again']),
  findings: Type.Array(RuleFinding),
});
export type RulesRun = Static<typeof RulesRun>;
