import type { EvidenceTypes } from './catalogue.ts';

export type EvidenceName = keyof EvidenceTypes;
export type FieldName<Type extends EvidenceName> = keyof EvidenceTypes[Type]['fields'] & string;

/** What is asked of an office, on the ground of a consent that your office holds. */
export type Ask<Type extends EvidenceName, Field extends FieldName<Type>> = {
  /** The office that holds the evidence, as X-Road names it: `BH/GOV/moe`. */
  provider: string;
  evidence: Type;
  fields: readonly Field[];
  /** The consent, by its id. Without it, the latest consent of the case. */
  consentId?: string;
  caseId?: string;
  /** The id of this call. The same id again is the same question: it gets the same answer and counts once. */
  id?: string;
  /** Who of your office is behind the call, for your own audit. It does not leave your node. */
  userId?: string;
};

export type Names = { ar: string; en: string };

/** A ledger entry, opened: `record` says what happened; the entry in the log commits to it. */
export type Receipt = { leafHash: string; commitment: string; salt: string; record: Readonly<Record<string, unknown>> };

export type Evidence<Type extends EvidenceName, Field extends FieldName<Type>> = {
  /** Of the fields that were asked for, those that the registry has. */
  fields: Readonly<Partial<Pick<EvidenceTypes[Type]['fields'], Field>>>;
  evidence: Type;
  version: string;
  provider: { id: string; entityId: string; names: Names };
  answeredAt: Date;
  questionId: string;
  consentId: string;
  caseId: string;
  receipts: { provider: Receipt; own: Receipt };
};

/** What an answer says of a document, in place of its bytes. */
export type DocumentReference = { mediaType: string; size: number; digest: string };

/** The fields of an evidence type that are documents. */
export type DocumentField<Type extends EvidenceName> = {
  [Field in FieldName<Type>]: EvidenceTypes[Type]['fields'][Field] extends DocumentReference ? Field : never;
}[FieldName<Type>];

declare const verified: unique symbol;

/** Only `verify` makes one: the signature, the trust chain and the receipt have been checked here, on this machine. */
export type Verified<Checked> = Checked & { readonly [verified]: true };

/** An answer as it came. It has nothing to read: give it to `verify`. */
export class UnverifiedAnswer<Type extends EvidenceName, Field extends FieldName<Type>> {
  readonly #content: { asked: Ask<Type, Field> & { id: string }; body: string };

  constructor(content: { asked: Ask<Type, Field> & { id: string }; body: string }) {
    this.#content = content;
  }

  /** For the function that verifies, which alone knows what to make of it. */
  static open<Type extends EvidenceName, Field extends FieldName<Type>>(
    answer: UnverifiedAnswer<Type, Field>,
  ): { asked: Ask<Type, Field> & { id: string }; body: string } {
    return answer.#content;
  }
}
