import type { Text } from '#kernel/languages';
import { type Reason, type Reasons, readDecisions, type ServiceFiles } from '#modules/catalogue';
import { printJson, readJson } from '../places.ts';
import { refuse } from './refusals.ts';

/** Why cases are decided as they are, besides the words. `text`: of a new one. */
export type ReasonShape = Array<{ id: string; outcome: Reason['outcome']; forOfficer: boolean; text?: Text }>;

export function reasonsOf(files: ServiceFiles): ReasonShape {
  return Object.entries(readJson<Reasons>(files, 'reasons.json')!).map(([id, { outcome, forOfficer }]) => ({
    id,
    outcome,
    forOfficer: forOfficer ?? false,
  }));
}

/**
 * Puts reasons in, with the words that they have. Refuses names that are none or taken, a new one without words in both languages, and taking away one that a row
 * of the rules or the law's silence still gives.
 */
export async function putReasons(files: ServiceFiles, shape: ReasonShape): Promise<ServiceFiles> {
  const held = readJson<Reasons>(files, 'reasons.json')!;
  const inUse = await usedIn(files);
  for (const id of Object.keys(held))
    if (!shape.some((one) => one.id === id) && inUse.has(id)) throw refuse('reason-in-use', { reason: held[id]!.text });
  const reasons = shape.map(({ id, outcome, forOfficer, text }) => {
    const known = held[id];
    if (text && (known || shape.filter((one) => one.id === id).length > 1)) throw refuse('reason-name-taken', { id });
    if (!known && !/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(id)) throw refuse('reason-name-wrong', { id: id.slice(0, 60) });
    if (!['approve', 'review', 'refuse'].includes(outcome)) throw refuse('outcome-missing');
    if (!known && Object.values(text ?? { ar: '' }).some((words) => words === '')) throw refuse('reason-unsaid');
    return [id, { outcome, ...(forOfficer ? { forOfficer } : {}), text: known?.text ?? text! }];
  });
  return { ...files, 'reasons.json': printJson(Object.fromEntries(reasons)) };
}

async function usedIn(files: ServiceFiles): Promise<Set<string>> {
  const { decisions } = await readDecisions(files['decision.dmn'] ?? '');
  const rows = decisions.flatMap(({ logic }) => {
    if (logic.kind !== 'table') return [];
    const column = logic.outputs.findIndex(({ name }) => name === 'reason');
    return column < 0 ? [] : logic.rules.map(({ results }) => results[column]!.trim().replace(/^"|"$/g, ''));
  });
  type Silence = { deadline?: { silence?: { reason: string } } };
  const silence = readJson<Silence>(files, 'casework.json')?.deadline?.silence?.reason;
  return new Set(silence ? [...rows, silence] : rows);
}
