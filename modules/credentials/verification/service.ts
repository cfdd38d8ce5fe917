import { epochSeconds } from '#kernel/clock';
import { verifyJws } from '#kernel/jws';
import type { JWK } from '#kernel/keys';
import type { Text } from '#kernel/languages';
import { Problem } from '#kernel/problem';
import type { CredentialRefusal, CredentialVerdict, VerificationReport } from '../contract.ts';
import { readTypeWords, type TypeWords, typeUrl } from '../credential-types.ts';
import { type CredentialsNeeds, isOfFederation, originOf, type TrustedIssuer } from '../needs.ts';
import { factsOf, judgeTimes, statusReference } from '../rules.ts';
import { isSignedWith, isUsableKey, type OpenedSdJwt, openSdJwt, sdJwtType } from '../sd-jwt.ts';
import type { Issuing } from '../service.ts';
import { readStatus, statuses } from '../status-list.ts';
import { wordsOf } from './words.ts';

/** Whom a presentation must have been made for. Without it, a key binding is checked but not for whom it was made. */
export type ExpectedPresentation = { audience: string; nonce: string };

const keyBindingSecondsMax = 300;
const statusBytesMax = 262_144;

export function createVerification(needs: CredentialsNeeds, issuing: Issuing) {
  async function verifyCredential(text: string, expected?: ExpectedPresentation): Promise<CredentialVerdict> {
    const opened = openSdJwt(text.trim());
    const { iss, vct } = opened?.jws.payload ?? {};
    if (!opened || opened.jws.header.typ !== sdJwtType || typeof iss !== 'string' || typeof vct !== 'string')
      return refuse('malformed');
    const issuer = await findIssuer(iss);
    if (typeof issuer === 'string') return refuse(issuer);
    if (!isSignedByIssuer(opened.issuerJwt, issuer.jwks)) return refuse('signature-invalid');
    const known: Partial<CredentialVerdict> = {
      issuer: { entityId: iss, names: issuer.names, state: issuer.state },
      vct,
    };
    const { claims } = opened;
    if (!claims) return refuse('disclosure-tampered', known);
    const now = epochSeconds(needs.clock);
    const times = judgeTimes(claims, now);
    if (times === 'malformed') return refuse('malformed', known);
    const typeWords = await findTypeWords(vct, iss);
    Object.assign(known, {
      claims: factsOf(claims),
      ...(typeWords ? { typeNames: typeWords.names, labels: typeWords.labels } : {}),
      ...(typeof claims['iat'] === 'number' ? { issuedAt: new Date(claims['iat'] * 1000) } : {}),
      ...(typeof claims['exp'] === 'number' ? { validUntil: new Date(claims['exp'] * 1000) } : {}),
    });
    if (times) return refuse(times, known);
    const binding = judgeKeyBinding(opened, claims, now, expected);
    if (binding === 'invalid') return refuse('holder-binding-invalid', known);
    const holderBound = binding === 'proven';
    const status = await findStatus(claims, iss, issuer);
    if (status === 'malformed') return refuse('malformed', known);
    if (status === 'unavailable') return { ...refuse('status-unavailable', known), holderBound };
    if (status !== 'valid') return { ...refuse(status, known), status, holderBound };
    return { ...known, ok: true, status, holderBound };
  }

  async function findIssuer(entityId: string): Promise<TrustedIssuer | 'issuer-untrusted' | 'issuer-unreachable'> {
    if (!(await isOfFederation(needs, entityId))) return 'issuer-untrusted';
    try {
      return await needs.resolveIssuer(entityId);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      return /unreachable|timeout/.test(error.code) ? 'issuer-unreachable' : 'issuer-untrusted';
    }
  }

  async function findStatus(
    claims: Record<string, unknown>,
    iss: string,
    issuer: TrustedIssuer,
  ): Promise<'valid' | 'revoked' | 'superseded' | 'unavailable' | 'malformed'> {
    const place = statusReference(claims);
    if (place === 'none') return 'valid';
    // A status list speaks for its issuer only from the issuer's own node.
    if (place === 'malformed' || originOf(place.uri) !== originOf(iss)) return 'malformed';
    try {
      const own = `${needs.publicUrl}/credentials/status/`;
      const token = place.uri.startsWith(own)
        ? await issuing.statusListToken(decodeURIComponent(place.uri.slice(own.length)))
        : await fetchText(place.uri, 'application/statuslist+jwt');
      const { payload } = verifyJws(token, issuer.jwks, { typ: 'statuslist+jwt' });
      const isCurrent = payload['exp'] === undefined || payload['exp'] > epochSeconds(needs.clock);
      if (payload['sub'] !== place.uri || !isCurrent) return 'unavailable';
      const status = readStatus(payload['status_list'], place.idx);
      if (status === undefined) return 'unavailable';
      if (status === statuses.superseded) return 'superseded';
      return status === statuses.valid ? 'valid' : 'revoked';
    } catch (error) {
      if (error instanceof Problem) return 'unavailable';
      throw error;
    }
  }

  /** Names are a courtesy: a credential is no less valid because its words cannot be read just now. */
  async function findTypeWords(vct: string, iss: string): Promise<TypeWords | undefined> {
    const typeId = vct.slice(vct.lastIndexOf('/') + 1);
    if (vct === typeUrl(needs.publicUrl, typeId) && issuing.findType(typeId))
      return readTypeWords(issuing.typeMetadata(typeId));
    if (originOf(vct) !== originOf(iss)) return undefined;
    try {
      return readTypeWords(JSON.parse(await fetchText(vct, 'application/json')));
    } catch (error) {
      if (error instanceof Problem || error instanceof SyntaxError) return undefined;
      throw error;
    }
  }

  async function fetchText(url: string, accept: string): Promise<string> {
    const answer = await needs.http.request({
      method: 'GET',
      url,
      headers: { accept },
      timeoutMs: 5_000,
      bodyBytesMax: statusBytesMax,
    });
    if (answer.status !== 200) return '';
    return answer.body.toString('utf8').trim();
  }

  async function verifyDocument(pdf: Buffer): Promise<VerificationReport> {
    const seal = await needs.signatures.verifyPdf(pdf, { trustedCas: await needs.trustedCas() });
    const sealPart = {
      ok: seal.ok,
      ...(seal.sealedBy ? { names: seal.sealedBy.names, state: seal.sealedBy.state } : {}),
      ...(seal.signedAt ? { signedAt: seal.signedAt.toISOString() } : {}),
    };
    if (!seal.ok) {
      const isOpen = seal.reason === 'untrusted' && (await needs.mayMissCas());
      const code = isOpen ? 'issuer-unreachable' : seal.reason;
      return { ok: false, kind: 'document', code, ...wordsOf(code), seal: sealPart };
    }
    const attached = seal.attachments.find((file) => file.mediaType === `application/${sdJwtType}`);
    if (!attached)
      return { ok: true, kind: 'document', code: 'ok-seal-only', ...wordsOf('ok-seal-only'), seal: sealPart };
    const credential = await verifyCredential(attached.bytes.toString('utf8'));
    const agrees = !credential.issuer || credential.issuer.state === seal.sealedBy.state;
    const code = agrees ? (credential.reason ?? 'ok') : 'carriers-disagree';
    return {
      ok: code === 'ok',
      kind: 'document',
      code,
      ...wordsOf(code),
      seal: sealPart,
      credential: credentialPart(credential),
    };
  }

  return {
    verifyCredential,

    /** PDF bytes or the text of an SD-JWT. Everything a stranger may send ends in a report, never in an error. */
    async verifyAnything(content: Buffer): Promise<VerificationReport> {
      if (content.subarray(0, 5).toString('latin1') === '%PDF-') return verifyDocument(content);
      const text = content.length <= 300_000 ? content.toString('utf8').trim() : '';
      if (!text.includes('~')) return { ok: false, kind: 'unknown', code: 'unreadable', ...wordsOf('unreadable') };
      const verdict = await verifyCredential(text);
      const code = verdict.reason ?? 'ok';
      return { ok: verdict.ok, kind: 'credential', code, ...wordsOf(code), credential: credentialPart(verdict) };
    },

    /** What the QR code opens: whether the decision stands, who took it and what kind it is. Undefined when unknown. */
    async verifyReference(reference: string): Promise<VerificationReport | undefined> {
      const credential = await issuing.findByReference(reference);
      if (!credential) return undefined;
      const verdict = await verifyCredential(credential.compact);
      const code = verdict.reason ?? 'ok';
      const part = { ...credentialPart(verdict), claims: [] };
      return { ok: verdict.ok, kind: 'reference', code, ...wordsOf(code), credential: part };
    },
  };
}

