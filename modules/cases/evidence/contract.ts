import { type Static, Type } from 'typebox';
import { Text } from '#kernel/languages';

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

export const EvidenceView = Type.Object({
  evidenceType: Type.String(),
  names: Text,
  providerState: Type.String(),
  providerOffice: Type.Optional(Type.String()),
  receivedAt: Type.String(),
  consentId: Type.Optional(Type.String()),
  questionId: Type.Optional(Type.String()),
  fields: Type.Array(Type.Object({ name: Type.String(), names: Text, value: Type.Unknown() })),
  receipts: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
});
export type EvidenceView = Static<typeof EvidenceView>;
