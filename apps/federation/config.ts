import { join } from 'node:path';

/** Everything the sample federation's launcher takes from its surroundings. */
export function readLauncherConfig(root: string) {
  const env = process.env;
  return {
    dataFolder: env['JISR_DATA'] ?? join(root, '.data', 'federation'),
    statesFolder: join(root, 'states'),
    servicesFolder: join(root, 'services'),
    /** A PostgreSQL server on which each node gets a database of its own; embedded databases when not set. */
    databaseUrl: env['DATABASE_URL'],
    databasePrefix: 'jisr_',
    /** Processes of each state's node. */
    workers: 1,
    /** The states to start; all that have a folder when not named. */
    only: undefined as string[] | undefined,
    /** Loopback unless told otherwise: the sample people's passwords are public. */
    host: env['JISR_HOST'] ?? '127.0.0.1',
    portOffset: Number(env['JISR_PORT_OFFSET'] ?? 0),
    /** Where the operator of the node on a port finds it, on loopback whatever `host` says; 0 is any free port. */
    operatorPortOf: (port: number) => port + 500,
    /** Lets the states that describe their eID sign people in with its simulator (`npm run eid-simulators`) too. */
    connectSimulators: env['JISR_EID_SIMULATORS'] === '1',
    logLevel: env['JISR_LOG'] ?? 'info',
    childEnvironment: { ...env },
  };
}
export type LauncherConfig = ReturnType<typeof readLauncherConfig> & {
  /** The file that the time of every node follows; they live in the machine's time when absent. */
  movedTimeFile?: string;
};

/** The same for the sandbox: a folder of its own, embedded databases, loopback, and a time that can be moved. */
export function readSandboxConfig(root: string, only?: string[]): LauncherConfig & { movedTimeFile: string } {
  const config = readLauncherConfig(root);
  const dataFolder = process.env['JISR_DATA'] ?? join(root, '.data', 'sandbox');
  return {
    ...config,
    only,
    dataFolder,
    databaseUrl: undefined,
    host: '127.0.0.1',
    movedTimeFile: join(dataFolder, 'time.json'),
    childEnvironment: { ...config.childEnvironment, JISR_SANDBOX: '1' },
  };
}

/** The time that a program of a maker of apps follows (sandbox/follow.ts). */
export function readFollowedTime(root: string): string {
  return process.env['JISR_SANDBOX_TIME'] ?? join(root, '.data', 'sandbox', 'time.json');
}
