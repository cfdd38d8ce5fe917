import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '#kernel/clock';
import { randomBytes, sha256 } from '#kernel/ids';
import { memoryKeys, openKeyFolder } from '#kernel/keys';
import { judgeStamping, type LeafStamp, type TimeStampAuthority, verifyLeafStamp, verifyToken } from '#modules/ledger';
import { createTimeStamping, prepareTimeStamping, type TimeStamping } from '#modules/signatures';
import { makeStampRequest, readStampReply } from '../../../modules/ledger/stamps/token.ts';
import { openTestState, type TestState } from '../../../modules/ledger/test/states.ts';
import { hasOpenssl, type OpensslAuthority, openOpensslAuthority } from './openssl-authority.ts';

if (!hasOpenssl) console.log('skipped: openssl is needed as a foreign time-stamping authority and as a judge');

type Mood = 'well' | 'silent' | 'broken' | 'html' | 'replaying';

/** An authority behind HTTP whose mood a test decides. */
async function serve(reply: (query: Buffer) => Promise<Buffer> | Buffer) {
  let mood: Mood = 'well';
  let asked = 0;
  let last: Buffer | undefined;
  const server: Server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', async () => {
      asked += 1;
      if (mood === 'silent') return;
      if (mood === 'broken') return void response.writeHead(503).end();
      if (mood === 'html') return void response.end('<html>Sign in to the hotel network</html>');
      const answer = mood === 'replaying' && last ? last : await reply(Buffer.concat(parts));
      last = answer;
      response.setHeader('content-type', 'application/timestamp-reply').end(answer);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    feel: (now: Mood) => {
      mood = now;
    },
    asked: () => asked,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
type Served = Awaited<ReturnType<typeof serve>>;

const opened: Array<{ close(): unknown }> = [];
let development: TimeStamping;
let developmentCa: string;
let first: Served;
let second: Served;
let authorities: TimeStampAuthority[];

beforeAll(async () => {
  const keys = memoryKeys();
  const names = { ar: 'جهة تجريبية', en: 'Sample authority' };
  const certificates = await prepareTimeStamping({ keys, clock: systemClock, state: 'XX', names });
  development = createTimeStamping({ keys, clock: systemClock, certificates });
  developmentCa = certificates.ca;
  first = await serve(development.stamp);
  second = await serve(development.stamp);
  opened.push(first, second);
  authorities = [
    { name: 'first', url: first.url, certificates: [developmentCa] },
    { name: 'second', url: second.url, certificates: [developmentCa] },
  ];
});
afterAll(() => Promise.all(opened.map((one) => one.close())));

async function openState(name: string, timeStampAuthorities: TimeStampAuthority[], stampEveryMs = 60_000) {
  const state = await openTestState(name, [], { clock: systemClock, timeStampAuthorities, stampEveryMs, quorum: 0 });
  opened.push(state);
  return state;
}
const grow = async (state: TestState) => {
  const receipt = await state.append({ purpose: 'degree-recognition' });
  await state.ledger.integrate();
  return receipt;
};

describe('a checkpoint', () => {
  test('is stamped once, for every entry under it, and anyone can check it offline', async () => {
    const state = await openState('bh', authorities);
    const entries = [await grow(state), await grow(state), await grow(state)];
    expect(await state.ledger.stateOf(entries[0]!.entryId)).toBe('published');
    const askedBefore = first.asked() + second.asked();
    await state.ledger.stampDue();
    await state.ledger.stampDue();
    expect(first.asked() + second.asked() - askedBefore).toBe(1);
    for (const { entryId, leafHash } of entries) {
      expect(await state.ledger.stateOf(entryId)).toBe('stamped');
      const answer = await state.http.request({ method: 'GET', url: `${state.url}/ledger/stamp/${leafHash}` });
      const stamp = JSON.parse(answer.body.toString()) as LeafStamp;
      const trust = { logKey: state.ledger.keys.ledgerKey, authorities };
      const verdict = await verifyLeafStamp(stamp, trust);
      expect(verdict).toMatchObject({ ok: true, authority: 'first' });
      expect(Math.abs((verdict as { stampedAt: Date }).stampedAt.getTime() - Date.now())).toBeLessThan(60_000);
      const other = { ...stamp, leafHash: sha256('other').toString('hex') };
      expect(await verifyLeafStamp(other, trust)).toEqual({ ok: false, reason: 'inclusion-invalid' });
      const nobody = { ...trust, authorities: [] };
      expect(await verifyLeafStamp(stamp, nobody)).toEqual({ ok: false, reason: 'authority-unknown' });
    }
    expect((await state.ledger.statusOf()).stamping).toMatchObject({ stampedSize: 3, oldestUnstampedWaitMs: 0 });
  });

  test('is stamped at most once in the time between stamps, and not when nothing was added', async () => {
    const state = await openState('kw', authorities);
    await grow(state);
    await state.ledger.stampDue();
    await grow(state);
    await state.ledger.stampDue();
    expect((await state.ledger.stampingStatus()).stampedSize).toBe(1);
    const soon = await openState('om', authorities, 0);
    await grow(soon);
    await soon.ledger.stampDue();
    const asked = first.asked() + second.asked();
    await soon.ledger.stampDue();
    expect(first.asked() + second.asked()).toBe(asked);
  });

  test('is stamped by one authority after the other', async () => {
    const state = await openState('qa', authorities, 0);
    const names: string[] = [];
    for (let turn = 0; turn < 4; turn += 1) {
      const { entryId } = await grow(state);
      await state.ledger.stampDue();
      names.push((await state.ledger.findStamp(entryId))!.authority);
    }
    expect(names).toEqual(['first', 'second', 'first', 'second']);
  });
});

describe('an authority', () => {
  test('that is silent holds nothing: entries are appended, published and proved, and a later stamp covers them', async () => {
    const state = await openState('sa', [authorities[0]!], 0);
    first.feel('silent');
    state.ledger.start();
    const asked = first.asked();
    const entries: Array<Awaited<ReturnType<TestState['append']>>> = [];
    let askedAt = 0;
    for (let at = 0; at < 30; at += 1) {
      entries.push(await state.append({ at: String(at) }));
      if (at !== 10) continue;
      await expect.poll(first.asked).toBeGreaterThan(asked);
      askedAt = performance.now();
    }
    await expect.poll(() => state.ledger.stateOf(entries.at(-1)!.entryId)).toBe('published');
    // All of it while the authority still says nothing: its deadline is ten seconds.
    expect(performance.now() - askedAt).toBeLessThan(10_000);
    expect(await state.ledger.stateOf(entries[0]!.entryId)).toBe('published');
    expect((await state.ledger.stampingStatus()).oldestUnstampedWaitMs).toBeGreaterThan(0);
    first.feel('well');
    await expect.poll(() => state.ledger.stateOf(entries[0]!.entryId), { interval: 200 }).toBe('stamped');
    const stamp = (await state.ledger.findStamp(entries[0]!.entryId))!;
    expect(stamp.treeSize).toBeGreaterThanOrEqual(11);
    await state.ledger.stop();
  });

  test.each(['broken', 'html', 'replaying'] as const)(
    'that is %s is passed over for the next, and paused',
    async (mood) => {
      const state = await openState(`state-${mood}`, authorities, 0);
      await grow(state);
      await state.ledger.stampDue();
      await grow(state);
      await state.ledger.stampDue();
      // Now it would be the turn of the first again.
      const { entryId } = await grow(state);
      first.feel(mood);
      await state.ledger.stampDue();
      first.feel('well');
      expect((await state.ledger.findStamp(entryId))!.authority).toBe('second');
      const asked = first.asked();
      await grow(state);
      await state.ledger.stampDue();
      expect(first.asked()).toBe(asked);
      expect((await state.ledger.stampingStatus()).failing).toEqual(['first']);
    },
  );

  test('whose certificate is not the one that was named gives no stamp', async () => {
    const names = { ar: 'جهة أخرى', en: 'Another authority' };
    const stranger = await prepareTimeStamping({ keys: memoryKeys(), clock: systemClock, state: 'XX', names });
    const state = await openState('ae', [{ ...authorities[0]!, certificates: [stranger.ca] }], 0);
    const { entryId } = await grow(state);
    await state.ledger.stampDue();
    expect(await state.ledger.findStamp(entryId)).toBeUndefined();
  });
});

describe.skipIf(!hasOpenssl)('with openssl', () => {
  test.each(['rsa', 'ec'] as const)('as the authority (%s key), its stamps are accepted', async (key) => {
    const foreign = openOpensslAuthority(key);
    const served = await serve(foreign.reply);
    opened.push(foreign, served);
    const authority = { name: 'openssl', url: served.url, certificates: [foreign.root], policy: '1.2.3.4.1' };
    const state = await openState(`foreign-${key}`, [authority]);
    const { entryId } = await grow(state);
    await state.ledger.stampDue();
    const stamp = (await state.ledger.findStamp(entryId))!;
    expect(
      await verifyLeafStamp(stamp, { logKey: state.ledger.keys.ledgerKey, authorities: [authority] }),
    ).toMatchObject({
      ok: true,
    });
    // The stamping certificate itself may be named instead of its root.
    const pinned = { ...authority, certificates: [foreign.certificate] };
    expect(await verifyLeafStamp(stamp, { logKey: state.ledger.keys.ledgerKey, authorities: [pinned] })).toMatchObject({
      ok: true,
    });
  });

  test('as the judge, a stamp of ours over a checkpoint is verified, and not over a changed one', async () => {
    const judge = openOpensslAuthority('ec');
    opened.push(judge);
    const state = await openState('judged', authorities);
    const { entryId } = await grow(state);
    await state.ledger.stampDue();
    const stamp = (await state.ledger.findStamp(entryId))!;
    const text = `${stamp.checkpoint.split('\n\n')[0]}\n`;
    const token = Buffer.from(stamp.token, 'base64');
    expect(judge.judge(token, text, developmentCa)).toMatch(/Verification: OK/);
    expect(judge.judge(token, text.replace('\n1\n', '\n2\n'), developmentCa)).toMatch(/Verification: FAILED/);
    expect(judge.judge(token, text, judge.root)).toMatch(/Verification: FAILED/);
  });
});

describe.skipIf(!hasOpenssl)('a token', () => {
  let foreign: OpensslAuthority;
  let token: Buffer;
  const imprint = sha256('a checkpoint');
  const nonce = Buffer.concat([Buffer.of(0x40), randomBytes(15)]);
  const tokenOf = (authority: OpensslAuthority) => {
    const reply = readStampReply(authority.reply(makeStampRequest({ imprint, nonce })));
    if (!reply.ok) throw new Error(`refused: ${reply.status}`);
    return reply.token;
  };
  beforeAll(() => {
    foreign = openOpensslAuthority('rsa');
    opened.push(foreign);
    token = tokenOf(foreign);
  });
  const judge = (der: Buffer, changes: Partial<Parameters<typeof verifyToken>[1]> = {}) =>
    verifyToken(der, { imprint, nonce, authority: { certificates: [foreign.root] }, ...changes });

  test('holds for what it was asked for, and for nothing else', () => {
    expect(judge(token)).toMatchObject({ ok: true, policy: '1.2.3.4.1' });
    const refusals = [
      judge(token, { imprint: sha256('another') }),
      judge(token, { nonce: Buffer.of(0x41) }),
      judge(token, { authority: { certificates: [foreign.root], policy: '1.2.3.4.2' } }),
      judge(token, { authority: { certificates: ['no certificate'] } }),
      judge(token, { between: { from: new Date(0), until: new Date(1) } }),
      judge(token.subarray(0, 200)),
      judge(Buffer.from('no token')),
    ];
    expect(refusals.map((one) => (one.ok ? 'ok' : one.reason))).toEqual([
      'other-imprint',
      'other-nonce',
      'other-policy',
      'untrusted',
      'time-implausible',
      'malformed',
      'malformed',
    ]);
  });

  test('with any byte of it changed says the same or nothing', () => {
    for (let at = 0; at < token.length; at += 7) {
      const changed = Buffer.from(token);
      changed[at]! ^= 0x01;
      const verdict = judge(changed);
      // What no signature covers may change; what is stamped, by whom and when may not.
      if (verdict.ok) expect(verdict).toEqual(judge(token));
    }
  });

  test.each([
    ['stamping', 'ok'],
    ['not-critical', 'not-for-time-stamping'],
    ['other-purpose', 'not-for-time-stamping'],
    ['no-purpose', 'not-for-time-stamping'],
  ] as const)('of a key certified for "%s": %s', async (extensions, outcome) => {
    const folder = mkdtempSync(join(tmpdir(), 'jisr-stamping-key-'));
    const keys = openKeyFolder(folder);
    await keys.signer('time-stamping');
    const certificate = foreign.certify(join(folder, 'time-stamping.es256.pem'), extensions);
    const certificates = { ca: foreign.root, certificate };
    const own = createTimeStamping({ keys, clock: systemClock, certificates });
    const reply = readStampReply(await own.stamp(makeStampRequest({ imprint, nonce })));
    rmSync(folder, { recursive: true });
    const verdict = judge((reply as { token: Buffer }).token);
    expect(verdict.ok ? 'ok' : verdict.reason).toBe(outcome);
  });

  test('that names its certificate by SHA-1, as older authorities do, is accepted', () => {
    const older = openOpensslAuthority('rsa', 'sha1');
    opened.push(older);
    expect(judge(tokenOf(older), { authority: { certificates: [older.root] } })).toMatchObject({ ok: true });
  });
});

test('a limit per class of evidence says how long is left, and after it warns or refuses', () => {
  const now = new Date('2026-11-22T10:00:00Z');
  const facts = (minutes: number) => ({ oldestUnstampedAt: new Date(now.getTime() - minutes * 60_000), now });
  const warn = { withinMinutes: 240, after: 'warn' } as const;
  const refuse = { withinMinutes: 240, after: 'refuse' } as const;
  expect(judgeStamping(refuse, facts(239))).toEqual({ mayGoOn: true, leftMs: 60_000 });
  expect(judgeStamping(refuse, facts(240))).toEqual({ mayGoOn: true, leftMs: 0 });
  expect(judgeStamping(refuse, { oldestUnstampedAt: undefined, now })).toEqual({ mayGoOn: true, leftMs: 14_400_000 });
  expect(judgeStamping(warn, facts(241))).toEqual({ mayGoOn: true, leftMs: -60_000 });
  expect(judgeStamping(refuse, facts(241))).toEqual({ mayGoOn: false, leftMs: -60_000 });
});
