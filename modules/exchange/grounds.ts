import type { QuestionOfConsent } from '#modules/consent';
import { isLawful, type Question } from '#protocol/exchange-message';
import { problem } from './contract.ts';
import type { ExchangeNeeds } from './needs.ts';
import { checkClaims, isActing, readToken } from './rules.ts';
import type { Tokens } from './tokens.ts';

/**
 * On what a question stands. `secret` came with the question and is not kept: an answer stored for a repeat is sealed with it,
 * so that only whoever asked can have it opened.
 */
export type Ground = { secret: string } /** `isActing`: the token says that somebody else acts for the person. */ & (
  | { kind: 'consent'; consentId: string; subject: string; isActing: boolean }
  | { kind: 'law'; law: string; sealUntil?: string }
);

export type Grounded = { ground: Ground; personId: string; nationalId: string };

export type AskedOn = {
  question: Question;
  authorization: string | undefined;
  requester: string;
  /** RFC 7638 thumbprint of the key that signed the question. */
  signerThumbprint: string;
  at: Date;
};

/** The ground of a question: its token under a consent, its signed body under a law. Throws the refusal of the token. */
export async function readGround(needs: ExchangeNeeds & { tokens: Tokens }, asked: AskedOn): Promise<Ground> {
  const { question } = asked;
  if (isLawful(question)) return { kind: 'law', ...question.ground, secret: question.person.salt };
  const secret = readToken(asked.authorization);
  const payload = await needs.tokens.verify(secret);
  const subject = checkClaims(payload, {
    audience: needs.audience,
    requester: asked.requester,
    signerThumbprint: asked.signerThumbprint,
    question,
    now: asked.at,
  });
  return { kind: 'consent', consentId: question.consentId, subject, isActing: isActing(payload), secret };
}

/** The person whom a question under a law names. Throws `evidence-not-found`. */
export async function findNamedPerson(needs: ExchangeNeeds, nationalId: string) {
  const person = await needs.findPersonByNationalId(nationalId);
  // Nobody is told about a person who could never see that they were: whom this state does not know, it has no record of.
  if (!person) throw problem('evidence-not-found');
  return person;
}

export type JudgedQuestion = {
  ground: Ground;
  question: Question;
  questionId: string;
  requester: string;
  at: Date;
};

/** What the person's consent is asked about the question; undefined under a law, which was judged before. */
export function consentQuestion(judged: JudgedQuestion): QuestionOfConsent | undefined {
  const { ground, question, questionId, requester, at } = judged;
  if (ground.kind !== 'consent') return undefined;
  const { evidenceType, fields, purpose, caseId } = question;
  const { consentId, subject } = ground;
  return { evidenceType, fields, purpose, caseId, consentId, questionId, requester, subject, at };
}

/** How a ledger entry names the ground. */
export function groundRecord(ground: Ground): Record<string, string> {
  if (ground.kind === 'consent') return { consentId: ground.consentId };
  return { law: ground.law, ...(ground.sealUntil ? { sealUntil: ground.sealUntil } : {}) };
}
