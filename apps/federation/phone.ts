import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Fastify from 'fastify';
import { generate } from 'otplib';
import type { Text } from '#kernel/languages';

/** A sample person whom the launcher names: what one signs in with, and what their case shows. */
export type SamplePerson = {
  state: string;
  key: string;
  names: Text;
  nationalId: string;
  password: string;
  totpSecret: string;
  shows: Text;
};

export function samplePeople(statesFolder: string): SamplePerson[] {
  const people: SamplePerson[] = [];
  for (const state of readdirSync(statesFolder).sort()) {
    let file: { people: Array<Partial<SamplePerson>> };
    try {
      file = JSON.parse(readFileSync(join(statesFolder, state, 'people.json'), 'utf8'));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT' || (error as NodeJS.ErrnoException).code === 'ENOTDIR')
        continue;
      throw error;
    }
    for (const person of file.people) if (person.key) people.push({ ...(person as SamplePerson), state });
  }
  return people;
}

/**
 * Stands for the sample people's phones: a page with everybody's one-time code of this moment. It reads the sample data
 * alone, runs beside the nodes and never talks to them; a real person's authenticator app is their own.
 */
export async function startPhone(options: {
  people: SamplePerson[];
  host: string;
  port: number;
}): Promise<{ url: string; stop(): Promise<void> }> {
  const server = Fastify({ logger: false, forceCloseConnections: true });
  server.get('/', async (_request, reply) => {
    const rows = await Promise.all(
      options.people.map(async (person) => {
        const code = await generate({ secret: person.totpSecret });
        return `<tr><td>${person.state.toUpperCase()}</td><th scope="row"><bdi lang="ar">${person.names.ar}</bdi><br>${person.names.en}</th><td><code>${person.nationalId}</code></td><td><code>${person.password}</code></td><td><strong><code>${code}</code></strong></td><td><bdi lang="ar">${person.shows.ar}</bdi><br>${person.shows.en}</td></tr>`;
      }),
    );
    return reply
      .type('text/html; charset=utf-8')
      .header('cache-control', 'no-store')
      .header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'")
      .send(page(rows.join('\n')));
  });
  server.get<{ Params: { nationalId: string } }>('/code/:nationalId', async (request, reply) => {
    const person = options.people.find((candidate) => candidate.nationalId === request.params.nationalId);
    if (!person) return reply.status(404).send({ code: 'not-found' });
    return { code: await generate({ secret: person.totpSecret }) };
  });
  await server.listen({ host: options.host, port: options.port });
  const address = server.server.address();
  const port = typeof address === 'object' && address ? address.port : options.port;
  return { url: `http://phone.localhost:${port}`, stop: () => server.close() };
}

function page(rows: string): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="refresh" content="5"><title>Sample phones · هواتف العيّنة</title>
<style>body{font:16px/1.6 system-ui,sans-serif;max-inline-size:70rem;margin:2rem auto;padding-inline:1rem;color:#10231f}table{border-collapse:collapse;inline-size:100%}td,th{padding:.5rem;border-block-end:1px solid #dfe5e1;text-align:start;vertical-align:top}code{font-size:1rem}strong code{font-size:1.25rem}</style>
<main><h1>Sample phones · <bdi lang="ar">هواتف العيّنة</bdi></h1>
<p>These people are invented. The code is what their authenticator app shows now; it changes every 30 seconds.</p>
<p lang="ar" dir="rtl">هؤلاء أشخاص غير حقيقيين. الرمز هو ما يعرضه تطبيق المصادقة الآن، ويتغير كل ٣٠ ثانية.</p>
<table><thead><tr><th scope="col">State</th><th scope="col">Name</th><th scope="col">National number</th><th scope="col">Password</th><th scope="col">Code now</th><th scope="col">Shows</th></tr></thead><tbody>
${rows}
</tbody></table></main></html>`;
}
