import { Compile } from 'typebox/compile';
import { findEvidenceType, findPurpose } from '#protocol/catalogue';
import { EvidenceDetail, EvidenceGrant, type GrantedEvidenceDetail } from '#protocol/evidence-detail';
import { problem } from './contract.ts';

const detailShape = Compile(EvidenceDetail);
const grantShape = Compile(EvidenceGrant);
export const detailsMax = 16;
const evidenceRequesterMark = '/marks/evidence-requester';

/** A trust mark whose signature, issuer and times have been verified. */
export type EvidenceMark = { type: string; claims: Record<string, unknown> };

/**
 * The agreed form of a request for evidence: known types, fields and purposes, each evidence type once, asked by the client
 * itself. Throws a Problem that names the first fault.
 */
export function readDetails(clientId: string, details: unknown): EvidenceDetail[] {
  const malformed = (where: string) => problem('evidence-request-malformed', { where });
  if (!Array.isArray(details) || details.length === 0 || details.length > detailsMax)
    throw malformed(`1 to ${detailsMax} authorization details`);
  const seen = new Set<string>();
  for (const [index, detail] of details.entries()) {
    if (!detailShape.Check(detail)) {
      const [error] = detailShape.Errors(detail);
      throw malformed(`authorization_details[${index}]${(error as { instancePath?: string })?.instancePath ?? ''}`);
    }
    if (detail.requester !== clientId) throw malformed(`authorization_details[${index}]/requester`);
    if (seen.has(detail.evidence_type)) throw malformed(`${detail.evidence_type} twice`);
    if ((detail.use === 'times') !== (detail.times !== undefined)) throw malformed(`${detail.evidence_type}/times`);
    seen.add(detail.evidence_type);
    const type = findEvidenceType(detail.evidence_type);
    if (!type) throw problem('evidence-unknown', { evidence: detail.evidence_type });
    for (const field of [...detail.fields, ...(detail.essential_fields ?? [])])
      if (!Object.hasOwn(type.fields, field)) throw problem('field-unknown', { evidence: type.id, field });
    for (const field of detail.essential_fields ?? [])
      if (!detail.fields.includes(field)) throw malformed(`${detail.evidence_type}/essential_fields`);
    if (!findPurpose(detail.purpose)) throw problem('purpose-unknown', { purpose: detail.purpose });
  }
  return details;
}

const grantsOfClaims = new WeakMap<object, EvidenceGrant[]>();

/**
 * What the trust marks of an office certify it to ask for: under a law, or with consent when no law is named. Marks of other
 * types certify nothing.
 */
export function readGrants(marks: readonly EvidenceMark[], law?: string): EvidenceGrant[] {
  return (
    marks
      .filter(({ type }) => type.endsWith(evidenceRequesterMark))
      .flatMap(({ claims }) => grantsIn(claims))
      // A grant under laws is none for asking with consent, nor the other way round: each was certified for itself.
      .filter((grant) => (law === undefined ? grant.laws === undefined : grant.laws?.includes(law)))
  );
}

/** A verified mark serves many questions: its claims are read once. */
function grantsIn(claims: Record<string, unknown>): EvidenceGrant[] {
  const known = grantsOfClaims.get(claims);
  if (known) return known;
  const listed = Array.isArray(claims['jisr_grants']) ? claims['jisr_grants'] : [];
  const grants = listed.filter((grant): grant is EvidenceGrant => grantShape.Check(grant));
  grantsOfClaims.set(claims, grants);
  return grants;
}

/** Whether one certified grant covers purpose, evidence type and every field. Grants are not added up across purposes. */
export function isEntitled(
  marks: readonly EvidenceMark[],
  asked: { purpose: string; evidenceType: string; fields: readonly string[]; law?: string | undefined },
): boolean {
  const fields = new Set(
    readGrants(marks, asked.law)
      .filter((grant) => grant.purpose === asked.purpose && grant.evidence_type === asked.evidenceType)
      .flatMap((grant) => grant.fields),
  );
  return asked.fields.every((field) => fields.has(field));
}

