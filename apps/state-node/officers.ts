import { statSync } from 'node:fs';
import { join } from 'node:path';
import { type TSchema, Type } from 'typebox';
import type { Log } from '#kernel/log';
import { readChecked } from './config.ts';
import { Officer, Roles, WorkingSystem } from './state-folder.ts';

export type Officers = {
  /** Everybody who acts for an office of the state now. */
  list(): Promise<Officer[]>;
  find(personId: string): Promise<Officer | undefined>;
  /** What roles let officers and systems do now. */
  roles(): Roles;
  /** The roles that an information system holds now, by its client id; none where the state has no file of systems. */
  rolesOfSystem(clientId: string): Promise<readonly string[]>;
};

type Stats = { mtimeNs: bigint; size: bigint; ino: bigint };

/** With each request of an officer, and at once: handing it to a thread costs more than the look itself. */
const lookAt = (file: string): Stats => statSync(file, { bigint: true });

/** A list in a file, read again when the file changes; empty while it cannot be read. */
function openList<Of>(file: string, schema: TSchema, log: Log, failed: string) {
  let held: { version: string; list: Of[] } | undefined;
  const lose = (error: unknown): Of[] => {
    if (held?.version !== 'unreadable') log.error({ err: error }, failed);
    held = { version: 'unreadable', list: [] };
    return held.list;
  };
  const read = ({ mtimeNs, size, ino }: Stats): Of[] => {
    const version = `${mtimeNs} ${size} ${ino}`;
    if (held?.version !== version) held = { version, list: readChecked(file, schema) as Of[] };
    return held.list;
  };
  return { read, lose };
}

/**
 * The officers of a state and what their roles are worth, read again when the files change: a role that was taken away ends with the next
 * click, without a restart. While a file cannot be read nobody is an officer, or no role lets anybody do anything: what it said before may
 * be what had to end. Replace a file by renaming a finished one over it.
 */
export function openOfficers(folder: string, log: Log): Officers {
  const officersFile = join(folder, 'officers.json');
  const rolesFile = join(folder, 'roles.json');
  const systemsFile = join(folder, 'systems.json');
  const officers = openList<Officer>(
    officersFile,
    Type.Array(Officer),
    log,
    'the officers of the state cannot be read: nobody is one',
  );
  const known = openList<Roles[number]>(
    rolesFile,
    Roles,
    log,
    'the roles of the state cannot be read: no officer sees any case',
  );
  const systems = openList<WorkingSystem>(
    systemsFile,
    Type.Array(WorkingSystem),
    log,
    'the systems of the state cannot be read: none works on cases',
  );
  const list = async (): Promise<Officer[]> => {
    try {
      return officers.read(lookAt(officersFile));
    } catch (error) {
      return officers.lose(error);
    }
  };
  return {
    list,
    find: async (personId) => (await list()).find((one) => one.personId === personId),
    rolesOfSystem: async (clientId) => {
      try {
        return systems.read(lookAt(systemsFile)).find((one) => one.clientId === clientId)?.roles ?? [];
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') systems.lose(error);
        return [];
      }
    },
    roles: () => {
      try {
        return known.read(lookAt(rolesFile));
      } catch (error) {
        return known.lose(error);
      }
    },
  };
}
