import { type Static, type TSchema, Type } from 'typebox';
import { Check } from 'typebox/value';
import { originOf } from '../needs.ts';
import { preAuthorizedCode } from '../offers/rules.ts';

const address = Type.String({ minLength: 1, maxLength: 2_048 });

export const Offer = Type.Object({
  credential_issuer: address,
  credential_configuration_ids: Type.Array(Type.String({ maxLength: 200 }), { minItems: 1, maxItems: 20 }),
  grants: Type.Object({
    [preAuthorizedCode]: Type.Object({
      'pre-authorized_code': Type.String({ minLength: 1, maxLength: 2_048 }),
      tx_code: Type.Optional(Type.Unknown()),
    }),
  }),
});
export const IssuerMetadata = Type.Object({
  credential_issuer: address,
  credential_endpoint: address,
  nonce_endpoint: address,
  authorization_servers: Type.Optional(Type.Array(address, { maxItems: 10 })),
  credential_configurations_supported: Type.Record(
    Type.String(),
    Type.Object({ format: Type.String(), vct: Type.Optional(address) }),
  ),
});
export const ServerMetadata = Type.Object({ issuer: address, token_endpoint: address });
export const TokenAnswer = Type.Object({
  access_token: Type.String({ minLength: 1, maxLength: 4_096 }),
  token_type: Type.String(),
});
export const NonceAnswer = Type.Object({ c_nonce: Type.String({ minLength: 1, maxLength: 2_048 }) });
export const CredentialAnswer = Type.Object({
  credentials: Type.Array(Type.Object({ credential: Type.String({ minLength: 1, maxLength: 262_144 }) }), {
    minItems: 1,
    maxItems: 10,
  }),
});

/** The answer of another party in its expected shape, or undefined. */
export function read<Shape extends TSchema>(shape: Shape, body: Buffer): Static<Shape> | undefined {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    return Check(shape, value) ? (value as Static<Shape>) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** The address of an offer, from the link a person opened, the content of a QR code, or the address itself. */
export function offerAddress(link: string): string | undefined {
  if (!URL.canParse(link)) return undefined;
  const url = new URL(link);
  const target = url.protocol === 'openid-credential-offer:' ? url.searchParams.get('credential_offer_uri') : link;
  return target !== null && originOf(target) !== undefined ? target : undefined;
}

/** OpenID4VCI 1.0 section 12.2.2 and RFC 8414 section 3: the well-known part goes between host and path. */
export function wellKnown(name: string, identifier: string): string {
  const { origin, pathname } = new URL(identifier);
  return `${origin}/.well-known/${name}${pathname === '/' ? '' : pathname}`;
}
