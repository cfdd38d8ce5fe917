import type { Tx } from '#kernel/database';
import type { JWK } from '#kernel/keys';
import type { ConsentQuestion } from '#modules/consent';
import { isLawful, type Question } from '#protocol/exchange-message';
import { problem } from './contract.ts';
import type { ExchangeNeeds } from './needs.ts';
import { checkToken } from './rules.ts';

/**
 * On what a question stands. `secret` came with the question and is not kept: an answer stored for a repeat is sealed with it,
 * so that only whoever asked can have it opened.
 */
export type Ground = { secret: string } & (
  | { kind: 'consent'; consentId: string; subject: string }
  | { kind: 'law'; law: string; sealUntil?: string }
);

export type Grounded = { ground: Ground; personId: string; nationalId: string };

/** The person and the ground of a question: from the token under a consent, from the signed body under a law. */
export async function findGround(
  needs: ExchangeNeeds,
  asked: { question: Question; authorization: string | undefined; requester: string; signerKey: JWK; at: Date },
): Promise<Grounded> {
  const { question } = asked;
  if (isLawful(question)) {
    const person = await needs.findPersonByNationalId(question.person.nationalId);
    // Nobody is told about a person who could never see that they were: whom this state does not know, it has no record of.
    if (!person) throw problem('evidence-not-found');
    return { ground: { kind: 'law', ...question.ground, secret: question.person.salt }, ...person };
  }
  const { subject, clientId } = checkToken(asked.authorization, {
    issuer: needs.issuer,
    audience: needs.audience,
    issuerKeys: await needs.issuerKeys(),
    requester: asked.requester,
    signerKey: asked.signerKey,
    question,
    now: asked.at,
  });
  const person = await needs.identityOf(subject, clientId);
  if (!person) throw problem('token-invalid', { where: 'sub' });
  const secret = asked.authorization!.slice('DPoP '.length);
  return { ground: { kind: 'consent', consentId: question.consentId, subject, secret }, ...person };
}

export type JudgedQuestion = {
  ground: Ground;
  question: Question;
  questionId: string;
  requester: string;
  at: Date;
};

/** Judges the consent of a question without counting; a law was judged before the person was looked for. */
export async function checkGround(needs: ExchangeNeeds, judged: JudgedQuestion): Promise<void> {
  const asked = consentQuestion(judged);
  if (asked) await needs.consent.check(needs.database.db, asked);
}

/** Judges and counts the consent, in the transaction that saves the answer. */
export async function enforceGround(needs: ExchangeNeeds, tx: Tx, judged: JudgedQuestion): Promise<void> {
  const asked = consentQuestion(judged);
  if (asked) await needs.consent.enforce(tx, asked);
}

function consentQuestion(judged: JudgedQuestion): (ConsentQuestion & { consentId: string }) | undefined {
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
