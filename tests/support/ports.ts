import { findBusyPorts, type SampleNode } from '../../apps/federation/launcher.ts';

/**
 * What to add to the ports of the sample federation (4000 to 4006) so that nobody listens there. From 7000 on, above all but one of the
 * ports that a browser refuses (WHATWG Fetch, section 2.9), and below those that the system gives to outgoing connections: one of
 * these may be taken between look and use. `others` are ports that move with them. Each worker has blocks of its own: two that look at the
 * same moment would both find one free, and listen there seconds later.
 */
export async function findPortOffset(host: string, others: readonly number[] = []): Promise<number> {
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const offset = 3_000 + (Math.floor(Math.random() * 237) * lanes + lane) * 10;
    const ports = [...Array.from({ length: 7 }, (_, at) => 4_000 + at), ...others].map((port) => port + offset);
    const wanted = ports.map((port) => ({ port })) as SampleNode[];
    if (!ports.includes(refusedByBrowsers) && (await findBusyPorts(wanted, host)).length === 0) return offset;
  }
  throw new Error('no seven free ports in a row');
}

const refusedByBrowsers = 10_080;
const lanes = 8;
const lane = Number(process.env['VITEST_POOL_ID'] ?? 0) % lanes;
