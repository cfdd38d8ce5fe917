import { type Static, Type } from 'typebox';
import { Name } from '#protocol/text';
import { FieldMap } from './mapping.ts';

/** How a registry that is a database gives one evidence type. */
export const QueryEvidence = Type.Object(
  {
    type: Name,
    /** One SELECT that returns at most one row. Named parameter: `:nationalId`. */
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

/** Throws a sentence unless the query is one SELECT that knows no parameter but the one named. */
export function checkQuery(type: string, query: string, parameter = 'nationalId'): void {
  if (!/^\s*(select|with)\b/i.test(query) || query.includes(';'))
    throw new Error(`the query for ${type} must be one SELECT without a semicolon`);
  for (const name of splitQuery(query).names)
    if (name !== parameter) throw new Error(`the query for ${type} names the unknown parameter :${name}`);
}

/** The tables that a plan (EXPLAIN VERBOSE, FORMAT JSON) reads. */
export function tablesOfPlan(plan: unknown): Array<{ schema: string; table: string }> {
  if (Array.isArray(plan)) return plan.flatMap(tablesOfPlan);
  if (typeof plan !== 'object' || plan === null) return [];
  const { Schema: schema, 'Relation Name': table } = plan as Record<string, unknown>;
  const own = typeof schema === 'string' ? [{ schema, table: String(table ?? '') }] : [];
  return [...own, ...Object.values(plan).flatMap(tablesOfPlan)];
}