/**
 * Refuses over-asking before any person is asked: every detail must have the agreed form and lie within the office's trust
 * marks. Returns the details, now typed.
 */
export function checkEvidenceRequest(
  clientId: string,
  details: unknown,
  trustMarks: readonly EvidenceMark[],
): EvidenceDetail[] {
  const read = readDetails(clientId, details);
  for (const { purpose, evidence_type: evidenceType, fields } of read)
    if (!isEntitled(trustMarks, { purpose, evidenceType, fields }))
      throw problem('requester-not-entitled', { where: `${purpose}, ${evidenceType}` });
  return read;
}

/** The fields that a person cannot leave out: those the request names, else those that every record has. */
export function essentialFields(detail: EvidenceDetail): string[] {
  if (detail.essential_fields) return detail.essential_fields;
  const { fields } = findEvidenceType(detail.evidence_type)!;
  return detail.fields.filter((field) => fields[field]!.required);
}

/**
 * The person's decision on one detail: approved fields in the order asked. What was not ticked is gone from the result, and
 * what was never asked cannot enter it. Undefined when nothing is given of a detail that needs nothing.
 */
export function approveDetail(
  detail: EvidenceDetail,
  approved: readonly string[],
  consentId: string,
): GrantedEvidenceDetail | undefined {
  for (const field of essentialFields(detail))
    if (!approved.includes(field)) throw problem('essential_claim_declined', { field });
  for (const field of approved)
    if (!detail.fields.includes(field)) throw problem('field-unknown', { evidence: detail.evidence_type, field });
  const fields = detail.fields.filter((field) => approved.includes(field));
  if (fields.length === 0) return undefined;
  const { essential_fields: _asked, ...rest } = detail;
  const essential = essentialFields(detail);
  return { ...rest, fields, ...(essential.length > 0 ? { essential_fields: essential } : {}), consent_id: consentId };
}

/** What was granted, as far as a question is judged by it. */
export type Grant = {
  requester: string;
  subject: string;
  givenAt: Date;
  withdrawnAt: Date | null;
  details: readonly GrantedEvidenceDetail[];
};

export type ConsentQuestion = {
  questionId: string;
  requester: string;
  /** The person as the requester knows them: subject of the access token. */
  subject: string;
  purpose: string;
  caseId: string;
  evidenceType: string;
  fields: readonly string[];
  at: Date;
};

/**
 * Whether a grant allows a question. `usedBy` are the ids of the questions already answered under the item. The same
 * question asked again is a repeat and never counts. Throws the refusal.
 */
export function decideQuestion(
  grant: Grant,
  usedBy: readonly string[],
  question: ConsentQuestion,
): { detail: GrantedEvidenceDetail; isRepeat: boolean } {
  // A stranger is told the same as one who made the id up.
  if (grant.requester !== question.requester || grant.subject !== question.subject) throw problem('consent-unknown');
  if (grant.withdrawnAt !== null) throw problem('consent-withdrawn');
  const detail = grant.details.find((candidate) => candidate.evidence_type === question.evidenceType);
  if (!detail) throw problem('evidence-not-consented');
  if (question.at.getTime() >= Date.parse(detail.until)) throw problem('consent-expired');
  if (detail.purpose !== question.purpose) throw problem('purpose-not-consented');
  if (detail.case_id !== question.caseId) throw problem('case-not-consented');
  if (question.fields.length === 0 || !question.fields.every((field) => detail.fields.includes(field)))
    throw problem('fields-not-consented');
  const isRepeat = usedBy.includes(question.questionId);
  if (!isRepeat && usedBy.length >= usesMax(detail)) throw problem('consent-used-up');
  return { detail, isRepeat };
}

/** Whether the uses of a consent have to be counted. */
export const isLimited = (details: ReadonlyArray<{ use: string; times?: number }>): boolean =>
  details.some((detail) => Number.isFinite(usesMax(detail)));

export function usesMax(detail: { use: string; times?: number }): number {
  if (detail.use === 'once') return 1;
  return detail.use === 'times' ? (detail.times ?? 0) : Number.POSITIVE_INFINITY;
}
