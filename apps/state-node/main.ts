import { readNodeConfig, runUntilStopped, startNode } from './index.ts';

await runUntilStopped('node apps/state-node/main.ts <node.json>', (file) => startNode(readNodeConfig(file)));
