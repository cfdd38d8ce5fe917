import type { Clock } from '#kernel/clock';
import type { Database, Tx } from '#kernel/database';
import { canonicalJson } from '#kernel/ids';
import { Problem } from '#kernel/problem';
import { problem } from '../contract.ts';
import type { Entities, Subordinate } from '../entities/service.ts';
import type { Marks } from '../marks/service.ts';
import { markRevoked } from '../marks/store.ts';
import type { Fetcher } from '../statements/fetching.ts';
import { checkTimes, isEntityId, readToken, verifyStatement, verifyToken } from '../statements/rules.ts';
import type { DecideMember, DeskRules, MemberStanding } from './contract.ts';
import {
  checkAddress,
  checkApplicant,
  describeApp,
  judgeApp,
  judgeGrants,
  partyTypesOf,
  readJoinRequest,
} from './rules.ts';
import * as store from './store.ts';

const joinType = 'jisr-join-request+jwt';
const waitingMax = 500;

export type DeskNeeds = {
  rules: DeskRules;
  /** The code of the state, which the state puts into the mouth of every office below it. */
  state: string;
  /** The trust mark that carries `jisr_grants`. */
  markType: string;
  /** The trust mark of apps, which carries `jisr_app`. */
  appMarkType: string;
  markLifetimeSeconds: number;
};

/** What happened to an entity under this state. It names no person. */
export type MembershipChange = {
  entityId: string;
  change: 'applied' | 'admitted' | 'refused' | 'suspended' | 'resumed';
  decidedBy?: 'rule' | 'operator';
  reason?: string;
};
export type OnMembershipChanged = (tx: Tx, change: MembershipChange) => Promise<void>;

export type Desk = {
  /** Throws the refusals of `askToJoin`. */
  join(token: string): Promise<MemberStanding>;
  list(): Promise<MemberStanding[]>;
  /** In force at once: revoked marks and suspended entities are gone from the next answer on. */
  decide(order: DecideMember): Promise<MemberStanding>;
  /** Renews the trust mark of a member when it is half over. */
  renewMark(entityId: string, type: string): Promise<void>;
};

/** Where the entities under a state come from and how they stand, for whoever publishes statements about them. */
export function createMemberBook(needs: { database: Database; desk?: DeskNeeds }) {
  const { database, desk } = needs;
  const describe = ({ entityId, granted }: store.MemberRow): Subordinate[] => {
    if (!granted) return [];
    const { jwks, xRoadClient } = granted;
    const entityTypes = [...partyTypesOf(granted), ...(xRoadClient ? ['jisr_office'] : [])];
    return [
      {
        entityId,
        jwks,
        // No service can speak in the name of another office, nor of another state.
        ...(xRoadClient && desk
          ? { metadata: { jisr_office: { state: desk.state, x_road_client: xRoadClient } } }
          : {}),
        constraints: { max_path_length: 0, allowed_entity_types: entityTypes },
        entityTypes,
      },
    ];
  };
  const suspendedIds = async () => new Set((await store.listSuspensions(database.db)).map((one) => one.entityId));
  return {
    suspendedIds,
    /** `own`: the entities that the state hosts itself. */
    standing: async (own: Subordinate[]): Promise<Subordinate[]> => {
      const [suspended, members] = await Promise.all([suspendedIds(), store.listMembers(database.db)]);
      return [...own, ...members.flatMap(describe)].filter(({ entityId }) => !suspended.has(entityId));
    },
  };
}
export type MemberBook = ReturnType<typeof createMemberBook>;

