import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { describe, expect, test } from 'vitest';
import { readOperatorFolder } from '#kernel/operator';
import { createRandom, readSeed } from '#tests/support/random';
import { call } from '../../modules/exchange/test/system-caller.ts';
import { faultsOf } from './attack.ts';
import { type Malformed, malform } from './fuzzing/malforming.ts';
import { listDescribed, listPages, type Operation } from './fuzzing/operations.ts';
import { type Answered, brokenHttp, createSender } from './fuzzing/sending.ts';
import type { World } from './world.ts';

// Ten thousand where everything is proved (`.ci/run`), fewer where somebody waits; on the second database as many as show that it takes
// what the first one took.
const total = process.env['DATABASE_URL'] ? 2_000 : process.env['CI'] ? 10_000 : 3_000;
const connections = 12;
const faultsShown = 40;

/** One that has a role with the cases of its office. */
const client = 'SA/GOV/moe/casework';

/** Whoever may pass the door, so that what stands behind it is met too; one in four is a stranger. */
function createCredentials(world: World, systemSecret: string) {
  const secret = world.operatorSecret('bh');
  return (operation: Operation): Array<[string, string]> => {
    if (operation.at === 'sa' && operation.access === 'signed-message')
      return [
        ['authorization', `Bearer ${systemSecret}`],
        ['x-road-client', client],
      ];
    if (operation.at === 'operator') return [['authorization', `Bearer ${secret}`]];
    const person = operation.access === 'officer' ? (operation.at === 'bh' ? 'ali' : 'noura') : 'fatima';
    if (operation.access !== 'person' && operation.access !== 'officer') return [];
    return [['cookie', world.browsers[person].cookieAt(world.url(operation.at))!]];
  };
}

export function attackWithFuzz(worldOf: () => World): void {
  describe('fuzzing', () => {
    test(`${total} malformed requests, made from the descriptions: nothing breaks, nothing is given`, async () => {
      const seed = readSeed();
      const world = worldOf();
      const sender = createSender(connections);
      try {
        await run(world, sender, seed);
      } catch (error) {
        (error as Error).message += `\n(repeat with JISR_TEST_SEED=${seed})`;
        throw error;
      } finally {
        await sender.close();
      }
    }, 600_000);
  });
}

async function run(world: World, sender: ReturnType<typeof createSender>, seed: number): Promise<void> {
  const startedAt = performance.now();
  const random = createRandom(seed);
  const system = await registerSystem(world);
  const operations = [...listDescribed(world, [system.document]), ...listPages(world)];
  const credentials = createCredentials(world, system.secret);
  const judge = createJudge(world);
  const originOf = ({ at }: Operation) => (at === 'operator' ? world.operatorUrl('bh') : world.url(at));
  const before = await Promise.all((['bh', 'sa'] as const).map((id) => world.countGiven(id)));
  const statuses = new Map<number, number>();
  const faults = new Map<string, string>();
  const note = (request: Pick<Malformed, 'method' | 'target'> & Partial<Malformed>, found: string[]) => {
    for (const fault of found) {
      const key = `${request.operation?.key ?? 'bare bytes'}: ${fault.slice(0, 60)}`;
      if (!faults.has(key)) faults.set(key, `${fault}\n    ${describeRequest(request)}`);
    }
  };

  let sent = 0;
  const lane = async () => {
    while (sent < total) {
      const operation = operations[sent % operations.length]!;
      sent += 1;
      const request = malform(operation, random, `zq${random.below(1e6)}qz`);
      if (random.next() < 0.75) request.headers.push(...credentials(operation));
      const answer = await sender.send(originOf(operation), request).catch((error: Error) => {
        note(request, [`no answer: ${error.message}`]);
        return undefined;
      });
      statuses.set(answer?.status ?? 0, (statuses.get(answer?.status ?? 0) ?? 0) + 1);
      if (answer) note(request, judge(request, answer));
    }
  };
  await Promise.all(Array.from({ length: connections }, lane));
  for (const text of brokenHttp(new URL(world.url('bh')).host)) {
    const answer = await sender.sendBytes(world.url('bh'), Buffer.from(text, 'latin1'));
    if (answer && answer.status >= 500 && answer.status !== 501)
      note({ method: 'raw', target: JSON.stringify(text.slice(0, 100)) }, [`failed with ${answer.status}`]);
  }

  for (const origin of [world.url('bh'), world.url('sa')])
    expect((await world.http.request({ method: 'GET', url: `${origin}/api/health` })).status).toBe(200);
  const after = await Promise.all((['bh', 'sa'] as const).map((id) => world.countGiven(id)));
  const counts = [...statuses].sort(([a], [b]) => a - b).map(([status, count]) => `${count} × ${status}`);
  console.log(
    `fuzzing: seed ${seed}, ${sent} requests to ${operations.length} operations in ${((performance.now() - startedAt) / 1000).toFixed(1)} s: ${counts.join(', ')}`,
  );
  expect([...faults].slice(0, faultsShown).map(([key, text]) => `${key}\n    ${text}`)).toEqual([]);
  expect(after).toEqual(before);
}

