import { parseArgs } from 'node:util';
import { importBundled } from '#apps/bundled';
import { createHttpClient } from '#kernel/http-client';
import { type CliConfig, readSandboxUrl } from './config.ts';

const usage = `jisr sandbox: the sample states on this machine, for makers of apps, with a time that goes forward when you say so

  npm run jisr -- sandbox [--states sa,bh]     starts it, all six or those named; Ctrl-C stops it, and it goes on where it was
  npm run jisr -- sandbox now                  what time it is there
  npm run jisr -- sandbox travel 30d           moves it forward by days (d) or hours (h), a day at a time
  npm run jisr -- sandbox travel --to 2027-03-01
  npm run jisr -- sandbox travel next          to the first day on which something happens to a case, and says what
  npm run jisr -- sandbox people               whom one can sign in as
  npm run jisr -- sandbox reset                gives back the first state: data, logs and time; addresses and keys stay

  --at <address> names another one than ${'http://sandbox.localhost:4009'}.
`;

type Happened = { at: string; state: string; fact: string; reference: string; serviceId: string };
type Clock = { now: string; movedSeconds: number; state: string; target?: string; happened: Happened[] };
type Person = {
  state: string;
  names: { en: string; ar: string };
  nationalId: string;
  password: string;
  codeUrl: string;
};

/** Starts the sandbox, or speaks to the one that runs. Exit code 2 when the command is not complete, 1 when it was refused or none runs. */
export async function operateSandbox(config: CliConfig, words: string[]): Promise<number> {
  const text = { type: 'string' } as const;
  const { values, positionals } = parseArgs({
    args: words,
    allowPositionals: true,
    options: { states: text, to: text, at: text },
  });
  const [action = 'start', by] = positionals;
  if (action === 'start') {
    await importBundled('sandbox');
    return 0;
  }
  const url = values.at ?? readSandboxUrl();
  const http = createHttpClient({ timeoutMs: 15_000 });
  try {
    const call = async <Answer>(method: 'GET' | 'POST', path: string, body?: object): Promise<Answer> => {
      const answer = await http.request({
        method,
        url: url + path,
        headers: { accept: 'application/json', ...(body ? { 'content-type': 'application/json' } : {}) },
        ...(body ? { body: JSON.stringify(body) } : {}),
      });
      const read = JSON.parse(answer.body.toString('utf8'));
      if (answer.status >= 400)
        throw new Refused(read.messages?.[config.language] ?? read.title ?? String(answer.status));
      return read;
    };
    /** Until it is there, or has failed. */
    const arrive = async (): Promise<number> => {
      for (let clock = await call<Clock>('GET', '/api/clock'); ; clock = await call<Clock>('GET', '/api/clock')) {
        if (clock.state === 'ready' || clock.state === 'failed') {
          for (const one of clock.happened)
            console.log(`${one.at.slice(0, 10)}  ${one.reference}  ${one.serviceId}  ${one.fact}`);
          return show(clock);
        }
        await new Promise((resolve) => setTimeout(resolve, 500));
      }
    };
    if (action === 'now') return show(await call<Clock>('GET', '/api/clock'));
    if (action === 'travel' && (by === undefined) !== (values.to === undefined)) {
      const to = by === 'next' ? by : values.to;
      await call('POST', '/api/clock', to === undefined ? { by } : { to });
      return await arrive();
    }
    if (action === 'reset') {
      await call('POST', '/api/reset', {});
      return await arrive();
    }
    if (action === 'people') {
      for (const person of (await call<{ people: Person[] }>('GET', '/api/people')).people)
        console.log(
          `${person.state}  ${person.nationalId}  ${person.password}  ${person.codeUrl}  ${person.names[config.language]}`,
        );
      return 0;
    }
    console.error(usage);
    return 2;
  } catch (error) {
    const code = (error as { code?: string }).code ?? '';
    if (error instanceof Refused) console.error(error.message);
    else if (code.startsWith('peer-'))
      console.error(`No sandbox answers at ${url}. Start it with: npm run jisr -- sandbox`);
    else throw error;
    return 1;
  } finally {
    await http.close();
  }
}

class Refused extends Error {}

function show(clock: Clock): number {
  const days = Math.floor(clock.movedSeconds / 86_400);
  console.log(`${clock.now}  ${days} days ahead  ${clock.state}${clock.target ? ` to ${clock.target}` : ''}`);
  return clock.state === 'failed' ? 1 : 0;
}
