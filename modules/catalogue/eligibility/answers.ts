import { problem } from '../contract.ts';
import type { Service } from '../services.ts';
import type { Eligibility, EligibilityAnswer, EligibilityAnswers, EligibilityCheck } from './contract.ts';
import { judgeEligibility, unknownValue } from './rules.ts';

/** The questions of a service's check. Refuses with `eligibility-absent` where it has none. */
export function describeEligibility({ id, version, eligibility }: Service): EligibilityCheck {
  if (!eligibility) throw problem('eligibility-absent');
  return { serviceId: id, version, questions: eligibility.questions };
}

/** What somebody is told in a state for answers, as a program or a page sends them. Refuses as `readEligibilityAnswers`, and where there is no check. */
export function answerEligibility(service: Service, state: string, given: Record<string, unknown>): EligibilityAnswer {
  const { id, version, eligibility } = service;
  if (!eligibility) throw problem('eligibility-absent');
  const verdict = judgeEligibility(eligibility, state, readEligibilityAnswers(eligibility, given));
  const reasons = verdict.reasons.map((reason) => ({ id: reason, ...eligibility.reasons[reason]! }));
  return { serviceId: id, version, ...verdict, reasons };
}

/** Answers that are of no question or no option, in plain words for whoever wrote an example. */
export function wrongAnswers({ questions }: Eligibility, answers: EligibilityAnswers): string[] {
  return Object.entries(answers).flatMap(([id, value]) => {
    const asked = questions.find((question) => question.id === id);
    if (!asked) return [`the check before applying asks no '${id}'`];
    return asked.options.some((option) => option.value === value) ? [] : [`'${id}' of the check offers no '${value}'`];
  });
}

/**
 * The answers of a program or a page: an option, or null, nothing, or `unknown` for what is not known. Refuses what is no question and no option, and
 * names those that there are, never what was sent.
 */
function readEligibilityAnswers({ questions }: Eligibility, given: Record<string, unknown>): EligibilityAnswers {
  const known = questions.map(({ id }) => id).join(', ');
  const answers: Record<string, string> = {};
  for (const [id, value] of Object.entries(given)) {
    const asked = questions.find((question) => question.id === id);
    if (!asked) throw problem('eligibility-question-unknown', { known });
    if (value === null || value === undefined || value === '' || value === unknownValue) continue;
    const option = asked.options.find((one) => one.value === value);
    if (!option) {
      const values = [...asked.options.map((one) => one.value), unknownValue].join(', ');
      throw problem('eligibility-option-unknown', { question: asked.id, known: values });
    }
    answers[asked.id] = option.value;
  }
  return answers;
}
