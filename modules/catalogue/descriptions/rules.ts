import type { Finding } from '../contract.ts';
import { type Listing, listingOfDescription } from '../listings.ts';
import { checkLanguages, checkShape } from '../rules.ts';
import { type ServiceFiles, versionOf } from '../services.ts';
import { ServiceDescription, type Vocabulary } from './contract.ts';

export const descriptionFile = 'description.json';

/** Opens the folder of a service that is only described, or says in plain words what is wrong with it. */
export function openDescription(files: ServiceFiles): { listing?: Listing; findings: Finding[] } {
  const strangers = Object.keys(files).filter((name) => name !== descriptionFile);
  if (strangers.length > 0)
    return { findings: strangers.map((file) => ({ file, problem: `it does not belong beside ${descriptionFile}` })) };
  let json: unknown;
  try {
    json = JSON.parse(files[descriptionFile]!);
  } catch (error) {
    return { findings: [{ file: descriptionFile, problem: `this is not JSON: ${(error as Error).message}` }] };
  }
  const problems = checkShape(ServiceDescription, json);
  if (problems.length === 0) problems.push(...contradictions(json as ServiceDescription), ...checkLanguages(json));
  if (problems.length > 0) return { findings: problems.map((problem) => ({ file: descriptionFile, problem })) };
  return { listing: listingOfDescription(json as ServiceDescription, versionOf(files)), findings: [] };
}

function contradictions({ offeredBy, ages }: ServiceDescription): string[] {
  const states = offeredBy.map(({ state }) => state);
  const twice = states.filter((state, at) => states.indexOf(state) !== at);
  return [
    ...twice.map((state) => `it is offered twice by ${state}`),
    ...(ages?.from !== undefined && ages.to !== undefined && ages.from > ages.to
      ? [`its ages end (${ages.to}) before they begin (${ages.from})`]
      : []),
  ];
}

/** Concepts that a listing names and the vocabulary does not have. */
export function checkConcepts({ theme, lifeEvents }: Listing, vocabulary: Vocabulary): string[] {
  const has = (list: ReadonlyArray<{ id: string }>, id: string) => list.some((one) => one.id === id);
  return [
    ...(has(vocabulary.themes, theme) ? [] : [`the theme '${theme}' is not in vocabulary.json`]),
    ...lifeEvents
      .filter((id) => !has(vocabulary.lifeEvents, id))
      .map((id) => `the life event '${id}' is not in vocabulary.json`),
  ];
}
