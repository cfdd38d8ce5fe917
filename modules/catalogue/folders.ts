import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Finding } from './contract.ts';
import { openService, type Service, type ServiceFiles } from './services.ts';

const fileBytesMax = 1_048_576;

/** Everything wrong with a service folder, in plain words; empty when it can be published. */
export async function checkService(folder: string): Promise<Finding[]> {
  return (await loadService(folder)).findings;
}

/** Reads every folder in `dir`. Findings name the file as `<service>/<file>`; a service with findings is left out. */
export async function loadServices(dir: string): Promise<{ services: Service[]; findings: Finding[] }> {
  const entries = await readdir(dir, { withFileTypes: true });
  const folders = entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map((entry) => entry.name);
  const loaded = await Promise.all(folders.sort().map((name) => loadService(join(dir, name))));
  return {
    services: loaded.flatMap(({ service }) => (service ? [service] : [])),
    findings: loaded.flatMap(({ findings }, at) =>
      findings.map(({ file, problem }) => ({ file: `${folders[at]}/${file}`, problem })),
    ),
  };
}

async function loadService(folder: string): Promise<{ service?: Service; findings: Finding[] }> {
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
  if (findings.length > 0) return { findings };
  const opened = await openService(files);
  if (opened.service && opened.service.id !== basename(folder))
    return {
      findings: [
        { file: 'service.json', problem: `its id is '${opened.service.id}', but its folder is '${basename(folder)}'` },
      ],
    };
  return opened;
}
