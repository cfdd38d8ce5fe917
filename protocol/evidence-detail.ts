import { type Static, Type } from 'typebox';
import { CaseId, EntityId, FieldNames, Moment, Name, Uuid } from './text.ts';

/** How often consented evidence may be asked for: one successful answer, any number until the end, or a number of times. */
export const Use = Type.Union([Type.Literal('once'), Type.Literal('until'), Type.Literal('times')]);
export type Use = Static<typeof Use>;

const detail = {
  type: Type.Literal('evidence'),
  evidence_type: Name,
  fields: FieldNames,
  /** The fields without which the service cannot be given; the person cannot leave them out. The catalogue's when absent. */
  essential_fields: Type.Optional(Type.Array(Name, { maxItems: 64, uniqueItems: true })),
  purpose: Name,
  /** The catalogue's legal basis of the purpose when absent. */
  legal_basis: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
  case_id: CaseId,
  /** The office that asks; equal to the client that pushes the request. */
  requester: EntityId,
  /** How long the requester keeps what it receives, as an ISO 8601 duration of years, months or days. */
  retention: Type.String({ pattern: '^P(\\d{1,3}Y)?(\\d{1,4}M)?(\\d{1,5}D)?$', minLength: 3, maxLength: 16 }),
  /** After this moment no question is answered. */
  until: Moment,
  use: Use,
  /** With `use: "times"` only. */
  times: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
};

/** RFC 9396 authorization detail of type `evidence`, as an office pushes it (RFC 9126). */
export const EvidenceDetail = Type.Object(detail, { additionalProperties: false });
export type EvidenceDetail = Static<typeof EvidenceDetail>;

/** The same after the person's decision, as an access token carries it: `fields` holds what was approved. */
export const GrantedEvidenceDetail = Type.Object({ ...detail, consent_id: Uuid }, { additionalProperties: false });
export type GrantedEvidenceDetail = Static<typeof GrantedEvidenceDetail>;

/** One item of the `jisr_grants` claim of a trust mark: what an office may ever ask for. */
export const EvidenceGrant = Type.Object(
  {
    purpose: Name,
    evidence_type: Name,
    fields: FieldNames,
    /** The laws under which the office may ask this without consent. Absent: with the person's consent, and only so. */
    laws: Type.Optional(Type.Array(Name, { minItems: 1, maxItems: 32, uniqueItems: true })),
  },
  { additionalProperties: false },
);
export type EvidenceGrant = Static<typeof EvidenceGrant>;
