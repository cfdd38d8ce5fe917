import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeCatalogue } from './describe.ts';
import { describeCases } from './describe-cases.ts';

writeFileSync(join(import.meta.dirname, 'catalogue.ts'), describeCatalogue());
writeFileSync(join(import.meta.dirname, 'case-types.ts'), describeCases());
