import { startNode } from '#apps/state-node';
import { runUntilStopped, startProcesses } from '../../apps/state-node/run.ts';

// A state's node like any other, that soon ends a process of its own which stands still: `node impatient-node.ts <node.json>`.
await runUntilStopped('node impatient-node.ts <node.json>', (file) =>
  startProcesses(file, startNode, { silentMsMax: 9_000 }),
);
