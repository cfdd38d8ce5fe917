import { createHmac, timingSafeEqual } from 'node:crypto';
import { epochSeconds } from '#kernel/clock';
import type { RawAnswer } from '#kernel/contract';
import type { Tx } from '#kernel/database';
import { randomToken, sha256 } from '#kernel/ids';
import { credentialsProblem } from '../contract.ts';
import { typeUrl } from '../credential-types.ts';
import type { CredentialsNeeds } from '../needs.ts';
import { sdJwtType } from '../sd-jwt.ts';
import type { Issuing } from '../service.ts';
import { findCredential } from '../store.ts';
import {
  accessTokenSeconds,
  nonceSeconds,
  type OAuthError,
  offerSeconds,
  preAuthorizedCode,
  readProof,
} from './rules.ts';
import {
  bindAccessToken,
  findAccessToken,
  findOpenOffer,
  insertAccessToken,
  insertOffer,
  redeemOffer,
  removeEnded,
} from './store.ts';

export type CredentialOffer = {
  offerId: string;
  /** For a wallet on the same device, or as a QR code. */
  credentialOfferUri: string;
  /** The address of the offer itself. */
  httpsOfferUrl: string;
  expiresAt: Date;
};

/** The issuing side of OpenID4VCI 1.0 with the pre-authorized code flow. */
export function createOffers(needs: CredentialsNeeds, issuing: Issuing) {
  const issuer = `${needs.publicUrl}/credentials/issuer`;
  const { db } = needs.database;
  const later = (seconds: number) => new Date(needs.clock.now().getTime() + seconds * 1000);
  const secret = () => needs.keys.secret('credentials.offers');
  // The code is derived from the offer's number, which only its holder knows: neither is stored.
  const codeOf = async (offerId: string) =>
    `${offerId}.${createHmac('sha256', await secret())
      .update(`code:${offerId}`)
      .digest('base64url')}`;

  async function makeNonce(): Promise<string> {
    const head = `${epochSeconds(needs.clock) + nonceSeconds}.${randomToken(16)}`;
    return `${head}.${createHmac('sha256', await secret())
      .update(`nonce:${head}`)
      .digest('base64url')}`;
  }

  return {
    issuer,

    /**
     * Offers the credential of a decision to the person's wallet: once, for a quarter of an hour. Whoever holds the offer
     * gets the credential, so hand it to nobody but the person concerned. Throws 'credential-unknown'.
     */
    async createOffer(decisionId: string, options: { tx?: Tx } = {}): Promise<CredentialOffer> {
      const work = async (tx: Tx) => {
        const credential = await findCredential(tx, { decisionId });
        if (!credential || credential.revokedAt) throw credentialsProblem('credential-unknown');
        const offerId = randomToken(24);
        const expiresAt = later(offerSeconds);
        await removeEnded(tx, needs.clock.now());
        await insertOffer(tx, { offerHash: sha256(offerId), credentialId: credential.credentialId, expiresAt });
        const httpsOfferUrl = `${needs.publicUrl}/credentials/offers/${offerId}`;
        const credentialOfferUri = `openid-credential-offer://?credential_offer_uri=${encodeURIComponent(httpsOfferUrl)}`;
        return { offerId, credentialOfferUri, httpsOfferUrl, expiresAt };
      };
      return options.tx ? work(options.tx) : needs.database.transaction(work);
    },

    issuerMetadata(): object {
      const displays = (names: { ar: string; en: string }) => [
        { name: names.ar, locale: 'ar' },
        { name: names.en, locale: 'en' },
      ];
      const configurations = issuing.listTypes().map((type) => [
        type.typeId,
        {
          format: sdJwtType,
          vct: typeUrl(needs.publicUrl, type.typeId),
          cryptographic_binding_methods_supported: ['jwk'],
          credential_signing_alg_values_supported: ['ES256'],
          proof_types_supported: { jwt: { proof_signing_alg_values_supported: ['ES256'] } },
          credential_metadata: {
            display: displays(type.names),
            claims: type.claims.map((claim) => ({ path: [claim.name], display: displays(claim.label) })),
          },
        },
      ]);
      return {
        credential_issuer: issuer,
        credential_endpoint: `${issuer}/credential`,
        nonce_endpoint: `${issuer}/nonce`,
        display: displays(needs.names),
        credential_configurations_supported: Object.fromEntries(configurations),
      };
    },

    authorizationServerMetadata(): object {
      return {
        issuer,
        token_endpoint: `${issuer}/token`,
        response_types_supported: [],
        grant_types_supported: [preAuthorizedCode],
        token_endpoint_auth_methods_supported: ['none'],
        'pre-authorized_grant_anonymous_access_supported': true,
      };
    },

    async readOffer(offerId: string): Promise<object> {
      const credentialId = await findOpenOffer(db, sha256(offerId), needs.clock.now());
      const credential = credentialId && (await findCredential(db, { credentialId }));
      if (!credential) throw credentialsProblem('offer-unknown');
      return {
        credential_issuer: issuer,
        credential_configuration_ids: [credential.typeId],
        grants: { [preAuthorizedCode]: { 'pre-authorized_code': await codeOf(offerId) } },
      };
    },

    async takeToken(form: URLSearchParams): Promise<RawAnswer> {
      if (form.get('grant_type') !== preAuthorizedCode) return oauthError('unsupported_grant_type');
      const code = form.get('pre-authorized_code');
      if (!code) return oauthError('invalid_request');
      const offerId = code.split('.')[0]!;
      if (!isSame(code, await codeOf(offerId))) return oauthError('invalid_grant');
      const accessToken = randomToken();
      const isGranted = await needs.database.transaction(async (tx) => {
        const credentialId = await redeemOffer(tx, sha256(offerId), needs.clock.now());
        if (!credentialId) return false;
        await insertAccessToken(tx, {
          tokenHash: sha256(accessToken),
          credentialId,
          expiresAt: later(accessTokenSeconds),
        });
        return true;
      });
      if (!isGranted) return oauthError('invalid_grant');
      return json({ access_token: accessToken, token_type: 'Bearer', expires_in: accessTokenSeconds });
    },

    async takeNonce(): Promise<RawAnswer> {
      return json({ c_nonce: await makeNonce() });
    },

    async takeCredential(authorization: string | undefined, body: Buffer): Promise<RawAnswer> {
      const token = /^Bearer ([A-Za-z0-9_-]{20,200})$/i.exec(authorization ?? '')?.[1];
      const granted = token && (await findAccessToken(db, sha256(token), needs.clock.now()));
      if (!token || !granted)
        return oauthError('invalid_token', 401, { 'www-authenticate': 'Bearer error="invalid_token"' });
      const credential = await findCredential(db, { credentialId: granted.credentialId });
      const request = parseRequest(body);
      if (!credential || credential.revokedAt || !request) return oauthError('invalid_credential_request');
      if (request.configurationId !== credential.typeId) return oauthError('unknown_credential_configuration');
      const key = await secret();
      const now = epochSeconds(needs.clock);
      const proof = readProof(request.proof, { issuer, now, isOwnNonce: (nonce) => isOwnNonce(nonce, key, now) });
      if (typeof proof === 'string') return oauthError(proof);
      const isBound = await needs.database.transaction(async (tx) => {
        const bound = await bindAccessToken(tx, sha256(token), proof.thumbprint);
        if (bound === 'first')
          await needs.ledger.append(tx, {
            kind: 'credential-handed-over',
            record: { credentialId: credential.credentialId, issuer: credential.issuer, type: credential.typeId },
            ...(credential.personId === undefined ? {} : { personId: credential.personId }),
          });
        return bound !== 'other';
      });
      if (!isBound) return oauthError('invalid_token', 401);
      return json({ credentials: [{ credential: await issuing.signFor(credential, proof.jwk) }] });
    },
  };
}

