import { existsSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { Static, TSchema } from 'typebox';
import type { Finding } from './contract.ts';
import { type Concepts, Synonyms, Vocabulary } from './descriptions/contract.ts';
import { checkConcepts, descriptionFile, openDescription } from './descriptions/rules.ts';
import { type Listing, listingOfService } from './listings.ts';
import { checkLanguages, checkShape } from './rules.ts';
import { type Opened, openService, readService, type Service, type ServiceFiles } from './services.ts';
import { checkEligibilityEndings } from './testing/eligibility.ts';
import { checkTests } from './testing/rules.ts';

const fileBytesMax = 1_048_576;

/** One folder as it can be published. Without `service` it only describes what an office gives elsewhere. */
export type Published = { listing: Listing; service?: Service; files: ServiceFiles };
export type Services = { published: Published[]; concepts: Concepts };

/** Everything wrong with a service folder, in plain words; empty when it can be published. */
export async function checkService(folder: string): Promise<Finding[]> {
  return (await inspectFolder(folder)).findings;
}

/**
 * The service of a folder as far as it can be read, in one state, and everything that is wrong with it. A folder that stands alone, without a
 * vocabulary beside it, is held to the one in `shared`.
 */
export async function inspectFolder(
  named: string,
  state = '',
  shared?: string,
): Promise<Opened & { vocabulary: Vocabulary }> {
  const folder = resolve(named);
  const beside = dirname(folder);
  const isAlone = shared !== undefined && !existsSync(join(beside, 'vocabulary.json'));
  const { concepts, findings } = await readConcepts(isAlone ? shared : beside);
  const read = await readFiles(folder);
  findings.push(...read.findings);
  const { vocabulary } = concepts;
  if (read.findings.length > 0) return { findings, vocabulary };
  const inspected = await inspectFiles(read.files, { id: basename(folder), vocabulary, state });
  return { ...inspected, findings: [...findings, ...inspected.findings], vocabulary };
}

/** The same of files, which may be a draft: a service has rules and therefore tests, which are run. */
export async function inspectFiles(
  files: ServiceFiles,
  { id, vocabulary, state }: { id: string; vocabulary: Vocabulary; state: string },
): Promise<Opened> {
  if (descriptionFile in files) {
    const { published, findings } = await openFolder(files, state);
    return { findings: published ? checkPlace(published, id, vocabulary) : findings };
  }
  const { service, findings } = await readService(files, state);
  if (!service) return { findings };
  findings.push(...checkPlace({ listing: listingOfService(service), service, files }, id, vocabulary));
  if (findings.length === 0) findings.push(...checkEligibilityEndings(service));
  if (findings.length === 0) findings.push(...checkTests(service));
  return { service, findings };
}

/**
 * Reads every folder in `dir`. `state`: where the services are opened (ISO 3166-1 alpha-2), for the forms that differ by state. Findings name the file as
 * `<service>/<file>`; a service with findings is left out.
 */
export async function loadServices(dir: string, state = ''): Promise<Services & { findings: Finding[] }> {
  const entries = await readdir(dir, { withFileTypes: true });
  const folders = entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map((entry) => entry.name);
  const { concepts, findings } = await readConcepts(dir);
  const loaded = await Promise.all(
    folders.sort().map((name) => loadFolder(join(dir, name), concepts.vocabulary, state)),
  );
  return {
    concepts,
    published: loaded.flatMap(({ published }) => published ?? []),
    findings: [
      ...findings,
      ...loaded.flatMap((one, at) =>
        one.findings.map(({ file, problem }) => ({ file: `${folders[at]}/${file}`, problem })),
      ),
    ],
  };
}

/** What the services of a folder share: the concepts they are grouped by, and the words people have for the same. */
async function readConcepts(dir: string): Promise<{ concepts: Concepts; findings: Finding[] }> {
  const findings: Finding[] = [];
  const read = async <Shape extends TSchema>(file: string, shape: Shape): Promise<Static<Shape> | undefined> => {
    try {
      const json = JSON.parse(await readFile(join(dir, file), 'utf8'));
      const problems = [...checkShape(shape, json), ...checkLanguages(json)];
      findings.push(...problems.map((problem) => ({ file, problem })));
      return problems.length === 0 ? json : undefined;
    } catch (error) {
      findings.push({ file, problem: (error as Error).message });
      return undefined;
    }
  };
  const vocabulary = (await read('vocabulary.json', Vocabulary)) ?? { lifeEvents: [], themes: [] };
  return { concepts: { vocabulary, synonyms: (await read('synonyms.json', Synonyms)) ?? [] }, findings };
}

type Loaded = { published?: Published; findings: Finding[] };

async function loadFolder(folder: string, vocabulary: Vocabulary, state = ''): Promise<Loaded> {
  const { files, findings: unread } = await readFiles(folder);
  if (unread.length > 0) return { findings: unread };
  const opened = await openFolder(files, state);
  if (!opened.published) return opened;
  const findings = checkPlace(opened.published, basename(folder), vocabulary);
  return findings.length > 0 ? { findings } : opened;
}

/** Whether it is where it belongs: under its own id, and among concepts that there are. */
function checkPlace({ listing, service }: Published, id: string, vocabulary: Vocabulary): Finding[] {
  const problems = checkConcepts(listing, vocabulary);
  if (listing.id !== id) problems.push(`its id is '${listing.id}', but its folder is '${id}'`);
  return problems.map((problem) => ({ file: service ? 'service.json' : descriptionFile, problem }));
}

/** Opens the files of a folder, of today or kept from an earlier version. */
export async function openFolder(files: ServiceFiles, state: string): Promise<Loaded> {
  if (descriptionFile in files) {
    const { listing, findings } = openDescription(files);
    return listing ? { published: { listing, files }, findings } : { findings };
  }
  const { service, findings } = await openService(files, state);
  return service ? { published: { listing: listingOfService(service), service, files }, findings } : { findings };
}

async function readFiles(folder: string): Promise<{ files: ServiceFiles; findings: Finding[] }> {
  const files: ServiceFiles = {};
  const findings: Finding[] = [];
  for (const name of (await readdir(folder)).sort()) {
    if (name.startsWith('.') || name === 'README.md') continue;
    const path = join(folder, name);
    const { size } = await stat(path);
    if (!/\.(json|dmn|typ)$/.test(name))
      findings.push({ file: name, problem: 'only .json, .dmn and .typ files belong here' });
    else if (size > fileBytesMax) findings.push({ file: name, problem: 'the file is larger than 1 MiB' });
    else files[name] = await readFile(path, 'utf8');
  }
  return { files, findings };
}
