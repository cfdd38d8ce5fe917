import { type Handlers, personOf } from '#kernel/contract';
import type { ModuleMigrations } from '#kernel/database';
import { credentialsContract, credentialsProblem } from './contract.ts';
import * as first from './migrations/0001-credentials.ts';
import * as superseded from './migrations/0002-superseded.ts';
import type { CredentialsNeeds } from './needs.ts';
import { createOffers } from './offers/service.ts';
import { createIssuing } from './service.ts';
import { createVerification } from './verification/service.ts';
import { createWallet } from './wallet/service.ts';

export type { CredentialRefusal, CredentialVerdict, IssuerFacts, VerificationReport } from './contract.ts';
export { credentialsContract } from './contract.ts';
export type { CredentialType } from './credential-types.ts';
export type { CredentialsNeeds, TrustedIssuer } from './needs.ts';
export type { CredentialOffer } from './offers/service.ts';
export type { IssueRequest } from './service.ts';
export type { IssuedCredential } from './store.ts';
export type { ExpectedPresentation } from './verification/service.ts';
export type { CheckedWalletCredential, WalletCredential } from './wallet/contract.ts';
export type { PresentationRequest } from './wallet/service.ts';

export const credentialsMigrations: ModuleMigrations = {
  module: 'credentials',
  migrations: { '0001-credentials': first, '0002-superseded': superseded },
};

/** The credentials of one node: issuing and revoking them, handing them to wallets, the wallet of its people, and checking. */
export function createCredentials(needs: CredentialsNeeds) {
  const issuing = createIssuing(needs);
  const verification = createVerification(needs, issuing);
  const offers = createOffers(needs, issuing);
  const wallet = createWallet(needs, verification);
  const published = { 'cache-control': 'public, max-age=300' };

  const handlers: Handlers<typeof credentialsContract> = {
    readType: async ({ params }) => ({
      bytes: JSON.stringify(issuing.typeMetadata(params.typeId)),
      headers: published,
    }),
    // A revocation must be seen at once, so nobody may keep the list.
    readStatusList: async ({ params }) => ({ bytes: await issuing.statusListToken(params.listId) }),
    readIssuer: async () => ({ bytes: JSON.stringify(offers.issuerMetadata()), headers: published }),
    readAuthorizationServer: async () => ({
      bytes: JSON.stringify(offers.authorizationServerMetadata()),
      headers: published,
    }),
    readOffer: async ({ params }) => ({ bytes: JSON.stringify(await offers.readOffer(params.offerId)) }),
    takeToken: ({ request }) => offers.takeToken(new URLSearchParams(request.rawBody.toString('utf8'))),
    takeNonce: () => offers.takeNonce(),
    takeCredential: ({ request }) => offers.takeCredential(request.headers['authorization'], request.rawBody),
    verify: ({ request }) => verification.verifyAnything(request.rawBody),
    verifyReference: async ({ params }) => {
      const report = await verification.verifyReference(params.reference);
      if (!report) throw credentialsProblem('reference-unknown');
      return report;
    },
    listWallet: async ({ caller }) => ({ credentials: await wallet.listCredentials(personOf(caller).personId) }),
    getWalletCredential: ({ params, caller }) =>
      wallet.getCredential(personOf(caller).personId, params.walletCredentialId),
    revokeCredential: async ({ body }) => {
      await issuing.revokeByReference(body.reference);
      return { revoked: true };
    },
    acceptOffer: ({ body, caller }) => wallet.acceptOffer(personOf(caller).personId, body.credentialOfferUrl),
    presentWalletCredential: async ({ params, body, caller }) => ({
      presentation: await wallet.present(personOf(caller).personId, params.walletCredentialId, body),
    }),
    removeWalletCredential: async ({ params, caller }) => {
      await wallet.removeCredential(personOf(caller).personId, params.walletCredentialId);
      return { removed: true };
    },
  };

  return {
    contract: credentialsContract,
    handlers,
    issueCredential: issuing.issueCredential,
    revokeCredential: issuing.revokeCredential,
    endDecision: (...ended: Parameters<typeof issuing.endDecision>) => issuing.endDecision(...ended),
    eraseDecision: issuing.eraseDecision,
    revokeByReference: (reference: string, officeId?: string) => issuing.revokeByReference(reference, officeId),
    findByDecision: issuing.findByDecision,
    verifyUrlOf: issuing.verifyUrlOf,
    createOffer: offers.createOffer,
    verifyCredential: verification.verifyCredential,
    verifyAnything: verification.verifyAnything,
    verifyReference: verification.verifyReference,
    wallet,
  };
}

export type Credentials = ReturnType<typeof createCredentials>;
