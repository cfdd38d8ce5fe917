import type { Tx } from '#kernel/database';
import { randomToken } from '#kernel/ids';
import type { Statement } from '#kernel/statements';
import type { LawfulQuestion } from '#protocol/exchange-message';
import { problem } from '../contract.ts';
import { findAskedPerson, insertingAskedPerson } from './store.ts';

/** What an office says to ask under a law instead of with consent. */
export type AskUnderLaw = {
  /** The law's id in the protocol's catalogue. */
  law: string;
  /** The person, by the number of the state that holds the evidence. */
  nationalId: string;
  /** The person is shown the question from this moment on; at once when absent. The law has to allow it. */
  sealUntil?: string;
};

export function lawGround({ law, sealUntil }: AskUnderLaw): LawfulQuestion['ground'] {
  return { law, ...(sealUntil ? { sealUntil } : {}) };
}

/** Beside the question, for as long as it is open: a crash in between can continue it with the same bytes. */
export function keepingPerson(questionId: string, { nationalId }: AskUnderLaw): Statement {
  return insertingAskedPerson({ question_id: questionId, national_id: nationalId, salt: randomToken(16) });
}

/** The body as it is sent: what is kept of the question, and the person. Throws `question-replayed` once it has ended. */
export async function namePerson(db: Tx, questionId: string, question: object, ask: AskUnderLaw): Promise<string> {
  const person = await findAskedPerson(db, questionId);
  if (person?.nationalId !== ask.nationalId) throw problem('question-replayed');
  return JSON.stringify({ ...question, person });
}

type Ask = ({ consentId: string } | AskUnderLaw) & { personId?: string };

/** How the asker's ledger entries name the ground. */
export function askedGround(ask: Ask): Record<string, string> {
  return 'law' in ask ? lawGround(ask) : { consentId: ask.consentId };
}

/** A sealed question is not listed about the person here either. */
export function personListed(ask: Ask): { personId?: string } {
  return ask.personId === undefined || ('law' in ask && ask.sealUntil) ? {} : { personId: ask.personId };
}
