import { Problem } from '#kernel/problem';
import { checkRegistryConfig } from './config.ts';
import { createRegistries, type RegistriesNeeds, type RegistryHealth } from './lookup.ts';

export type Trial = {
  health: RegistryHealth;
  /** What would leave for the person tried; for the terminal of the engineer who asked, and for nothing else. */
  record?: Record<string, unknown>;
  /** Why nothing would leave. */
  refusal?: Problem;
};

/** Tries a description without a node: looks at its health and, where a number is given, looks that person up. */
export async function tryRegistry(
  needs: Omit<RegistriesNeeds, 'registries' | 'database'>,
  description: unknown,
  nationalId?: string,
): Promise<Trial[]> {
  const { officeId, evidence } = checkRegistryConfig(description);
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
    // After the lookup, so that what it saw is in the report.
    const health = await registries.checkHealth();
    return looked.map((one, index) => ({ ...one, health: health[index]! }));
  } finally {
    await registries.stop();
  }
}
