import { join } from 'node:path';
import { buildClient } from './pack.ts';

const folder = process.argv[2] ?? join(import.meta.dirname, '..', '..', '.data', 'client');
await buildClient(folder);
console.log(`@jisr/client is in ${folder}. Make the tarball there: npm pack`);
