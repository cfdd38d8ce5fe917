import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createClient } from '#kernel/client';
import { systemClock } from '#kernel/clock';
import type { Database } from '#kernel/database';
import { createHttpServer, mountContract } from '#kernel/http';
import { createHttpClient } from '#kernel/http-client';
import { memoryKeys } from '#kernel/keys';
import { silentLog } from '#kernel/log';
import { createSignatures, type Signatures, signaturesContract, signaturesMigrations } from '#modules/signatures';
import { openTestDatabase } from '#tests/support/database';
import { decisionInput } from './decision.ts';

const offices: Record<string, { ar: string; en: string }> = {
  moe: { ar: 'وزارة التعليم', en: 'Ministry of Education' },
  moh: { ar: 'وزارة الصحة', en: 'Ministry of Health' },
};
const keys = memoryKeys();
const folder = mkdtempSync(join(tmpdir(), 'seals-'));
let database: Database;
let saudi: Signatures;
let caPem: string;
let sealed: Buffer;

function createState(db: Database, ownKeys = keys, state = 'SA') {
  return createSignatures({
    keys: ownKeys,
    clock: systemClock,
    database: db,
    state,
    names: { ar: 'المملكة العربية السعودية', en: 'Saudi Arabia' },
    findOfficeNames: (officeId) => offices[officeId],
  });
}

beforeAll(async () => {
  database = await openTestDatabase(signaturesMigrations);
  saudi = createState(database);
  caPem = await saudi.caCertificatePem();
  sealed = await saudi.sealPdf(await saudi.makeDocument(decisionInput()), { officeId: 'moe' });
});
afterAll(async () => {
  await database?.close();
  rmSync(folder, { recursive: true, force: true });
});

test('a document is set by a process of its own, and the next one too after that process was killed', async () => {
  await saudi.makeDocument(decisionInput());
  const setters = listChildren('typesetting/process.ts');
  expect(setters.length).toBeGreaterThan(0);
  const making = saudi.makeDocument(decisionInput());
  for (const pid of setters) process.kill(pid, 'SIGKILL');
  await expect(making).rejects.toThrow('the typesetting process ended');
  expect((await saudi.makeDocument(decisionInput())).subarray(0, 5).toString()).toBe('%PDF-');
});

/** Processes that this one started with the named program (proc(5)). */
function listChildren(program: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
        const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
        return parent === process.pid && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(program);
      } catch {
        // Ended while it was looked at.
        return false;
      }
    });
}

function verify(pdf: Buffer, trustedCas = [caPem], at?: Date) {
  return saudi.verifyPdf(pdf, { trustedCas, at });
}

/** Runs a judge that the machine may lack; says so in one line instead of passing in silence. */
function judge(command: string, args: string[]): string | undefined {
  try {
    return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    if ((error as { code?: string }).code !== 'ENOENT') throw error;
    console.log(
      `SKIPPED: ${command} is not installed here (Debian: poppler-utils, openssl), so it did not judge this document`,
    );
    return undefined;
  }
}

