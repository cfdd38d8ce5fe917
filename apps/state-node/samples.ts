import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '#kernel/clock';
import type { Database } from '#kernel/database';
import { importRegistry, type RegistryTables } from '#modules/exchange';
import type { PersonImport, Persons } from '#modules/identity';
import type { NationalIdSchemeId } from '#protocol/national-ids';

/** A registry description; that of a sample registry also has the tables to make. */
type RegistryFile = {
  id: string;
  tables?: Array<{ name: string; columns: Record<string, string>; primaryKey: string }>;
};

/** The descriptions of a state's registries, without the sample tables that stand beside them. */
export function readRegistries(stateFolder: string): object[] {
  return registryFiles(stateFolder).map(({ tables: _, ...description }) => description);
}

/** Loads the invented people and records of a state's folder; what is there already is left alone. */
export async function loadSamples(
  needs: { database: Database; clock: Clock; persons: Persons; scheme: string },
  stateFolder: string,
): Promise<void> {
  for (const registry of registryFiles(stateFolder)) {
    if (!registry.tables) continue;
    const rows = JSON.parse(readFileSync(join(stateFolder, 'registries', `${registry.id}.rows.json`), 'utf8')) as {
      tables: Record<string, RegistryTables['tables'][number]['rows']>;
    };
    await importRegistry(needs, {
      id: registry.id,
      tables: registry.tables.map(({ name, columns, primaryKey }) => ({
        name,
        columns: columns as RegistryTables['tables'][number]['columns'],
        key: [primaryKey],
        rows: rows.tables[name] ?? [],
      })),
    });
  }
  const { people } = JSON.parse(readFileSync(join(stateFolder, 'people.json'), 'utf8')) as {
    people: Array<Omit<PersonImport, 'scheme'>>;
  };
  if (people[0] && (await needs.persons.findPerson(people[0].personId))) return;
  await needs.persons.importPersons(
    people.map(({ personId, nationalId, names, passwordHash, totpSecret }) => ({
      personId,
      scheme: needs.scheme as NationalIdSchemeId,
      nationalId,
      names,
      passwordHash,
      totpSecret,
    })),
  );
}

function registryFiles(stateFolder: string): RegistryFile[] {
  const folder = join(stateFolder, 'registries');
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json') && !name.endsWith('.rows.json'))
    .sort()
    .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as RegistryFile);
}
