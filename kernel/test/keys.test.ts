import { execFile } from 'node:child_process';
import { createPublicKey, verify } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { compactVerify, importJWK } from 'jose';
import { expect, test } from 'vitest';
import { decodeJws, signJws, verifyJws } from '#kernel/jws';
import { derToP1363, memoryKeys, openKeyFolder, p1363ToDer, verifySignature } from '#kernel/keys';

test('a key is made once, kept for this account alone, and found again', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'jisr-keys-'));
  try {
    const first = await openKeyFolder(folder).signer('office');
    const again = await openKeyFolder(folder).signer('office');
    expect(again.kid).toBe(first.kid);
    for (const file of readdirSync(folder)) expect(statSync(join(folder, file)).mode & 0o777).toBe(0o600);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    await expect(openKeyFolder(folder).signer('../escape')).rejects.toThrow('not a key name');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('every key that was made is listed with its algorithm, those beside another of the same name too', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'jisr-keys-'));
  try {
    for (const keys of [openKeyFolder(folder), memoryKeys()]) {
      for (const alg of ['ES256', 'Ed25519', 'ML-DSA-44'] as const) await keys.signer('ledger.witness', alg);
      await keys.secret('held');
      const listed = (await keys.list()).map(({ name, alg }) => `${name} ${alg}`);
      expect(listed.sort()).toEqual(['ledger.witness ES256', 'ledger.witness Ed25519', 'ledger.witness ML-DSA-44']);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('processes that make the same keys at once end with the same keys', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'jisr-keys-'));
  try {
    const program = `
      const { openKeyFolder } = await import(${JSON.stringify(import.meta.resolve('#kernel/keys'))});
      const keys = openKeyFolder(${JSON.stringify(folder)});
      // All begin in the same moment, however long each took to load.
      await new Promise((resolve) => setTimeout(resolve, ${Date.now() + 1_500} - Date.now()));
      const made = [];
      for (let place = 0; place < 40; place += 1) {
        made.push((await keys.signer('office.' + place)).kid);
        made.push((await keys.secret('salt.' + place)).toString('hex'));
      }
      console.log(made.join());`;
    const run = () => promisify(execFile)(process.execPath, ['--input-type=module', '-e', program]);
    const made = await Promise.all([run(), run(), run()]);
    expect(new Set(made.map(({ stdout }) => stdout)).size).toBe(1);
    expect(readdirSync(folder).filter((file) => file.endsWith('.new'))).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('signatures convert between JOSE and ASN.1 form without loss', async () => {
  const signer = await memoryKeys().signer('k');
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (data) => {
      const raw = await signer.sign(data);
      expect(derToP1363(p1363ToDer(raw))).toEqual(raw);
      expect(
        verify('sha256', data, createPublicKey({ key: signer.publicJwk as never, format: 'jwk' }), p1363ToDer(raw)),
      ).toBe(true);
    }),
    { numRuns: 60 },
  );
});

test('another library accepts our signatures, and one changed bit is refused', async () => {
  for (const alg of ['ES256', 'Ed25519'] as const) {
    const signer = await memoryKeys().signer('k', alg);
    const token = await signJws(signer, { hello: 'جسر' }, { typ: 'test+jwt' });
    const judged = await compactVerify(token, await importJWK(signer.publicJwk as never, alg));
    expect(JSON.parse(new TextDecoder().decode(judged.payload))).toEqual({ hello: 'جسر' });
    expect(verifyJws(token, [signer.publicJwk], { typ: 'test+jwt' }).payload).toEqual({ hello: 'جسر' });
    expect(() => verifyJws(token, [signer.publicJwk], { typ: 'other+jwt' })).toThrow('signature-invalid');
    const [head, body, signature] = token.split('.') as [string, string, string];
    const forged = `${head}.${Buffer.from('{"hello":"x"}').toString('base64url')}.${signature}`;
    expect(() => verifyJws(forged, [signer.publicJwk])).toThrow('signature-invalid');
    const none = `${Buffer.from(`{"alg":"none","kid":"${signer.kid}"}`).toString('base64url')}.${body}.${signature}`;
    expect(() => verifyJws(none, [signer.publicJwk])).toThrow('signature-invalid');
    const critical = await signJws(signer, {}, { crit: ['exp'] });
    expect(() => verifyJws(critical, [signer.publicJwk])).toThrow('signature-invalid');
    expect(decodeJws(token).header.kid).toBe(signer.kid);
  }
});

test('a signature of another algorithm, key or length is false and not an error', async () => {
  const keys = memoryKeys();
  const [ec, ed] = [await keys.signer('a'), await keys.signer('a', 'Ed25519')];
  const data = Buffer.from('data');
  expect(verifySignature(ed.publicJwk, 'Ed25519', data, await ec.sign(data))).toBe(false);
  expect(verifySignature(ec.publicJwk, 'Ed25519', data, await ed.sign(data))).toBe(false);
  expect(verifySignature(ec.publicJwk, 'ES256', data, Buffer.alloc(63))).toBe(false);
  expect(verifySignature(ec.publicJwk, 'ES256', data, Buffer.alloc(64))).toBe(false);
});
