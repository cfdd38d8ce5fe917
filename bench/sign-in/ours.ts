import { readNodeConfig, startNode } from '#apps/state-node';

// A node as an operator runs one: `node ours.ts <node.json>`.

const node = await startNode(readNodeConfig(process.argv[2]!));
process.on('disconnect', () => void node.stop().then(() => process.exit(0)));
process.send!({ ready: node.publicUrl });
