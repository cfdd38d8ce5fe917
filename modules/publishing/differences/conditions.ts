import type { Text } from '#kernel/languages';
import { type Comparison, type Condition, waysOf } from '#modules/catalogue';

/** A condition in a line: what is compared by its short name, and the ways in which it holds. */
export function conditionText(condition: Condition): Text {
  const say = (and: string, or: string) =>
    waysOf(condition)
      .map((way) => way.map(comparisonText).join(and))
      .join(or);
  return { ar: `\u2066${say('\u2069 و\u2066', '\u2069 أو \u2066')}\u2069`, en: say(' and ', ' or ') };
}

function comparisonText({ question, evidence, is, above, least, below, most, from, to, missing }: Comparison): string {
  const limits: Array<[string, string | number | undefined]> = [
    ['=', missing ? '∅' : is?.join(' / ')],
    ['>', above],
    ['≥', least ?? from],
    ['<', below],
    ['≤', most ?? to],
  ];
  const said = limits.flatMap(([mark, value]) => (value === undefined ? [] : [`${mark} ${value}`]));
  return `${question ?? evidence} ${said.join(', ')}`;
}
