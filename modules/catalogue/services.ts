import { canonicalJson, sha256 } from '#kernel/ids';
import { Casework } from './casework/contract.ts';
import {
  CredentialDefinition,
  type Finding,
  type Offering,
  Reasons,
  ServiceDefinition,
  ServiceNotifications,
  ServiceTexts,
} from './contract.ts';
import type { DecisionModel } from './decisions/contract.ts';
import { readDecisions } from './decisions/read.ts';
import { type Eligibility, EligibilityDefinition } from './eligibility/contract.ts';
import { eligibilityFile, eligibilityTables } from './eligibility/rules.ts';
import { FeeDefinition } from './fees/contract.ts';
import { FormDefinition } from './forms/contract.ts';
import { checkForm } from './forms/findings.ts';
import { type Form, openForm } from './forms/rules.ts';
import { OfferRules } from './offers/contract.ts';
import { checkParts, checkShape } from './rules.ts';
import { ServiceTests } from './testing/contract.ts';

/** The files of a service by name. They are published, versioned and stored together, as text. */
export type ServiceFiles = Record<string, string>;

/** A service ready for use: every file read, checked and compiled. */
export type Service = {
  id: string;
  /** SHA-256 over all files, 16 hexadecimal digits: two folders with the same version are the same service. */
  version: string;
  definition: ServiceDefinition;
  form: Form;
  decisions: DecisionModel;
  reasons: Reasons;
  texts: ServiceTexts;
  /** The service's own words for messages, by kind; the notifications module knows the kinds and checks them. */
  notifications: ServiceNotifications;
  credential: CredentialDefinition;
  /** Absent where no state asks for money. */
  fee?: FeeDefinition;
  /** What people can find out before they apply; absent where the service has no such files. */
  eligibility?: Eligibility;
  /** Examples of what it does; a version that was published before there were any has none. */
  tests?: ServiceTests;
  /** What may happen to a case after it was sent; nothing beyond a decision when the service has no such file. */
  casework: Casework;
  /** Events in a person's life that it is offered for; it is never offered when the service has no such file. */
  offers: OfferRules;
  /** Typst source of the document, from below the letterhead; it shows `data` (DocumentData of the cases module). */
  template: string;
  /** The other JSON files, by name without `.json`: lists that rules look things up in. */
  data: Record<string, unknown>;
  files: ServiceFiles;
};

const parts = {
  'service.json': ServiceDefinition,
  'form.json': FormDefinition,
  'reasons.json': Reasons,
  'texts.json': ServiceTexts,
  'credential.json': CredentialDefinition,
} as const;
/** A service may have them. */
const optionalParts = {
  'casework.json': Casework,
  'eligibility.json': EligibilityDefinition,
  'fee.json': FeeDefinition,
  'notifications.json': ServiceNotifications,
  'tests.json': ServiceTests,
  'offers.json': OfferRules,
} as const;

export type Opened = { service?: Service; findings: Finding[] };

export function versionOf(files: ServiceFiles): string {
  const hashes = Object.entries(files).map(([name, text]) => [name, sha256(text).toString('hex')]);
  return sha256(canonicalJson(Object.fromEntries(hashes)))
    .toString('hex')
    .slice(0, 16);
}

/** Opens a service from its files, or says in plain words everything that is wrong with them. */
export async function openService(files: ServiceFiles, state: string): Promise<Opened> {
  const { service, findings } = await readService(files, state);
  return findings.length > 0 || !service ? { findings } : { service, findings };
}

/**
 * The service as far as it can be read, beside everything that is wrong with its files: for whoever looks at it before it is published. There
 * is none where a file has not its shape or the form does not hold together.
 */
export async function readService(files: ServiceFiles, state: string): Promise<Opened> {
  const findings: Finding[] = [];
  const json: Record<string, unknown> = {};
  for (const name of [...Object.keys(parts), 'decision.dmn', 'certificate.typ'])
    if (!(name in files)) findings.push({ file: name, problem: 'the file is missing' });
  for (const [name, text] of Object.entries(files)) {
    if (!name.endsWith('.json')) continue;
    try {
      json[name] = JSON.parse(text);
    } catch (error) {
      findings.push({ file: name, problem: `this is not JSON: ${(error as Error).message}` });
    }
  }
  for (const [name, schema] of Object.entries({ ...parts, ...optionalParts }))
    if (name in json) findings.push(...checkShape(schema, json[name]).map((problem) => ({ file: name, problem })));
  for (const [name, other] of [
    [eligibilityFile, eligibilityTables],
    [eligibilityTables, eligibilityFile],
  ] as const)
    if (name in files && !(other in files))
      findings.push({ file: other, problem: `the file is missing, and ${name} is nothing without it` });
  const readTables = async (file: string): Promise<DecisionModel | undefined> => {
    if (!files[file]) return undefined;
    try {
      return await readDecisions(files[file]);
    } catch (error) {
      findings.push({ file, problem: (error as Error).message });
      return undefined;
    }
  };
  const decisions = await readTables('decision.dmn');
  const eligibilityDecisions = await readTables(eligibilityTables);
  if (findings.length > 0 || !decisions) return { findings };

  const definition = json['service.json'] as ServiceDefinition;
  const formDefinition = json['form.json'] as FormDefinition;
  const data = Object.fromEntries(
    Object.entries(json).flatMap(([name, value]) =>
      name in parts || name in optionalParts ? [] : [[name.slice(0, -'.json'.length), value]],
    ),
  );
  const checked = {
    definition,
    decisions,
    data,
    reasons: json['reasons.json'] as Reasons,
    texts: json['texts.json'] as ServiceTexts,
    notifications: (json['notifications.json'] ?? {}) as ServiceNotifications,
    credential: json['credential.json'] as CredentialDefinition,
    casework: (json['casework.json'] ?? {}) as Casework,
    offers: (json['offers.json'] ?? {}) as OfferRules,
    template: files['certificate.typ']!,
    ...('fee.json' in json ? { fee: json['fee.json'] as FeeDefinition } : {}),
    ...(eligibilityDecisions
      ? { eligibility: { ...(json[eligibilityFile] as EligibilityDefinition), decisions: eligibilityDecisions } }
      : {}),
    ...('tests.json' in json ? { tests: json['tests.json'] as ServiceTests } : {}),
  };
  findings.push(...checkParts({ ...checked, form: formDefinition }));
  if (checkForm(formDefinition).length > 0) return { findings };
  const service = {
    ...checked,
    id: definition.id,
    version: versionOf(files),
    form: openForm(formDefinition, state),
    files,
  };
  return { service, findings };
}

/** Who offers a service in a state, if anyone does. */
export function findOffering(service: Service, state: string): Offering | undefined {
  return service.definition.offeredBy.find((offering) => offering.state === state);
}
