import { type AssuranceLevel, assuranceLevels } from '#protocol/assurance';

export type Method = {
  /** How hard the authenticator is to misuse, whoever stands behind it; the proofing of the person is the other axis. */
  authenticator: AssuranceLevel;
  /** A page on another address gets nothing that it could use here. */
  resistsPhishing: boolean;
};

/**
 * What the methods of this node are, by the ids that a state's `eid.json` gives a level to. Without a verified attestation nobody can
 * tell that a passkey's key is kept in hardware, and a synced one is not: none reaches more than `substantial`.
 */
export const methods = {
  'password-otp': { authenticator: 'substantial', resistsPhishing: false },
  passkey: { authenticator: 'substantial', resistsPhishing: true },
  // A person can be talked into typing a number that a false page shows them.
  'phone-approval': { authenticator: 'substantial', resistsPhishing: false },
} as const satisfies Record<string, Method>;

export type MethodId = keyof typeof methods;

/**
 * The method that a new authenticator counts as enrolled by must reach what the new one will claim: what is added or put in
 * anew is never stronger than what vouched for it.
 */
export function mayEnrol(vouching: MethodId, enrolled: MethodId): boolean {
  const rank = (method: MethodId) => assuranceLevels.indexOf(methods[method].authenticator);
  return rank(vouching) >= rank(enrolled);
}
