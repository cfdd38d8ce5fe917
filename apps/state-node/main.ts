import { runUntilStopped, startProcesses } from './run.ts';

await runUntilStopped('node apps/state-node/main.ts <node.json>', (file) =>
  // Imported here: a process that only keeps the others of its node loads nothing of it.
  startProcesses(file, async (config, siblings) => {
    const node = await (await import('./node.ts')).startNode(config, siblings);
    // The stylesheet and the islands are made. Its process would stay beside the node for ever, with 60 MB of its own.
    await (await import('esbuild')).stop();
    return node;
  }),
);
