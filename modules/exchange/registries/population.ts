import { type Static, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import type { Log } from '#kernel/log';
import { problem } from '../contract.ts';
import { type OpenRegistry, RegistryFault } from './adapter.ts';
import { checkQuery } from './query.ts';

/**
 * How people are found in a register by when they were born, so that somebody who comes with the identity of another state can be
 * compared with them. Both queries give the columns `number`, `name_ar`, `name_latin`, `birth_date` (YYYY-MM-DD in the
 * register's calendar), `sex`, `nationality` and `merged_into`; what the register does not have is null.
 */
export const PopulationQueries = Type.Object(
  {
    calendar: Type.Union([Type.Literal('gregorian'), Type.Literal('umm-al-qura')]),
    /** Everybody born on one of some days. Named parameter: `:days`, the days with commas between. */
    born: Type.String({ minLength: 1, maxLength: 10_000 }),
    /** The record under a number. Named parameter: `:number`. */
    one: Type.String({ minLength: 1, maxLength: 10_000 }),
  },
  { additionalProperties: false },
);
export type PopulationQueries = Static<typeof PopulationQueries>;

/** A row of a population, as the register has it. */
export type PopulationRow = Static<typeof Row>;
const OrNull = Type.Optional(Type.Union([Type.String({ maxLength: 400 }), Type.Null()]));
const Row = Type.Object({
  number: Type.String({ minLength: 1, maxLength: 64 }),
  name_ar: OrNull,
  name_latin: OrNull,
  birth_date: Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$' }),
  sex: OrNull,
  nationality: OrNull,
  merged_into: OrNull,
});
const shape = Compile(Row);

export type OpenPopulation = {
  officeId: string;
  calendar: PopulationQueries['calendar'];
  /** Throws `registry-unavailable` or `registry-answer-invalid`. */
  listBorn(days: readonly string[]): Promise<PopulationRow[]>;
  /** Undefined when nobody stands under the number, or more than one. */
  find(number: string): Promise<PopulationRow | undefined>;
};

/** All births of a large state on a handful of days. A register that gives more is not compared: one could be missed. */
const rowsMax = 20_000;

/** Throws a sentence for the engineer. */
export function checkPopulation({ born, one }: PopulationQueries): void {
  checkQuery('those born on a day', born, ['days']);
  checkQuery('the record under a number', one, ['number']);
}

export function openPopulation(
  { log }: { log: Log },
  config: { id: string; officeId: string; population?: PopulationQueries },
  registry: Pick<OpenRegistry<never>, 'list'>,
): OpenPopulation | undefined {
  const { population } = config;
  const { list } = registry;
  if (!population || !list) return undefined;
  const read = async (query: string, value: string, most: number): Promise<PopulationRow[]> => {
    let rows: unknown[];
    try {
      rows = await list(query, value, most + 1);
    } catch (error) {
      // A database's own message may quote a record: only the code is kept.
      const code = error instanceof RegistryFault ? error.code : String((error as { code?: unknown }).code);
      log.error({ registry: config.id, code }, 'population not read');
      throw problem('registry-unavailable');
    }
    if (rows.length > most || !rows.every((row): row is PopulationRow => shape.Check(row))) {
      log.error({ registry: config.id, rows: rows.length }, 'population not as described');
      throw problem('registry-answer-invalid');
    }
    return rows as PopulationRow[];
  };
  return {
    officeId: config.officeId,
    calendar: population.calendar,
    listBorn: (days) => read(population.born, days.join(','), rowsMax),
    find: async (number) => {
      // No register keeps a record under such a number.
      if (number === '' || number.length > 64 || !number.isWellFormed() || /[\x00-\x1f\x7f]/.test(number))
        return undefined;
      const rows = await read(population.one, number, 2);
      return rows.length === 1 ? rows[0] : undefined;
    },
  };
}
