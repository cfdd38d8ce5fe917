import { type Static, Type } from 'typebox';
import birthRecord from './evidence/birth-record.json' with { type: 'json' };
import companyRecord from './evidence/company-record.json' with { type: 'json' };
import convictionRecord from './evidence/conviction-record.json' with { type: 'json' };
import degreeRecord from './evidence/degree-record.json' with { type: 'json' };
import employmentContract from './evidence/employment-contract.json' with { type: 'json' };
import guardianship from './evidence/guardianship.json' with { type: 'json' };
import insolvencyRecord from './evidence/insolvency-record.json' with { type: 'json' };
import pensionRecord from './evidence/pension-record.json' with { type: 'json' };
import personIdentity from './evidence/person-identity.json' with { type: 'json' };
import representationProof from './evidence/representation-proof.json' with { type: 'json' };
import residenceRecord from './evidence/residence-record.json' with { type: 'json' };
import schoolRecord from './evidence/school-record.json' with { type: 'json' };
import signatoryAuthority from './evidence/signatory-authority.json' with { type: 'json' };
import benefitPayment from './purposes/benefit-payment.json' with { type: 'json' };
import commercialRegistration from './purposes/commercial-registration.json' with { type: 'json' };
import consentWithdrawal from './purposes/consent-withdrawal.json' with { type: 'json' };
import criminalInvestigation from './purposes/criminal-investigation.json' with { type: 'json' };
import degreeRecognition from './purposes/degree-recognition.json' with { type: 'json' };
import estateSettlement from './purposes/estate-settlement.json' with { type: 'json' };
import familyCover from './purposes/family-cover.json' with { type: 'json' };
import goodConduct from './purposes/good-conduct.json' with { type: 'json' };
import identityMatching from './purposes/identity-matching.json' with { type: 'json' };
import identityProtection from './purposes/identity-protection.json' with { type: 'json' };
import insuranceExtension from './purposes/insurance-extension.json' with { type: 'json' };
import insuranceRegistration from './purposes/insurance-registration.json' with { type: 'json' };
import professionalLicensing from './purposes/professional-licensing.json' with { type: 'json' };
import schoolEnrolment from './purposes/school-enrolment.json' with { type: 'json' };
import proofOfBirth from './requirements/proof-of-birth.json' with { type: 'json' };
import proofOfDegree from './requirements/proof-of-degree.json' with { type: 'json' };
import proofOfEmployment from './requirements/proof-of-employment.json' with { type: 'json' };
import proofOfGoodConduct from './requirements/proof-of-good-conduct.json' with { type: 'json' };
import proofOfGoodStanding from './requirements/proof-of-good-standing.json' with { type: 'json' };
import proofOfIdentity from './requirements/proof-of-identity.json' with { type: 'json' };
import proofOfInsurance from './requirements/proof-of-insurance.json' with { type: 'json' };
import proofOfNoInsolvency from './requirements/proof-of-no-insolvency.json' with { type: 'json' };
import proofOfRepresentation from './requirements/proof-of-representation.json' with { type: 'json' };
import proofOfResidence from './requirements/proof-of-residence.json' with { type: 'json' };
import proofOfSchooling from './requirements/proof-of-schooling.json' with { type: 'json' };
import { FieldNames, Name, Text } from './text.ts';

export const EvidenceField = Type.Object(
  {
    names: Text,
    /** JSON Schema 2020-12 of the value. */
    schema: Type.Record(Type.String(), Type.Unknown()),
    /** What a person reads in place of a code. */
    values: Type.Optional(Type.Record(Type.String(), Text)),
    sensitivity: Type.Union([Type.Literal('ordinary'), Type.Literal('sensitive')]),
    /** Every record of this evidence type has it, and a person cannot leave it out unless the request says otherwise. */
    required: Type.Boolean(),
  },
  { additionalProperties: false },
);
export type EvidenceField = Static<typeof EvidenceField>;

