import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '#kernel/clock';
import type { Handlers } from '#kernel/contract';
import { createHttpServer, mountContract } from '#kernel/http';
import type { HttpClient } from '#kernel/http-client';
import { createLog } from '#kernel/log';
import { followTime, heardFolderOf, type MovedTime, readMovedTime } from '#kernel/moved-time';
import type { readSandboxConfig } from '../config.ts';
import {
  isWorthShowing,
  prepareEmbeddedDatabases,
  prepareFederation,
  type RunningFederation,
  type SampleNode,
  spawnNodes,
  startInTurn,
  waitUntilAcquainted,
} from '../launcher.ts';
import { playPort, readPlayAccounts } from '../payments.ts';
import { samplePeople, startPhone } from '../phone.ts';
import { initialiseTemplate } from '../template.ts';
import { type Happened, problem, type SandboxClock, sandboxContract } from './contract.ts';
import { stepsTo, targetOf, toNext } from './rules.ts';
import { createSettling } from './settling.ts';

type Config = ReturnType<typeof readSandboxConfig>;

/** What a reset leaves: who the nodes are, and what the secrets of their providers are. All else is made by a start. */
const kept = new Set(['keys', 'secrets', 'node.json', 'time-stamping.json']);
const heardMsMax = 60_000;
/** A state that does not answer for so long does not hold whoever travels. */
const acquaintedMsMax = 30_000;
const happenedMost = 500;

/** Where the sandbox itself is spoken to: beside the anchor and its payment provider. */
export const sandboxPort = (anchorPort: number): number => anchorPort + 9;

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/**
 * The sample federation on embedded databases, all of it in one time that only goes forward; a reset begins it anew under the same
 * addresses and keys. This process follows that time too: its phones and payment provider live in it.
 */
