import { totalmem } from 'node:os';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { reportUnproved } from './tests/faults/ran.ts';

// What says nothing of a database has spoken once `npm test` has run; `npm run test:postgres` is for all the rest.
const isSecondRun = process.env['DATABASE_URL'] !== undefined;
const withoutDatabase = [
  '{protocol,states}/**',
  'tests/{guards,conformance}/**',
  'apps/portal/test/{accessibility,arriving,look,pages}.test.ts',
  'modules/catalogue/test/{dmn-tck,forms,linked-data,search}.test.ts',
  // A sandbox is always on embedded databases.
  'tests/operations/sandbox.test.ts',
];

/** The longest first, so that none of them begins when the other workers have nothing left to do. */
const longest = [
  ...['access/access', 'faults/exchange', 'test/accessibility', 'operations/sandbox', 'journeys/accessibility'],
  ...['faults/cases', 'faults/postgres', 'operations/demo', 'guards/check'],
];
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => {
      const index = longest.findIndex((name) => moduleId.endsWith(`${name}.test.ts`));
      return index === -1 ? longest.length : index;
    };
    return (await super.sort(files)).sort((one, other) => place(one) - place(other));
  }
}

export default defineConfig({
  oxc: { jsx: { runtime: 'automatic', importSource: 'react', development: false } },
  test: {
    include: [
      '{protocol,kernel,modules,apps,states,services,tests}/**/*.test.{ts,tsx}',
      ...(process.env['PICTURES'] ? ['tests/journeys/take-pictures.ts'] : []),
    ],
    exclude: ['**/node_modules/**', ...(isSecondRun ? withoutDatabase : [])],
    setupFiles: ['tests/support/seed.ts'],
    // Pages are rendered as a node renders them, which is twice as fast as React's development build.
    env: { NODE_ENV: 'production' },
    pool: 'forks',
    // More workers than cores, because journeys often wait: with three on two cores a quarter of the processors' time was left over. A worker, its
    // nodes and its browser want memory, too.
    maxWorkers: totalmem() >= 12 * 2 ** 30 ? 4 : 3,
    isolate: false,
    sequence: { sequencer: LongestFirst },
    // Four workers on two cores may each stand still for seconds: what is waited for comes, and only what never comes is waited for so long.
    testTimeout: 240_000,
    hookTimeout: 240_000,
    expect: { poll: { timeout: 60_000, interval: 50 } },
    reporters: [...(process.env['CI'] ? ['default', 'json'] : ['default']), reportUnproved()],
  },
});
