import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { newId } from '#kernel/ids';
import { readOperatorFolder } from '#kernel/operator';
import { changesBetween, faultsOf, listTargets, refusalFaults, type Shot, shoot, type Target } from './attack.ts';
import type { Ids, World } from './world.ts';

const hostile = [
  '\u0000',
  'x\u0000y',
  '\u202e\u2066evil',
  "'; drop table cases.cases; --",
  '../../etc/passwd',
  '__proto__',
  'constructor',
  '\ud83d\ude00'.repeat(50),
  '<script>alert(1)</script>',
  '{{7*7}}',
  'x'.repeat(4_000),
];
const notUtf8 = Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]);

type Way = Pick<Shot, 'cookie' | 'base' | 'headers'>;

/** Somebody who gets past the door, for what stands behind it is to be tested. */
function insiderOf(target: Target): 'ali' | 'fatima' | 'operator' | undefined {
  if (target.access === 'operator') return 'operator';
  if (target.access === 'officer') return 'ali';
  return target.access === 'person' ? 'fatima' : undefined;
}

function wayIn(world: World, target: Target): Way {
  const insider = insiderOf(target);
  if (insider !== 'operator') return insider ? { cookie: world.browsers[insider].cookieAt(world.url('bh')) } : {};
  const { url, secret } = readOperatorFolder(join(world.federation.config.dataFolder, 'bh'))!;
  return { base: url, headers: { authorization: `Bearer ${secret}` } };
}

/** What the operator only looks at is looked at in a diagnosis or a scrape: it takes seconds, and no input. */
const isWithoutInput = ({ access, method, path }: Target) =>
  access === 'operator' && method === 'GET' && !path.includes(':');

/** Ids of the right form that name nothing: whatever is wrong with the rest, nothing may happen. */
function unusedIds(ids: Ids): Ids {
  return Object.fromEntries(
    Object.entries(ids).map(([name, value]) => [name, /^[0-9a-f-]{36}$/.test(value) ? newId() : value]),
  );
}