function file(name: string, content: Buffer | string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

function rangeOf(pdf: Buffer): [number, number, number, number] {
  return /\/ByteRange\s*\[\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)/.exec(pdf.toString('latin1'))!.slice(1).map(Number) as never;
}

describe('certificates', () => {
  test('an office keeps its certificate over a restart, and the authority keeps its own', async () => {
    const before = [await saudi.caCertificatePem(), await saudi.officeCertificatePem('moe')];
    const restarted = createState(database);
    expect([await restarted.caCertificatePem(), await restarted.officeCertificatePem('moe')]).toEqual(before);
  });

  test('an office that does not exist gets no seal', async () => {
    await expect(saudi.sealPdf(sealed, { officeId: 'nobody' })).rejects.toMatchObject({ code: 'office-unknown' });
  });

  test('openssl finds the chain good and the seal certificate fit for sealing only', async () => {
    const ca = file('ca.pem', caPem);
    const seal = file('seal.pem', await saudi.officeCertificatePem('moe'));
    const chain = judge('openssl', ['verify', '-x509_strict', '-CAfile', ca, seal]);
    if (chain === undefined) return;
    expect(chain).toContain('OK');
    const text = judge('openssl', ['x509', '-in', seal, '-noout', '-text', '-nameopt', 'utf8,sep_comma_plus'])!;
    expect(text).toContain('Digital Signature, Non Repudiation');
    expect(text).toContain('CA:FALSE');
    expect(text).toContain('وزارة التعليم');
    expect(text).toContain('Ministry of Education');
  });

  test('the certificates of the authority are published', async () => {
    const server = createHttpServer({
      publicUrl: 'http://sa.localhost',
      log: silentLog,
      clock: systemClock,
      identify: async () => ({ kind: 'anyone' }),
    });
    mountContract(server, signaturesContract, saudi.handlers);
    const { port } = await server.listen({ port: 0, host: '127.0.0.1' });
    const http = createHttpClient();
    try {
      const client = createClient(signaturesContract, { baseUrl: `http://sa.localhost:${port}`, http });
      const answer = await client.readCaCertificates({});
      expect(answer.bytes.toString()).toBe(caPem);
      expect(answer.contentType).toContain('application/pem-certificate-chain');
    } finally {
      await http.close();
      await server.close();
    }
  });
});

describe('a document', () => {
  test('is PDF/A-3 with tags, title, language and the attached credential byte for byte', async () => {
    const path = file('sealed.pdf', sealed);
    const text = sealed.toString('latin1');
    expect(text).toMatch(/pdfaid:part(>|=")3/);
    expect(text).toMatch(/pdfaid:conformance(>|=")A/);
    expect(text).toMatch(/\/Lang\s*\(ar/);
    expect(text).toContain('/AFRelationship');
    const info = judge('pdfinfo', [path]);
    if (info === undefined) return;
    expect(info).toMatch(/Tagged:\s+yes/);
    expect(info).toContain('معادلة شهادة جامعية');
    const out = join(folder, 'detached');
    judge('pdfdetach', ['-save', '1', '-o', out, path]);
    expect(readFileSync(out)).toEqual(decisionInput().attachments![0]!.bytes);
    expect(judge('pdffonts', [path])).toContain('IBMPlexSansArabic');
  });

  test('shows a name in any script without failing, and data is never read as commands', async () => {
    const input = decisionInput();
    const odd = { ...input, data: { ...input.data, reference: '#panic("x") 漢字 \u0000 🙂 \u200f$x$ *b*' } };
    await expect(saudi.makeDocument(odd)).resolves.toBeInstanceOf(Buffer);
  });

  test('is refused with the place of the mistake when its template does not compile', async () => {
    await expect(saudi.makeDocument({ ...decisionInput(), template: '#nonsense' })).rejects.toThrow(/nonsense/);
  });

  test('does not see the files of the document before it', async () => {
    const bare = { ...decisionInput(), attachments: [], template: '#read("/attachments/credential.sd-jwt")' };
    await expect(saudi.makeDocument(bare)).rejects.toThrow(/not found|not exist/);
  });
});

describe('a seal', () => {
  test('is accepted, and names who sealed, for which state, when, and what is attached', async () => {
    const verdict = await verify(sealed);
    expect(verdict).toMatchObject({
      ok: true,
      coversWholeFile: true,
      sealedBy: { names: offices['moe'], state: 'SA' },
    });
    if (!verdict.ok) throw new Error('unreachable');
    expect(Math.abs(verdict.signedAt!.getTime() - systemClock.now().getTime())).toBeLessThan(600_000);
    expect(verdict.attachments).toMatchObject([{ name: 'credential.sd-jwt', mediaType: 'application/dc+sd-jwt' }]);
    expect(verdict.attachments[0]!.bytes).toEqual(decisionInput().attachments![0]!.bytes);
  });

  test('is accepted by openssl as CMS over the byte range, and carries no signing time of its own', async () => {
    const [, holeAt, tailAt] = rangeOf(sealed);
    const hole = Buffer.from(sealed.subarray(holeAt + 1, tailAt - 1).toString('latin1'), 'hex');
    const cms = file('seal.der', hole.subarray(0, 4 + hole.readUInt16BE(2)));
    const content = file('content', Buffer.concat([sealed.subarray(0, holeAt), sealed.subarray(tailAt)]));
    const common = ['-inform', 'DER', '-in', cms, '-binary', '-CAfile', file('ca.pem', caPem)];
    const out = judge('openssl', [
      'cms',
      '-verify',
      ...common,
      '-content',
      content,
      '-purpose',
      'any',
      '-cades',
      '-out',
      join(folder, 'o'),
    ]);
    if (out === undefined) return;
    const printed = judge('openssl', ['cms', '-cmsout', '-print', '-inform', 'DER', '-in', cms])!;
    expect(printed).not.toContain('signingTime');
    expect(printed).toContain('id-smime-aa-signingCertificateV2');
    writeFileSync(content, Buffer.concat([readFileSync(content), Buffer.from(' ')]));
    expect(() =>
      judge('openssl', [
        'cms',
        '-verify',
        ...common,
        '-content',
        content,
        '-purpose',
        'any',
        '-cades',
        '-out',
        join(folder, 'o'),
      ]),
    ).toThrow();
  });

  test('is found valid and covering the whole file by pdfsig, and the file sound by qpdf', () => {
    const path = file('sealed.pdf', sealed);
    const said = judge('pdfsig', [path]);
    if (said === undefined) return;
    expect(said).toContain('Signature is Valid');
    expect(said).toContain('Total document signed');
    expect(said).toContain('ETSI.CAdES.detached');
    const changed = Buffer.from(sealed);
    changed[2_000]! ^= 1;
    expect(judge('pdfsig', [file('changed.pdf', changed)])).not.toContain('Signature is Valid');
    const sound = judge('qpdf', ['--check', path]);
    if (sound !== undefined) expect(sound).toContain('No syntax or stream encoding errors');
  });

  test('breaks when any one byte of the file is changed, wherever it stands', async () => {
    const [, holeAt, tailAt] = rangeOf(sealed);
    const cmsLength =
      4 + Buffer.from(sealed.subarray(holeAt + 1, holeAt + 9).toString('latin1'), 'hex').readUInt16BE(2);
    const end = holeAt + 1 + cmsLength * 2;
    const places = new Set<number>([0, holeAt, tailAt - 1, tailAt, sealed.length - 1, end, end + 7, tailAt - 2]);
    for (let at = 5; at < sealed.length; at += 397) places.add(at);
    for (let at = sealed.indexOf('/ByteRange'); at < holeAt; at += 1) places.add(at);
    for (let at = holeAt; at < end; at += 3) places.add(at);
    const reasons = new Map<string, number>();
    for (const at of places)
      for (const mask of [0x01, 0x20]) {
        const changed = Buffer.from(sealed);
        changed[at]! ^= mask;
        const verdict = await verify(changed);
        if (verdict.ok) throw new Error(`a change at byte ${at} (mask ${mask}) went unnoticed`);
        const isHole = at > holeAt && at < tailAt - 1;
        const expected = at < 5 ? ['not-a-pdf'] : isHole ? ['seal-invalid', 'altered', 'untrusted'] : ['altered'];
        expect(expected, `byte ${at} of ${sealed.length}: ${verdict.reason}`).toContain(verdict.reason);
        reasons.set(verdict.reason, (reasons.get(verdict.reason) ?? 0) + 1);
      }
    expect(reasons.get('altered')).toBeGreaterThan(100);
    expect(reasons.get('seal-invalid')).toBeGreaterThan(100);
  });

  test('no longer counts when something was appended, which is told apart from a change', async () => {
    expect(await verify(Buffer.concat([sealed, Buffer.from('\n')]))).toMatchObject({
      ok: false,
      reason: 'appended-after-seal',
    });
    const update = '\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer << /Root 1 0 R >>\nstartxref\n0\n%%EOF\n';
    expect(await verify(Buffer.concat([sealed, Buffer.from(update)]))).toMatchObject({
      ok: false,
      reason: 'appended-after-seal',
      coversWholeFile: false,
      sealedBy: { state: 'SA' },
    });
  });

  test('of an authority that nobody trusts is refused, also when it calls itself the same', async () => {
    const other = await openTestDatabase(signaturesMigrations);
    try {
      const impostor = createState(other, memoryKeys());
      const forged = await impostor.sealPdf(await impostor.makeDocument(decisionInput()), { officeId: 'moe' });
      expect(await verify(forged)).toMatchObject({ ok: false, reason: 'untrusted' });
      expect(await verify(forged, [caPem, await impostor.caCertificatePem()])).toMatchObject({ ok: true });
      expect(await verify(sealed, [])).toMatchObject({ ok: false, reason: 'untrusted' });
    } finally {
      await other.close();
    }
  });

  test('is refused outside the time for which its certificate was made', async () => {
    const later = new Date(systemClock.now().getTime() + 6 * 365 * 86_400_000);
    expect(await verify(sealed, [caPem], later)).toMatchObject({ ok: false, reason: 'untrusted' });
    expect(await verify(sealed, [caPem], new Date(0))).toMatchObject({ ok: false, reason: 'untrusted' });
  });

  test('is missed in a document without one, and a file that is no PDF is called so', async () => {
    expect(await verify(await saudi.makeDocument(decisionInput()))).toMatchObject({ ok: false, reason: 'no-seal' });
    expect(await verify(Buffer.from('hello'))).toMatchObject({ ok: false, reason: 'not-a-pdf' });
    expect(await verify(Buffer.alloc(0))).toMatchObject({ ok: false, reason: 'not-a-pdf' });
  });

  test('can stand over another seal: the last one covers everything', async () => {
    const twice = await saudi.sealPdf(sealed, { officeId: 'moh' });
    expect(await verify(twice)).toMatchObject({ ok: true, sealedBy: { names: offices['moh'] } });
  });
});
