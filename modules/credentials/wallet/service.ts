import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign as nodeSign } from 'node:crypto';
import { epochSeconds } from '#kernel/clock';
import { newId } from '#kernel/ids';
import { signJws } from '#kernel/jws';
import { derToP1363, type JWK, jwkThumbprint, type Signer } from '#kernel/keys';
import type { Text } from '#kernel/languages';
import { type CredentialVerdict, credentialsProblem, type IssuerFacts } from '../contract.ts';
import { type CredentialsNeeds, isOfFederation, originOf } from '../needs.ts';
import { preAuthorizedCode } from '../offers/rules.ts';
import { factsOf } from '../rules.ts';
import { openSdJwt, presentSdJwt, sdJwtType } from '../sd-jwt.ts';
import type { Verification } from '../verification/service.ts';
import type { CheckedWalletCredential, WalletCredential } from './contract.ts';
import {
  CredentialAnswer,
  IssuerMetadata,
  NonceAnswer,
  Offer,
  offerAddress,
  read,
  ServerMetadata,
  TokenAnswer,
  wellKnown,
} from './rules.ts';
import { openText, sealText } from './sealing.ts';
import {
  deleteWalletCredential,
  findWalletCredential,
  insertWalletCredential,
  listWalletCredentials,
  type WalletRow,
} from './store.ts';

/** What is kept of a credential, only ever encrypted. */
type Kept = {
  compact: string;
  holderKey: JWK;
  issuer: IssuerFacts;
  vct: string;
  typeNames: Text;
  labels: Record<string, Text>;
};

export type PresentationRequest = { fields: readonly string[]; audience: string; nonce: string };

const answerBytesMax = 524_288;

