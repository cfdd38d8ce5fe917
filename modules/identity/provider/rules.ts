import { createHmac } from 'node:crypto';
import { Compile } from 'typebox/compile';
import { canonicalJson } from '#kernel/ids';
import { EvidenceDetail, evidenceDetailsMax } from '../contract.ts';

const evidenceDetail = Compile(EvidenceDetail);

/**
 * The pairwise subject of a person for a sector (OpenID Connect Core section 8.1): states cannot join their records by it,
 * and only this provider can tell who it is.
 */
export function pairwiseSubject(key: Buffer, sector: string, personId: string): string {
  return createHmac('sha256', key).update(`${sector}\u0000${personId}`).digest('base64url');
}

/** The details when all have the expected form; otherwise what is wrong, in words for a developer. */
export function readEvidenceDetails(value: unknown): { details: EvidenceDetail[] } | { fault: string } {
  if (!Array.isArray(value) || value.length === 0) return { fault: 'authorization_details must be a non-empty array' };
  if (value.length > evidenceDetailsMax)
    return { fault: `at most ${evidenceDetailsMax} authorization_details are taken` };
  for (const [index, detail] of value.entries())
    if (!evidenceDetail.Check(detail)) {
      const where = evidenceDetail.Errors(detail)[0]?.instancePath ?? '';
      return { fault: `authorization_details/${index}${where} does not have the form of type 'evidence'` };
    }
  return { details: value as EvidenceDetail[] };
}

/**
 * True when every granted detail is one of the requested ones with all or some of its fields and nothing else changed; a
 * requested detail is granted at most once. An empty grant is not a grant.
 */
export function isGrantWithin(requested: EvidenceDetail[], granted: EvidenceDetail[]): boolean {
  if (granted.length === 0) return false;
  const left = [...requested];
  return granted.every((detail) => {
    const at = left.findIndex((candidate) => isNarrowed(candidate, detail));
    if (at === -1) return false;
    left.splice(at, 1);
    return true;
  });
}

function isNarrowed(requested: EvidenceDetail, granted: EvidenceDetail): boolean {
  if (!evidenceDetail.Check(granted)) return false;
  // The consent's number is added, and which fields were essential is written out; neither widens what is given.
  const { fields: asked, essential_fields: _asked, consent_id: _none, ...askedRest } = requested;
  const { fields: given, essential_fields: _given, consent_id: _added, ...givenRest } = granted;
  return canonicalJson(askedRest) === canonicalJson(givenRest) && given.every((field) => asked.includes(field));
}

/** The characters RFC 6749 section 4.1.2.1 permits in `error_description`; others become `?`. */
export function oauthDescription(text: string): string {
  return text.replace(/[^\x20-\x21\x23-\x5b\x5d-\x7e]/g, '?').slice(0, 500);
}

/** Whether a form was sent from this site's own page; browsers say so (Fetch Metadata, else Origin). */
export function isOwnForm(headers: Record<string, string | string[] | undefined>, ownOrigin: string): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin' || site === 'none';
  const origin = headers['origin'];
  return origin === undefined || origin === ownOrigin;
}
