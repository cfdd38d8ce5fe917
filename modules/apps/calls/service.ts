import type { RecogniseApp } from '#kernel/admission';
import type { Caller } from '#kernel/contract';
import { kernelProblem } from '#kernel/problem';
import type { Allowed } from '../allowed/service.ts';
import type { Authorising } from '../authorising/service.ts';
import type { QuotaLeft } from '../contract.ts';
import type { AppsNeeds } from '../needs.ts';
import { type App, findApp } from '../standing.ts';
import { proofSecondsMax, refuseProof, refuseToken } from './refusals.ts';
import { checkProof, quotaHeaders, quotasLeft, readShownToken, windowsAt } from './rules.ts';
import { dropOldProofs, readMade, takeCall } from './store.ts';

/** Which app calls, for whom, and whether it may: each call of an app comes through here. */
export function createCalls(needs: AppsNeeds, authorising: Pick<Authorising, 'findToken'>, allowed: Allowed) {
  const { database, clock } = needs;

  /** Counts the call of an app that is known; refuses one too many. */
  const count = async (app: App, proofId: string): Promise<Record<string, string>> => {
    const now = clock.now();
    const seenUntil = new Date(now.getTime() + 2 * proofSecondsMax * 1_000);
    const made = await takeCall(database.db, { appId: app.appId, proofId, seenUntil, now }, windowsAt(now));
    if (!made) throw refuseProof('proof-shown-before');
    const limits = { minute: app.callsPerMinute, day: app.callsPerDay };
    const quotas = quotasLeft(app, made, now);
    const headers = quotaHeaders(quotas);
    // The longest wait of those that are used up: calling again before would be refused again.
    const used = quotas
      .filter(({ quota }) => made.get(quota === 'minute' ? 60 : 86_400)! > limits[quota])
      .sort((one, other) => other.secondsLeft - one.secondsLeft)[0];
    if (used) {
      const exceeded = kernelProblem('quota-exceeded', { quota: used.quota, seconds: used.secondsLeft });
      exceeded.headers = { ...headers, 'retry-after': String(used.secondsLeft) };
      throw exceeded;
    }
    return headers;
  };

  const recognise: RecogniseApp = async (request, { scope }) => {
    const token = readShownToken(request.headers);
    const { keyThumbprint, proofId } = checkProof(request, token, clock.now());
    const kept = await authorising.findToken(token, scope === undefined ? 'app' : 'person');
    if (!kept) throw refuseToken('token-unknown');
    if (kept.keyThumbprint !== keyThumbprint) throw refuseToken('key-of-another');
    const app = await findApp(needs, kept.appId);
    if (!app) throw refuseToken('app-not-certified');
    const headers = await count(app, proofId);
    if (scope === undefined) return { caller: { kind: 'app', appId: app.appId }, headers };
    const held = kept.grantId === undefined ? undefined : await allowed.findLive(kept.grantId);
    if (!held || held.app_id !== app.appId) throw refuseToken('not-allowed-any-more');
    if (!(await needs.mayAct(held.person_id, held.home_state))) throw refuseToken('not-allowed-any-more');
    const isCovered = kept.scopes.has(scope) && held.scopes.includes(scope) && app.scopes.includes(scope);
    if (!isCovered) throw kernelProblem('app-scope-missing', { scope });
    await allowed.noteUse(held);
    const caller: Caller = {
      kind: 'person',
      sessionId: held.authorisation_id,
      personId: held.person_id,
      homeState: held.home_state,
      ...(held.level === null ? {} : { level: held.level }),
      app: { appId: app.appId, authorisationId: held.authorisation_id },
    };
    return { caller, headers };
  };

  return {
    recognise,
    readQuotas: async (app: App): Promise<QuotaLeft[]> => {
      const now = clock.now();
      return quotasLeft(app, await readMade(database.db, app.appId, windowsAt(now)), now);
    },
    purge: () => dropOldProofs(database.db, clock.now()),
  };
}
export type Calls = ReturnType<typeof createCalls>;
