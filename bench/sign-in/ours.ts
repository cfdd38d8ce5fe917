import { importBundled } from '#apps/bundled';

// A node as an operator runs one: `node ours.ts <node.json>`.

const { readNodeConfig, startNode } = await importBundled<typeof import('#apps/state-node')>('library');
const node = await startNode(readNodeConfig(process.argv[2]!));
process.on('disconnect', () => void node.stop().then(() => process.exit(0)));
process.send!({ ready: node.publicUrl });
