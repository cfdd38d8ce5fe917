import type { Text } from '#kernel/languages';
import {
  type FormDefinition,
  type Question,
  readDecisions,
  type ServiceDefinition,
  type ServiceFiles,
  writeInputs,
} from '#modules/catalogue';
import { findEvidenceType } from '#protocol/catalogue';
import { yesNo } from '../names.ts';
import { printJson, readJson } from '../places.ts';
import { refuse } from './refusals.ts';

type Fact = ServiceDefinition['document']['facts'][number];
type Credential = { vct: string; names: Text; claims: Array<{ claim: string; value: string; names: Text }> };
type Known = { definition: ServiceDefinition; form: FormDefinition };

/** A value of a case, by its path in both languages, with what it is called and words for codes. */
export type CaseValue = Fact & { key: string; type: 'string' | 'number' | 'boolean' };

const noOneValue: ReadonlyArray<Question['kind']> = ['file', 'group', 'address', 'checkboxes', 'checkbox'];
const numbers: ReadonlyArray<Question['kind']> = ['number', 'percent', 'money', 'year'];
const today: Text = { ar: 'يوم القرار', en: 'Day of the decision' };
const thisYear: Text = { ar: 'سنة القرار', en: 'Year of the decision' };
const validUntil: Text = { ar: 'صالحة حتى', en: 'Valid until' };

const knownIn = (files: ServiceFiles): Known => ({
  definition: readJson<ServiceDefinition>(files, 'service.json')!,
  form: readJson<FormDefinition>(files, 'form.json')!,
});

/** Every value that is one by itself: fields of the evidence that is asked for, and answers. */
function valuesIn({ definition, form }: Known): CaseValue[] {
  const evidence = definition.requirements.flatMap(({ evidence: { type, fields } }) =>
    fields.flatMap(({ name }): CaseValue[] => {
      const field = findEvidenceType(type)?.fields[name];
      const kind = String(field?.schema['type'] ?? 'string');
      if (!field || kind === 'object' || kind === 'array') return [];
      const key = `evidence.${type}.${name}`;
      return [
        {
          key,
          label: field.names,
          value: { ar: key, en: key },
          type: kind === 'integer' || kind === 'number' ? 'number' : kind === 'boolean' ? 'boolean' : 'string',
          ...(field.values ? { words: field.values } : {}),
        },
      ];
    }),
  );
  const answers = Object.entries(form.questions).flatMap(([id, { kind, label, options }]): CaseValue[] => {
    if (noOneValue.includes(kind)) return [];
    const key = `answers.${id}`;
    const words =
      kind === 'yes-no'
        ? { true: yesNo(true), false: yesNo(false) }
        : options && Object.fromEntries(options.map((option) => [option.value, option.label]));
    const value = kind === 'look-up' ? { ar: `${key}.ar`, en: `${key}.en` } : { ar: key, en: key };
    const type = numbers.includes(kind) ? 'number' : kind === 'yes-no' ? 'boolean' : 'string';
    return [{ key, label, value, type, ...(words ? { words } : {}) }];
  });
  return [...evidence, ...answers];
}

/** What a document and a credential can show. What evidence has in Arabic and in Latin letters is one value. */
export function showableIn(files: ServiceFiles): CaseValue[] {
  const known = knownIn(files);
  const values = valuesIn(known);
  const at = (key: string) => values.find((one) => one.key === key);
  const paired = values.flatMap((one): CaseValue[] => {
    const other = /_(latin|en)$/.test(one.key) ? at(one.key.replace(/_(latin|en)$/, '_ar')) : undefined;
    if (other) return [];
    const latin = one.key.endsWith('_ar')
      ? (at(one.key.replace(/_ar$/, '_latin')) ?? at(one.key.replace(/_ar$/, '_en')))
      : undefined;
    return [latin ? { ...one, label: nameOfBoth(one.label, latin.label), value: { ar: one.key, en: latin.key } } : one];
  });
  const end = { key: 'decision.validUntil', label: validUntil, type: 'string' as const };
  return known.definition.validity ? [...paired, { ...end, value: { ar: end.key, en: end.key } }] : paired;
}

/** What stands in both scripts is called without them: "Full name in Arabic" is "Full name" in either. */
const nameOfBoth = (arabic: Text, latin: Text): Text => ({
  ar: arabic.ar.replace(/ بالعربية$/, ''),
  en: latin.en.replace(/ in (Latin letters|English)$/, ''),
});

/** What rules can read, and what they read already by which name. */
export function readableIn(files: ServiceFiles): { values: CaseValue[]; inputs: Record<string, string> } {
  const known = knownIn(files);
  const path = (key: string) => ({ key, value: { ar: key, en: key } });
  return {
    values: [
      ...valuesIn(known).map((one) =>
        one.value.ar === `${one.key}.ar`
          ? { ...one, key: `${one.key}.code`, value: path(`${one.key}.code`).value }
          : one,
      ),
      { ...path('today.year'), label: thisYear, type: 'number' },
      { ...path('today.date'), label: today, type: 'string' },
    ],
    inputs: known.definition.decision.inputs,
  };
}

