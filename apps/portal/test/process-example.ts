import type { Process } from '#modules/cases';
import process from './process-example.json' with { type: 'json' };

/** The process of a service with everything that one can have but silence, as its endpoint gives it. */
export const exampleProcess = process as Process;
