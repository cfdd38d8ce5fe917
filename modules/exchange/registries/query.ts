import { type Static, Type } from 'typebox';
import { Name } from '#protocol/text';
import type { PersonKey } from './adapter.ts';
import { FieldMap } from './mapping.ts';

/** How a registry that is a database gives one evidence type. */
export const QueryEvidence = Type.Object(
  {
    type: Name,
    /**
     * One SELECT that returns at most one row. Named parameters: `:nationalId`, of a company its number; and `:signatoryId`, the number of
     * whoever acts for it, of whom the record speaks too.
     */
    query: Type.String({ minLength: 1, maxLength: 10_000 }),
    map: FieldMap,
  },
  { additionalProperties: false },
);
export type QueryEvidence = Static<typeof QueryEvidence>;

/** Cuts a query at its named parameters; `::type` casts are left alone. */
export function splitQuery(query: string): { texts: string[]; names: string[] } {
  const texts: string[] = [];
  const names: string[] = [];
  let from = 0;
  for (const match of query.matchAll(/(?<![:\w]):([a-zA-Z]\w*)/g)) {
    texts.push(query.slice(from, match.index));
    names.push(match[1]!);
    from = match.index + match[0].length;
  }
  return { texts: [...texts, query.slice(from)], names };
}

/** The query with `$1`, `$2` in place of its parameters, and their names in that order. */
export function numberQuery(query: string): { text: string; names: string[] } {
  const { texts, names } = splitQuery(query);
  const distinct = [...new Set(names)];
  const text = texts.map((part, at) => (at === 0 ? part : `$${distinct.indexOf(names[at - 1]!) + 1}${part}`)).join('');
  return { text, names: distinct };
}

/** The values of a query's parameters; undefined when it speaks of somebody who acts, and nobody does. */
export function valuesFor(names: readonly string[], { nationalId, signatoryId }: PersonKey): string[] | undefined {
  const values = names.map((name) => (name === 'signatoryId' ? signatoryId : nationalId));
  return values.every((value) => value !== undefined) ? values : undefined;
}

/** Throws a sentence unless the query is one SELECT that knows no parameters but those named. */
export function checkQuery(
  type: string,
  query: string,
  parameters: readonly string[] = ['nationalId', 'signatoryId'],
): void {
  if (!/^\s*(select|with)\b/i.test(query) || query.includes(';'))
    throw new Error(`the query for ${type} must be one SELECT without a semicolon`);
  for (const name of splitQuery(query).names)
    if (!parameters.includes(name)) throw new Error(`the query for ${type} names the unknown parameter :${name}`);
}

/** The tables that a plan (EXPLAIN VERBOSE, FORMAT JSON) reads. */
export function tablesOfPlan(plan: unknown): Array<{ schema: string; table: string }> {
  if (Array.isArray(plan)) return plan.flatMap(tablesOfPlan);
  if (typeof plan !== 'object' || plan === null) return [];
  const { Schema: schema, 'Relation Name': table } = plan as Record<string, unknown>;
  const own = typeof schema === 'string' ? [{ schema, table: String(table ?? '') }] : [];
  return [...own, ...Object.values(plan).flatMap(tablesOfPlan)];
}
