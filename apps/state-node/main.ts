import { stop as stopEsbuild } from 'esbuild';
import { readNodeConfig, runUntilStopped, startNode } from './index.ts';

await runUntilStopped('node apps/state-node/main.ts <node.json>', async (file) => {
  const node = await startNode(readNodeConfig(file));
  // The stylesheet and the islands are made. Its process would stay beside the node for ever, with 60 MB of its own.
  await stopEsbuild();
  return node;
});
