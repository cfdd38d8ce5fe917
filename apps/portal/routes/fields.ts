import type { Text } from '#kernel/languages';
import type { PageModel, QuestionModel } from '#modules/catalogue';
import type { Field } from '../components/fields.tsx';

/** The questions of a page as fields to draw. A model is written in one language already: both texts are the same. */
export function fieldsOf(model: PageModel): Field[] {
  return model.questions.map((question) => ({
    name: question.id,
    kind: question.kind,
    label: both(question.label),
    required: question.required,
    ...(question.hint ? { hint: both(question.hint) } : {}),
    ...heldBy(question),
    ...(question.source ? { source: both(question.source) } : {}),
    ...(question.error ? { error: both(question.error) } : {}),
    ...(question.options
      ? {
          choices: question.options.map(({ value, label, hint }) => ({
            value,
            label: both(label),
            ...(hint ? { hint: both(hint) } : {}),
          })),
        }
      : {}),
    ...(question.autocomplete ? { autocomplete: question.autocomplete } : {}),
    ...(question.lengthMax ? { lengthMax: question.lengthMax } : {}),
  }));
}

function heldBy(question: QuestionModel): Pick<Field, 'value'> {
  if (question.parts) {
    const part = (end: string) => question.parts!.find(({ name }) => name.endsWith(end))?.value ?? '';
    return { value: { day: part('day'), month: part('month'), year: part('year') } };
  }
  if (question.kind === 'checkbox') return question.checked ? { value: 'yes' } : {};
  const chosen = question.options?.find((option) => option.chosen)?.value;
  return { value: chosen ?? question.value };
}

function both(text: string): Text {
  return { ar: text, en: text };
}
