import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeCatalogue } from './describe.ts';

writeFileSync(join(import.meta.dirname, 'catalogue.ts'), describeCatalogue());
