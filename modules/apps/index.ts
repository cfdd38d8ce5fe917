import { type Caller, type Handlers, personOf } from '#kernel/contract';
import type { ModuleMigrations, Tx } from '#kernel/database';
import { createLoop } from '#kernel/loop';
import { createAllowed } from './allowed/service.ts';
import { createAuthorising } from './authorising/service.ts';
import { createCalls } from './calls/service.ts';
import { type AppsContract, appsContract, problem } from './contract.ts';
import * as first from './migrations/0001-apps.ts';
import * as second from './migrations/0002-dropped-deliveries.ts';
import * as third from './migrations/0003-visits-to-pay.ts';
import type { AppsNeeds } from './needs.ts';
import { appScopes } from './scopes/contract.ts';
import { type App, findApp } from './standing.ts';
import { createVisits } from './visits/service.ts';
import { createWebhooks } from './webhooks/service.ts';

export type { AllowingPerson } from './allowed/service.ts';
export type { AppRequest } from './authorising/service.ts';
export { type Authorisation, appsContract, problem as appsProblem } from './contract.ts';
export type { AppsNeeds } from './needs.ts';
export { type AppScope, appAccess, appScopes, isAppScope } from './scopes/contract.ts';
export type { PersonVisit } from './visits/service.ts';

export const appsMigrations: ModuleMigrations = {
  module: 'apps',
  migrations: { '0001-apps': first, '0002-dropped-deliveries': second, '0003-visits-to-pay': third },
};

const purgeEveryMs = 600_000;

/** Apps of others that people allow to act for them at this state. */
export async function createApps(needs: AppsNeeds) {
  const webhooks = createWebhooks(needs, await needs.keys.signer('apps.webhooks', 'ES256'));
  const allowed = createAllowed(needs, webhooks.end);
  const authorising = await createAuthorising(needs, allowed);
  const calls = createCalls(needs, authorising, allowed);
  const visits = createVisits(needs);
  const purging = createLoop({
    work: async () => {
      for (const part of [authorising, calls, visits, webhooks]) await part.purge();
      return false;
    },
    everyMs: purgeEveryMs,
    log: needs.log,
    failed: 'what has expired of apps could not be removed',
  });

  const appOf = async (caller: Caller): Promise<App> => {
    const app = caller.kind === 'app' ? await findApp(needs, caller.appId) : undefined;
    if (!app) throw problem('app-unknown');
    return app;
  };

  const handlers: Handlers<AppsContract> = {
    listScopes: async () => ({
      scopes: Object.entries(appScopes).map(([scope, words]) => ({ scope, ...words })),
    }),
    listWebhookKeys: async () => ({ keys: webhooks.keys as Array<Record<string, unknown>> }),
    getApp: async ({ caller }) => {
      const { redirectUris: _uris, jwks: _jwks, ...app } = await appOf(caller);
      const [quotas, deadDeliveries] = await Promise.all([
        calls.readQuotas(await appOf(caller)),
        webhooks.countDead(app.appId),
      ]);
      return { ...app, quotas, deadDeliveries };
    },
    listDeliveries: async ({ caller, query }) => ({
      deliveries: await webhooks.list((await appOf(caller)).appId, query.state),
    }),
    replayDelivery: async ({ caller, params }) => webhooks.replay((await appOf(caller)).appId, params.deliveryId),
    beginVisit: ({ caller, body }) => visits.begin(personOf(caller), body, 'evidence'),
    beginPayment: ({ caller, body }) => visits.begin(personOf(caller), body, 'payment'),
    listAuthorisations: async ({ caller }) => ({ authorisations: await allowed.list(personOf(caller).personId) }),
    withdrawAuthorisation: ({ caller, params }) => allowed.withdraw(personOf(caller).personId, params.authorisationId),
  };

  return {
    contract: appsContract,
    handlers,
    issuer: authorising.issuer,
    mountProvider: authorising.mountProvider,
    recognise: calls.recognise,
    /** For the page on which a person decides about the request of an app. */
    requests: { get: authorising.getRequest, allow: authorising.allow, refuse: authorising.refuse },
    visits: {
      get: visits.get,
      goPaying: visits.goPaying,
      findPaying: visits.findPaying,
      endPaying: visits.endPaying,
    },
    list: allowed.list,
    withdraw: allowed.withdraw,
    /** In the transaction in which a person is suspended. */
    endAllOf: async (tx: Tx, personId: string): Promise<void> => {
      await allowed.endAllOf(tx, personId);
    },
    /** Tells the apps that the person lets follow their applications, in the transaction of the fact. */
    tellCase: async (
      tx: Tx,
      { personId, ...told }: { personId: string; caseId: string; fact: string; source: string },
    ): Promise<void> => {
      const at = needs.clock.now();
      for (const row of await allowed.listLive(tx, personId))
        if (row.scopes.includes('cases:read')) await webhooks.tell(tx, row, { ...told, at });
    },
    countDue: webhooks.countDue,
    start: () => {
      webhooks.start();
      purging.start();
    },
    stop: async () => {
      await webhooks.stop();
      await purging.stop();
    },
  };
}
export type Apps = Awaited<ReturnType<typeof createApps>>;
