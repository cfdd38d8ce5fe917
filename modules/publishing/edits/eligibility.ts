import type { Text } from '#kernel/languages';
import {
  type EligibilityDefinition,
  eligibilityFile,
  eligibilityTables,
  type ServiceFiles,
  writeInputs,
} from '#modules/catalogue';
import { printJson, readJson } from '../places.ts';
import { refuse } from './refusals.ts';

/** What the check before applying asks and says, besides its words. `label` and `text`: of new ones. */
export type EligibilityShape = {
  /** In their order; `values` of the options in theirs. */
  questions: Array<{ id: string; values: readonly string[]; hasHint: boolean; label?: Text }>;
  reasons: Array<{ id: string; helps: boolean; text?: Text }>;
};

const unnamed: Text = { ar: 'نص جديد', en: 'New text' };

export function eligibilityShapeOf(files: ServiceFiles): EligibilityShape | undefined {
  const held = readJson<EligibilityDefinition>(files, eligibilityFile);
  return (
    held && {
      questions: held.questions.map(({ id, options, hint }) => ({
        id,
        values: options.map(({ value }) => value),
        hasHint: hint !== undefined,
      })),
      reasons: Object.entries(held.reasons).map(([id, { whatHelps }]) => ({ id, helps: whatHelps !== undefined })),
    }
  );
}

/**
 * Puts questions, options and reasons in, with the words that they have; new ones have words to be written under Texts. A question brings its column of the
 * tables, and takes it along. Refuses names that are none or taken, and a question with fewer than two options.
 */
export async function putEligibility(files: ServiceFiles, shape: EligibilityShape): Promise<ServiceFiles> {
  const held = readJson<EligibilityDefinition>(files, eligibilityFile);
  if (!held) throw new Error(`the service has no ${eligibilityFile}`);
  const names = shape.questions.map(({ id }) => id);
  const questions = shape.questions.map(({ id, values, hasHint, label }) => {
    const known = held.questions.find((question) => question.id === id);
    if (label && (known || names.indexOf(id) !== names.lastIndexOf(id))) throw refuse('question-name-taken', { id });
    if (!/^[a-z][A-Za-z0-9]{0,39}$/.test(id)) throw refuse('question-name-wrong', { id: id.slice(0, 60) });
    if (values.length < 2 || new Set(values).size !== values.length) throw refuse('choices-too-few');
    const hint = known?.hint ?? unnamed;
    const options = values.map(
      (value) => known?.options.find((option) => option.value === value) ?? { value, label: unnamed },
    );
    return { id, label: known?.label ?? label ?? unnamed, ...(hasHint ? { hint } : {}), options };
  });
  const reasons = shape.reasons.map(({ id, helps, text }) => {
    const known = held.reasons[id];
    if (text && known) throw refuse('reason-name-taken', { id });
    if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(id)) throw refuse('reason-name-wrong', { id: id.slice(0, 60) });
    const whatHelps = known?.whatHelps ?? unnamed;
    return [id, { text: known?.text ?? text ?? unnamed, ...(helps ? { whatHelps } : {}) }];
  });
  const isSame = names.join() === held.questions.map(({ id }) => id).join();
  const xml = files[eligibilityTables];
  return {
    ...files,
    [eligibilityFile]: printJson({ questions, reasons: Object.fromEntries(reasons) }),
    ...(xml === undefined || isSame
      ? {}
      : {
          [eligibilityTables]: await writeInputs(
            xml,
            held.questions.map(({ id }) => id),
            names,
          ),
        }),
  };
}