export type Offers = ReturnType<typeof createOffers>;

function isOwnNonce(nonce: string, key: Buffer, now: number): boolean {
  const [expires = '', random = '', mac = ''] = nonce.split('.');
  const expected = createHmac('sha256', key).update(`nonce:${expires}.${random}`).digest('base64url');
  return isSame(mac, expected) && nonce.split('.').length === 3 && Number(expires) > now;
}

function isSame(given: string, expected: string): boolean {
  const [a, b] = [sha256(given), sha256(expected)];
  return timingSafeEqual(a, b);
}

function parseRequest(body: Buffer): { configurationId: unknown; proof: unknown } | undefined {
  try {
    const request = JSON.parse(body.toString('utf8')) as {
      credential_configuration_id?: unknown;
      proofs?: { jwt?: unknown };
    };
    const proofs = request?.proofs?.jwt;
    // One key, one copy: several copies would be several entries in the status list.
    return Array.isArray(proofs) && proofs.length === 1
      ? { configurationId: request.credential_configuration_id, proof: proofs[0] }
      : undefined;
  } catch {
    return undefined;
  }
}

function json(answer: object): RawAnswer {
  return { bytes: JSON.stringify(answer), headers: { 'cache-control': 'no-store' } };
}

function oauthError(error: OAuthError, status = 400, headers: Record<string, string> = {}): RawAnswer {
  return { status, bytes: JSON.stringify({ error }), headers: { 'cache-control': 'no-store', ...headers } };
}
