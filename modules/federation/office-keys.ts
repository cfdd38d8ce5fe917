import type { JWK } from '#kernel/keys';
import type { Office, Resolved } from './contract.ts';

/** An office's signing key by its id. A key unknown so far may be new: the chain is then asked for once more. */
export async function findOfficeKey(
  federation: {
    resolve(entityId: string, entityType?: string, options?: { fresh?: boolean }): Promise<Resolved>;
    findOffice(entityId: string): Promise<Office | undefined>;
  },
  { entityId, office }: Office,
  kid: string,
): Promise<JWK | undefined> {
  const known = office.jwks.keys.find((key) => key.kid === kid);
  if (known) return known;
  await federation.resolve(entityId, undefined, { fresh: true });
  const renewed = await federation.findOffice(entityId);
  return renewed?.office.jwks.keys.find((key) => key.kid === kid);
}
