import { type ChildProcessWithoutNullStreams, execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { promisify } from 'node:util';
import { generate } from 'otplib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createHttpClient, type HttpClient } from '#kernel/http-client';
import { createVisitor, titleOf, type Visitor } from '../../apps/federation/visitor.ts';
import { startTestFederation, type TestFederation } from '../support/federation.ts';

// The judge is requests_oauth2client for Python, on jwskate: nothing of it is by the people who wrote our provider or our
// client. Better known relying parties cannot reach a provider as strict as ours, and the provider is not loosened for
// them: mod_auth_openidc 2.4.12, the one Debian 12 ships, knows neither pushed requests nor DPoP (2.4.16 does), and judges the plain
// profile in older-client.test.ts; idpyoidc 5.0.0 takes only the status 200 from the pushed request endpoint, where RFC 9126 section 2.2 says 201, and
// writes DPoP's `ath` in hexadecimal, where RFC 9449 section 4.2 says base64url.

const execute = promisify(execFile);
const folder = join(import.meta.dirname, 'foreign-relying-party');
const judges = join(import.meta.dirname, '..', '..', '.data', 'judges');

/** Where the judge's packages are, fetched at the first run; undefined, with a printed line, when they cannot be had. */
async function findPackages(): Promise<string | undefined> {
  const requirements = join(folder, 'requirements.txt');
  try {
    // Compiled packages fit one version of Python only.
    const { stdout } = await execute('python3', ['-c', 'import sys; print(sys.implementation.cache_tag)'], {
      timeout: 60_000,
    });
    const print = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 12);
    const packages = join(judges, `relying-party-${stdout.trim()}-${print}`);
    if (existsSync(packages)) return packages;
    mkdirSync(judges, { recursive: true });
    const unfinished = mkdtempSync(join(judges, 'unfinished-'));
    const options = ['--quiet', '--no-input', '--disable-pip-version-check', '--timeout=10', '--retries=1'];
    const install = ['--no-deps', '--only-binary=:all:', `--target=${unfinished}`, `--requirement=${requirements}`];
    try {
      await execute('python3', ['-m', 'pip', 'install', ...options, ...install], { timeout: 90_000 });
      // Another run may have been quicker; its folder is as good.
      if (!existsSync(packages)) renameSync(unfinished, packages);
    } finally {
      rmSync(unfinished, { recursive: true, force: true });
    }
    return packages;
  } catch (error) {
    const reason = String((error as { stderr?: unknown }).stderr || error)
      .trim()
      .split('\n')
      .at(-1);
    console.log(
      `skipped: Python 3 with pip, and PyPI once, are needed for a relying party that is not ours (${reason})`,
    );
    return undefined;
  }
}

const packages = await findPackages();

type Answer = {
  url?: string;
  checksIssuer?: boolean;
  tokenType?: string;
  claims?: Record<string, unknown>;
  refused?: string;
  reason?: string;
};

