import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transformSync, version } from 'esbuild';

/**
 * Lets Node import `.tsx` files: it strips types by itself but knows no JSX. Each file is turned once and kept in
 * `cacheFolder` under the hash of its content. Call it before the first import of a page.
 */
export function registerJsx(cacheFolder: string): void {
  mkdirSync(cacheFolder, { recursive: true });
  registerHooks({
    load: (url, context, nextLoad) => {
      if (!url.startsWith('file:') || !url.endsWith('.tsx')) return nextLoad(url, context);
      const file = fileURLToPath(url);
      const source = readFileSync(file, 'utf8');
      const kept = join(cacheFolder, `${createHash('sha256').update(version).update(source).digest('hex')}.mjs`);
      if (!existsSync(kept)) {
        const { code } = transformSync(source, {
          loader: 'tsx',
          jsx: 'automatic',
          format: 'esm',
          target: 'node24',
          sourcefile: file,
          sourcemap: 'inline',
        });
        const half = `${kept}.${process.pid}`;
        writeFileSync(half, code);
        renameSync(half, kept);
      }
      return { format: 'module', source: readFileSync(kept, 'utf8'), shortCircuit: true };
    },
  });
}
