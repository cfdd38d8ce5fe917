import { createRemoteJWKSet, customFetch, type JWTVerifyGetKey, jwtVerify } from 'jose';
import type { Text } from '#kernel/languages';
import { Problem } from '#kernel/problem';
import type { AssuranceLevel } from '#protocol/assurance';
import { normalizeNationalId } from '#protocol/national-ids';
import { boundedFetch } from '../../bounded-fetch.ts';
import { problem, type RefusalReason } from '../../contract.ts';
import type { IdentityNeeds } from '../../needs.ts';
import type { Outcomes } from '../../outcomes/service.ts';
import { attemptLimits, openSecret, sealSecret } from '../../persons/rules.ts';
import { lockAttempts } from '../../persons/store.ts';
import type { Throttle } from '../../persons/throttle.ts';
import type { PushUpstream, UpstreamConnection } from '../contract.ts';
import { createFailed } from '../failing.ts';
import { acrValuesFor, connectedUpstreams, meaningOfRefusal, numberLike, readProof, type Shown } from '../rules.ts';
import * as store from './store.ts';

/** Sign-ins by the app of an eID that the state has already. `interactionId` names the page that waits. */
export type Pushes = {
  /**
   * Has the app ask. Whether the eID knows such a person makes no difference to the answer. Refuses `too-many-attempts`,
   * `upstream-unknown` and `upstream-failed`.
   */
  ask(request: {
    interactionId: string;
    id: string;
    nationalId: string;
    needed?: AssuranceLevel;
    address: string;
  }): Promise<void>;
  /** What the page shows while the app asks. */
  find(interactionId: string): Promise<{ names: Text; number?: string } | undefined>;
  peek(interactionId: string): Promise<'waiting' | 'answered'>;
  /**
   * Takes what became of it, once; undefined while it waits. Refuses `upstream-failed` where the person is not to blame. From then on the
   * address is one that the person is known at, where strangers who ask cannot keep them waiting.
   */
  take(interactionId: string, address: string): Promise<Shown | { refused: RefusalReason } | undefined>;
  stop(interactionId: string): Promise<void>;
  /** The eID sends a proof. Refuses `upstream-unknown` and `upstream-answer-invalid`. */
  hear(id: string, body: Buffer): Promise<void>;
  purge(): Promise<void>;
};

const toleranceSeconds = 60;
/** How often at most the eID is asked how a request stands. */
const lookEveryMs = 2_000;
/** A request that has ended is told to its page for so long. */
const toldMs = 900_000;
const proofLengthMax = 16_384;

type Connected = { upstream: PushUpstream; connection: UpstreamConnection; keys: JWTVerifyGetKey };

