import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeNodesFolder } from '../support/folders.ts';
import { findPortOffset } from '../support/ports.ts';

const demo = join(import.meta.dirname, '..', '..', 'apps', 'federation', 'demo.ts');

// On a server the demo would use databases that are not the test's own.
test.skipIf(process.env['DATABASE_URL'] !== undefined)(
  'the demo starts a federation of its own, walks the whole journey, and says so in its last line',
  async () => {
    const folder = makeNodesFolder('demo');
    const env = { ...process.env, JISR_DATA: folder, JISR_PORT_OFFSET: String(await findPortOffset('127.0.0.1')) };
    const child = spawn(process.execPath, [demo], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (part: string) => {
      said += part;
    });
    const timer = setTimeout(() => child.kill('SIGKILL'), 400_000);
    const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
    clearTimeout(timer);
    rmSync(folder, { recursive: true, force: true });
    const last = said.trim().split('\n').at(-1)!;
    expect(JSON.parse(last)).toMatchObject({ journey: 'degree-recognition', ok: true });
    expect(code).toBe(0);
    expect(said).toContain('What crossed the border');
  },
  420_000,
);
