/**
 * How sure the home state is that somebody is who they say, as all states understand it: the weakest first. These are the values of
 * `acr` (OpenID Connect Core 1.0 section 2); their meaning is that of eIDAS (Implementing Regulation (EU) 2015/1502).
 */
export const assuranceLevels = ['low', 'substantial', 'high'] as const;
export type AssuranceLevel = (typeof assuranceLevels)[number];

/** What a service or a sign-in needs when it does not say. */
export const usualLevel: AssuranceLevel = 'substantial';

export function isAssuranceLevel(value: unknown): value is AssuranceLevel {
  return assuranceLevels.some((level) => level === value);
}

/** Whether a sign-in at `level` is enough where `needed` is asked for. A stronger one always is; an unknown one never. */
export function isAtLeast(level: unknown, needed: AssuranceLevel): boolean {
  return isAssuranceLevel(level) && assuranceLevels.indexOf(level) >= assuranceLevels.indexOf(needed);
}

/** The levels that are enough where `needed` is asked for: what a relying party names in `acr_values`. */
export function levelsFrom(needed: AssuranceLevel): AssuranceLevel[] {
  return assuranceLevels.filter((level) => isAtLeast(level, needed));
}
