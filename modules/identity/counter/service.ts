import * as oidc from 'openid-client';
import { isUuid, newId } from '#kernel/ids';
import { kernelProblem, Problem } from '#kernel/problem';
import { type AssuranceLevel, isAssuranceLevel, isAtLeast, levelsFrom, usualLevel } from '#protocol/assurance';
import { normalizeNationalId } from '#protocol/national-ids';
import { problem } from '../contract.ts';
import { newNumber } from '../methods/approvals/rules.ts';
import type { IdentityNeeds } from '../needs.ts';
import type { Outcomes } from '../outcomes/service.ts';
import type { Throttle } from '../persons/throttle.ts';
import { decoupledGrant } from '../provider/decoupled.ts';
import type { OpenIdProvider } from '../provider/service.ts';
import { rememberPerson } from '../sessions/store.ts';
import { createConnections, type RelyingParty, speakOAuth } from '../signin/connections.ts';
import { reasonOfProblem } from '../signin/rules.ts';
import * as store from './store.ts';

const dayMs = 86_400_000;
/** How long what the phone said counts for the officer who asked. */
const presentMs = 900_000;
/** An officer asks phones so often in an hour before waits begin. */
const askedLimit = { free: 30, delayMsMax: 1_800_000, delayMsFirst: 60_000 };
const usualSeconds = 5;

/** Somebody at the counter: `waiting` for the phone, `present` for a quarter of an hour, `refused` by a code of this module. */
export type CounterVisit = {
  visitId: string;
  homeState: string;
  number: string;
  startedAt: Date;
  /** When the phone no longer counts, or what it said. */
  until: Date;
} & (
  | { state: 'waiting' }
  | { state: 'present'; personId: string; level: AssuranceLevel; at: Date }
  | { state: 'over' }
  | { state: 'refused'; code: string }
);

export type Counter = {
  /**
   * Asks the phone of whoever has that number at home; the officer shows the number of the visit, and the person types it there. Whether there
   * is such a person is not told. Refuses `phones-not-askable` where the home state lets this office ask nobody.
   */
  ask(asked: {
    client: RelyingParty;
    officeId: string;
    officerId: string;
    homeState: string;
    providerEntityId: string;
    nationalId: string;
    level?: AssuranceLevel;
  }): Promise<{ visitId: string }>;
  /** How it stands, for the officer who asked and nobody else. */
  look(visitId: string, officerId: string, client: RelyingParty): Promise<CounterVisit>;
  /** Where somebody was present, the latest first. */
  listPresences(
    personId: string,
  ): Promise<Array<{ visitId: string; officeId: string; level: AssuranceLevel; at: Date; leafHash?: string }>>;
  purge(): Promise<void>;
};

