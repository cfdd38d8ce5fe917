import { type Static, Type } from 'typebox';
import { MandateKind } from './representation.ts';
import { EntityId, Moment, Name, Text, Uuid } from './text.ts';

/** `typ` of the JWS that carries a receipt. */
export const consentReceiptType = 'consent-receipt+jwt';

const Party = Type.Object(
  {
    party_id: EntityId,
    party_role: Type.Union([Type.Literal('pii_controller'), Type.Literal('pii_provider')]),
    party_names: Type.Optional(Text),
  },
  { additionalProperties: false },
);

const Attribute = Type.Object(
  {
    pii_attribute: Name,
    pii_optional: Type.Boolean(),
    pii_approved: Type.Boolean(),
    sensitivity: Type.Union([Type.Literal('ordinary'), Type.Literal('sensitive')]),
  },
  { additionalProperties: false },
);

/**
 * What a person keeps of a consent: the fields of ISO/IEC TS 27560:2023 (record metadata, PII processing, parties, events)
 * as JWT claims. Signed by the provider of identity that asked the person. It holds names of fields, never their values.
 */
export const ConsentReceipt = Type.Object(
  {
    iss: EntityId,
    /** The person as the requester knows them: a pairwise subject. */
    sub: Type.String({ minLength: 1, maxLength: 255 }),
    jti: Uuid,
    iat: Type.Integer(),
    exp: Type.Integer(),
    schema_version: Type.Literal('ISO/IEC TS 27560:2023'),
    record_id: Uuid,
    /** Equal to `sub`: the record names the person no further. */
    pii_principal_id: Type.String({ minLength: 1, maxLength: 255 }),
    /** Who gave it in the person's name, as the requester knows them, and by which mandate. Absent: the person did. */
    authorized_by: Type.Optional(
      Type.Object(
        {
          sub: Type.String({ minLength: 1, maxLength: 255 }),
          mandate: Type.String({ minLength: 1, maxLength: 255 }),
          kind: MandateKind,
        },
        { additionalProperties: false },
      ),
    ),
    /** What the state tells everybody about the use of their data, on the web. */
    privacy_notice: Type.String({ format: 'uri' }),
    /** In which the person was asked, and read the notice (ISO 639-1). */
    language: Type.Optional(Type.Union([Type.Literal('ar'), Type.Literal('en')])),
    privacy_rights: Type.Object({ withdrawal_url: Type.String(), withdrawal_method: Text }),
    parties: Type.Array(Party, { minItems: 2 }),
    purposes: Type.Array(
      Type.Object(
        {
          purpose: Name,
          purpose_names: Text,
          lawful_basis: Type.Literal('consent'),
          legal_basis: Type.String(),
          evidence_type: Name,
          pii_information: Type.Array(Attribute, { minItems: 1 }),
          pii_controllers: Type.Array(EntityId, { minItems: 1 }),
          case_id: Type.String(),
          processing_method: Type.Union([Type.Literal('once'), Type.Literal('until'), Type.Literal('times')]),
          processing_times: Type.Optional(Type.Integer({ minimum: 1 })),
          retention_period: Type.String(),
          valid_until: Moment,
        },
        { additionalProperties: false },
      ),
      { minItems: 1, maxItems: 16 },
    ),
    events: Type.Array(
      Type.Object(
        {
          event_type: Type.Literal('explicit'),
          event_state: Type.Union([Type.Literal('consent-given'), Type.Literal('consent-withdrawn')]),
          event_time: Moment,
          entity_id: EntityId,
          validity_until: Moment,
        },
        { additionalProperties: false },
      ),
      { minItems: 1 },
    ),
  },
  { additionalProperties: false },
);
export type ConsentReceipt = Static<typeof ConsentReceipt>;