export function createDesk(needs: {
  database: Database;
  clock: Clock;
  fetcher: Fetcher;
  entities: Entities;
  marks: Marks;
  desk?: DeskNeeds;
  onMembershipChanged?: OnMembershipChanged;
}): Desk {
  const { database, clock, fetcher, entities, marks, desk } = needs;
  const announce = async (tx: Tx, change: MembershipChange) => needs.onMembershipChanged?.(tx, change);

  /** Who signed a request to join and what the service says of itself. Nothing is asked at an address that the desk does not take. */
  const verifyApplicant = async (rules: DeskRules, stateId: string, token: string) => {
    const claimed = inJoinForm(() => readToken(token, joinType)).payload;
    const request = readJoinRequest(claimed, stateId);
    if (!isEntityId(request.iss) || !fetcher.mayAsk(request.iss)) throw invalid('identifier-malformed');
    checkAddress(rules, request.iss);
    if (entities.find(request.iss)) throw invalid('entity-of-the-state');
    try {
      const configuration = await fetcher.configuration(request.iss, clock.now());
      const { keys } = configuration.claims.jwks;
      verifyStatement(configuration, keys);
      verifyToken(token, keys, joinType);
      checkTimes(request.iat, request.exp, clock.now());
      checkApplicant(configuration.claims, stateId, partyTypesOf(request));
      return { request, keys };
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      if (error.code === 'statement-invalid') throw invalid(String(error.params['reason']));
      if (error.code === 'entity-unknown') throw invalid('not-found');
      throw error;
    }
  };

  /** A member code belongs to one office of this state, for others give by it. */
  const checkCode = (members: store.MemberRow[], entityId: string, code: string | undefined, state: string): void => {
    if (code === undefined) return;
    const isTaken = members.some(
      (one) => one.entityId !== entityId && [one.granted?.xRoadClient, one.asked.xRoadClient].includes(code),
    );
    if (isTaken || !code.startsWith(`${state}/`)) throw problem('member-code-taken', { code });
  };

  const certify = async ({ entityId, granted }: store.MemberRow): Promise<void> => {
    if (!entities.root || !desk || !granted) return;
    const { markType, appMarkType, markLifetimeSeconds: lifetimeSeconds } = desk;
    const to = { issuerEntityId: entities.root.entityId, subject: entityId, lifetimeSeconds };
    const app = describeApp(desk.rules, granted);
    const claims = {
      [markType]: granted.grants.length > 0 ? { jisr_grants: granted.grants } : undefined,
      [appMarkType]: app && { jisr_app: app },
    };
    for (const [type, said] of Object.entries(claims))
      if (said) await marks.issue({ ...to, type, claims: said });
      else await marks.revoke({ issuerId: to.issuerEntityId, subjectId: entityId, type });
  };

  const standingOf = async (entityId: string): Promise<MemberStanding> => {
    const found = (await list()).find((one) => one.entityId === entityId);
    if (!found) throw problem('member-unknown');
    return found;
  };

  const list = async (): Promise<MemberStanding[]> => {
    const [members, suspensions, own] = await Promise.all([
      store.listMembers(database.db),
      store.listSuspensions(database.db),
      entities.ownSubordinates(),
    ]);
    const isMember = new Set(members.map(({ entityId }) => entityId));
    const all = [
      ...members.map(describeMember),
      ...own.filter((one) => !isMember.has(one.entityId)).map(({ entityId }) => describeOwn(entityId)),
    ];
    return all.map((one) => {
      const suspension = suspensions.find(({ entityId }) => entityId === one.entityId);
      if (!suspension) return one;
      return { ...one, suspended: { reason: suspension.reason, at: suspension.suspendedAt.toISOString() } };
    });
  };

  return {
    list,
    join: async (token) => {
      const { root } = entities;
      if (!desk || !root) throw problem('desk-closed');
      const { request, keys } = await verifyApplicant(desk.rules, root.entityId, token);
      const tier = request.app && judgeApp(desk.rules, request.app);
      const isByRule = judgeGrants(desk.rules, request.grants).isByRule && tier?.decidedBy !== 'operator';
      const code = request.x_road_client;
      if (code !== undefined && (await entities.holdsMemberCode(code))) throw problem('member-code-taken', { code });
      const asked: store.Wish = {
        names: request.names,
        jwks: keys,
        grants: request.grants,
        ...(request.app ? { app: request.app } : {}),
        ...(code === undefined ? {} : { xRoadClient: code }),
      };
      const member = await database.transaction(async (tx) => {
        const known = await store.findMemberForChange(tx, request.iss);
        if (known && request.iat < known.askedIat) throw invalid('outdated');
        if (known && canonicalJson(known.asked) === canonicalJson(asked)) return known;
        if (!known && (await store.countWaiting(tx)) >= waitingMax) throw problem('desk-full');
        checkCode(await store.listMembers(tx), request.iss, code, desk.state);
        const now = clock.now();
        // A member code opens doors elsewhere: a person gives it.
        const isAdmitted = isByRule && code === undefined;
        const next: store.MemberRow = {
          entityId: request.iss,
          asked,
          askedIat: request.iat,
          granted: isAdmitted ? asked : (known?.granted ?? null),
          decision: isAdmitted ? 'admitted' : 'waiting',
          reason: null,
          decidedBy: isAdmitted ? 'rule' : null,
          appliedAt: now,
          decidedAt: isAdmitted ? now : null,
        };
        await store.saveMember(tx, next);
        await announce(tx, { entityId: request.iss, change: 'applied' });
        if (isAdmitted) await announce(tx, { entityId: request.iss, change: 'admitted', decidedBy: 'rule' });
        return next;
      });
      const standing = await standingOf(member.entityId);
      if (member.decidedBy === 'rule' && !standing.suspended) await certify(member);
      return standing;
    },
    decide: async ({ entityId, outcome, reason, appliedAt }) => {
      const before = await standingOf(entityId);
      const member = await database.transaction(async (tx) => {
        const now = clock.now();
        if (outcome === 'suspend') {
          const isNew = await store.insertSuspension(tx, { entityId, reason, suspendedAt: now });
          if (!isNew) throw problem('member-order-outdated');
          if (entities.root) await markRevoked(tx, { issuerId: entities.root.entityId, subjectId: entityId }, now);
          await announce(tx, { entityId, change: 'suspended', decidedBy: 'operator', reason });
          return undefined;
        }
        const known = await store.findMemberForChange(tx, entityId);
        if (outcome === 'resume') {
          if (!(await store.deleteSuspension(tx, entityId))) throw problem('member-order-outdated');
          await announce(tx, { entityId, change: 'resumed', decidedBy: 'operator', reason });
          return known;
        }
        const isLooked = appliedAt === undefined || new Date(appliedAt).getTime() === known?.appliedAt.getTime();
        if (known?.decision !== 'waiting' || !isLooked) throw problem('member-order-outdated');
        const isAdmitted = outcome === 'admit';
        const decided: store.MemberRow = {
          ...known,
          granted: isAdmitted ? known.asked : known.granted,
          decision: isAdmitted ? 'admitted' : 'refused',
          decidedBy: 'operator',
          reason,
          decidedAt: now,
        };
        await store.saveMember(tx, decided);
        const change = isAdmitted ? 'admitted' : 'refused';
        await announce(tx, { entityId, change, decidedBy: 'operator', reason });
        return isAdmitted ? decided : undefined;
      });
      if (member && !(outcome === 'admit' && before.suspended)) await certify(member);
      return standingOf(entityId);
    },
    renewMark: async (entityId, type) => {
      if (!desk || ![desk.markType, desk.appMarkType].includes(type)) return;
      const [member, suspensions] = await Promise.all([
        store.findMember(database.db, entityId),
        store.listSuspensions(database.db),
      ]);
      if (member && !suspensions.some((one) => one.entityId === entityId)) await certify(member);
    },
  };
}

function describeMember(member: store.MemberRow): MemberStanding {
  return {
    entityId: member.entityId,
    names: member.asked.names,
    decision: member.decision,
    asked: member.asked.grants,
    appliedAt: member.appliedAt.toISOString(),
    ...(member.granted ? { granted: member.granted.grants } : {}),
    ...(member.asked.app ? { app: member.asked.app } : {}),
    ...(member.granted?.app ? { grantedApp: member.granted.app } : {}),
    ...(member.asked.xRoadClient ? { xRoadClient: member.asked.xRoadClient } : {}),
    ...(member.decidedBy ? { decidedBy: member.decidedBy } : {}),
    ...(member.reason ? { reason: member.reason } : {}),
  };
}

function describeOwn(entityId: string): MemberStanding {
  return { entityId, decision: 'none', asked: [] };
}

function inJoinForm<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof Problem && error.code === 'statement-invalid') throw invalid(String(error.params['reason']));
    throw error;
  }
}

function invalid(reason: string): Problem {
  return problem('join-request-invalid', { reason });
}
