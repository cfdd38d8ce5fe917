import { createBatcher } from '#kernel/batching';
import type { Problem } from '#kernel/problem';
import type { QuestionOfConsent } from '#modules/consent';
import type { ExchangeNeeds } from './needs.ts';
import * as store from './store.ts';

export type Standing = {
  /** What the requester asked before under this id or this nonce. */
  alike: store.UseRow[];
  holder: { personId: string; nationalId: string } | undefined;
  /** What the person's consent says to it. */
  refusal: Problem | undefined;
};

export type AskedNow = {
  requester: string;
  questionId: string;
  nonce: string;
  /** Absent when the token does not hold: then nobody is looked up. */
  consentQuestion: QuestionOfConsent | undefined;
};

/** Reads how a question stands before anything is looked up for it: in one round trip for all questions that arrive together. */
export function createStanding(needs: Pick<ExchangeNeeds, 'database' | 'consent' | 'readingHolders'>) {
  return createBatcher<AskedNow, Standing>(async (asked) => {
    const consentQuestions = asked.flatMap(({ consentQuestion }) => consentQuestion ?? []);
    const [alike, holders, refusals] = await needs.database.readTogether([
      store.readingUsesLike(asked),
      needs.readingHolders(consentQuestions.map(({ subject }) => subject)),
      needs.consent.checking(consentQuestions),
    ]);
    const holderOf = new Map(holders.map((holder) => [holder.subject, holder]));
    const refusalOf = new Map(consentQuestions.map((question, index) => [question, refusals[index]]));
    return asked.map(({ requester, questionId, nonce, consentQuestion }) => ({
      alike: alike.filter(
        (use) => use.requester === requester && (use.question_id === questionId || use.nonce === nonce),
      ),
      holder: consentQuestion && holderOf.get(consentQuestion.subject),
      refusal: consentQuestion && refusalOf.get(consentQuestion),
    }));
  });
}
