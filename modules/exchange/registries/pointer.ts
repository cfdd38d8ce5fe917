/** RFC 6901: empty for the whole document, else `/name/0/name` with `~0` for `~` and `~1` for `/`. */
export const pointerPattern = '^(/([^~/]|~[01])*)*$';

export function parsePointer(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** The value at a parsed pointer; undefined where nothing stands. Own members only, so no name reaches a prototype. */
export function valueAt(document: unknown, path: readonly string[]): unknown {
  let value = document;
  for (const part of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Record<string, unknown>)[part];
  }
  return value;
}

export const depthMax = 4;
export const escapePart = (name: string) => name.replaceAll('~', '~0').replaceAll('/', '~1');

/** Visits the values inside a record, down to some depth, each with its pointer; lists are left out. */
export function walk(value: unknown, at: string, visit: (address: string, value: unknown) => void): void {
  if (typeof value !== 'object' || value === null) visit(at, value);
  else if (!Array.isArray(value) && at.split('/').length <= depthMax)
    for (const [name, inner] of Object.entries(value)) walk(inner, `${at}/${escapePart(name)}`, visit);
}
