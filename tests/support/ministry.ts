import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { systemClock } from '#kernel/clock';
import { createHttpClient } from '#kernel/http-client';
import { identifyAtHome } from '../../apps/federation/journey.ts';
import { createVisitor } from '../../apps/federation/visitor.ts';
import type { TestFederation } from './federation.ts';

const root = join(import.meta.dirname, '..', '..');

/** The software of a Saudi ministry, registered at its node by the command line: it hears where a person comes back. */
export async function startMinistry(
  federation: Pick<TestFederation, 'nodes' | 'person' | 'url'>,
  clientId: string,
  ...options: string[]
) {
  const http = createHttpClient({ timeoutMs: 30_000 });
  const returned: URLSearchParams[] = [];
  const server = createServer((request, response) => {
    returned.push(new URL(request.url!, 'http://ministry.localhost').searchParams);
    response.setHeader('content-type', 'text/html').end('<h1>Back at the ministry</h1>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const { configFile } = federation.nodes.find(({ id }) => id === 'sa')!;
  const jisr = async (...args: string[]) => {
    const command = [join(root, 'apps', 'cli', 'main.ts'), 'systems', ...args, '--node', configFile];
    return (await promisify(execFile)(process.execPath, command, { cwd: root })).stdout;
  };
  const returnUrl = `http://ministry.localhost:${port}/consents`;
  const said = await jisr('add', 'moe', clientId, 'Student records', '--return', returnUrl, ...options);

  return {
    jisr,
    /** Absent when a key was registered. */
    secret: secretIn(said),
    wanted: (caseId: string) => ({
      homeState: 'BH',
      caseId,
      purpose: 'degree-recognition' as const,
      evidence: [
        {
          type: 'degree-record' as const,
          fields: ['degree_level' as const, 'university_en' as const, 'gpa' as const, 'diploma_scan' as const],
          essentialFields: ['degree_level' as const],
        },
      ],
      until: new Date(systemClock.now().getTime() + 86_400_000),
      use: 'until' as const,
      retention: 'P1Y',
    }),
    /** The person opens the link, signs in at home and decides; answers with what the ministry heard. */
    decide: async (
      key: string,
      personUrl: string,
      decision: 'allow' | 'deny',
      leaveOut: string[] = [],
      visitor = createVisitor(http, 'en'),
    ) => {
      await visitor.open(personUrl);
      let page = await identifyAtHome({
        visitor,
        person: federation.person(key),
        homeUrl: federation.url('bh'),
        serviceUrl: federation.url('sa'),
        homeState: 'BH',
        serviceId: '',
      });
      const boxes = page.html.querySelectorAll('input[name=field]').map((box) => box.getAttribute('value') ?? '');
      page = await visitor.submit('/consent', { decision, field: boxes.filter((box) => !leaveOut.includes(box)) });
      const onward = page.html
        .querySelectorAll('a')
        .find((link) => /\/eid\/auth\//.test(link.getAttribute('href') ?? ''));
      if (onward) await visitor.open(onward.getAttribute('href')!);
      return returned.at(-1)!;
    },
    stop: async () => {
      server.close();
      await http.close();
    },
  };
}
export type Ministry = Awaited<ReturnType<typeof startMinistry>>;

export function secretIn(said: string): string | undefined {
  return /^ {2}([A-Za-z0-9_-]{43})$/m.exec(said)?.[1];
}
