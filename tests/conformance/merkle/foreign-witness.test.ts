import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { sha256 } from '#kernel/ids';
import { createLedger, verifyInclusionProof } from '#modules/ledger';
import { formatAddCheckpoint } from '../../../modules/ledger/add-checkpoint.ts';
import { openTestState, type TestState } from '../../../modules/ledger/test/states.ts';
import { signCheckpoint } from '../../../modules/ledger/test/witnessing.ts';

const folder = mkdtempSync(join(tmpdir(), 'jisr-foreign-witness-'));
const at = (name: string) => join(folder, name);
// Only what is on the machine; `.ci/run` brings the module beforehand.
const built = spawnSync('go', ['build', '-o', at('litewitness'), 'filippo.io/torchwood/cmd/litewitness'], {
  cwd: join(import.meta.dirname, 'foreign-witness'),
  env: { ...process.env, GOPROXY: 'off', GOTOOLCHAIN: 'local', GOFLAGS: '-mod=readonly' },
  timeout: 180_000,
});
const hasAgent = ['ssh-agent', 'ssh-add', 'ssh-keygen'].every((tool) => spawnSync('which', [tool]).status === 0);
const isHere = built.status === 0 && hasAgent;
if (!isHere) console.log('skipped: litewitness (Go, filippo.io/torchwood) and OpenSSH are needed as a foreign witness');

const started: ChildProcess[] = [];
function start(command: string, args: string[]): ChildProcess {
  const child = spawn(command, args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
  started.push(child);
  return child;
}

async function findFreePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as { port: number };
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

describe.skipIf(!isHere)('litewitness, a witness that nobody here wrote,', () => {
  let state: TestState;
  let url: string;
  let witnessKey: string;

  beforeAll(async () => {
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', at('key')]);
    start('ssh-agent', ['-D', '-a', at('agent')]);
    await vi.waitFor(() => expect(existsSync(at('agent'))).toBe(true), 60_000);
    execFileSync('ssh-add', ['-q', at('key')], { env: { ...process.env, SSH_AUTH_SOCK: at('agent') }, stdio: 'pipe' });
    const [, fingerprint] = execFileSync('ssh-keygen', ['-l', '-f', at('key')])
      .toString()
      .split(' ');
    const port = await findFreePort();
    url = `http://127.0.0.1:${port}`;
    const witness = start(at('litewitness'), [
      '-name=foreign.example/witness',
      `-key=${fingerprint}`,
      `-ssh-agent=${at('agent')}`,
      `-db=${at('witness.db')}`,
      `-listen=127.0.0.1:${port}`,
    ]);
    let said = '';
    witness.stderr!.on('data', (part: Buffer) => {
      said += part.toString();
    });
    await vi.waitFor(() => expect(said).toMatch(/msg=listening/), 60_000);
    witnessKey = /vkey="?([^\s"]+)/.exec(said)![1]!;

    state = await openTestState(
      'bh',
      [
        {
          origin: 'foreign.example/ledger',
          ledgerKey: '',
          ledgerUrl: `${url}/ledger`,
          witnessUrl: url,
          witnessKey,
        },
      ],
      { quorum: 1 },
    );
    // As its own tool writes it: the log, nothing seen of it yet, and its key.
    const database = new DatabaseSync(at('witness.db'));
    const { ledgerKey } = state.ledger.keys;
    database
      .prepare('insert into log (origin, tree_size, tree_hash) values (?, 0, ?)')
      .run(state.needs.origin, sha256('').toString('base64'));
    database.prepare('insert into key (origin, key) values (?, ?)').run(state.needs.origin, ledgerKey);
    database.close();
  });
  afterAll(async () => {
    await state?.close();
    for (const child of started.reverse()) child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  test('cosigns our log as it grows, over several tiles, and the cosigned proof verifies', async () => {
    for (const count of [1, 6, 300, 2]) {
      let last = '';
      await state.database.transaction(async (tx) => {
        for (let each = 0; each < count; each += 1)
          last = (await state.ledger.append(tx, { kind: 'evidence-answered', record: { each } })).entryId;
      });
      await state.ledger.integrate();
      await state.ledger.gatherCosignatures();
      expect((await state.ledger.statusOf()).cosignedBy).toEqual(['foreign.example/witness']);
      const proof = (await state.ledger.findProof(last))!;
      const policy = { logKey: state.ledger.keys.ledgerKey, witnesses: [witnessKey], quorum: 1 };
      expect(await verifyInclusionProof(proof, policy)).toMatchObject({
        ok: true,
        cosignedBy: ['foreign.example/witness'],
      });
    }
  });

  test('answers our requests with the same statuses as our own witness', async () => {
    const { size } = await state.ledger.statusOf();
    const submit = async (body: string) => {
      const answer = await state.http.request({ method: 'POST', url: `${url}/add-checkpoint`, body });
      return answer.status;
    };
    const sign = (treeSize: number, root: string) => signCheckpoint(state, treeSize, sha256(root));
    const request = (oldSize: number, note: string, hashes: Buffer[] = []) =>
      formatAddCheckpoint({ oldSize, hashes, note });
    expect(await submit(request(size - 1, await sign(size + 1, 'x')))).toBe(409);
    expect(await submit(request(size + 2, await sign(size + 1, 'x')))).toBe(400);
    expect(await submit(request(size, await sign(size + 1, 'x'), [sha256('a')]))).toBe(422);
    expect(await submit(request(size, await sign(size, 'a fork')))).toBe(422);
    const forged = (await sign(size, 'x')).replace(`\n${size}\n`, `\n${size + 1}\n`);
    expect(await submit(request(size, forged))).toBe(403);
  });

  test('does not cosign our log after it lost its entries, and we see that it disputes it', async () => {
    const fresh = await openTestState('bh');
    const { logSigner, witnessSigner, neighbours } = state.needs;
    const ledger = createLedger({ ...fresh.needs, logSigner, witnessSigner, neighbours });
    await fresh.database.transaction((tx) => ledger.append(tx, { kind: 'consent-given', record: {} }));
    await ledger.integrate();
    await ledger.gatherCosignatures();
    expect((await ledger.statusOf()).cosignedBy).toEqual([]);
    expect((await ledger.statusOf()).disputedBy).toEqual(['foreign.example/witness']);
    await fresh.close();
  });
});
