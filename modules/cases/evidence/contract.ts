import { type Static, Type } from 'typebox';
import { Text } from '#kernel/languages';
import type { AskedEvidence } from '#modules/catalogue';
import type { AssuranceLevel } from '#protocol/assurance';

/** Evidence as it was received from another office, and what proves where it came from. */
export type ReceivedEvidence = {
  evidenceType: string;
  /** The state and the office that answered. */
  providerState: string;
  providerOffice?: string;
  values: Record<string, unknown>;
  consentId?: string;
  questionId?: string;
  /** Receipts of both ledgers and the answer's signature, kept as they came. */
  receipts?: Record<string, unknown>;
};

export const EvidenceView = Type.Object(
  {
    evidenceType: Type.String(),
    names: Text,
    providerState: Type.String(),
    providerOffice: Type.Optional(Type.String()),
    receivedAt: Type.String(),
    consentId: Type.Optional(Type.String()),
    questionId: Type.Optional(Type.String()),
    fields: Type.Array(Type.Object({ name: Type.String(), names: Text, value: Type.Unknown() })),
    receipts: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  },
  { title: 'EvidenceView' },
);
export type EvidenceView = Static<typeof EvidenceView>;

/** What the consent request of a case says: who asks, for what, and which fields. */
export type CaseNeeds = {
  caseId: string;
  reference: string;
  serviceId: string;
  officeId: string;
  purpose: string;
  /** How strongly the person has to sign in at home to give it. */
  level: AssuranceLevel;
  retention: string;
  /** Of the home state, with consent. */
  asked: AskedEvidence[];
  /** Of this state's own record of a person of another state, if it is linked. */
  askedHere: AskedEvidence[];
};
