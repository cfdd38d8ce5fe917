import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findBusyPorts, type SampleNode } from '../../apps/federation/launcher.ts';

const demo = join(import.meta.dirname, '..', '..', 'apps', 'federation', 'demo.ts');

async function findOffset(): Promise<number> {
  for (let attempt = 0; attempt < 20; attempt += 1) {
    // Below the ports that the system gives to outgoing connections: one of those may be taken between look and use.
    const offset = 2_000 + Math.floor(Math.random() * 2_000) * 10;
    const wanted = Array.from({ length: 7 }, (_, at) => ({ port: 4000 + at + offset })) as SampleNode[];
    if ((await findBusyPorts(wanted, '127.0.0.1')).length === 0) return offset;
  }
  throw new Error('no seven free ports in a row');
}

// On a server the demo would use databases that are not the test's own.
test.skipIf(process.env['DATABASE_URL'] !== undefined)(
  'the demo starts a federation of its own, walks the whole journey, and says so in its last line',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'jisr-demo-'));
    const env = { ...process.env, JISR_DATA: folder, JISR_PORT_OFFSET: String(await findOffset()) };
    const child = spawn(process.execPath, [demo], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (part: string) => {
      said += part;
    });
    const timer = setTimeout(() => child.kill('SIGKILL'), 150_000);
    const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
    clearTimeout(timer);
    rmSync(folder, { recursive: true, force: true });
    const last = said.trim().split('\n').at(-1)!;
    expect(JSON.parse(last)).toMatchObject({ journey: 'degree-recognition', ok: true });
    expect(code).toBe(0);
    expect(said).toContain('What crossed the border');
  },
  180_000,
);
