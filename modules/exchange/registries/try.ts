import { Problem } from '#kernel/problem';
import type { LookUpEntry } from '../look-ups/contract.ts';
import { checkRegistryConfig } from './config.ts';
import { createRegistries, type RegistriesNeeds, type RegistryHealth } from './lookup.ts';

export type Trial = {
  health: RegistryHealth;
  /** What would leave for the person tried; for the terminal of the engineer who asked, and for nothing else. */
  record?: Record<string, unknown>;
  /** Why nothing would leave. */
  refusal?: Problem;
  /** Of a look-up: how many entries it has, and the first of them by their English name. */
  register?: { total: number; entries: LookUpEntry[] };
};

const shownMax = 3;

/** Tries a description without a node: looks at its health and, where a number is given, looks that person up. */
export async function tryRegistry(
  needs: Omit<RegistriesNeeds, 'registries' | 'database'>,
  description: unknown,
  nationalId?: string,
): Promise<Trial[]> {
  const { officeId, evidence, lookUps = [] } = checkRegistryConfig(description);
  const registries = createRegistries({ ...needs, registries: [description] });
  try {
    const looked = await Promise.all(
      evidence.map(async ({ type }) => {
        if (nationalId === undefined) return {};
        try {
          return { record: await registries.lookUp(officeId, type, { nationalId }) };
        } catch (error) {
          if (error instanceof Problem) return { refusal: error };
          throw error;
        }
      }),
    );
    const read = await Promise.all(
      lookUps.map(async ({ name }) => {
        try {
          const { total, entries } = await registries.lookUps.readFirst(name, shownMax);
          return { register: { total, entries } };
        } catch (error) {
          if (error instanceof Problem) return {};
          throw error;
        }
      }),
    );
    // After the lookup, so that what it saw is in the report.
    const health = await registries.checkHealth();
    return [...looked, ...read].map((one, index) => ({ ...one, health: health[index]! }));
  } finally {
    await registries.stop();
  }
}