export function attackWithBadInput(worldOf: () => World): void {
  describe('bad input', () => {
    const attackAll = async (
      attack: (target: Target, way: Way, ids: Ids, report: (faults: string[]) => void) => Promise<void>,
    ) => {
      const world = worldOf();
      const before = await world.digestOf('bh');
      const faults = new Set<string>();
      for (const target of listTargets(world, 'bh').targets) {
        if (target.expected.endsSession || isWithoutInput(target)) continue;
        await attack(target, wayIn(world, target), unusedIds(world.ids.bh), (found) => {
          for (const fault of found) faults.add(`${target.key}: ${fault}`);
        });
      }
      expect([...faults]).toEqual([]);
      expect(changesBetween(before, await world.digestOf('bh'))).toEqual([]);
    };
    const judge = (target: Target, answer: Awaited<ReturnType<typeof shoot>>, mustRefuse = false) => [
      ...faultsOf(worldOf(), answer, insiderOf(target) !== undefined),
      ...(mustRefuse || (answer.status >= 400 && !(answer.headers['content-type'] ?? '').startsWith('text/html'))
        ? refusalFaults(target, answer)
        : []),
    ];

    test('in any part of the path is refused with a code', async () => {
      await attackAll(async (target, way, ids, report) => {
        const names = [...target.path.matchAll(/:(\w+)|\*/g)].map(([whole, name]) => name ?? whole);
        for (const name of names)
          for (const text of [...hostile, '%', '%ff', '%c0%ae%c0%ae']) {
            const value = name === '*' ? encodeURI(text) : text;
            const changed = {
              ...target,
              expected: { ...target.expected, params: { ...target.expected.params, [name]: value } },
            };
            const answer = await shoot(worldOf(), 'bh', changed, { ids, ...way });
            report(judge(target, answer, target.expected.who === 'owner' || target.expected.who === 'office'));
          }
      });
    });

    test('in any part of the query changes nothing and breaks nothing', async () => {
      await attackAll(async (target, way, ids, report) => {
        const named = Object.keys(target.expected.query?.(ids) ?? {});
        const send = async (query: Record<string, string>) =>
          report(judge(target, await shoot(worldOf(), 'bh', target, { ids, ...way, query })));
        for (const name of named) for (const text of hostile) await send({ [name]: text });
        await send(JSON.parse('{"__proto__":"x","constructor":"x","toString":"\\u202e"}'));
        await send({ page: '-1e9', q: hostile.at(-1)!, lang: '../', event: '__proto__', show: 'constructor' });
        await send({ x: '\u0000' });
      });
    });

    test('in the body is refused with a code: not JSON, not UTF-8, not of the kind, too deep, too large', async () => {
      await attackAll(async (target, way, ids, report) => {
        if (target.method === 'GET' || target.method === 'DELETE') return;
        const send = (body: string | Buffer, contentType: string | undefined) =>
          shoot(worldOf(), 'bh', target, { ids, ...way, body, contentType });
        const json = 'application/json';
        const form = 'application/x-www-form-urlencoded';
        const tooLarge = await send(Buffer.alloc(target.bodyBytesMax + 1, 'x'), target.isPage ? form : json);
        // Nobody here is an app: it is refused before its body is read.
        report(
          tooLarge.status === (target.access === 'app' ? 401 : 413)
            ? judge(target, tooLarge, true)
            : [`too large, and answered ${tooLarge.status}`],
        );
        const malformed = [
          '{',
          '{"__proto__":{"isAdmin":true}}',
          '{"a":'.repeat(20_000 / 5),
          notUtf8.toString('latin1'),
        ];
        for (const body of malformed) report(judge(target, await send(body, json), !target.isRaw && !target.isPage));
        for (const body of ['null', '[]', '"x"', '0', '{"constructor":{"prototype":{"x":1}}}', notUtf8])
          report(judge(target, await send(body, json)));
        if (!target.isRaw && !target.isUpload) report(judge(target, await send('<x/>', 'text/xml'), true));
        for (const type of ['text/plain', 'multipart/form-data', 'multipart/form-data; boundary=x', undefined, 'x'])
          report(judge(target, await send('--x\r\n', type)));
        for (const body of ['__proto__[x]=1', 'a=%00&a=%ff&a=%', '=&=&&', '%', 'a'.repeat(5_000)])
          report(judge(target, await send(body, form)));
      });
    });

    test('in any field of the body, as text, as list or as something deeper, is refused or heeded, and never breaks', async () => {
      await attackAll(async (target, way, ids, report) => {
        const sound = target.expected.body?.(ids);
        if (typeof sound !== 'object') return;
        const odd: unknown[] = [
          '\ud800',
          null,
          Number.MAX_VALUE,
          -1,
          true,
          [],
          {},
          [[{}]],
          { toString: 1 },
          ['a', { b: 1 }],
        ];
        for (const name of Object.keys(sound)) {
          for (const value of [...hostile, ...odd]) {
            const body = JSON.stringify({ ...sound, [name]: value });
            report(
              judge(
                target,
                await shoot(worldOf(), 'bh', target, { ids, ...way, body, contentType: 'application/json' }),
              ),
            );
          }
          if (!target.isPage) continue;
          for (const value of hostile) {
            const fields = new URLSearchParams({ ...(sound as Record<string, string>), [name]: value });
            fields.append(name, value);
            report(judge(target, await shoot(worldOf(), 'bh', target, { ids, ...way, body: fields.toString() })));
          }
        }
      });
    });

    test('of a hundred thousand characters in an address or a header is refused', async () => {
      const world = worldOf();
      const long = 'x'.repeat(100_000);
      const requests: Array<{ url: string; headers: Record<string, string> }> = [
        { url: `${world.url('bh')}/cases/${long}`, headers: {} },
        { url: `${world.url('bh')}/api/consents/${long}`, headers: {} },
        { url: `${world.url('bh')}/services?q=${long}`, headers: {} },
        { url: `${world.url('bh')}/`, headers: { cookie: `jisr_session=${long}` } },
      ];
      for (const request of requests) {
        const answer = await world.http.request({ method: 'GET', ...request });
        expect(answer.status).toBe(431);
        expect(faultsOf(world, answer)).toEqual([]);
        expect(JSON.parse(answer.body.toString('utf8')).code).toBe('request-too-large');
      }
    });

    test('in cookies and other headers makes nobody of a stranger', async () => {
      const world = worldOf();
      const target = listTargets(world, 'bh').targets.find(({ key }) => key === 'consent.listConsents')!;
      for (const value of ["' or 1=1 --", '%00', 'x'.repeat(5_000), '__proto__', '"', 'é'.repeat(3)]) {
        const tries: Array<Record<string, string>> = [
          { cookie: `jisr_session=${encodeURI(value)}` },
          { authorization: `Bearer ${encodeURI(value)}` },
          { 'x-forwarded-for': '127.0.0.1', 'x-test-person': encodeURI(value), 'accept-language': encodeURI(value) },
        ];
        for (const headers of tries) {
          const answer = await shoot(world, 'bh', target, { ids: {}, headers });
          expect(answer.status).toBe(401);
          expect([...faultsOf(world, answer), ...refusalFaults(target, answer)]).toEqual([]);
        }
      }
    });

    test('in an open draft, where words are welcome, is refused or kept as words', async () => {
      const world = worldOf();
      const cookie = world.browsers.yousif.cookieAt(world.url('sa'))!;
      const call = (method: string, path: string, body: string, contentType: string) =>
        world.http.request({
          method,
          url: `${world.url('sa')}${path}`,
          headers: { cookie, accept: 'application/json', 'content-type': contentType },
          body,
        });
      const json = 'application/json';
      const started = await call('POST', '/api/cases', JSON.stringify({ serviceId: 'degree-recognition' }), json);
      expect(started.status).toBe(201);
      const { id } = JSON.parse(started.body.toString('utf8'));
      const odd: unknown[] = [
        ...hostile,
        '\ud800',
        null,
        Number.MAX_VALUE,
        [],
        {},
        [{}],
        { a: { b: [] } },
        'x'.repeat(60_000),
      ];
      for (const pageId of ['profession', 'contact', 'declaration', 'purpose'])
        for (const value of odd) {
          const answers = {
            profession: value,
            sector: value,
            email: value,
            mobile: value,
            purpose: value,
            declaration: value,
          };
          const saved = await call('PUT', `/api/cases/${id}/answers/${pageId}`, JSON.stringify(answers), json);
          const posted = await call('POST', `/cases/${id}/pages/${pageId}`, JSON.stringify(answers), json);
          for (const answer of [saved, posted])
            expect(faultsOf(world, answer), JSON.stringify(value)?.slice(0, 80)).toEqual([]);
        }
      const view = await call('POST', `/api/cases/${id}/submit`, '{}', json);
      expect(view.status).toBe(409);
    });

    test('on the identity pages and at the provider is refused without telling whether somebody exists', async () => {
      const world = worldOf();
      const { visitor } = world.newBrowser();
      await visitor.open(`${world.url('bh')}/signin?returnTo=/`);
      await visitor.submit('/signin', { state: 'BH' });
      const texts: string[] = [];
      const form = visitor.current().url;
      const broken = await visitor.submit(/interaction\/[^/]+$/, { nationalId: '\u0000', password: 'x\u0000y' });
      expect(broken.status).toBe(400);
      expect(faultsOf(world, broken)).toEqual([]);
      await visitor.open(form);
      const { nationalId: known } = world.federation.person('fatima');
      for (const nationalId of [known, '٩٧٠٤١٢٠٤٥\u202e', '970412040', '__proto__', 'x'.repeat(4_000)]) {
        const page = await visitor.submit(/interaction\/[^/]+$/, { nationalId, password: 'not-hers' });
        expect(page.status).toBeGreaterThanOrEqual(400);
        // The number that was typed is shown again to whoever typed it.
        expect(faultsOf(world, page, nationalId === known)).toEqual([]);
        texts.push(page.html.querySelector('[role=alert]')?.text ?? '');
      }
      expect(new Set(texts).size).toBe(1);
      for (const path of ['token', 'request', 'auth', 'me', 'session/end', 'session/end/confirm', 'no-such'])
        for (const [contentType, body] of [
          [
            'application/x-www-form-urlencoded',
            'client_id=%00&client_assertion=a.b.c&grant_type=authorization_code&code=%00',
          ],
          ['application/x-www-form-urlencoded', 'x'.repeat(300_000)],
          ['application/json', '{"__proto__":1}'],
          ['text/xml', '<x/>'],
        ] as const) {
          const answer = await world.http.request({
            method: 'POST',
            url: `${world.url('bh')}/eid/${path}`,
            headers: { 'content-type': contentType, accept: 'application/json' },
            body,
          });
          expect(faultsOf(world, answer), `${path} ${contentType} ${body.slice(0, 40)}`).toEqual([]);
          expect(answer.status, path).toBeGreaterThanOrEqual(path.startsWith('session/end') ? 200 : 400);
        }
    });
  });
}
