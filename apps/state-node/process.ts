import { runUntilStopped, startProcesses } from './run.ts';

await runUntilStopped('node apps/state-node/main.ts <node.json>', (file) =>
  // Imported here: a process that only keeps the others of its node loads nothing of it.
  startProcesses(file, async (config, siblings) => (await import('./node.ts')).startNode(config, siblings)),
);
