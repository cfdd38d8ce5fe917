import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { RegistryFault } from './adapter.ts';

/** Secrets that an operator puts into the node's folder: a registry description holds only their names. */
export type Secrets = {
  /** Throws RegistryFault with what to do when it is missing or too openly kept. */
  read(name: string): string;
  /** The next read takes it from the folder again: for a secret that was refused and may have been changed. */
  forget(name: string): void;
};

const mayOthersReadMask = 0o077;
const secretBytesMax = 16_384;

/** One file per secret; the name of the file is the name of the secret, its text without the last line break is the value. */
export function openSecretFolder(folder: string): Secrets {
  const known = new Map<string, string>();
  return {
    read: (name) => {
      const found = known.get(name);
      if (found !== undefined) return found;
      const file = join(folder, name);
      let value: string;
      try {
        const { mode, size } = statSync(file);
        if (process.platform !== 'win32' && (mode & mayOthersReadMask) !== 0)
          throw new RegistryFault('secret-open', {
            en: `Others can read the secret ${name}. Close it to them: chmod 600 ${file}`,
            ar: `يستطيع غير العقدة قراءة السر ${name}. امنعهم: chmod 600 ${file}`,
          });
        if (size > secretBytesMax)
          throw new RegistryFault('secret-too-large', {
            en: `The secret ${name} is larger than ${secretBytesMax} bytes.`,
            ar: `السر ${name} أكبر من ${secretBytesMax} بايت.`,
          });
        value = readFileSync(file, 'utf8').trim();
      } catch (error) {
        if (error instanceof RegistryFault) throw error;
        throw new RegistryFault('secret-missing', {
          en: `The secret ${name} cannot be read. Put it into ${file}, mode 600.`,
          ar: `تتعذر قراءة السر ${name}. ضعه في ${file} بالصلاحية 600.`,
        });
      }
      if (value === '')
        throw new RegistryFault('secret-missing', {
          en: `The secret ${name} is empty. Put it into ${file}.`,
          ar: `السر ${name} فارغ. ضعه في ${file}.`,
        });
      known.set(name, value);
      return value;
    },
    forget: (name) => void known.delete(name),
  };
}
