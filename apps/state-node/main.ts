import { importBundled } from '#apps/bundled';

await importBundled('node');
