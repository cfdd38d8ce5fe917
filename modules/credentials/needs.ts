import type { Clock } from '#kernel/clock';
import type { Database, Tx } from '#kernel/database';
import type { HttpClient } from '#kernel/http-client';
import type { JWK, Keys, Signer } from '#kernel/keys';
import type { Text } from '#kernel/languages';
import type { Log } from '#kernel/log';
import type { Ledger } from '#modules/ledger';
import type { Signatures } from '#modules/signatures';
import type { CredentialType } from './credential-types.ts';

/** An issuer as the federation vouches for it. */
export type TrustedIssuer = { jwks: JWK[]; names: Text; state: string };

export type CredentialsNeeds = {
  database: Database;
  clock: Clock;
  keys: Keys;
  http: HttpClient;
  log: Log;
  /** This node's address, without a trailing slash. */
  publicUrl: string;
  /** Names of the state, shown to wallets as the issuer. */
  names: Text;
  ledger: Pick<Ledger, 'append'>;
  signatures: Pick<Signatures, 'verifyPdf'>;
  /** The key an office signs with, whose public part its entity statement carries. */
  officeSigner(officeId: string): Promise<Signer>;
  officeEntityId(officeId: string): string;
  /** Throws a Problem when no trust chain leads to the entity. */
  resolveIssuer(entityId: string): Promise<TrustedIssuer>;
  /**
   * The states of the federation. Only addresses of theirs are asked for statuses, types and credentials: whoever sends
   * something to be verified must not choose where this node sends requests.
   */
  listStates(): Promise<Array<{ entityId: string }>>;
  /** The certification authorities of the states, PEM. */
  trustedCas(): Promise<string[]>;
  /** True when some state could not be read just now: then an unknown seal may well be genuine. */
  mayMissCas(): Promise<boolean>;
  /** Types beside `decision`, which is always there; asked for each time, for a new version of a service may change their words. */
  listTypes?(): CredentialType[];
  /** Hears of a revocation in its transaction. */
  onRevoked?(
    tx: Tx,
    revoked: { personId?: string; credentialId: string; officeId: string; typeId: string; at: Date },
  ): Promise<void>;
};

/** True when the address belongs to a node of the federation. */
export async function isOfFederation(needs: Pick<CredentialsNeeds, 'listStates'>, url: string): Promise<boolean> {
  const origin = originOf(url);
  return origin !== undefined && (await needs.listStates()).some((state) => originOf(state.entityId) === origin);
}

export function originOf(url: string): string | undefined {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const isWeb = parsed?.protocol === 'https:' || parsed?.protocol === 'http:';
  return isWeb && parsed.username === '' && parsed.password === '' ? parsed.origin : undefined;
}
