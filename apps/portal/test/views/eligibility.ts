import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EligibilityDefinition } from '#modules/catalogue';
import type { Field } from '../../components/fields.tsx';
import { type EligibilityResult, type EligibilityView, pages } from '../../pages/index.ts';
import { text } from '../sample-states.ts';
import { createExamples, moeSa, recognition } from './examples.ts';

/** Whether one may apply: asked, asked with nothing answered, and each outcome, in the words of a real service. */
const { examples, add } = createExamples();
export const eligibilityExamples = examples;

const file = join(import.meta.dirname, '..', '..', '..', '..', 'services', 'degree-recognition', 'eligibility.json');
const { questions: asked, reasons } = JSON.parse(readFileSync(file, 'utf8')) as EligibilityDefinition;
const questions = (chosen: Record<string, string> = {}): Field[] =>
  asked.map(({ id, label, hint, options }) => ({
    name: id,
    kind: 'radios',
    isUnmarked: true,
    label,
    ...(hint ? { hint } : {}),
    value: chosen[id] ?? '',
    choices: [...options, { value: 'unknown', label: text('لا أعرف', 'I do not know') }],
  }));
const at = '/services/degree-recognition';
const view = { at, serviceHref: at, service: recognition, office: moeSa, otherLanguage: 'en' as const };
const show = (
  name: string,
  more: { questions: Field[]; problem?: EligibilityView['problem']; result?: EligibilityResult },
) => add(pages.eligibility, name, { ...view, ...more }, 'SA');
const answered = (chosen: Record<string, string>, result: EligibilityResult) => ({
  questions: questions(chosen),
  result,
});

show('asked', { questions: questions() });
show('nothing answered', {
  questions: questions(),
  problem: { message: text('أجب عن سؤال واحد على الأقل', 'Answer at least one question'), href: '#identity-1' },
});
const clear = { identity: 'yes', recorded: 'recorded', degree: 'master', study: 'full-time', field: 'other' };
show(
  'may',
  answered({ ...clear, purpose: 'work' }, { outcome: 'may', reasons: [reasons['degree-covered']!], couldSettle: [] }),
);
show(
  'open',
  answered(
    { ...clear, field: 'unknown' },
    {
      outcome: 'maybe',
      reasons: [],
      couldSettle: asked
        .filter(({ id }) => ['field', 'purpose'].includes(id))
        .map(({ id, label }) => ({ label, href: `#${id}-1` })),
    },
  ),
);
show(
  'for an officer',
  answered(
    { ...clear, field: 'regulated', purpose: 'licence' },
    { outcome: 'maybe', reasons: [reasons['regulated-field']!, reasons['licence-purpose']!], couldSettle: [] },
  ),
);
show(
  'may not',
  answered(
    { identity: 'no', recorded: 'elsewhere' },
    { outcome: 'may-not', reasons: [reasons['no-identity']!, reasons['not-recorded']!], couldSettle: [] },
  ),
);
