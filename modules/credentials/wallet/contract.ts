import { type Static, Type } from 'typebox';
import type { Endpoint } from '#kernel/contract';
import { Text } from '#kernel/languages';

/** A credential as its holder sees it. */
export const WalletCredential = Type.Object({
  walletCredentialId: Type.String({ format: 'uuid' }),
  issuer: Type.Object({ entityId: Type.String(), names: Text, state: Type.String() }),
  vct: Type.String(),
  typeNames: Text,
  claims: Type.Array(
    Type.Object({ name: Type.String(), label: Text, value: Type.Unknown(), isDisclosable: Type.Boolean() }),
  ),
  validUntil: Type.Optional(Type.String({ format: 'date-time' })),
  addedAt: Type.String({ format: 'date-time' }),
});
export type WalletCredential = Static<typeof WalletCredential>;

/** The same with what its issuer says of it now. */
export const CheckedWalletCredential = Type.Intersect([
  WalletCredential,
  Type.Object({
    status: Type.Union([
      Type.Literal('valid'),
      Type.Literal('revoked'),
      Type.Literal('superseded'),
      Type.Literal('expired'),
      Type.Literal('unknown'),
    ]),
  }),
]);
export type CheckedWalletCredential = Static<typeof CheckedWalletCredential>;

const ownCredential = Type.Object({ walletCredentialId: Type.String({ format: 'uuid' }) });

export const walletEndpoints = {
  listWallet: {
    method: 'GET',
    path: '/api/wallet/credentials',
    summary: 'The credentials in my wallet, newest first',
    access: 'person',
    answer: Type.Object({ credentials: Type.Array(WalletCredential) }),
    refusals: [],
  },
  getWalletCredential: {
    method: 'GET',
    path: '/api/wallet/credentials/:walletCredentialId',
    summary: 'One credential in my wallet and whether it is in force now',
    access: 'person',
    params: ownCredential,
    answer: CheckedWalletCredential,
    refusals: ['credential-unknown'],
  },
  acceptOffer: {
    method: 'POST',
    path: '/api/wallet/offers',
    summary: 'Takes an offered credential into my wallet (OpenID4VCI 1.0)',
    access: 'person',
    body: Type.Object(
      { credentialOfferUrl: Type.String({ minLength: 1, maxLength: 2_048 }) },
      { additionalProperties: false },
    ),
    answer: WalletCredential,
    status: 201,
    refusals: ['offer-malformed', 'offer-unknown', 'issuer-untrusted', 'issuer-refused'],
  },
  presentWalletCredential: {
    method: 'POST',
    path: '/api/wallet/credentials/:walletCredentialId/present',
    summary: 'Shows chosen fields of a credential to one audience, bound to my key',
    access: 'person',
    params: ownCredential,
    body: Type.Object(
      {
        fields: Type.Array(Type.String({ maxLength: 200 }), { maxItems: 100 }),
        audience: Type.String({ minLength: 1, maxLength: 2_048 }),
        nonce: Type.String({ minLength: 8, maxLength: 512 }),
      },
      { additionalProperties: false },
    ),
    answer: Type.Object({ presentation: Type.String() }),
    refusals: ['credential-unknown', 'field-unknown'],
  },
  removeWalletCredential: {
    method: 'DELETE',
    path: '/api/wallet/credentials/:walletCredentialId',
    summary: 'Takes a credential out of my wallet; it stays in force',
    access: 'person',
    params: ownCredential,
    answer: Type.Object({ removed: Type.Literal(true) }),
    refusals: ['credential-unknown'],
  },
} as const satisfies Record<string, Endpoint>;
