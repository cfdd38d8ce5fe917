import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '#kernel/clock';
import { memoryKeys } from '#kernel/keys';
import { createTimeStamping, prepareTimeStamping, type TimeStamping } from '../index.ts';

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;
if (!hasOpenssl) console.log('skipped: openssl is needed to judge time-stamps');

const folder = mkdtempSync(join(tmpdir(), 'jisr-time-stamps-'));
const at = (name: string) => join(folder, name);
const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' }).toString();
const judge = (...args: string[]) =>
  spawnSync('openssl', ['ts', '-verify', ...args], { cwd: folder, encoding: 'utf8' });
let authority: TimeStamping;

beforeAll(async () => {
  const keys = memoryKeys();
  const names = { ar: 'جهة تجريبية', en: 'Sample authority' };
  const certificates = await prepareTimeStamping({ keys, clock: systemClock, state: 'XX', names });
  authority = createTimeStamping({ keys, clock: systemClock, certificates });
  writeFileSync(at('ca.pem'), certificates.ca);
  writeFileSync(at('own.pem'), certificates.certificate);
  writeFileSync(at('data.txt'), 'bh.example/ledger\n7\n');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function stampFile(...options: string[]): Promise<void> {
  openssl('ts', '-query', '-data', 'data.txt', '-sha256', '-out', 'query.tsq', ...options);
  writeFileSync(at('reply.tsr'), await authority.stamp(readFileSync(at('query.tsq'))));
}

describe.skipIf(!hasOpenssl)('a time-stamp of the development authority, judged by openssl,', () => {
  test('is accepted for its query and its data, with the nonce and the certificate', async () => {
    await stampFile('-cert');
    const told = openssl('ts', '-reply', '-in', 'reply.tsr', '-text');
    expect(told).toMatch(/Status: Granted/);
    expect(told).toMatch(/Policy OID: 1\.3\.6\.1\.4\.1\.32473\.3161\.1/);
    for (const asked of [
      ['-queryfile', 'query.tsq'],
      ['-data', 'data.txt'],
    ])
      expect(judge(...asked, '-in', 'reply.tsr', '-CAfile', 'ca.pem').stdout).toMatch(/Verification: OK/);
  });

  test('is accepted without a certificate inside when the judge has it', async () => {
    await stampFile();
    const found = judge('-queryfile', 'query.tsq', '-in', 'reply.tsr', '-CAfile', 'ca.pem', '-untrusted', 'own.pem');
    expect(found.stdout).toMatch(/Verification: OK/);
  });

  test('is refused for other data, for another query and under another authority', async () => {
    await stampFile('-cert');
    writeFileSync(at('other.txt'), 'bh.example/ledger\n8\n');
    expect(judge('-data', 'other.txt', '-in', 'reply.tsr', '-CAfile', 'ca.pem').status).not.toBe(0);
    openssl('ts', '-query', '-data', 'data.txt', '-sha256', '-out', 'again.tsq', '-cert');
    expect(judge('-queryfile', 'again.tsq', '-in', 'reply.tsr', '-CAfile', 'ca.pem').status).not.toBe(0);
    expect(judge('-data', 'data.txt', '-in', 'reply.tsr', '-CAfile', 'own.pem').status).not.toBe(0);
  });

  test('is refused to whoever asks for an old digest, a policy it has not, or sends no request', async () => {
    const statusOf = async (query: Buffer) => {
      writeFileSync(at('refusal.tsr'), await authority.stamp(query));
      return openssl('ts', '-reply', '-in', 'refusal.tsr', '-text');
    };
    openssl('ts', '-query', '-data', 'data.txt', '-sha1', '-out', 'old.tsq');
    expect(await statusOf(readFileSync(at('old.tsq')))).toMatch(/Rejected[\s\S]*unrecognized or unsupported alg/);
    openssl('ts', '-query', '-data', 'data.txt', '-sha256', '-tspolicy', '1.2.3.4', '-out', 'policy.tsq');
    expect(await statusOf(readFileSync(at('policy.tsq')))).toMatch(/Rejected[\s\S]*policy/);
    for (const query of [
      Buffer.from(''),
      Buffer.from('no request'),
      Buffer.concat([readFileSync(at('old.tsq')), Buffer.of(0)]),
    ])
      expect(await statusOf(query)).toMatch(/Rejected[\s\S]*wrong format/);
  });
});
