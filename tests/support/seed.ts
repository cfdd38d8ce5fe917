import fc from 'fast-check';
import { readSeed } from './random.ts';

// Properties draw by the seed of the run, when it has one.
if (process.env['JISR_TEST_SEED']) fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: readSeed() });
