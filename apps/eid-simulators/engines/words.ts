type Words = Record<string, string | undefined>;

/** Parameters that came once, as text; what came twice is as good as missing (RFC 6749 section 3.1). */
export function wordsOf(value: unknown): Words {
  const entries = Object.entries((value ?? {}) as Record<string, unknown>);
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}
