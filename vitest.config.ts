import { defineConfig } from 'vitest/config';
import { reportUnproved } from './tests/faults/ran.ts';

export default defineConfig({
  oxc: { jsx: { runtime: 'automatic', importSource: 'react' } },
  test: {
    include: ['{protocol,kernel,modules,apps,states,services,tests}/**/*.test.{ts,tsx}'],
    // Two workers suit two cores; a file keeps its own process, for a database per file lives and dies with it.
    pool: 'forks',
    maxWorkers: 2,
    isolate: false,
    testTimeout: 30_000,
    hookTimeout: 90_000,
    reporters: [...(process.env['CI'] ? ['default', 'json'] : ['default']), reportUnproved()],
  },
});
