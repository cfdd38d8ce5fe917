import type { FormDefinition } from './contract.ts';

/** In plain words: the questions of a form that look something up in what a state does not hold as a public register. */
export function findUnheld(
  { questions }: Pick<FormDefinition, 'questions'>,
  state: string,
  held: ReadonlySet<string>,
): string[] {
  return Object.entries(questions).flatMap(([id, { lookUp }]) =>
    lookUp && !held.has(lookUp.register)
      ? [
          `'${id}' is looked up in '${lookUp.register}', which no registry of ${state} offers: describe it under "lookUps" of one, or take ${state} out of "offeredBy"`,
        ]
      : [],
  );
}
