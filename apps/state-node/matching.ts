import type { Clock } from '#kernel/clock';
import type { Database } from '#kernel/database';
import type { Keys } from '#kernel/keys';
import type { Log } from '#kernel/log';
import type { ExchangeDoor } from '#modules/exchange';
import type { Identity } from '#modules/identity';
import type { Ledger } from '#modules/ledger';
import { createMatching, type LocalRecord, type Matching } from '#modules/matching';
import { ConfigInvalid } from './config.ts';
import type { StateFolder } from './state-folder.ts';

type Row = Awaited<ReturnType<NonNullable<ExchangeDoor['population']>['listBorn']>>[number];

/** Joins the finding of records to the register of this state and to the operator's count of sign-ins. */
export async function createMatchingFor(needs: {
  database: Database;
  clock: Clock;
  log: Log;
  ledger: Ledger;
  identity: Identity;
  exchange: ExchangeDoor;
  folder: StateFolder;
  keys: Keys;
}): Promise<Matching> {
  const { folder, exchange, identity, database, clock, log, ledger, keys } = needs;
  const { population } = exchange;
  if (folder.matching && population?.officeId !== folder.matching.office)
    throw new ConfigInvalid(
      `${folder.folder}/matching.json: the office ${folder.matching.office} has no registry that describes a population`,
    );
  const toRecord = (row: Row): LocalRecord => ({
    number: row.number,
    record: {
      birthDate: { calendar: population!.calendar, date: row.birth_date },
      ...(row.name_ar ? { nameAr: row.name_ar } : {}),
      ...(row.name_latin ? { nameLatin: row.name_latin } : {}),
      ...(row.nationality ? { nationality: row.nationality } : {}),
      ...(row.sex === 'female' || row.sex === 'male' ? { sex: row.sex } : {}),
    },
    ...(row.merged_into ? { mergedInto: row.merged_into } : {}),
  });
  return createMatching({
    database,
    clock,
    log,
    ledger,
    key: await keys.secret('matching'),
    state: folder.state.code,
    ...(folder.matching ? { rules: folder.matching } : {}),
    ...(population
      ? {
          population: {
            calendar: population.calendar,
            listBorn: async (days) => (await population.listBorn(days)).map(toRecord),
            find: async (number) => {
              const row = await population.find(number);
              return row && toRecord(row);
            },
          },
        }
      : {}),
    readRecord: (evidenceType, number) => exchange.readOwn(evidenceType, number),
    onCompared: (outcome) => {
      if (outcome === 'not_matched') identity.outcomes.count('relying-party', outcome);
    },
  });
}