/** A person's wallet at the home node. Every credential has a key of its own, so that two verifiers cannot link them. */
export function createWallet(needs: CredentialsNeeds, verification: Verification) {
  const { db } = needs.database;
  const secret = () => needs.keys.secret('credentials.wallet');
  const contextOf = (row: { personId: string; walletCredentialId: string }) =>
    `${row.personId}/${row.walletCredentialId}`;

  async function open(row: WalletRow): Promise<Kept> {
    return JSON.parse(openText(await secret(), contextOf(row), row.sealed)) as Kept;
  }

  async function get(personId: string, walletCredentialId: string): Promise<{ row: WalletRow; kept: Kept }> {
    const row = await findWalletCredential(db, personId, walletCredentialId);
    if (!row) throw credentialsProblem('credential-unknown');
    return { row, kept: await open(row) };
  }

  async function ask(
    url: string,
    request: { method: string; headers?: Record<string, string>; body?: string },
  ): Promise<Buffer> {
    const headers = { accept: 'application/json', ...request.headers };
    const answer = await needs.http.request({ ...request, url, headers, bodyBytesMax: answerBytesMax });
    if (answer.status === 200) return answer.body;
    if (answer.status === 404) throw credentialsProblem('offer-unknown');
    throw credentialsProblem('issuer-refused', { code: errorCode(answer.body) ?? String(answer.status) });
  }

  /** OpenID4VCI 1.0 as a wallet, up to the credential itself. Nothing is written, so nothing is left over when it fails. */
  async function receive(link: string): Promise<{ compact: string; verdict: CredentialVerdict; holderKey: JWK }> {
    const offerUrl = offerAddress(link);
    if (!offerUrl) throw credentialsProblem('offer-malformed');
    if (!(await isOfFederation(needs, offerUrl))) throw credentialsProblem('issuer-untrusted');
    const isSameNode = (url: string) => originOf(url) === originOf(offerUrl);
    const offer = read(Offer, await ask(offerUrl, { method: 'GET' }));
    const grant = offer?.grants[preAuthorizedCode];
    const configurationId = offer?.credential_configuration_ids[0];
    if (!offer || !grant || grant.tx_code !== undefined || !configurationId)
      throw credentialsProblem('offer-malformed');
    if (!isSameNode(offer.credential_issuer)) throw credentialsProblem('issuer-untrusted');

    const metadataUrl = wellKnown('openid-credential-issuer', offer.credential_issuer);
    const metadata = read(IssuerMetadata, await ask(metadataUrl, { method: 'GET' }));
    const configuration = metadata?.credential_configurations_supported[configurationId];
    if (!metadata || metadata.credential_issuer !== offer.credential_issuer || configuration?.format !== sdJwtType)
      throw credentialsProblem('offer-malformed');
    const serverId = metadata.authorization_servers?.[0] ?? offer.credential_issuer;
    if (!isSameNode(serverId)) throw credentialsProblem('issuer-untrusted');
    const server = read(
      ServerMetadata,
      await ask(wellKnown('oauth-authorization-server', serverId), { method: 'GET' }),
    );
    if (!server || server.issuer !== serverId) throw credentialsProblem('offer-malformed');
    if (![server.token_endpoint, metadata.nonce_endpoint, metadata.credential_endpoint].every(isSameNode))
      throw credentialsProblem('issuer-untrusted');

    const form = new URLSearchParams({
      grant_type: preAuthorizedCode,
      'pre-authorized_code': grant['pre-authorized_code'],
    });
    const token = read(
      TokenAnswer,
      await ask(server.token_endpoint, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: form.toString(),
      }),
    );
    const nonce = read(NonceAnswer, await ask(metadata.nonce_endpoint, { method: 'POST' }));
    if (!token || !nonce) throw credentialsProblem('issuer-refused', { code: 'token' });

    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const holder = holderSigner(privateKey);
    const proof = await signJws(
      holder,
      { aud: offer.credential_issuer, iat: epochSeconds(needs.clock), nonce: nonce.c_nonce },
      { typ: 'openid4vci-proof+jwt', kid: undefined, jwk: holder.publicJwk },
    );
    const answer = read(
      CredentialAnswer,
      await ask(metadata.credential_endpoint, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token.access_token}` },
        body: JSON.stringify({ credential_configuration_id: configurationId, proofs: { jwt: [proof] } }),
      }),
    );
    const compact = answer?.credentials[0]?.credential;
    if (!compact) throw credentialsProblem('issuer-refused', { code: 'credential' });
    const verdict = await verification.verifyCredential(compact);
    const bound = (openSdJwt(compact)?.claims?.['cnf'] as { jwk?: JWK } | undefined)?.jwk;
    const isOurs = bound !== undefined && jwkThumbprint(bound) === holder.kid;
    const isAsOffered = configuration.vct === undefined || configuration.vct === verdict.vct;
    if (!verdict.ok || !isOurs || !isAsOffered)
      throw credentialsProblem('issuer-refused', { code: verdict.reason ?? 'credential' });
    return { compact, verdict, holderKey: privateKey.export({ format: 'jwk' }) as JWK };
  }

  return {
    /**
     * Takes an offered credential into the person's wallet. The offer must come from a node of the federation, and the
     * credential must verify and name the key made for it, or nothing is kept.
     */
    async acceptOffer(personId: string, credentialOfferUrl: string): Promise<WalletCredential> {
      const { compact, verdict, holderKey } = await receive(credentialOfferUrl);
      const vct = verdict.vct!;
      const plainName = vct.slice(vct.lastIndexOf('/') + 1);
      const kept: Kept = {
        compact,
        holderKey,
        issuer: verdict.issuer!,
        vct,
        typeNames: verdict.typeNames ?? { ar: plainName, en: plainName },
        labels: verdict.labels ?? {},
      };
      const walletCredentialId = newId();
      const sealed = sealText(await secret(), contextOf({ personId, walletCredentialId }), JSON.stringify(kept));
      const row: WalletRow = {
        walletCredentialId,
        personId,
        sealed,
        ...(verdict.validUntil ? { validUntil: verdict.validUntil } : {}),
        addedAt: needs.clock.now(),
      };
      await needs.database.transaction(async (tx) => {
        await insertWalletCredential(tx, row);
        await needs.ledger.append(tx, {
          kind: 'credential-received',
          record: { issuer: kept.issuer.entityId, type: kept.vct },
          personId,
        });
      });
      return describe(row, kept);
    },

    async listCredentials(personId: string): Promise<WalletCredential[]> {
      const rows = await listWalletCredentials(db, personId);
      return Promise.all(rows.map(async (row) => describe(row, await open(row))));
    },

    /** With what its issuer says of it now. Throws 'credential-unknown', also for a credential of somebody else. */
    async getCredential(personId: string, walletCredentialId: string): Promise<CheckedWalletCredential> {
      const { row, kept } = await get(personId, walletCredentialId);
      const { ok, reason } = await verification.verifyCredential(kept.compact);
      const status = ok
        ? 'valid'
        : reason === 'revoked' || reason === 'superseded' || reason === 'expired'
          ? reason
          : 'unknown';
      return { ...describe(row, kept), status };
    },

    /** The credential itself, as its issuer signed it: for its holder alone. */
    async readCompact(personId: string, walletCredentialId: string): Promise<string> {
      return (await get(personId, walletCredentialId)).kept.compact;
    },

    /** Shows only `fields`, bound to the audience and its nonce. Fields that cannot be left out are always shown. */
    async present(personId: string, walletCredentialId: string, request: PresentationRequest): Promise<string> {
      const { row, kept } = await get(personId, walletCredentialId);
      const known = new Set(describe(row, kept).claims.map((claim) => claim.name));
      if (request.fields.some((field) => !known.has(field))) throw credentialsProblem('field-unknown');
      return presentSdJwt(
        holderSigner(createPrivateKey({ key: kept.holderKey as never, format: 'jwk' })),
        kept.compact,
        {
          ...request,
          issuedAt: epochSeconds(needs.clock),
        },
      );
    },

    async removeCredential(personId: string, walletCredentialId: string): Promise<void> {
      await needs.database.transaction(async (tx) => {
        if (!(await deleteWalletCredential(tx, personId, walletCredentialId)))
          throw credentialsProblem('credential-unknown');
        await needs.ledger.append(tx, { kind: 'credential-removed', record: {}, personId });
      });
    },
  };
}

export type Wallet = ReturnType<typeof createWallet>;

function describe(row: WalletRow, kept: Kept): WalletCredential {
  const opened = openSdJwt(kept.compact);
  const always = new Set(Object.keys(opened?.jws.payload ?? {}));
  return {
    walletCredentialId: row.walletCredentialId,
    issuer: kept.issuer,
    vct: kept.vct,
    typeNames: kept.typeNames,
    claims: Object.entries(factsOf(opened?.claims ?? {})).map(([name, value]) => ({
      name,
      label: kept.labels[name] ?? { ar: name, en: name },
      value,
      isDisclosable: !always.has(name),
    })),
    ...(row.validUntil ? { validUntil: row.validUntil.toISOString() } : {}),
    addedAt: row.addedAt.toISOString(),
  };
}

function holderSigner(privateKey: KeyObject): Signer {
  const { kty, crv, x, y } = privateKey.export({ format: 'jwk' }) as JWK;
  const publicJwk: JWK = { kty, crv, x, y };
  return {
    name: 'holder',
    kid: jwkThumbprint(publicJwk),
    alg: 'ES256',
    publicJwk,
    publicKey: createPublicKey(privateKey),
    sign: async (data) => derToP1363(nodeSign('sha256', data, privateKey)),
  };
}

/** The code of an OAuth error, if the other side gave one that is fit to be shown. */
function errorCode(body: Buffer): string | undefined {
  try {
    const { error } = JSON.parse(body.toString('utf8')) as { error?: unknown };
    return typeof error === 'string' && /^[a-z_]{1,60}$/.test(error) ? error : undefined;
  } catch {
    return undefined;
  }
}