describe.skipIf(packages === undefined)('a relying party that is not ours', () => {
  const http = createHttpClient({ timeoutMs: 30_000 });
  let federation: TestFederation;
  let foreign: ChildProcessWithoutNullStreams;
  let answers: Interface;
  let visitor: Visitor;
  let provider: string;
  let client: string;
  let callback: string;
  let arrived: string | undefined;
  let errors = '';

  beforeAll(async () => {
    federation = await startTestFederation(['bh', 'sa']);
    provider = `${federation.url('bh')}/eid`;
    client = `${federation.url('sa')}/portal`;
    callback = `${federation.url('sa')}/signin/callback`;
    const key = join(federation.config.dataFolder, 'sa', 'keys', 'portal.es256.pem');
    foreign = spawn('python3', [join(folder, 'relying_party.py'), provider, client, callback, key], {
      env: { ...process.env, PYTHONPATH: packages, PYTHONDONTWRITEBYTECODE: '1' },
    });
    foreign.stderr.on('data', (data) => {
      errors += data;
    });
    answers = createInterface({ input: foreign.stdout });
    visitor = createVisitor(catchCallback(http), 'en');
  });
  afterAll(async () => {
    foreign?.kill();
    await federation?.stop();
    await http.close();
  });

  /** The node never sees the answer that is meant for the foreign software. */
  function catchCallback(inner: HttpClient): HttpClient {
    return {
      ...inner,
      request: async (request) => {
        if (!request.url.startsWith(`${callback}?`)) return inner.request(request);
        arrived = request.url;
        return { status: 200, headers: {}, body: Buffer.alloc(0) };
      },
    };
  }

  const ask = (question: Record<string, unknown>) =>
    new Promise<Answer>((resolve, reject) => {
      const ended = () => reject(new Error(`the relying party ended: ${errors}`));
      if (foreign.exitCode !== null) return ended();
      foreign.once('exit', ended);
      answers.once('line', (line) => {
        foreign.off('exit', ended);
        resolve(JSON.parse(line) as Answer);
      });
      foreign.stdin.write(`${JSON.stringify(question)}\n`);
    });

  /** From the pushed request to the address the browser is sent back to. Only the first time is a person asked. */
  async function obtainAnswer(flow: string): Promise<string> {
    const begun = await ask({ do: 'begin', flow });
    expect(begun, JSON.stringify(begun)).toMatchObject({ checksIssuer: true });
    arrived = undefined;
    let page = await visitor.open(begun.url!);
    if (page.url.includes('/eid-pages/')) {
      const { nationalId, password, totpSecret } = federation.person('fatima');
      await visitor.submit(/\/eid-pages\/interaction\/[^/]+$/, { nationalId, password });
      page = await visitor.submit(/\/code$/, { code: await generate({ secret: totpSecret }) });
    }
    if (arrived === undefined) throw new Error(`no answer for the relying party: ${page.status} ${titleOf(page)}`);
    return arrived;
  }

  test('signs a person in: pushed request, proof of possession, and an ID token it finds valid', async () => {
    const answer = await obtainAnswer('sign-in');
    expect(new URL(answer).searchParams.get('iss')).toBe(provider);
    const signedIn = await ask({ do: 'finish', flow: 'sign-in', callback: answer });
    expect(signedIn).toMatchObject({
      tokenType: 'DPoP',
      claims: { iss: provider, aud: client, acr: 'substantial', nonce: expect.any(String), exp: expect.any(Number) },
    });
    const told = await ask({ do: 'userinfo', flow: 'sign-in' });
    expect(told.claims).toMatchObject({ sub: signedIn.claims!['sub'] });
    expect(JSON.stringify([signedIn, told])).not.toContain(federation.person('fatima').nationalId);
  });

  test('cannot use its token with another key, or with none', async () => {
    await ask({ do: 'finish', flow: 'token', callback: await obtainAnswer('token') });
    const refused = { refused: 'HTTPError', reason: '401' };
    expect(await ask({ do: 'userinfo', flow: 'token', with_strange_key: true })).toEqual(refused);
    expect(await ask({ do: 'userinfo', flow: 'token', as_bearer: true })).toEqual(refused);
    expect(await ask({ do: 'userinfo', flow: 'token' })).toHaveProperty('claims.sub');
  });

  test('cannot spend a code with another key than the one it pushed the request with', async () => {
    const answer = await obtainAnswer('code');
    expect(await ask({ do: 'finish', flow: 'code', callback: answer, with_strange_key: true })).toEqual({
      refused: 'InvalidGrant',
      reason: 'invalid_grant',
    });
  });

  test('cannot spend a code twice, and trying ends the token of the first time', async () => {
    const answer = await obtainAnswer('twice');
    expect(await ask({ do: 'finish', flow: 'twice', callback: answer })).toHaveProperty('claims.sub');
    expect(await ask({ do: 'userinfo', flow: 'twice' })).toHaveProperty('claims.sub');
    expect(await ask({ do: 'finish', flow: 'twice', callback: answer })).toEqual({
      refused: 'InvalidGrant',
      reason: 'invalid_grant',
    });
    expect(await ask({ do: 'userinfo', flow: 'twice' })).toEqual({ refused: 'HTTPError', reason: '401' });
  });

  test('is refused when its key is not the one the federation vouches for', async () => {
    expect(await ask({ do: 'begin', flow: 'stranger', with_strange_key: true })).toEqual({
      refused: 'InvalidClient',
      reason: 'invalid_client',
    });
  });

  test('refuses, for its part, another issuer, an ID token for another request, and one under another key', async () => {
    const answer = await obtainAnswer('judge');
    const elsewhere = `${federation.url('sa')}/eid`;
    expect(await ask({ do: 'finish', flow: 'judge', callback: answer, issuer: elsewhere })).toMatchObject({
      refused: 'MismatchingIssuer',
    });
    expect(await ask({ do: 'finish', flow: 'judge', callback: answer, nonce: 'of-another-request' })).toMatchObject({
      refused: 'MismatchingIdTokenNonce',
    });
    const second = await obtainAnswer('signature');
    expect(
      await ask({ do: 'finish', flow: 'signature', callback: second, with_strange_issuer_key: true }),
    ).toMatchObject({ refused: 'InvalidSignature' });
  });
});
