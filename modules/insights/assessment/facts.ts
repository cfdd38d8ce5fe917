import { type Static, Type } from 'typebox';
import { Text } from '#kernel/languages';
import type { Proposal } from './contract.ts';
import { Code } from './contract.ts';
import { isEvidenceLink } from './rules.ts';

/** `data/facts.rows.json`: the question, the fact that answers it with yes, and why it does. Several facts have to hold together. */
export const FactRule = Type.Object(
  { code: Code, facts: Type.Array(Type.String(), { minItems: 1 }), reason: Text },
  { additionalProperties: false },
);
export type FactRule = Static<typeof FactRule>;

/** Something that a node found to be so of itself, with the page where anybody can see it. What is not so is no fact. */
export type NodeFact = {
  /** `two-languages`, or `service:visit-visa`. */
  id: string;
  /** How much of it there is; at least 1. */
  figure: number;
  /** What the figure counts. */
  words: Text;
  link: string;
};

/** A yes for every question whose facts all hold. A fact whose page could not stand as evidence proposes nothing. */
export function proposeAnswers(rules: readonly FactRule[], facts: readonly NodeFact[], publicUrl: string): Proposal[] {
  const held = new Map(
    facts.filter(({ figure, link }) => figure >= 1 && isEvidenceLink(link, publicUrl)).map((fact) => [fact.id, fact]),
  );
  return rules.flatMap(({ code, facts: needed, reason }) => {
    const found = needed.map((id) => held.get(id));
    const [first] = found;
    if (!first || found.includes(undefined)) return [];
    const { id, figure, words, link } = first;
    return [{ code, fact: { id, figure }, link, words, reason }];
  });
}
