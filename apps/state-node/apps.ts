import type { Clock } from '#kernel/clock';
import type { Database } from '#kernel/database';
import { createHttpClient } from '#kernel/http-client';
import type { Keys } from '#kernel/keys';
import type { Log } from '#kernel/log';
import { Problem } from '#kernel/problem';
import { type Apps, createApps } from '#modules/apps';
import type { Cases } from '#modules/cases';
import type { Federation } from '#modules/federation';
import type { Identity } from '#modules/identity';
import type { Ledger } from '#modules/ledger';
import { isOwed, type Payments } from '#modules/payments';
import { appMark } from '#protocol/trust-marks';
import type { NodeConfig } from './config.ts';
import type { StateDescription } from './state-folder.ts';

/** Apps of others at this state: who may allow them, and which applications are whose. */
export async function createAppsFor(needs: {
  database: Database;
  clock: Clock;
  log: Log;
  keys: Keys;
  config: NodeConfig;
  ledger: Ledger;
  federation: Federation;
  identity: Identity;
  cases: Cases;
  payments: Pick<Payments, 'getFee'>;
  state: StateDescription;
}): Promise<Apps> {
  const { config, identity, cases, payments, state, ...rest } = needs;
  // Of its own: what an app names as its address reaches the public net and nothing else, but for a federation on one machine.
  const http = createHttpClient({ ...(config.loadSamples ? {} : { isPublicOnly: true }) });
  const apps = await createApps({
    ...rest,
    http,
    publicUrl: config.publicUrl,
    markType: appMark(config.anchor.entityId),
    mayAct: async (personId, homeState) =>
      homeState !== state.code || (await identity.persons.findPerson(personId))?.isSuspended === false,
    hasCase: async (person, caseId) => {
      try {
        await cases.getMyCase(person, caseId);
        return true;
      } catch (error) {
        if (error instanceof Problem && error.status === 404) return false;
        throw error;
      }
    },
    hasFeeDue: async (person, caseId) => isOwed(await payments.getFee(person, caseId)),
  });
  return {
    ...apps,
    stop: async () => {
      await apps.stop();
      await http.close();
    },
  };
}
