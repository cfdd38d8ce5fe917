import { importBundled } from '#apps/bundled';

const { runUntilStopped, startNode, startProcesses } =
  await importBundled<typeof import('#apps/state-node')>('library');

// A state's node like any other, that soon ends a process of its own which stands still: `node impatient-node.ts <node.json>`.
await runUntilStopped('node impatient-node.ts <node.json>', (file) =>
  startProcesses(file, startNode, { silentMsMax: 9_000 }),
);