export const EvidenceType = Type.Object(
  {
    id: Name,
    version: Type.String({ pattern: '^\\d+\\.\\d+$' }),
    names: Text,
    /**
     * Whose record it is: a person's, or with `company` that of a company in a register of commerce, known there by its number. Only who may sign
     * for the company can have it sent, and part of it may be about them.
     */
    subject: Type.Optional(Type.Literal('company')),
    fields: Type.Record(Type.String(), EvidenceField),
  },
  { additionalProperties: false },
);
export type EvidenceType = Static<typeof EvidenceType>;

export const Purpose = Type.Object(
  {
    id: Name,
    names: Text,
    explanation: Text,
    legalBasis: Text,
    /**
     * Who asks a person under this purpose signs what is asked, and has the answer signed (FAPI 2.0 Message Signing): both sides can
     * prove the words of the request and of the answer long afterwards.
     */
    messageSigning: Type.Optional(Type.Literal(true)),
  },
  { additionalProperties: false },
);
export type Purpose = Static<typeof Purpose>;

/** What a service needs proved, and which evidence proves it: in each state, or in every state not named. */
export const Requirement = Type.Object(
  {
    id: Name,
    names: Text,
    version: Type.String({ pattern: '^\\d+\\.\\d+$' }),
    evidence: Type.Record(
      Type.String({ pattern: '^([A-Z]{2}|\\*)$' }),
      Type.Array(Type.Object({ type: Name, fields: FieldNames }, { additionalProperties: false }), { minItems: 1 }),
    ),
  },
  { additionalProperties: false },
);
export type Requirement = Static<typeof Requirement>;

export const evidenceTypes: readonly EvidenceType[] = [
  personIdentity,
  degreeRecord,
  guardianship,
  signatoryAuthority,
  companyRecord,
  residenceRecord,
  birthRecord,
  schoolRecord,
  convictionRecord,
  pensionRecord,
  employmentContract,
  insolvencyRecord,
  representationProof,
] as EvidenceType[];
export const purposes: readonly Purpose[] = [
  degreeRecognition,
  benefitPayment,
  identityProtection,
  professionalLicensing,
  insuranceRegistration,
  criminalInvestigation,
  estateSettlement,
  familyCover,
  consentWithdrawal,
  schoolEnrolment,
  identityMatching,
  goodConduct,
  insuranceExtension,
  commercialRegistration,
];
export const requirements: readonly Requirement[] = [
  proofOfIdentity,
  proofOfDegree,
  proofOfResidence,
  proofOfBirth,
  proofOfSchooling,
  proofOfGoodConduct,
  proofOfInsurance,
  proofOfEmployment,
  proofOfGoodStanding,
  proofOfNoInsolvency,
  proofOfRepresentation,
];

const evidenceById = new Map(evidenceTypes.map((type) => [type.id, type]));
const purposeById = new Map(purposes.map((purpose) => [purpose.id, purpose]));
const requirementById = new Map(requirements.map((requirement) => [requirement.id, requirement]));

export function findEvidenceType(id: string): EvidenceType | undefined {
  return evidenceById.get(id);
}

export function findPurpose(id: string): Purpose | undefined {
  return purposeById.get(id);
}

/** Whether a record of this type is a company's, and so reached under the signature for a company and under nothing else. */
export function isOfCompany(evidenceType: string): boolean {
  return evidenceById.get(evidenceType)?.subject === 'company';
}

/** Which evidence of a state (ISO 3166-1 alpha-2) proves a requirement; empty where the state has none, or nobody knows it. */
export function findEvidence(requirement: string, state: string): Array<{ type: string; fields: string[] }> {
  const { evidence } = requirementById.get(requirement) ?? { evidence: {} as Requirement['evidence'] };
  return evidence[state] ?? evidence['*'] ?? [];
}

export function findRequirement(id: string): Requirement | undefined {
  return requirementById.get(id);
}

/** JSON Schema 2020-12 of one full record of an evidence type. */
export function evidenceSchema(type: EvidenceType): Record<string, unknown> {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: `urn:jisr:evidence:${type.id}:${type.version}`,
    title: type.names.en,
    type: 'object',
    additionalProperties: false,
    required: Object.keys(type.fields).filter((field) => type.fields[field]!.required),
    properties: Object.fromEntries(
      Object.entries(type.fields).map(([field, { names, schema }]) => [field, { title: names.en, ...schema }]),
    ),
  };
}