export async function createPushes(
  needs: IdentityNeeds,
  throttle: Throttle,
  outcomes: Pick<Outcomes, 'count'>,
): Promise<Pushes> {
  const { database, clock } = needs;
  const db = database.db;
  const sealing = await needs.keys.secret('identity.upstream-pushes');
  const connected: Connected[] = connectedUpstreams(needs.eid, needs.upstreams).flatMap(({ upstream, connection }) => {
    if (upstream.shape !== 'push') return [];
    const address = new URL(upstream.paths.jwks, connection.issuer);
    return [
      { upstream, connection, keys: createRemoteJWKSet(address, { [customFetch]: boundedFetch(needs.http) as never }) },
    ];
  });

  const find = (id: string): Connected => {
    const found = connected.find(({ upstream }) => upstream.id === id);
    if (found === undefined) throw problem('upstream-unknown');
    return found;
  };

  const failed = createFailed(needs, outcomes);

  /** What an eID answers to one call: status and body, an object. Throws for anything else. */
  async function call({ upstream, connection }: Connected, path: string, body: Record<string, string>) {
    const answer = await needs.http.request({
      method: 'POST',
      url: new URL(path, connection.issuer).href,
      headers: {
        'content-type': 'application/json',
        accept: 'application/json',
        [upstream.headers.clientId]: connection.clientId,
        [upstream.headers.secret]: connection.clientSecret,
      },
      body: JSON.stringify(body),
      timeoutMs: 10_000,
      bodyBytesMax: 65_536,
    });
    const read: unknown = JSON.parse(answer.body.toString('utf8'));
    if (typeof read !== 'object' || read === null) throw new TypeError('an eID answered with no object');
    return { isDone: answer.status >= 200 && answer.status < 300, body: read as Record<string, unknown> };
  }

  /** The claims of a proof: signed by the eID, for this node, of this request, approved since it was asked. */
  async function verify({ upstream, connection, keys }: Connected, push: store.UpstreamPush, proof: string) {
    const { payload } = await jwtVerify(proof, keys, {
      issuer: connection.issuer,
      audience: connection.clientId,
      algorithms: ['ES256', 'PS256', 'RS256'],
      clockTolerance: toleranceSeconds,
      requiredClaims: ['iat', 'exp'],
      currentDate: clock.now(),
    });
    const { fields, states } = upstream;
    const isOfThis = payload[fields.requestId] === push.request_id && payload[fields.status] === states.approved;
    const isSince = payload.iat! >= push.created_at.getTime() / 1_000 - toleranceSeconds;
    if (!isOfThis || !isSince) throw problem('upstream-answer-invalid');
    return payload;
  }

  /** Asks the eID how a request stands, where it is time to, and keeps what it says. */
  async function look(push: store.UpstreamPush): Promise<void> {
    const now = clock.now();
    if (push.state !== 'waiting') return;
    if (push.request_id === null || push.expires_at <= now) return;
    if (!(await store.claimLook(db, push.interaction_id, now, lookEveryMs))) return;
    const one = find(push.upstream_id);
    const { fields, states, paths, proofIn } = one.upstream;
    const { isDone, body } = await call(one, paths.status, {
      [fields.nationalId]: openSecret(sealing, Buffer.from(push.national_id), push.interaction_id),
      [fields.requestId]: push.request_id,
      ...(push.number === null ? {} : { [fields.number]: push.number }),
    });
    if (!isDone) throw problem('upstream-failed');
    const status = body[fields.status];
    const proof = body[fields.proof];
    if (status === states.rejected || status === states.expired)
      await store.endPush(db, push, { state: status === states.rejected ? 'rejected' : 'expired' });
    // Where the proof is sent, approval counts when it has come.
    else if (status === states.approved && proofIn === 'status' && typeof proof === 'string')
      await store.endPush(db, push, { state: 'approved', proof: proof.slice(0, proofLengthMax) });
    else if (status !== states.waiting && status !== states.approved) throw problem('upstream-failed');
  }

  /** The request of a page, after a look at the eID; what its answer was is seen there. */
  async function lookAt(interactionId: string): Promise<store.UpstreamPush | undefined> {
    const push = await store.findPush(db, interactionId);
    if (push?.state !== 'waiting') return push;
    try {
      await look(push);
    } catch (error) {
      // The page looks again; time ends what never answers.
      failed(push.upstream_id, error);
    }
    return store.findPush(db, interactionId);
  }

  const hereOf = (nationalId: string, address: string) =>
    throttle.counter('push-here', nationalId, throttle.addressCounter(address).toString('hex'));
  const isWaiting = (push: store.UpstreamPush | undefined) =>
    push !== undefined && push.state === 'waiting' && push.expires_at > clock.now();

  return {
    ask: async ({ interactionId, id, nationalId: typed, needed, address }) => {
      const one = find(id);
      const { upstream } = one;
      const nationalId = normalizeNationalId(typed).slice(0, 64);
      const account = throttle.counter('push', id, nationalId);
      const from = throttle.counter('push-address', throttle.addressCounter(address).toString('hex'));
      await throttle.admit([
        { counter: hereOf(nationalId, address), limit: attemptLimits.phoneHere },
        { counter: from, limit: attemptLimits.address },
        ...((await throttle.isKnown(nationalId, address))
          ? []
          : [{ counter: account, limit: attemptLimits.phoneElsewhere }]),
      ]);
      const now = clock.now();
      await database.transaction(async (tx) => {
        await lockAttempts(tx, [account], now);
        const until = await store.findWaitingUntil(tx, { account, interactionId, now });
        if (until !== undefined)
          throw problem('too-many-attempts', { seconds: Math.ceil((until.getTime() - now.getTime()) / 1_000) });
        await store.savePush(tx, {
          interaction_id: interactionId,
          upstream_id: id,
          account,
          national_id: sealSecret(sealing, nationalId, interactionId),
          request_id: null,
          number: null,
          state: 'waiting',
          proof: null,
          looked_at: now,
          created_at: now,
          expires_at: new Date(now.getTime() + upstream.seconds * 1_000),
        });
      });
      const { fields, paths, numberDigits } = upstream;
      const acrValues = needed === undefined ? undefined : acrValuesFor(upstream, needed);
      try {
        const { isDone, body } = await call(one, paths.request, {
          [fields.nationalId]: nationalId,
          [fields.service]: upstream.service,
          ...(acrValues === undefined ? {} : { acr_values: acrValues }),
        });
        const means = isDone ? undefined : meaningOfRefusal(upstream, body);
        if (means === 'busy') throw problem('too-many-attempts', { seconds: upstream.seconds });
        const requestId = body[fields.requestId];
        const number = numberDigits === undefined ? null : body[fields.number];
        if (means !== undefined) {
          // Nobody has shown who they are yet: the page waits as for anybody, and the operator's statistics tell.
          outcomes.count('provider', means);
          const shown = numberDigits === undefined ? null : numberLike(numberDigits);
          return await store.notePush(db, interactionId, { request_id: null, number: shown });
        }
        if (!isDone || typeof requestId !== 'string' || requestId.length > 200) throw problem('upstream-failed');
        if (number !== null && (typeof number !== 'string' || number.length > 10)) throw problem('upstream-failed');
        await store.notePush(db, interactionId, { request_id: requestId, number });
      } catch (error) {
        await store.takePush(db, interactionId);
        if (error instanceof Problem && error.code === 'too-many-attempts') throw error;
        throw failed(id, error);
      }
    },

    find: async (interactionId) => {
      const push = await store.findPush(db, interactionId);
      if (push === undefined) return undefined;
      const { upstream } = find(push.upstream_id);
      return { names: upstream.names, ...(push.number === null ? {} : { number: push.number }) };
    },

    peek: async (interactionId) => (isWaiting(await lookAt(interactionId)) ? 'waiting' : 'answered'),

    take: async (interactionId, address) => {
      if (isWaiting(await lookAt(interactionId))) return undefined;
      const push = await store.takePush(db, interactionId);
      if (push?.state === 'rejected') return { refused: 'user_cancelled' };
      if (push?.state !== 'approved') return { refused: 'timeout' };
      const one = find(push.upstream_id);
      const readShown = async () => {
        const read = readProof(one.upstream, { proof: await verify(one, push, push.proof!) });
        if (read === 'unknown') throw problem('upstream-failed');
        return read;
      };
      const shown = await readShown().catch((error) => {
        throw failed(push.upstream_id, error);
      });
      if (shown === 'nobody') return { refused: 'not_matched' };
      const asked = openSecret(sealing, Buffer.from(push.national_id), interactionId);
      // Approved by somebody else than was asked: that is nobody's refusal.
      if (shown.nationalId !== asked) return { refused: 'not_matched' };
      await throttle.clear([Buffer.from(push.account), hereOf(asked, address)]);
      await throttle.remember(asked, address);
      return shown;
    },

    stop: async (interactionId) => {
      await store.takePush(db, interactionId);
    },

    hear: async (id, body) => {
      const one = find(id);
      const { fields } = one.upstream;
      let sent: Record<string, unknown>;
      try {
        sent = JSON.parse(body.toString('utf8')) ?? {};
      } catch {
        throw problem('upstream-answer-invalid');
      }
      const [requestId, proof] = [sent[fields.requestId], sent[fields.proof]];
      if (typeof requestId !== 'string' || requestId.length > 200) throw problem('upstream-answer-invalid');
      // A refusal is signed by nobody: the page learns it from the status.
      if (proof === undefined) return;
      if (typeof proof !== 'string' || proof.length > proofLengthMax) throw problem('upstream-answer-invalid');
      const push = await store.findPushOf(db, id, requestId);
      if (push === undefined) throw problem('upstream-answer-invalid');
      try {
        await verify(one, push, proof);
      } catch (error) {
        failed(id, error);
        throw problem('upstream-answer-invalid');
      }
      await store.endPush(db, push, { state: 'approved', proof });
    },

    purge: () => store.purgePushes(db, new Date(clock.now().getTime() - toldMs)),
  };
}
