import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Type } from 'typebox';
import type { Log } from '#kernel/log';
import { readChecked } from './config.ts';
import { Officer } from './state-folder.ts';

export type Officers = {
  /** Everybody who acts for an office of the state now. */
  list(): Promise<Officer[]>;
  find(personId: string): Promise<Officer | undefined>;
};

/**
 * The officers of a state, read again when the file changes: a role that was taken away ends with the next click, without a restart. While
 * the file cannot be read nobody is an officer: what it said before may be what had to end. Replace it by renaming a finished one over it.
 */
export function openOfficers(folder: string, log: Log): Officers {
  const file = join(folder, 'officers.json');
  let held: { version: string; officers: Officer[] } | undefined;
  const list = async (): Promise<Officer[]> => {
    try {
      const { mtimeNs, size, ino } = await stat(file, { bigint: true });
      const version = `${mtimeNs} ${size} ${ino}`;
      if (held?.version !== version) held = { version, officers: readChecked(file, Type.Array(Officer)) };
      return held.officers;
    } catch (error) {
      if (held?.version !== 'unreadable')
        log.error({ err: error }, 'the officers of the state cannot be read: nobody is one');
      held = { version: 'unreadable', officers: [] };
      return [];
    }
  };
  return { list, find: async (personId) => (await list()).find((one) => one.personId === personId) };
}