export async function startSandbox(config: Config, http: HttpClient, say: (line: string) => void) {
  const file = config.movedTimeFile;
  const nodes = await prepareFederation(config);
  followTime(file);
  const anchor = nodes.find(({ role }) => role === 'anchor')!;
  const names = new Set(nodes.map(({ id }) => id));
  const people = samplePeople(config.statesFolder).filter(({ state }) => names.has(state));
  const phone = await startPhone({ people, host: config.host, port: Math.max(...nodes.map(({ port }) => port)) + 1 });
  const payments = await (await import('#apps/payment-simulator')).startPaymentSimulator({
    accounts: readPlayAccounts(nodes, config.dataFolder),
    ...{ host: config.host, port: playPort(anchor.port), clock: systemClock },
    log: createLog({ name: 'payment-simulator', level: 'warn' }),
  });
  let running: RunningFederation[] = [];
  let state: SandboxClock['state'] = 'resetting';
  let targetMs: number | undefined;
  let happened: Happened[] = [];
  const settling = createSettling({ nodes, dataFolder: config.dataFolder, http });

  const startNodes = async () => {
    await prepareEmbeddedDatabases(nodes, config.dataFolder, initialiseTemplate);
    running = [];
    const health = await startInTurn(
      nodes,
      (node) => {
        const one = spawnNodes(
          [node],
          config,
          (id, line) => isWorthShowing(line, 50) && say(`[${id}] ${line}`),
          (id) => {
            say(`The node ${id} ended by itself.`);
            state = 'failed';
          },
        );
        running.push(one);
      },
      http,
    );
    const silent = health.filter(({ isHealthy }) => !isHealthy).map(({ node }) => node.id);
    if (silent.length > 0 || !(await waitUntilAcquainted(nodes, http, 180_000)))
      throw new Error(`the sandbox did not start: ${silent.join(', ') || 'the states do not know each other'}`);
  };
  const stopNodes = async () => void (await Promise.all(running.map((one) => one.stop())));
  const write = (moved: MovedTime) => {
    writeFileSync(`${file}.new`, JSON.stringify(moved));
    renameSync(`${file}.new`, file);
  };
  /** First everybody is there, programs of makers too; then what is due begins. */
  const moveTo = async (movedMs: number) => {
    write({ movedMs, isHeld: true });
    const untilMs = performance.now() + heardMsMax;
    const hasHeard = (pid: string) => readFileSync(join(heardFolderOf(file), pid), 'utf8') === String(movedMs);
    while (!readdirSync(heardFolderOf(file)).filter(isAlive).every(hasHeard)) {
      if (performance.now() > untilMs) throw new Error('a process does not follow the time');
      await pause(20);
    }
    write({ movedMs, isHeld: false });
  };

  /** One thing at a time, and its end is told by `GET /api/clock`. */
  const begin = (what: 'travelling' | 'resetting', work: () => Promise<void>) => {
    state = what;
    work().then(
      () => {
        state = 'ready';
        targetMs = undefined;
      },
      (error: unknown) => {
        state = 'failed';
        say(`${what} failed: ${error instanceof Error ? error.message : error}`);
      },
    );
  };
  const describe = (): SandboxClock => ({
    now: systemClock.now().toISOString(),
    movedSeconds: Math.floor(readMovedTime(file).movedMs / 1_000),
    state,
    ...(targetMs === undefined ? {} : { target: new Date(targetMs).toISOString() }),
    file,
    nodes: nodes.map(({ id, publicUrl }) => ({ id, url: publicUrl })),
    happened,
  });

  const handlers: Handlers<typeof sandboxContract> = {
    readClock: async () => describe(),
    travel: async ({ body }) => {
      if (state !== 'ready') throw problem('sandbox-busy');
      const nowMs = systemClock.now().getTime();
      const target = targetOf(body, nowMs);
      targetMs = target;
      const realMs = nowMs - readMovedTime(file).movedMs;
      happened = [];
      begin('travelling', async () => {
        // What somebody did just before is of today.
        await settling.settle();
        for (const at of stepsTo(target, nowMs)) {
          await moveTo(at - realMs);
          const today = await settling.settle();
          happened = [...happened, ...today.map(({ sequence: _, ...one }) => one)].slice(-happenedMost);
          if (body.to === toNext && today.length > 0) break;
        }
        // What the states know of each other has ended with its day: they ask anew before anybody comes.
        await waitUntilAcquainted(nodes, http, acquaintedMsMax);
      });
      return describe();
    },
    reset: async () => {
      if (state !== 'ready' && state !== 'failed') throw problem('sandbox-busy');
      begin('resetting', async () => {
        await stopNodes();
        happened = [];
        settling.forget();
        for (const node of nodes) clearNode(config.dataFolder, node);
        rmSync(heardFolderOf(file), { recursive: true, force: true });
        await moveTimeBack(file);
        await startNodes();
      });
      return describe();
    },
    listPeople: async () => ({
      people: people.map(({ state: of, names: called, nationalId, password, shows }) => ({
        state: of,
        names: called,
        nationalId,
        password,
        codeUrl: `${phone.url}/code/${nationalId}`,
        shows,
      })),
    }),
  };

  const url = `http://sandbox.localhost:${sandboxPort(anchor.port)}`;
  const server = createHttpServer({
    publicUrl: url,
    log: createLog({ name: 'sandbox', level: 'warn' }),
    clock: systemClock,
    identify: async () => ({ kind: 'anyone' }),
  });
  mountContract(server, sandboxContract, handlers);
  await server.listen({ host: config.host, port: sandboxPort(anchor.port) });
  await startNodes();
  state = 'ready';
  return {
    url,
    phoneUrl: phone.url,
    paymentsUrl: payments.url,
    nodes,
    people,
    stop: async () => {
      await server.close();
      await stopNodes();
      await phone.stop();
      await payments.stop();
    },
  };
}

function clearNode(dataFolder: string, node: SampleNode): void {
  const folder = join(dataFolder, node.id);
  for (const name of readdirSync(folder))
    if (!kept.has(name)) rmSync(join(folder, name), { recursive: true, force: true });
}

/** Whether a process that once followed the time still does; the number of one that ended says nothing. */
function isAlive(pid: string): boolean {
  try {
    process.kill(Number(pid), 0);
    return true;
  } catch {
    return false;
  }
}

/** No node runs: this process alone has to hear of it. */
async function moveTimeBack(file: string): Promise<void> {
  rmSync(file, { force: true });
  await pause(200);
}