export type Verification = ReturnType<typeof createVerification>;

function refuse(reason: CredentialRefusal, known: Partial<CredentialVerdict> = {}): CredentialVerdict {
  return { ...known, ok: false, reason, holderBound: false };
}

function isSignedByIssuer(token: string, jwks: JWK[]): boolean {
  try {
    return verifyJws(token, jwks, { typ: sdJwtType }).header.alg === 'ES256';
  } catch (error) {
    if (error instanceof Problem) return false;
    throw error;
  }
}

/** RFC 9901 section 7.3, step 5. A presentation that carries a key binding must carry a good one. */
function judgeKeyBinding(
  opened: OpenedSdJwt,
  claims: Record<string, unknown>,
  now: number,
  expected: ExpectedPresentation | undefined,
): 'absent' | 'proven' | 'invalid' {
  const { keyBinding } = opened;
  if (!keyBinding) return expected ? 'invalid' : 'absent';
  const jwk = (claims['cnf'] as { jwk?: JWK } | undefined)?.jwk;
  const { header, payload } = keyBinding.jws;
  const isFresh = typeof payload['iat'] === 'number' && Math.abs(now - payload['iat']) <= keyBindingSecondsMax;
  const isForUs = !expected || (payload['aud'] === expected.audience && payload['nonce'] === expected.nonce);
  const fits = payload['sd_hash'] === keyBinding.coveredHash;
  if (!jwk || !isUsableKey(jwk) || header.typ !== 'kb+jwt' || !isFresh || !isForUs || !fits) return 'invalid';
  return isSignedWith(keyBinding.token, jwk) ? 'proven' : 'invalid';
}

function credentialPart(verdict: CredentialVerdict): NonNullable<VerificationReport['credential']> {
  const labelOf = (name: string): Text => verdict.labels?.[name] ?? { ar: name, en: name };
  return {
    ok: verdict.ok,
    issuer: verdict.issuer,
    typeNames: verdict.typeNames,
    claims: Object.entries(verdict.claims ?? {}).map(([name, value]) => ({ name, label: labelOf(name), value })),
    issuedAt: verdict.issuedAt?.toISOString(),
    validUntil: verdict.validUntil?.toISOString(),
    status: verdict.status,
    holderBound: verdict.holderBound,
  };
}
