/** What a path of a service may point into. Evidence is by type, data by file name without its ending. */
export type ValueSource = {
  evidence?: Record<string, Record<string, unknown>>;
  answers?: Record<string, unknown>;
  data?: Record<string, unknown>;
  today?: { year: number; date: string };
  decision?: Record<string, unknown>;
  case?: Record<string, unknown>;
};

/** The value at a path, or null where there is none: a rule table must say what happens then. */
export function valueAt(source: ValueSource, path: string): unknown {
  let value: unknown = source;
  for (const key of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return null;
    value = (value as Record<string, unknown>)[key];
  }
  return value ?? null;
}
