import type { Field } from '#apps/portal';
import type { Text } from '#kernel/languages';
import type { Problem } from '#kernel/problem';
import { answerNames, words } from './pages/assessment/words.ts';

/** Which control a refusal is about. */
const controls: Record<string, string> = {
  'answer-missing': 'answer',
  'link-needed': 'link',
  'link-wrong': 'link',
  'picture-wrong': 'picture',
  'why-needed': 'why',
};
export const refusedField = ({ code }: Problem): string | undefined => controls[code];

const errorAt = (name: string, problem: Problem | undefined): { error?: Text } =>
  problem && controls[problem.code] === name ? { error: problem.messages } : {};

const answerField = (label: Text, value: string, problem?: Problem): Field => ({
  name: 'answer',
  kind: 'radios',
  label,
  required: true,
  value,
  choices: [
    { value: 'yes', label: answerNames.yes },
    { value: 'no', label: answerNames.no },
    { value: 'not-found', label: answerNames['not-found'], hint: words.notFoundHint },
  ],
  ...errorAt('answer', problem),
});

/** One answer of an assessor, as it is kept or as it was just posted. */
export function answerFields(
  values: { answer: string; link: string; note: string },
  problem?: Problem,
): { fields: Field[]; picture: Field } {
  return {
    fields: [
      answerField(words.yourAnswer, values.answer, problem),
      {
        name: 'link',
        kind: 'latin',
        label: words.evidence,
        hint: words.evidenceHint,
        value: values.link,
        lengthMax: 500,
        ...errorAt('link', problem),
      },
      { name: 'note', kind: 'textarea', label: words.note, value: values.note, lengthMax: 1000 },
    ],
    picture: { name: 'picture', kind: 'text', label: words.picture, ...errorAt('picture', problem) },
  };
}

export function settleFields(values: { answer: string; why: string }, problem?: Problem): Field[] {
  return [answerField(words.settleLead, values.answer, problem), whyField(values.why, problem)];
}

export function whyField(value: string, problem?: Problem): Field {
  return {
    name: 'why',
    kind: 'textarea',
    label: words.why,
    required: true,
    value,
    lengthMax: 1000,
    ...errorAt('why', problem),
  };
}
