import { refuseCrossSite } from '#kernel/admission';
import type { Clock } from '#kernel/clock';
import { createHttpServer } from '#kernel/http';
import { createHttpClient } from '#kernel/http-client';
import type { Log } from '#kernel/log';
import { readAccounts } from './accounts.ts';
import { type Description, readDescriptions, shapeOf } from './description.ts';
import { mountCard } from './engines/card.ts';
import { mountOpenId } from './engines/openid.ts';
import { mountPush } from './engines/push.ts';
import { wordsOf } from './engines/words.ts';
import { createFaults, type Fault, faultTexts, type SetFault } from './faults.ts';
import { firstPage } from './pages/first.ts';
import { languageOf, sendPage } from './pages/page.ts';
import { problem } from './problem.ts';
import { createSigning } from './signing.ts';
import type { Simulator } from './simulator.ts';

export { type Description, readDescriptions, shapeOf } from './description.ts';
export { type Fault, faultTexts, type SetFault } from './faults.ts';

export type RunningSimulator = {
  id: string;
  url: string;
  setFault(fault: SetFault): void;
  clearFaults(): void;
  stop(): Promise<void>;
};

export type SimulatorSettings = {
  /** Where `people.json` of each state is. */
  statesFolder: string;
  host: string;
  /** The port of a description, or another one; 0 takes any that is free. */
  portOf(description: Description): number;
  clock: Clock;
  log: Log;
  /** Beginnings of addresses beyond this machine to which people and proofs may be sent. */
  allowedReturns: string[];
};

/** The simulators that come with the platform. */
export const ownDescriptions = (): Description[] => readDescriptions(`${import.meta.dirname}/simulators`);

/** Starts one simulator on an address of its own, `http://{id}.localhost:{port}`. Everything is in memory and gone with it. */
export async function startSimulator(description: Description, settings: SimulatorSettings): Promise<RunningSimulator> {
  const { clock, log, host } = settings;
  const wanted = settings.portOf(description);
  const port = wanted || (await findFreePort(host));
  const publicUrl = `http://${description.id}.localhost:${port}`;
  const server = createHttpServer({ publicUrl, log, clock, identify: async () => ({ kind: 'anyone' }) });
  const http = createHttpClient({ timeoutMs: 5_000 });
  const simulator: Simulator = {
    description,
    publicUrl,
    portOffset: wanted === 0 ? undefined : wanted - description.port,
    server,
    http,
    clock,
    accounts: readAccounts(description, settings.statesFolder),
    faults: createFaults(shapeOf(description)),
    signing: await createSigning(),
    isAllowedReturn: (url) => isLocal(url) || settings.allowedReturns.some((beginning) => url.startsWith(beginning)),
  };
  mountPages(simulator);
  if (description.openid) mountOpenId(simulator, description.openid);
  if (description.push) mountPush(simulator, description.push);
  if (description.card) await mountCard(simulator, description.card);
  await server.listen({ host, port });
  return {
    id: description.id,
    url: publicUrl,
    setFault: simulator.faults.set,
    clearFaults: () => simulator.faults.clear(),
    stop: async () => {
      await server.close();
      await http.close();
    },
  };
}

/** The first page, and what every simulator answers beside its protocol. */
function mountPages(simulator: Simulator): void {
  const { server, description, faults, accounts, publicUrl } = simulator;
  const { fastify } = server;

  const readFault = (name: unknown): Fault => {
    const fault = faults.possible.find((one) => one === name);
    if (fault === undefined) throw problem('fault-not-possible');
    return fault;
  };

  fastify.get('/', async (request, reply) => sendPage(reply, firstPage(simulator, languageOf(request))));
  fastify.post('/faults', async (request, reply) => {
    refuseCrossSite(request.facts);
    const { fault, to } = wordsOf(request.body);
    if (to === 'on') faults.set({ fault: readFault(fault) });
    else faults.clear(readFault(fault));
    return reply.redirect('/#faults', 303);
  });
  fastify.get('/simulator', async () => ({
    ...description,
    url: publicUrl,
    accounts,
    possibleFaults: Object.fromEntries(faults.possible.map((fault) => [fault, faultTexts[fault].names])),
    faults: faults.list(),
  }));
  fastify.put('/simulator/faults/:fault', async (request) => {
    refuseCrossSite(request.facts);
    const fault = readFault((request.params as Record<string, string>)['fault']);
    const { nationalId, times, error } = (request.body ?? {}) as Record<string, unknown>;
    if (nationalId !== undefined && !accounts.some((account) => account.nationalId === nationalId))
      throw problem('request-not-understood', { reason: 'nationalId' });
    if (times !== undefined && !(Number.isInteger(times) && Number(times) >= 1 && Number(times) <= 1_000))
      throw problem('request-not-understood', { reason: 'times: 1 to 1000' });
    const { openid } = description;
    const errors = openid && fault === 'rejected' ? [openid.errors.rejected, ...(openid.rejectedToo ?? [])] : [];
    if (error !== undefined && !errors.some((one) => one.error === error))
      throw problem('request-not-understood', { reason: 'error' });
    faults.set({
      fault,
      ...(error === undefined ? {} : { error: error as string }),
      ...(nationalId === undefined ? {} : { nationalId: nationalId as string }),
      ...(times === undefined ? {} : { times: times as number }),
    });
    return { faults: faults.list() };
  });
  fastify.delete('/simulator/faults', async () => {
    faults.clear();
    return { faults: [] };
  });
  fastify.delete('/simulator/faults/:fault', async (request) => {
    faults.clear(readFault((request.params as Record<string, string>)['fault']));
    return { faults: faults.list() };
  });
}

/** Names of this machine alone (RFC 6761 section 6.3), and its loopback addresses. */
function isLocal(url: string): boolean {
  const { hostname, protocol } = new URL(url);
  if (protocol !== 'http:' && protocol !== 'https:') return false;
  return ['localhost', '127.0.0.1', '[::1]'].includes(hostname) || hostname.endsWith('.localhost');
}

async function findFreePort(host: string): Promise<number> {
  const { createServer } = await import('node:net');
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, host, resolve));
  const { port } = probe.address() as { port: number };
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