/** Software of a ministry, and the description that its node makes of a service of another state for it (X-Road's `getOpenAPI`). */
async function registerSystem(world: World): Promise<{ secret: string; document: { paths: object } }> {
  const { url, secret: operatorSecret } = readOperatorFolder(join(world.federation.config.dataFolder, 'sa'))!;
  const { secret } = (
    await call(url, '/operator/systems', {
      method: 'POST',
      headers: { authorization: `Bearer ${operatorSecret}`, 'content-type': 'application/json' },
      body: JSON.stringify({ officeId: 'moe', name: 'Fuzzing', clientId: client }),
    })
  ).json;
  const headers = { 'x-road-client': client, authorization: `Bearer ${secret}` };
  const service = '/r1/BH/GOV/moe/registry';
  const described = await call(world.url('sa'), `${service}/getOpenAPI?serviceCode=degree-record`, { headers });
  const { servers, paths } = described.json as { servers: Array<{ url: string }>; paths: Record<string, object> };
  const base = new URL(servers[0]!.url).pathname;
  const moved = Object.entries(paths).map(([path, methods]) => [base + path.replace(/^\/$/, ''), methods]);
  return { secret, document: { paths: Object.fromEntries(moved) } };
}

function describeRequest({
  method,
  target,
  headers,
  body,
  how,
}: Pick<Malformed, 'method' | 'target'> & Partial<Malformed>) {
  const shown = (headers ?? []).filter(([name]) => name !== 'authorization' && name !== 'cookie');
  const text = body?.toString('utf8');
  return JSON.stringify({
    how,
    method,
    target: target.slice(0, 300),
    headers: shown.map((one) => one.join(': ').slice(0, 120)),
    body: text?.slice(0, 300),
  });
}

/** What is wrong with an answer to a malformed request. */
function createJudge(world: World) {
  // As a node reads them: a number written as text is a number, one value is a list of one.
  const ajv = new Ajv2020({ strict: false, coerceTypes: 'array', useDefaults: true });
  addFormats.default(ajv);
  const checks = new Map<Operation, ReturnType<typeof ajv.compile>>();
  const isInvalid = (operation: Operation, value: unknown) => {
    if (!operation.body) return false;
    if (!checks.has(operation)) checks.set(operation, ajv.compile(operation.body as object));
    return !checks.get(operation)!(structuredClone(value));
  };
  return (request: Malformed, answer: Answered): string[] => {
    const { operation, mark } = request;
    const { status, headers } = answer;
    const text = answer.body.toString('utf8');
    const type = headers['content-type'] ?? '';
    const found: string[] = [];
    // X-Road answers its own callers in its own form, in which what a server refuses is a 500.
    const isXRoad = /^(Client|Server)\.[A-Za-z.]+$/.test(headers['x-road-error'] ?? '');
    if (isXRoad && /InternalError/.test(headers['x-road-error']!)) found.push('failed inside, as X-Road says it');
    // Nobody provides payments here: that is said of the provider, and is no fault of the node. A HEAD has no body to say it in.
    const saysProvider =
      request.method === 'HEAD' ? /payment|\/pay\b/.test(operation.path) : code(text) === 'provider-unreachable';
    const isOfProvider = status === 502 && saysProvider;
    const counted = isXRoad || isOfProvider ? Math.min(status, 499) : status;
    found.push(...faultsOf(world, { ...answer, status: counted }, true));
    if (status >= 400 && request.method !== 'HEAD') {
      if (text.includes(mark) && !type.startsWith('text/html')) found.push(`echoes its input (${code(text)})`);
      if (!type.startsWith('text/html') && !isXRoad) found.push(...problemFaults(request, status, type, text));
    }
    // No browser draws JSON: what somebody keeps comes back to them there as they wrote it.
    const isDrawn = !/^application\/([a-z.-]+\+)?json\b/.test(type);
    if (isDrawn && (text.includes(`<script>alert("${mark}`) || text.includes(`<img src=x onerror=${mark}`)))
      found.push('carries markup');
    if (Object.entries(headers).some(([name, value]) => name === 'set-cookie' && /(^|, )a=b/.test(value)))
      found.push('carries a header');
    // Whoever asks as a browser does and is not signed in is sent there, whatever they sent: nothing was taken.
    const asksToSignIn = status === 303 && /\/signin\b/.test(headers['location'] ?? '');
    if (request.json && status < 400 && !asksToSignIn && isInvalid(operation, request.json.value))
      found.push(`took with ${status} what its description does not allow`);
    return found;
  };
}

const code = (text: string) => /"code":"([^"]*)"/.exec(text)?.[1];

function problemFaults({ operation, isElsewhere }: Malformed, status: number, type: string, text: string): string[] {
  try {
    const { code, status: said, messages, title, error } = JSON.parse(text);
    if (operation.isOAuth && typeof error === 'string' && /^[a-z_]+$/.test(error)) return [];
    if (!type.startsWith('application/problem+json')) return [`refused as ${type}, not as problem+json`];
    return [
      ...(isElsewhere || operation.codes === 'any' || operation.codes.has(code)
        ? []
        : [`refused with ${code}, which it does not name`]),
      ...(said === status ? [] : [`says ${said} with status ${status}`]),
      ...(messages?.ar && messages?.en && title ? [] : ['refuses without a sentence in both languages']),
    ];
  } catch {
    return [`refused with ${status} ${type} without a code: ${text.slice(0, 120)}`];
  }
}
