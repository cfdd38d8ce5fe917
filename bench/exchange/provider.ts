import { importBundled } from '#apps/bundled';

// The holding state's node, as an operator runs one: `node provider.ts <node.json>`.

const { readNodeConfig, startNode } = await importBundled<typeof import('#apps/state-node')>('library');
const node = await startNode(readNodeConfig(process.argv[2]!));
process.on('disconnect', () => void node.stop().then(() => process.exit(0)));
process.send!({ ready: node.publicUrl });
