import type { Identify } from '#kernel/admission';
import { epochSeconds } from '#kernel/clock';
import type { ActingFor, Caller } from '#kernel/contract';
import type { Tx } from '#kernel/database';
import { isUuid, newId, randomToken, sha256 } from '#kernel/ids';
import { decodeJws, verifyJws } from '#kernel/jws';
import { Problem } from '#kernel/problem';
import { problem } from '../contract.ts';
import type { IdentityNeeds } from '../needs.ts';
import type { Persons } from '../persons/service.ts';
import type { OpenIdProvider } from '../provider/service.ts';
import type { SignedIn } from '../signin/service.ts';
import type { Device } from './devices.ts';
import {
  cookieText,
  hostCookie,
  isSessionAlive,
  readLogoutClaims,
  seenEveryMs,
  sessionAbsoluteMs,
  sessionCookie,
  sessionIdleMs,
} from './rules.ts';
import * as store from './store.ts';

export type PersonCaller = Extract<Caller, { kind: 'person' }>;

/** One sign-in of a person. Dates of a home person's are those of the eID, `clients` the services entered with it. */
export type SignInHere = {
  signInId: string;
  /** `eid`: at this state's eID. `session`: at this state, with the eID of another. */
  kind: 'eid' | 'session';
  browser?: string;
  system?: string;
  network?: string;
  level: string;
  signedInAt: Date;
  usedAt: Date;
  isCurrent: boolean;
  clients: string[];
};

/** Who acts for which office, with which roles. */
type OfficerCaller = NonNullable<PersonCaller['officer']> & { personId: string };

export type Sessions = {
  /** A new session with a new handle after a sign-in; one that the browser already had ends. `cookie` is a Set-Cookie text. */
  start(
    signedIn: SignedIn,
    cookies?: Record<string, string | undefined>,
    device?: Device,
  ): Promise<{ cookie: string; caller: PersonCaller }>;
  /** Where the caller is signed in, the latest first: at home with the eID, elsewhere at this state. */
  listSignIns(caller: PersonCaller): Promise<SignInHere[]>;
  /**
   * Ends one of them, or all. What was entered with the eID of this state ends in every other state too, by back-channel logout.
   * False when there is no such sign-in of this person.
   */
  endSignIn(caller: PersonCaller, signInId: string | 'all'): Promise<boolean>;
  /** Who calls. Anyone, when there is no session or it has ended. */
  identify: Identify;
  /** Whose session it was that has lapsed for want of use; undefined for one that ended otherwise, and for a stranger. */
  findLapsed(cookies: Record<string, string | undefined>): Promise<string | undefined>;
  /** The same of somebody who acts for an office; undefined for whoever acted for another person, or acts for the office no more. */
  findLapsedOfficer(cookies: Record<string, string | undefined>): Promise<OfficerCaller | undefined>;
  /** Ends the session here. `signOutUrl` ends it at the home state too and comes back to `postLogoutRedirectUri`. */
  end(
    cookies: Record<string, string | undefined>,
    postLogoutRedirectUri: string,
  ): Promise<{ cookie: string; signOutUrl?: string }>;
  /** The person acts for themselves again. */
  stopActing(cookies: Record<string, string | undefined>): Promise<void>;
  endAllOf(personId: string): Promise<void>;
  /** Ends all sign-ins of a person of this state but the one that they are at: a way to sign in is gone, and who used it is unknown. */
  endOthers(at: { personId: string; sessionId: string }): Promise<void>;
  /** Heeds a logout token of a provider; answers how many sessions ended. */
  receiveLogoutToken(token: string): Promise<number>;
  /** Who somebody is at home: issuer and pairwise subject of a visitor; undefined for a person of this state. */
  findVisitor(personId: string): Promise<{ issuer: string; subject: string; homeState: string } | undefined>;
  /** This node's own ids of visitors who have come with a subject, each with the provider that gave it; in the caller's transaction. */
  listVisitorsBySubject(tx: Tx, subject: string): Promise<Array<{ personId: string; issuer: string }>>;
  purge(): Promise<void>;
};

