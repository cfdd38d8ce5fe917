import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Finding, type FormDefinition, findUnheld, inspectFolder, type Service } from '#modules/catalogue';
import { checkGrants } from '#modules/publishing';
import type { CliConfig } from './config.ts';
import { asOperator } from './operator.ts';
import type { FindUnsettable } from './service-documents.ts';

/** Checks one service folder, or all of them. Exit code 1 when something is missing, 2 when there is no such folder. */
export async function checkServices(config: CliConfig, folder: string | undefined): Promise<number> {
  const all = join(config.root, 'services');
  if (folder && !statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    console.error(`${folder} is no folder. Name that of a service, such as services/degree-recognition.`);
    return 2;
  }
  const folders = folder
    ? [folder]
    : readdirSync(all, { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map((entry) => join(all, entry.name));
  const registers = readRegisters(join(config.root, 'states'));
  const offices = readOffices(join(config.root, 'states'));
  // Loaded for services that have a document: most folders only describe one.
  let findUnsettable: FindUnsettable | undefined;
  let found = 0;
  for (const one of folders) {
    const { findings: own, service } = await inspectFolder(one, '', all);
    const findings =
      own.length > 0 || !service
        ? own
        : [...findUnheldRegisters(one, registers), ...findUngranted(service.definition, offices)];
    if (service && own.length === 0) {
      findUnsettable ??= (await import('./service-documents.ts')).createDocumentCheck();
      findings.push(...(await findUnsettable(service)));
    }
    found += findings.length;
    console.log(`${one}: ${findings.length === 0 ? 'complete' : `${findings.length} to mend`}`);
    for (const finding of findings) console.log(`  ${finding.file}: ${finding.problem}`);
  }
  return found === 0 ? 0 : 1;
}

/** The public registers that forms may look things up in, by the code of the state whose folder describes them. */
function readRegisters(states: string): Map<string, Set<string>> {
  const read = (...path: string[]) => JSON.parse(readFileSync(join(states, ...path), 'utf8'));
  const folders = existsSync(states) ? readdirSync(states) : [];
  return new Map(
    folders
      .filter((id) => existsSync(join(states, id, 'state.json')) && existsSync(join(states, id, 'registries')))
      .map((id) => [
        read(id, 'state.json').code as string,
        new Set(
          readdirSync(join(states, id, 'registries'))
            .filter((name) => /(?<!\.rows)\.json$/.test(name))
            .flatMap(
              (name) => (read(id, 'registries', name).lookUps ?? []) as Array<{ name: string; public?: boolean }>,
            )
            .flatMap(({ name, public: isPublic }) => (isPublic === true ? [name] : [])),
        ),
      ]),
  );
}

type Offices = Map<string, Array<{ id: string; grants: Parameters<typeof checkGrants>[1]['grants'] }>>;

/** The offices of the states whose folders are here, by the state's code. */
function readOffices(states: string): Offices {
  const read = (...path: string[]) => JSON.parse(readFileSync(join(states, ...path), 'utf8'));
  const folders = existsSync(states) ? readdirSync(states) : [];
  return new Map(
    folders
      .filter((id) => existsSync(join(states, id, 'state.json')) && existsSync(join(states, id, 'offices.json')))
      .map((id) => [
        read(id, 'state.json').code as string,
        read(id, 'offices.json') as ReturnType<Offices['get']> & {},
      ]),
  );
}

/** Offices that there are not, and what one would ask its people for and may not, as far as the states' folders are here. */
function findUngranted(definition: Service['definition'], offices: Offices): Finding[] {
  const problems = definition.offeredBy.flatMap(({ state, office: id }) => {
    const held = offices.get(state);
    const office = held?.find((one) => one.id === id);
    if (!held) return [];
    if (!office) return [`${state} has no office '${id}': it has ${held.map((one) => one.id).join(', ')}`];
    return checkGrants(definition, { id, grants: office.grants ?? [] }).map((problem) => `${state}: ${problem}`);
  });
  return problems.map((problem) => ({ file: 'service.json', problem }));
}

/** Questions that a state which offers the service cannot answer, as far as the states' folders are here. */
function findUnheldRegisters(folder: string, registers: Map<string, Set<string>>): Finding[] {
  if (!existsSync(join(folder, 'form.json'))) return [];
  const read = (name: string) => JSON.parse(readFileSync(join(folder, name), 'utf8'));
  const { offeredBy } = read('service.json') as { offeredBy: Array<{ state: string }> };
  return offeredBy.flatMap(({ state }) => {
    const held = registers.get(state);
    const problems = held ? findUnheld(read('form.json') as FormDefinition, state, held) : [];
    return problems.map((problem) => ({ file: 'form.json', problem }));
  });
}

type Miss = { words: string; times: number; lastAt: string };

/** Prints what people looked for in vain at a node. */
export async function showMisses(config: CliConfig, named: string | undefined): Promise<number> {
  return asOperator(config, named, async (access) => {
    const { misses } = (await access.send('GET', '/operator/search-misses')) as { misses: Miss[] };
    if (misses.length === 0) console.log('Nothing was looked for in vain by five or more.');
    for (const { words, times, lastAt } of misses)
      console.log(`${String(times).padStart(6)}  ${lastAt.slice(0, 10)}  ${words}`);
    return 0;
  });
}

/** Writes a version of a service as a folder, so that it can be kept in git. Exit code 1 when the folder holds something already. */
export async function exportService(config: CliConfig, words: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: words,
    allowPositionals: true,
    options: { version: { type: 'string' }, node: { type: 'string' } },
  });
  const [serviceId, folder] = positionals;
  if (!serviceId || !folder) {
    console.error('Name the service and a folder: service export <id> <folder> [--version <hash>] [--node <node>]');
    return 2;
  }
  return asOperator(config, values.node, async (access) => {
    const query = values.version ? `?version=${encodeURIComponent(values.version)}` : '';
    const path = `/operator/services/${encodeURIComponent(serviceId)}/files${query}`;
    const { version, files } = (await access.send('GET', path)) as { version: string; files: Record<string, string> };
    mkdirSync(folder, { recursive: true });
    // A file that the version has not would make another version of it.
    const strange = readdirSync(folder).filter((name) => !name.startsWith('.') && !(name in files));
    if (strange.length > 0) {
      console.error(
        `${folder} holds what version ${version} has not: ${strange.join(', ')}. Remove it, or name another folder.`,
      );
      return 1;
    }
    for (const [name, text] of Object.entries(files))
      if (/^[a-z0-9][a-z0-9.-]*\.(json|dmn|typ)$/i.test(name)) writeFileSync(join(folder, name), text);
    console.log(`${folder}: version ${version} of ${serviceId}, ${Object.keys(files).length} files`);
    return 0;
  });
}
