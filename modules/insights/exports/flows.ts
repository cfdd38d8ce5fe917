import type { Text } from '#kernel/languages';

type Coded = { id: string; names: Text };

/** SDMX's cross-domain code list: a normal value, one that is missing, and one that is withheld. */
export const statuses = [
  { id: 'A', names: { ar: 'قيمة عادية', en: 'Normal value' } },
  { id: 'O', names: { ar: 'لا قيمة', en: 'Missing value' } },
  { id: 'Q', names: { ar: 'قيمة محجوبة', en: 'Missing value; suppressed' } },
] as const;

/** One observation: of whom, of what, when; absent values say why. `text` is the value as it is printed. */
export type FlowValue = {
  subject: string;
  indicator: string;
  /** A year, or a day with a duration. */
  period: string;
  value?: number;
  text: string;
  status: (typeof statuses)[number]['id'];
  source: string;
};

/** A table that is given out as SDMX: two coded dimensions and time. */
export type Flow = {
  id: string;
  names: Text;
  structureNames: Text;
  periodNames: Text;
  subject: Coded & { list: Coded; codes: readonly Coded[] };
  indicator: Coded & { list: Coded; codes: readonly Coded[] };
};

/** What a reader asks for; a member that is absent takes all. */
export type Selection = { subjects?: string[]; indicators?: string[]; from?: number; to?: number };

/**
 * Reads an SDMX key of two places, `KWT+SAU.EGDI`: a place that is empty or `*` takes all; `all` and `*` alone take everything.
 * Undefined when it is no such key.
 */
export function readKey(key: string): Selection | undefined {
  if (key === 'all' || key === '*') return {};
  const places = key.split('.');
  if (places.length !== 2 || !places.every((place) => /^(\*|[A-Za-z0-9_-]{0,80}(\+[A-Za-z0-9_-]{1,80})*)$/.test(place)))
    return undefined;
  const [subjects, wanted] = places.map((place) => (place === '' || place === '*' ? undefined : place.split('+')));
  return { ...(subjects ? { subjects } : {}), ...(wanted ? { indicators: wanted } : {}) };
}