export function createSessions(needs: IdentityNeeds, provider: OpenIdProvider, persons: Persons): Sessions {
  const { database, clock, federation, log } = needs;
  const secure = needs.publicUrl.startsWith('https:');
  const emptyCookie = cookieText('', { secure, maxAgeSeconds: 0 });
  const handleOf = (cookies: Record<string, string | undefined>) => {
    const value = cookies[hostCookie(sessionCookie, secure)];
    return value === undefined || value.length === 0 || value.length > 200 ? undefined : sha256(value);
  };

  /** Whoever acts for another does so as a person, never with what an office lets them do. */
  const officerIn = async (session: store.SessionRow): Promise<PersonCaller['officer']> =>
    session.issuer === provider.issuer && session.acting_for === null
      ? await needs.officerOf(session.person_id)
      : undefined;

  /** A session that nobody ended, and that has lapsed for want of use. */
  async function lapsedOf(cookies: Record<string, string | undefined>): Promise<store.SessionRow | undefined> {
    const handle = handleOf(cookies);
    const session = handle === undefined ? undefined : await store.findSession(database.db, handle);
    if (session === undefined || session.ended_at !== null) return undefined;
    const times = { createdAt: session.created_at, seenAt: session.seen_at, endedAt: null };
    return isSessionAlive(times, clock.now()) ? undefined : session;
  }

  async function callerOf(session: store.SessionRow): Promise<PersonCaller> {
    const actingFor = await actingOf(session);
    const officer = await officerIn(session);
    return {
      kind: 'person',
      sessionId: session.session_id,
      personId: session.person_id,
      homeState: session.home_state,
      level: session.acr,
      ...(officer === undefined ? {} : { officer }),
      ...(actingFor === undefined ? {} : { actingFor }),
    };
  }

  async function endAllOf(personId: string): Promise<void> {
    await store.endSessionsOfPerson(database.db, personId, clock.now());
    await needs.onSignedOutEverywhere?.(personId);
  }

  /** A mandate of this state is looked at each time; of one of another state its end is known, and the next question tells. */
  async function actingOf(session: store.SessionRow): Promise<ActingFor | undefined> {
    const { acting, acting_for: personId } = session;
    if (acting === null || personId === null) return undefined;
    if (acting.until !== undefined && Date.parse(acting.until) <= clock.now().getTime()) return undefined;
    if (session.issuer === provider.issuer) {
      const mandateId = await provider.findMandateOfHandle(acting.mandate);
      try {
        if (mandateId === undefined || !needs.mandates) return undefined;
        await needs.mandates.getHeld(session.person_id, mandateId);
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        return undefined;
      }
    }
    const { mandate, kind, names, power, purposes, until } = acting;
    return {
      personId,
      mandate,
      kind,
      names,
      ...(power === undefined ? {} : { power }),
      ...(purposes === undefined ? {} : { purposes }),
      ...(until === undefined ? {} : { until }),
    };
  }

  return {
    start: async (signedIn, cookies = {}, device = unknownDevice) => {
      const now = clock.now();
      const isHome = signedIn.issuer === provider.issuer;
      const homePersonId = isHome ? await provider.findPersonOfSubject(signedIn.subject) : undefined;
      if (isHome && homePersonId === undefined) throw problem('person-not-matched');
      const { representation } = signedIn;
      const homeRepresentedId =
        isHome && representation ? await provider.findPersonOfSubject(representation.sub) : undefined;
      if (isHome && representation && homeRepresentedId === undefined) throw problem('person-not-matched');
      const value = randomToken();
      const before = handleOf(cookies);
      const session = await database.transaction(async (tx) => {
        const personId =
          homePersonId ??
          (await store.rememberPerson(tx, {
            issuer: signedIn.issuer,
            subject: signedIn.subject,
            homeState: signedIn.homeState,
            now,
          }));
        const representedId =
          representation &&
          (homeRepresentedId ??
            (await store.rememberPerson(tx, {
              issuer: signedIn.issuer,
              subject: representation.sub,
              homeState: signedIn.homeState,
              now,
            })));
        if (before !== undefined) await store.endSession(tx, before, now);
        const row = {
          session_id: newId(),
          handle: sha256(value),
          person_id: personId,
          home_state: signedIn.homeState,
          issuer: signedIn.issuer,
          subject: signedIn.subject,
          client: signedIn.client,
          provider_session: signedIn.providerSession ?? null,
          acr: signedIn.acr,
          created_at: now,
          seen_at: now,
          ended_at: null,
          ...device,
          acting_for: representedId ?? null,
          acting: representation ?? null,
        };
        await store.saveSession(tx, row);
        return row;
      });
      return {
        cookie: cookieText(value, { secure, maxAgeSeconds: sessionAbsoluteMs / 1000 }),
        caller: await callerOf(session),
      };
    },

    identify: async ({ cookies }) => {
      const handle = handleOf(cookies);
      const session = handle === undefined ? undefined : await store.findSession(database.db, handle);
      const now = clock.now();
      if (session === undefined) return { kind: 'anyone' };
      const times = { createdAt: session.created_at, seenAt: session.seen_at, endedAt: session.ended_at };
      if (!isSessionAlive(times, now)) return { kind: 'anyone' };
      if (session.issuer === provider.issuer) {
        const person = await persons.findPerson(session.person_id);
        if (person === undefined || person.isSuspended) return { kind: 'anyone' };
      }
      if (now.getTime() - session.seen_at.getTime() >= seenEveryMs)
        await store.markSeen(database.db, session.session_id, now);
      return callerOf(session);
    },

    findLapsed: async (cookies) => (await lapsedOf(cookies))?.person_id,

    findLapsedOfficer: async (cookies) => {
      const session = await lapsedOf(cookies);
      const person = session && (await persons.findPerson(session.person_id));
      if (!session || !person || person.isSuspended) return undefined;
      const officer = await officerIn(session);
      return officer && { personId: session.person_id, ...officer };
    },

    end: async (cookies, postLogoutRedirectUri) => {
      const handle = handleOf(cookies);
      const session = handle === undefined ? undefined : await store.endSession(database.db, handle, clock.now());
      if (session === undefined) return { cookie: emptyCookie };
      try {
        const { metadata } = await federation.resolve(session.issuer, 'openid_provider');
        const signOut = new URL(metadata['openid_provider'].end_session_endpoint);
        // No id_token_hint: it would carry the person's subject in an address.
        signOut.searchParams.set('client_id', session.client);
        signOut.searchParams.set('post_logout_redirect_uri', postLogoutRedirectUri);
        return { cookie: emptyCookie, signOutUrl: signOut.href };
      } catch (error) {
        // The person is signed out here in any case; the home state may be out of reach.
        if (!(error instanceof Problem)) throw error;
        log.warn({ code: error.code }, 'the home state could not be asked to sign a person out');
        return { cookie: emptyCookie };
      }
    },

    listSignIns: async (caller) => {
      const now = clock.now();
      const sessions = (
        await store.listSessionsOfPerson(database.db, caller.personId, new Date(now.getTime() - sessionIdleMs))
      ).filter((row) => isSessionAlive({ createdAt: row.created_at, seenAt: row.seen_at, endedAt: null }, now));
      const current = sessions.find((row) => row.session_id === caller.sessionId);
      const isHome = current === undefined || current.issuer === provider.issuer;
      const devices = isHome ? await provider.listDevices(caller.personId) : [];
      const within = (row: store.SessionRow) =>
        devices.find(({ clients }) => row.provider_session !== null && clients[row.client] === row.provider_session);
      return [
        ...devices.map(
          (device): SignInHere => ({
            signInId: device.uid,
            kind: 'eid',
            ...wordsOf(device),
            level: device.acr,
            signedInAt: device.signedInAt,
            usedAt: device.usedAt,
            isCurrent: current !== undefined && within(current) === device,
            clients: Object.keys(device.clients),
          }),
        ),
        // Sessions that a sign-in above explains are that sign-in.
        ...sessions
          .filter((row) => within(row) === undefined)
          .map(
            (row): SignInHere => ({
              signInId: row.session_id,
              kind: 'session',
              ...wordsOf(row),
              level: row.acr,
              signedInAt: row.created_at,
              usedAt: row.seen_at,
              isCurrent: row === current,
              clients: [row.client],
            }),
          ),
      ];
    },

    endSignIn: async ({ personId }, signInId) => {
      if (signInId === 'all') {
        await provider.endPerson(personId);
        await endAllOf(personId);
        return true;
      }
      if (await provider.endDevice(personId, signInId)) return true;
      return isUuid(signInId) && store.endSessionOfPerson(database.db, personId, signInId, clock.now());
    },

    stopActing: async (cookies) => {
      const handle = handleOf(cookies);
      if (handle !== undefined) await store.stopActing(database.db, handle);
    },

    endAllOf,

    endOthers: async ({ personId, sessionId }) => {
      const now = clock.now();
      const current = (
        await store.listSessionsOfPerson(database.db, personId, new Date(now.getTime() - sessionIdleMs))
      ).find((row) => row.session_id === sessionId);
      for (const { uid, clients } of await provider.listDevices(personId))
        if (!current || current.provider_session === null || clients[current.client] !== current.provider_session)
          await provider.endDevice(personId, uid);
      await store.endSessionsOfPerson(database.db, personId, clock.now(), sessionId);
    },

    receiveLogoutToken: async (token) => {
      const refuse = () => problem('logout-token-invalid');
      const { iss } = readToken(token, refuse);
      // Only a provider that somebody signed in with is looked up: a stranger cannot make this node fetch an address.
      if (typeof iss !== 'string' || !(await store.hasSessionFrom(database.db, iss))) throw refuse();
      const { metadata } = await federation.resolve(iss, 'openid_provider');
      const keys = metadata['openid_provider']?.jwks?.keys ?? [];
      let payload: Record<string, unknown>;
      try {
        payload = verifyJws(token, keys, { typ: 'logout+jwt' }).payload;
      } catch (error) {
        if (error instanceof Problem) throw refuse();
        throw error;
      }
      const claims = readLogoutClaims(payload, epochSeconds(clock));
      if (claims === undefined) throw refuse();
      return store.endSessionsOfProvider(
        database.db,
        {
          issuer: claims.iss,
          clients: claims.clients,
          ...(claims.sub === undefined ? {} : { subject: claims.sub }),
          ...(claims.sid === undefined ? {} : { providerSession: claims.sid }),
        },
        clock.now(),
      );
    },

    listVisitorsBySubject: store.listKnownBySubject,
    findVisitor: (personId) => store.findKnownPerson(database.db, personId),
    purge: () => store.purgeSessions(database.db, new Date(clock.now().getTime() - 2 * sessionAbsoluteMs)),
  };
}

const unknownDevice: Device = { browser: null, system: null, network: null };

function wordsOf({ browser, system, network }: Partial<Device>): Pick<SignInHere, 'browser' | 'system' | 'network'> {
  return { ...(browser ? { browser } : {}), ...(system ? { system } : {}), ...(network ? { network } : {}) };
}

function readToken(token: string, refuse: () => Problem): Record<string, unknown> {
  try {
    return decodeJws(token).payload;
  } catch (error) {
    if (error instanceof Problem) throw refuse();
    throw error;
  }
}
