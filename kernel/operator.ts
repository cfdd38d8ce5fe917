import { timingSafeEqual } from 'node:crypto';
import { chmodSync, existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { randomToken, sha256 } from './ids.ts';

/**
 * How a node knows its operator: whoever can read `operator/secret` in its data folder. A file, because that right is given
 * and taken away on the machine itself, and because a program that scrapes metrics can be pointed at it.
 */
export type OperatorFolder = {
  secret: string;
  /** Whether a text is the secret; the time it takes tells nothing of how much of it is right. */
  isSecret(text: string): boolean;
  /** Writes down where the operator address of the running node is, for whoever may read the secret. */
  announce(url: string): void;
  withdraw(): void;
};

/** Opens the folder, and makes the secret at first use: 256 bits, readable by the node's own account alone. */
export function openOperatorFolder(dataFolder: string): OperatorFolder {
  const folder = join(dataFolder, 'operator');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700);
  const file = join(folder, 'secret');
  if (!existsSync(file)) {
    const half = join(folder, `secret.${process.pid}.new`);
    writeFileSync(half, `${randomToken()}\n`, { mode: 0o600 });
    try {
      // A link, and not a rename: of two processes that start at once, the second takes the secret of the first.
      linkSync(half, file);
    } catch (error) {
      if ((error as { code?: string }).code !== 'EEXIST') throw error;
    } finally {
      rmSync(half, { force: true });
    }
  }
  const secret = readFileSync(file, 'utf8').trim();
  if (secret.length < 32)
    throw new Error(`${file} is too short for a secret. Remove it; the next start makes a new one.`);
  const digest = sha256(secret);
  const address = join(folder, 'address');
  return {
    secret,
    isSecret: (text) => timingSafeEqual(sha256(text), digest),
    announce: (url) => writeFileSync(address, `${url}\n`, { mode: 0o600 }),
    withdraw: () => rmSync(address, { force: true }),
  };
}

/** What a command on the same machine needs to speak to a node as its operator; undefined where it may not or cannot. */
export function readOperatorFolder(dataFolder: string): { url: string; secret: string } | undefined {
  try {
    const [url, secret] = ['address', 'secret'].map((name) =>
      readFileSync(join(dataFolder, 'operator', name), 'utf8').trim(),
    );
    return { url: url!, secret: secret! };
  } catch (error) {
    if (['ENOENT', 'EACCES', 'ENOTDIR'].includes((error as { code?: string }).code ?? '')) return undefined;
    throw error;
  }
}
