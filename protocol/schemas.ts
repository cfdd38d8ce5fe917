import type { TSchema } from 'typebox';
import { EvidenceType, evidenceSchema, evidenceTypes, Purpose, Requirement } from './catalogue.ts';
import { ConsentReceipt } from './consent-receipt.ts';
import { DocumentReference } from './document.ts';
import {
  CatchUp,
  EventGrant,
  EventMessage,
  EventReceipt,
  SubjectsChange,
  Subscription,
  SubscriptionRequest,
} from './event-message.ts';
import { EventType, eventDataSchema, eventTypes } from './event-types.ts';
import { EvidenceDetail, EvidenceGrant, GrantedEvidenceDetail } from './evidence-detail.ts';
import { Answer, ExchangeReceipt, Question, Refusal } from './exchange-message.ts';
import { Law } from './laws.ts';
import { ProofFile } from './proof-file.ts';
import { LetterReceipt, SharedCaseLetter } from './shared-case.ts';

/** Every message and record that crosses the border, by the name of its schema file. */
export const messageSchemas = {
  'evidence-detail': EvidenceDetail,
  'granted-evidence-detail': GrantedEvidenceDetail,
  'evidence-grant': EvidenceGrant,
  'consent-receipt': ConsentReceipt,
  question: Question,
  answer: Answer,
  'document-reference': DocumentReference,
  'exchange-receipt': ExchangeReceipt,
  refusal: Refusal,
  'proof-file': ProofFile,
  'event-grant': EventGrant,
  'subscription-request': SubscriptionRequest,
  subscription: Subscription,
  'subjects-change': SubjectsChange,
  event: EventMessage,
  'event-receipt': EventReceipt,
  'catch-up': CatchUp,
  'case-letter': SharedCaseLetter,
  'case-letter-receipt': LetterReceipt,
  'evidence-type': EvidenceType,
  'event-type': EventType,
  purpose: Purpose,
  requirement: Requirement,
  law: Law,
} satisfies Record<string, TSchema>;

/** The content of `schemas/`: file name to text. Committed, so that a change of the protocol is seen in review. */
export function schemaFiles(): Record<string, string> {
  const files: Record<string, unknown> = {};
  for (const [name, schema] of Object.entries(messageSchemas))
    files[`${name}.json`] = {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      $id: `urn:jisr:protocol:${name}`,
      ...schema,
    };
  for (const type of evidenceTypes) files[`evidence.${type.id}.json`] = evidenceSchema(type);
  for (const type of eventTypes) files[`event.${type.id}.json`] = eventDataSchema(type);
  return Object.fromEntries(
    Object.entries(files).map(([name, content]) => [name, `${JSON.stringify(content, null, 2)}\n`]),
  );
}