/** The side of an office that signs somebody in at its counter (OpenID Connect CIBA Core 1.0, poll). No session comes of it. */
export function createCounter(
  needs: IdentityNeeds,
  parts: { provider: Pick<OpenIdProvider, 'issuer' | 'findPersonOfSubject'>; throttle: Throttle; outcomes: Outcomes },
): Counter {
  const { database, clock } = needs;
  const { configure, resolveProvider, homeStateOf } = createConnections(needs);
  const { provider, throttle, outcomes } = parts;

  const refuse = async (visitId: string, refused: Problem) => {
    const ended = {
      state: 'refused' as const,
      code: refused.code,
      person_id: null,
      level: null,
      ended_at: clock.now(),
    };
    const isFirst = await store.endVisit(database.db, visitId, ended);
    if (isFirst) outcomes.count('relying-party', reasonOfProblem(refused.code) ?? refused.code);
  };

  /** Asks the provider once. What is not an answer of the provider leaves the visit as it is. */
  async function poll(visit: store.VisitRow, client: RelyingParty): Promise<void> {
    const home = await resolveProvider(visit.provider);
    const { configuration, options } = await configure(client, home, false);
    const asked = { auth_req_id: visit.auth_req_id! };
    let claims: oidc.IDToken | undefined;
    try {
      claims = (await oidc.genericGrantRequest(configuration, decoupledGrant, asked, options)).claims();
    } catch (error) {
      const code = error instanceof oidc.ResponseBodyError ? error.error : undefined;
      if (code === 'authorization_pending') return;
      if (code === 'slow_down') return store.slowDown(database.db, visit.visit_id, visit.every_seconds + usualSeconds);
      if (code === 'expired_token') return refuse(visit.visit_id, problem('sign-in-timed-out'));
      const told = await speakOAuth(() => Promise.reject(error)).catch((one) => one);
      if (code === undefined || !(told instanceof Problem)) throw told;
      return refuse(visit.visit_id, told);
    }
    const acr = claims?.acr;
    const sub = claims?.sub;
    if (!isAssuranceLevel(acr) || !isAtLeast(acr, visit.needed_level) || sub === undefined)
      return refuse(visit.visit_id, problem('acr-not-met'));
    const homeState = await homeStateOf(home);
    const isHome = home.entityId === provider.issuer;
    const known = isHome ? await provider.findPersonOfSubject(sub) : undefined;
    if (isHome && known === undefined) return refuse(visit.visit_id, problem('person-not-matched'));
    await database.transaction(async (tx) => {
      const at = clock.now();
      const personId = known ?? (await rememberPerson(tx, { issuer: home.entityId, subject: sub, homeState, now: at }));
      const ended = { state: 'present' as const, code: null, person_id: personId, level: acr, ended_at: at };
      if (!(await store.endVisit(tx, visit.visit_id, ended))) return;
      const leafHash = await needs.onPresence?.(tx, { personId, officeId: visit.office_id, level: acr, homeState });
      if (leafHash !== undefined) await store.keepEntry(tx, visit.visit_id, leafHash);
    });
    outcomes.count('relying-party', 'signed-in', acr);
  }

  const describe = (row: store.VisitRow): CounterVisit => {
    const { visit_id: visitId, home_state: homeState, number, created_at: startedAt, ended_at: at } = row;
    const until = row.state === 'present' ? new Date(at!.getTime() + presentMs) : row.expires_at;
    const visit = { visitId, homeState, number, startedAt, until };
    if (row.state === 'waiting') return { ...visit, state: 'waiting' };
    if (row.state === 'refused') return { ...visit, state: 'refused', code: row.code! };
    if (until <= clock.now()) return { ...visit, state: 'over' };
    return { ...visit, state: 'present', personId: row.person_id!, level: row.level!, at: at! };
  };

  return {
    ask: async ({ client, officeId, officerId, homeState, providerEntityId, nationalId, level = usualLevel }) => {
      await throttle.admit([{ counter: throttle.counter('counter-officer', officerId), limit: askedLimit }]);
      const home = await resolveProvider(providerEntityId);
      if (home.metadata['openid_provider']?.['backchannel_authentication_endpoint'] === undefined)
        throw problem('phones-not-askable');
      const { configuration } = await configure(client, home, false);
      const number = newNumber();
      const started = await askHome(() =>
        oidc.initiateBackchannelAuthentication(configuration, {
          scope: 'openid',
          login_hint: normalizeNationalId(nationalId).slice(0, 64),
          binding_message: number,
          acr_values: levelsFrom(level).join(' '),
          claims: JSON.stringify({ id_token: { acr: { essential: true, values: levelsFrom(level) } } }),
        }),
      );
      const now = clock.now();
      const visit: store.VisitRow = {
        visit_id: newId(),
        office_id: officeId,
        officer_id: officerId,
        home_state: homeState,
        provider: home.entityId,
        client: client.entityId,
        auth_req_id: started.auth_req_id,
        number,
        needed_level: level,
        every_seconds: started.interval ?? usualSeconds,
        looked_at: now,
        created_at: now,
        expires_at: new Date(now.getTime() + started.expires_in * 1_000),
        state: 'waiting',
        code: null,
        person_id: null,
        level: null,
        ended_at: null,
        leaf_hash: null,
      };
      await store.insertVisit(database.db, visit);
      return { visitId: visit.visit_id };
    },

    look: async (visitId, officerId, client) => {
      const find = async () => {
        const row = isUuid(visitId) ? await store.findVisit(database.db, visitId, officerId) : undefined;
        if (row === undefined || row.client !== client.entityId) throw kernelProblem('not-found');
        return row;
      };
      const row = await find();
      if (row.state !== 'waiting') return describe(row);
      const now = clock.now();
      if (row.expires_at <= now) await refuse(visitId, problem('sign-in-timed-out'));
      else if (now.getTime() - row.looked_at.getTime() < row.every_seconds * 1_000) return describe(row);
      else if (await store.takeTurn(database.db, row, now)) await poll(row, client);
      return describe(await find());
    },

    listPresences: async (personId) =>
      (await store.listPresent(database.db, personId, 100)).map((row) => ({
        visitId: row.visit_id,
        officeId: row.office_id,
        level: row.level!,
        at: row.ended_at!,
        ...(row.leaf_hash ? { leafHash: row.leaf_hash } : {}),
      })),

    purge: async () => {
      const before = (days: number) => new Date(clock.now().getTime() - days * dayMs);
      await store.purgeVisits(database.db, { refused: before(1), present: before(400) });
    },
  };
}

/** Whether the number is somebody's is told to nobody; that a phone was asked too often, or that this office may not ask, is. */
async function askHome<Answer>(work: () => Promise<Answer>): Promise<Answer> {
  try {
    return await work();
  } catch (error) {
    const code = error instanceof oidc.ResponseBodyError ? error.error : undefined;
    if (code === 'temporarily_unavailable') throw problem('phone-asked-too-often');
    // The library calls what a client without the grant sends an invalid request.
    if (code === 'unauthorized_client' || code === 'invalid_client' || code === 'invalid_request')
      throw problem('phones-not-askable');
    return speakOAuth(() => Promise.reject(error));
  }
}
