import type { Text } from '#kernel/languages';
import type { ServiceDefinition, ServiceFiles } from '#modules/catalogue';
import { findEvidenceType, findPurpose, requirements } from '#protocol/catalogue';
import { printJson, readJson } from '../places.ts';
import { refuse } from './refusals.ts';

type Requirement = ServiceDefinition['requirements'][number];

/** What an office may ask for, as its trust mark says. With `laws` it is under these alone, and never with consent. */
export type EvidenceGrant = { purpose: string; evidence_type: string; fields: string[]; laws?: string[] | undefined };

/** A kind of evidence that may be asked for under a purpose, with the requirement that it proves. `always`: fields without which it proves nothing. */
export type Askable = { requirement: string; type: string; fields: string[]; always: string[] };
/** What is asked of one kind of evidence: each field, and whether there is a decision without it. */
export type AskedEvidence = { type: string; fields: Record<string, 'essential' | 'optional'>; standing: boolean };

const unwritten: Text = { ar: '', en: '' };

/** The purposes under which an office may ask people for something. */
export const purposesOf = (grants: readonly EvidenceGrant[]): string[] => [
  ...new Set(grants.filter(({ laws }) => !laws).map(({ purpose }) => purpose)),
];

/** What an office may ask for with consent under a purpose, as far as it proves a requirement in this state. */
export function askableFor(grants: readonly EvidenceGrant[], purpose: string, state: string): Askable[] {
  return grants.flatMap((grant): Askable[] => {
    if (grant.purpose !== purpose || grant.laws) return [];
    const proved = requirements.flatMap(({ id, evidence }) =>
      (evidence['*'] ?? evidence[state] ?? []).flatMap((proof) =>
        proof.type === grant.evidence_type ? [{ id, always: evidence['*'] ? proof.fields : [] }] : [],
      ),
    );
    const [first] = proved.filter(({ always }) => always.every((field) => grant.fields.includes(field)));
    return first
      ? [{ requirement: first.id, type: grant.evidence_type, fields: grant.fields, always: first.always }]
      : [];
  });
}

/** A requirement that asks no more than what proves it; why it is asked for is still to be written. */
export const barely = ({ requirement, type, always, fields }: Askable): Requirement => ({
  id: requirement,
  why: unwritten,
  evidence: {
    type,
    providedBy: 'home-state',
    fields: (always.length > 0 ? always : fields.slice(0, 1)).map((name) => ({ name, essential: true })),
  },
});

/**
 * What a service asks of other offices, within what its own office may ask for under the purpose. What stands on records of the deciding state itself stays as
 * it is. Refuses a purpose and fields that the office was not granted, and a service that other states give too: they would have to agree.
 */
export function putRequirements(
  files: ServiceFiles,
  given: { purpose: string; asked: readonly AskedEvidence[] },
  of: { grants: readonly EvidenceGrant[]; state: string },
): ServiceFiles {
  const definition = readJson<ServiceDefinition>(files, 'service.json')!;
  if (definition.offeredBy.length > 1) throw refuse('agreed-elsewhere');
  if (!findPurpose(given.purpose) || !purposesOf(of.grants).includes(given.purpose))
    throw refuse('purpose-not-granted');
  const askable = askableFor(of.grants, given.purpose, of.state);
  const kept = definition.requirements.filter(({ evidence }) => evidence.providedBy === 'this-state');
  const next = given.asked.flatMap(({ type, fields, standing }): Requirement[] => {
    const names = Object.keys(fields);
    if (names.length === 0) return [];
    const may = askable.find((one) => one.type === type);
    if (!may || names.some((name) => !may.fields.includes(name))) throw refuse('evidence-not-granted');
    const missing = may.always.find((name) => fields[name] !== 'essential');
    if (missing)
      throw refuse('evidence-incomplete', { field: findEvidenceType(type)?.fields[missing]?.names ?? missing });
    const held = definition.requirements.find(({ evidence }) => evidence.type === type);
    return [
      {
        id: held?.id ?? may.requirement,
        why: held?.why ?? unwritten,
        evidence: {
          type,
          providedBy: 'home-state',
          fields: may.fields
            .filter((name) => fields[name] !== undefined)
            .map((name) => {
              if (fields[name] === 'essential') return { name, essential: true };
              const known = held?.evidence.fields.find((field) => field.name === name)?.ifWithheld;
              return { name, essential: false, ifWithheld: known ?? unwritten };
            }),
          ...(standing ? { standing: true as const } : {}),
        },
      },
    ];
  });
  if (next.length + kept.length === 0) throw refuse('evidence-missing');
  return {
    ...files,
    'service.json': printJson({ ...definition, purpose: given.purpose, requirements: [...next, ...kept] }),
  };
}

/** What a service asks its people for although its office may not, in plain words. */
export function checkGrants(
  { purpose, requirements: asked }: ServiceDefinition,
  office: { id: string; grants: readonly EvidenceGrant[] },
): string[] {
  return asked.flatMap(({ evidence: { type, providedBy, fields } }) => {
    if (providedBy === 'this-state') return [];
    const granted = office.grants.filter((one) => one.purpose === purpose && one.evidence_type === type && !one.laws);
    return fields
      .filter(({ name }) => !granted.some((one) => one.fields.includes(name)))
      .map(({ name }) => `the office '${office.id}' may not ask for '${type}.${name}' for the purpose '${purpose}'`);
  });
}
