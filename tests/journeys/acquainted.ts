import type { TestFederation } from '../support/federation.ts';

/** Nodes that started first met closed doors, and remember that for two seconds: waits until each knows every other. */
export async function waitUntilAcquainted(federation: TestFederation): Promise<void> {
  const nodes = [...federation.running.values()];
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const known = await Promise.all(nodes.map(async ({ doors }) => (await doors.federation.listStates()).length));
    if (known.every((count) => count === nodes.length)) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('the nodes did not get to know each other within 10 seconds');
}
