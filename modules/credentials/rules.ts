/** Members that mean something to machines (SD-JWT VC section 3.2.2.2, RFC 9901): no office may write them as a fact. */
const reservedClaims = [
  'iss',
  'iat',
  'nbf',
  'exp',
  'sub',
  'vct',
  'vct#integrity',
  'cnf',
  'status',
  '_sd',
  '_sd_alg',
  '...',
  '__proto__',
];

/** Throws for claims that no credential may hold: a mistake of the caller, not of a person. */
export function checkClaims(claims: Record<string, unknown>, disclosable: readonly string[]): void {
  for (const name of Object.keys(claims))
    if (reservedClaims.includes(name)) throw new TypeError(`the claim '${name}' is reserved`);
  for (const name of disclosable)
    if (!(name in claims)) throw new TypeError(`'${name}' is disclosable but is not a claim`);
}

/** What is left to show a person once the machines' members are taken away. */
export function factsOf(claims: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(claims).filter(([name]) => !reservedClaims.includes(name)));
}

/** Where the status of a credential stands (Token Status List section 6.1). */
export function statusReference(claims: Record<string, unknown>): { uri: string; idx: number } | 'none' | 'malformed' {
  const status = claims['status'] as { status_list?: { uri?: unknown; idx?: unknown } } | undefined;
  if (status === undefined) return 'none';
  const { uri, idx } = status?.status_list ?? {};
  const isWhole =
    typeof uri === 'string' && Number.isSafeInteger(idx) && (idx as number) >= 0 && (idx as number) < 2 ** 31;
  return isWhole ? { uri, idx: idx as number } : 'malformed';
}

/** Clocks of nodes may differ by this much. */
export const clockSkewSeconds = 60;

export function judgeTimes(
  claims: Record<string, unknown>,
  nowSeconds: number,
): 'expired' | 'not-yet-valid' | 'malformed' | undefined {
  const { exp, nbf, iat } = claims;
  for (const time of [exp, nbf, iat]) if (time !== undefined && typeof time !== 'number') return 'malformed';
  if (typeof exp === 'number' && exp <= nowSeconds - clockSkewSeconds) return 'expired';
  if (typeof nbf === 'number' && nbf > nowSeconds + clockSkewSeconds) return 'not-yet-valid';
  if (typeof iat === 'number' && iat > nowSeconds + clockSkewSeconds) return 'not-yet-valid';
  return undefined;
}
