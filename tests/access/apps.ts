import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { appScopes } from '#modules/apps';
import { type Government, openGovernment, Refused, type Tokens } from '../../examples/degree-app/government.ts';
import { describeApp, fetchMark, join, type Mark, openKey } from '../../examples/degree-app/membership.ts';
import { createFetch } from '../../examples/degree-app/reach.ts';
import { listTargets, type Target } from './attack.ts';
import type { World } from './world.ts';

const scopes = Object.keys(appScopes);
/** Refusals of whoever comes as an app; an endpoint that lets it in refuses by codes of its own. */
const ofApps = ['app-token-needed', 'app-token-invalid', 'app-scope-missing', 'app-not-permitted', 'quota-exceeded'];

/** An app of an outside party, allowed one thing by one person, at every endpoint of the node, with ids of somebody else. */
export function attackAsApp(world: () => World): void {
  describe('an app', () => {
    let server: Server;
    let government: Government;
    const { fetch, close } = createFetch();
    let last: Response | undefined;
    const reach: typeof fetch = async (...asked) => {
      last = await fetch(...asked);
      return last;
    };

    beforeAll(async () => {
      const [stateUrl, key] = [world().url('sa'), await openKey()];
      const marks: Mark[] = [];
      let appId = '';
      server = createServer(async (_request, response) => {
        response.setHeader('content-type', 'application/entity-statement+jwt');
        response.end(await describeApp(key, appId, stateUrl, marks));
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      appId = `http://attacker.sa.localhost:${(server.address() as { port: number }).port}`;
      await join(key, appId, stateUrl, { tier: 'sandbox', scopes }, reach);
      const { anchorId } = world().federation.running.get('sa')!.doors;
      marks.push(await fetchMark(appId, stateUrl, anchorId, reach));
      government = await openGovernment({ key, appId, stateUrl, reach });
    });
    afterAll(async () => {
      server?.close();
      await close();
    });

    /** Yousif, who is signed in, is asked for everything and allows some of it. */
    const allow = async (allowed: string[]): Promise<Tokens> => {
      const { visitor } = world().browsers.yousif;
      const { url, flow } = await government.begin('en', scopes);
      await visitor.open(url.href);
      const { url: back } = await visitor.submit(/\/apps\/allow\//, {
        decision: 'selected',
        scope: allowed,
        days: '1',
      });
      return government.complete(new URL(back), flow);
    };

    const codeOf = async (tokens: Tokens, target: Target): Promise<string | undefined> => {
      const ids = world().ids.sa;
      const values = { ...ids, ...target.expected.params };
      const path = target.path
        .replace(/:(\w+)/g, (_whole, name: string) => encodeURIComponent(values[name] ?? 'x'))
        .replace(/\*$/, () => values['*'] ?? 'x');
      const query = new URLSearchParams(target.expected.query?.(ids) ?? {}).toString();
      const sound = target.expected.body?.(ids);
      const body = target.method === 'GET' ? undefined : typeof sound === 'object' ? sound : {};
      try {
        await government.call(tokens, target.method, query ? `${path}?${query}` : path, body);
        return undefined;
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        return error.code;
      }
    };

    test.each(scopes)(
      'that was allowed %s calls what that covers, for that person, and nothing else',
      async (scope) => {
        const tokens = await allow([scope]);
        const wrong: string[] = [];
        let covered = 0;
        for (const target of listTargets(world(), 'sa').targets) {
          if (target.isPage || target.access === 'anyone' || target.access === 'signed-message') continue;
          const code = await codeOf(tokens, target);
          const wanted =
            target.access === 'operator'
              ? 'not-found'
              : target.access === 'app'
                ? 'app-token-invalid'
                : target.scope === undefined
                  ? 'app-not-permitted'
                  : 'app-scope-missing';
          if (target.scope !== scope) {
            if (code !== wanted) wrong.push(`${target.key}: ${code}, not ${wanted}`);
            continue;
          }
          covered += 1;
          if (code !== undefined && ofApps.includes(code)) wrong.push(`${target.key}: ${code}, though allowed`);
          // It belongs to somebody else than the person who allowed the app.
          if (target.expected.who === 'owner' && code === undefined) wrong.push(`${target.key}: not refused`);
        }
        expect(wrong).toEqual([]);
        expect(covered).toBeGreaterThan(0);
      },
    );

    test('has nothing left once the person allowed it anew, and nothing at all on pages', async () => {
      const before = await allow(['cases:read']);
      const after = await allow(['documents:read']);
      const call = (tokens: Tokens, path: string) =>
        government.call(tokens, 'GET', path).then(
          () => 'done',
          (error) => (error as Refused).code,
        );
      expect(await call(before, '/api/cases')).toBe('app-token-invalid');
      expect(await call(after, '/api/cases')).toBe('app-scope-missing');
      expect(await call(after, '/my-data')).toBe('app-not-permitted');
    });

    test('that calls more often than it may is refused until the minute is over, and told when', async () => {
      const tokens = await allow(['cases:read']);
      const refused = await (async () => {
        // Two minutes of its quota: one may end while it calls.
        for (let calls = 0; calls < 600; calls += 1)
          try {
            await government.call(tokens, 'GET', '/api/cases');
          } catch (error) {
            return error as Refused;
          }
        return undefined;
      })();
      expect(refused).toMatchObject({ code: 'quota-exceeded' });
      expect(last!.status).toBe(429);
      expect(last!.headers.get('content-type')).toContain('application/problem+json');
      expect(last!.headers.get('ratelimit')).toContain('"minute";r=0;t=');
      const seconds = Number(last!.headers.get('retry-after'));
      expect(seconds).toBeGreaterThan(0);
      expect(seconds).toBeLessThanOrEqual(60);
    });
  });
}
