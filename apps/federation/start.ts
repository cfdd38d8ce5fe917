import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { readLauncherConfig } from './config.ts';

// Before anything large is imported: a module is compiled when it is linked, so the launcher itself cannot do it.
const { childEnvironment } = readLauncherConfig(join(import.meta.dirname, '..', '..'));
enableCompileCache(childEnvironment.NODE_COMPILE_CACHE);
await import('./main.ts');
