import { decodeJws, signJws, verifyJws } from '#kernel/jws';
import type { JWK, Signer } from '#kernel/keys';
import type { Language, Text } from '#kernel/languages';
import { findEvidenceType, findPurpose } from '#protocol/catalogue';
import { type ConsentReceipt, consentReceiptType } from '#protocol/consent-receipt';
import type { EvidenceDetail, GrantedEvidenceDetail } from '#protocol/evidence-detail';
import { essentialFields } from './rules.ts';

/** In which language the person was asked, and by which names they knew the parties. */
export type ShownToPerson = { language: Language; requesterNames: Text; issuerNames: Text };

export type ReceiptFacts = {
  consentId: string;
  issuer: string;
  subject: string;
  requester: string;
  asked: readonly EvidenceDetail[];
  granted: readonly GrantedEvidenceDetail[];
  givenAt: Date;
  until: Date;
  /** What the person was shown when asked. */
  shown?: ShownToPerson | undefined;
  /** Whoever gave it for the person. */
  authorizedBy?: ConsentReceipt['authorized_by'];
};

/** The content of a receipt: what was asked, what was approved, until when, and how to withdraw. Names, never values. */
export function makeReceipt(facts: ReceiptFacts): ConsentReceipt {
  const givenAt = facts.givenAt.toISOString();
  const { shown } = facts;
  return {
    iss: facts.issuer,
    sub: facts.subject,
    jti: facts.consentId,
    iat: Math.floor(facts.givenAt.getTime() / 1000),
    exp: Math.floor(facts.until.getTime() / 1000),
    schema_version: 'ISO/IEC TS 27560:2023',
    record_id: facts.consentId,
    pii_principal_id: facts.subject,
    ...(facts.authorizedBy ? { authorized_by: facts.authorizedBy } : {}),
    privacy_notice: new URL('/about/privacy', facts.issuer).href,
    privacy_rights: {
      withdrawal_url: new URL(`/api/consents/${facts.consentId}/withdraw`, facts.issuer).href,
      withdrawal_method: {
        ar: 'من صفحة «بياناتي» في بوابة دولتك، ويسري السحب فورًا.',
        en: 'On the page "My data" of your state\'s portal. It takes effect at once.',
      },
    },
    ...(shown ? { language: shown.language } : {}),
    parties: [
      {
        party_id: facts.requester,
        party_role: 'pii_controller',
        ...(shown ? { party_names: shown.requesterNames } : {}),
      },
      { party_id: facts.issuer, party_role: 'pii_provider', ...(shown ? { party_names: shown.issuerNames } : {}) },
    ],
    purposes: facts.asked.map((asked) => {
      const granted = facts.granted.find(({ evidence_type }) => evidence_type === asked.evidence_type);
      const purpose = findPurpose(asked.purpose)!;
      const essential = essentialFields(asked);
      return {
        purpose: purpose.id,
        purpose_names: purpose.names,
        lawful_basis: 'consent' as const,
        legal_basis: asked.legal_basis ?? purpose.legalBasis.en,
        evidence_type: asked.evidence_type,
        pii_information: asked.fields.map((field) => ({
          pii_attribute: field,
          pii_optional: !essential.includes(field),
          pii_approved: granted?.fields.includes(field) ?? false,
          sensitivity: findEvidenceType(asked.evidence_type)!.fields[field]!.sensitivity,
        })),
        pii_controllers: [asked.requester],
        case_id: asked.case_id,
        processing_method: asked.use,
        ...(asked.times === undefined ? {} : { processing_times: asked.times }),
        retention_period: asked.retention,
        valid_until: asked.until,
      };
    }),
    events: [
      {
        event_type: 'explicit',
        event_state: 'consent-given',
        event_time: givenAt,
        entity_id: facts.issuer,
        validity_until: facts.until.toISOString(),
      },
    ],
  };
}

/** The same receipt after the withdrawal: what was given stays readable, and that it ended, and when, is said too. */
export function withdrawnReceipt(receipt: string, withdrawnAt: Date): ConsentReceipt {
  const given = decodeJws(receipt).payload as ConsentReceipt;
  const [first] = given.events;
  const at = withdrawnAt.toISOString();
  const withdrawal = { ...first!, event_state: 'consent-withdrawn' as const, event_time: at, validity_until: at };
  return { ...given, iat: Math.floor(withdrawnAt.getTime() / 1000), events: [...given.events, withdrawal] };
}

export function signReceipt(signer: Signer, receipt: ConsentReceipt): Promise<string> {
  return signJws(signer, receipt, { typ: consentReceiptType });
}

/** Checks a receipt that somebody shows; throws Problem `signature-invalid`. */
export function verifyReceipt(token: string, keys: readonly JWK[]): ConsentReceipt {
  return verifyJws(token, keys, { typ: consentReceiptType }).payload as ConsentReceipt;
}