/** What the document and the credential of a service show, by key, in the order in which it stands there. */
export function shownIn(files: ServiceFiles): { document: string[]; credential: string[] } {
  const { definition } = knownIn(files);
  const claims = readJson<Credential>(files, 'credential.json')!.claims;
  const values = showableIn(files);
  return {
    document: definition.document.facts.map(({ value }) => value.ar),
    credential: values.flatMap(({ key, value }) =>
      claims.some((claim) => claim.value === value.ar || claim.value === value.en) ? [key] : [],
    ),
  };
}

/**
 * Puts what the document and the credential show. What stands there keeps its words, and its place; new values come behind. Claims that tell of the decision itself
 * stay. Refuses a document that shows nothing, and a service that other states give too.
 */
export function putShown(files: ServiceFiles, shown: { document: readonly string[]; credential: readonly string[] }) {
  const { definition } = knownIn(files);
  if (definition.offeredBy.length > 1) throw refuse('agreed-elsewhere');
  const credential = readJson<Credential>(files, 'credential.json')!;
  const values = showableIn(files);
  const kept = definition.document.facts.filter(({ value }) => shown.document.includes(value.ar));
  const added = values.filter(
    ({ key, value }) => shown.document.includes(key) && !kept.some((fact) => fact.value.ar === value.ar),
  );
  const facts: Fact[] = [
    ...kept,
    ...added.map(({ label, value, words }) => ({ label, value, ...(words ? { words } : {}) })),
  ];
  if (facts.length === 0) throw refuse('document-empty');
  const isOfCase = ({ value }: { value: string }) =>
    /^(evidence|answers)\./.test(value) || value === 'decision.validUntil';
  const wanted = values
    .filter(({ key }) => shown.credential.includes(key))
    .flatMap(({ value, label }) => [...new Set([value.ar, value.en])].map((path) => ({ path, label })));
  const held = credential.claims.filter((claim) => !isOfCase(claim) || wanted.some(({ path }) => path === claim.value));
  const claims = [
    ...held,
    ...wanted
      .filter(({ path }) => !held.some(({ value }) => value === path))
      .map(({ path, label }) => ({ claim: claimOf(path, held), value: path, names: label, disclosable: true })),
  ];
  return {
    ...files,
    'service.json': printJson({ ...definition, document: { ...definition.document, facts } }),
    'credential.json': printJson({ ...credential, claims }),
  };
}

/** A claim is called like the value: full_name_ar, valid_until, child_name. */
function claimOf(path: string, taken: ReadonlyArray<{ claim: string }>): string {
  const [root, ...steps] = path.split('.');
  const name = (root === 'evidence' ? steps.slice(1) : steps).join('_');
  const claim = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`).replace(/[^a-z0-9_]/g, '_');
  return taken.some((one) => one.claim === claim) ? `${claim}_${steps[0]!.replace(/[^a-z0-9]/g, '_')}` : claim;
}

/**
 * Has rules read another value, as a column of a table in which everything passes, and not read others any more. `into`: the table that reads it. The name that rows
 * use is made of the value's own.
 */
export async function putInputs(
  files: ServiceFiles,
  given: { remove: readonly string[]; add?: { path: string; into: string } },
): Promise<ServiceFiles> {
  const { definition } = knownIn(files);
  const { values, inputs } = readableIn(files);
  const { decisions } = await readDecisions(files['decision.dmn']!);
  const kept = Object.entries(inputs).filter(([name]) => !given.remove.includes(name));
  const next = Object.fromEntries(kept);
  const added: Record<string, string> = {};
  if (given.add) {
    const { path, into } = given.add;
    const value = values.find(({ key }) => key === path);
    if (!value) throw refuse('value-unknown');
    if (!decisions.some(({ name, logic }) => name === into && logic.kind === 'table')) throw refuse('table-unknown');
    const name = inputNameOf(path, [...Object.keys(inputs), ...decisions.map((one) => one.name)]);
    next[name] = path;
    added[name] = value.type;
  }
  const xml = await writeInputs(files['decision.dmn']!, Object.keys(inputs), Object.keys(next), {
    ...(given.add ? { into: given.add.into } : {}),
    types: added,
  });
  return {
    ...files,
    'decision.dmn': xml,
    'service.json': printJson({ ...definition, decision: { ...definition.decision, inputs: next } }),
  };
}

/** Names that FEEL reads otherwise: its own words, and functions that a cell may need. */
const feelNames = new Set(
  'if then else for in return some every satisfies and or not between instance of true false null function external date time number string list count sum min max floor ceiling abs now today duration'.split(
    ' ',
  ),
);

function inputNameOf(path: string, taken: readonly string[]): string {
  const steps = path.split('.').filter((step) => step !== 'code');
  const name = (steps.at(-1) ?? '').replace(/[_-]+([A-Za-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  const base = feelNames.has(name) ? `the${name[0]!.toUpperCase()}${name.slice(1)}` : name;
  let free = base;
  for (let number = 2; taken.includes(free); number += 1) free = `${base}${number}`;
  return free;
}
