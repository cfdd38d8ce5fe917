import { join } from 'node:path';

/** Everything the simulators take from their surroundings. */
export function readSimulatorsConfig(root: string) {
  const env = process.env;
  return {
    statesFolder: join(root, 'states'),
    /** Loopback unless told otherwise: anybody can sign in as anybody here. */
    host: env['EID_SIMULATORS_HOST'] ?? '127.0.0.1',
    portOffset: Number(env['JISR_PORT_OFFSET'] ?? 0),
    /** Beginnings of addresses, separated by blanks. */
    allowedReturns: (env['EID_SIMULATORS_RETURNS'] ?? '').split(' ').filter(Boolean),
    logLevel: env['JISR_LOG'] ?? 'warn',
  };
}
