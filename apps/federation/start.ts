import { importBundled } from '#apps/bundled';

await importBundled('federation');
