import { type Clock, epochSeconds } from '#kernel/clock';
import type { Database } from '#kernel/database';
import { canonicalJson, newId, sha256 } from '#kernel/ids';
import { signJws } from '#kernel/jws';
import type { Log } from '#kernel/log';
import { Problem } from '#kernel/problem';
import type { Chains, HeldChain, VerifiedMarks } from '../chains/service.ts';
import { problem, type VerifiedTrustMark } from '../contract.ts';
import type { Entities } from '../entities/service.ts';
import { issuerOf, mayIssue, verifyTrustMark } from './rules.ts';
import type { MarkStatus } from './status.ts';
import {
  findActiveMark,
  findMarkByToken,
  findSameMark,
  insertMark,
  listMarkedSubjects,
  type MarkKey,
  markOthersRevoked,
  markRevoked,
} from './store.ts';

export type TrustMarkRequest = {
  issuerEntityId: string;
  subject: string;
  type: string;
  claims: Record<string, unknown>;
  lifetimeSeconds: number;
  /** The owner's word that this issuer may issue marks of this type (section 7.2), when the type has an owner. */
  delegation?: string;
};

export type DelegationRequest = { ownerEntityId: string; issuer: string; type: string; lifetimeSeconds: number };

export type Marks = {
  /**
   * The same request gives the same mark until half its life is over; another takes the place of the subject's mark of that
   * type, which is revoked. Issuer must be hosted here.
   */
  issue(request: TrustMarkRequest): Promise<string>;
  /** The owner's signed word for an issuer (section 7.2.1), which the issuer puts into its marks. The owner must be hosted here. */
  delegate(request: DelegationRequest): Promise<string>;
  /** Returns how many standing marks were withdrawn; all types without one. */
  revoke(mark: Omit<MarkKey, 'type'> & { type?: string }): Promise<number>;
  /** Who holds a mark of a type that was issued here and stands (section 8.5). */
  listMarked(issuerId: string, type?: string, subject?: string): Promise<string[]>;
  /** The standing mark of a subject (section 8.6). Throws 'trust-mark-unknown'. */
  find(mark: MarkKey): Promise<string>;
  /** The marks of a chain's subject that hold; others are left out and logged. */
  of(chain: HeldChain): Promise<VerifiedTrustMark[]>;
  /** A signed status (OpenID Federation 1.0 section 8.4). Throws 'trust-mark-unknown' for a mark not issued here. */
  statusOf(token: string): Promise<string>;
};

export function createMarks(needs: {
  database: Database;
  clock: Clock;
  log: Log;
  chains: Chains;
  entities: Entities;
  status: MarkStatus;
}): Marks {
  const { database, clock, log, chains, entities, status: standing } = needs;

  const standsAtIssuer = async (mark: VerifiedTrustMark): Promise<boolean> => {
    const isActive = await standing.isActive(mark);
    if (!isActive) log.warn({ reason: 'not-active' }, 'trust mark left out');
    return isActive;
  };

  const verifyAll = async (chain: HeldChain): Promise<VerifiedMarks> => {
    const { subject, anchorClaims, entityId, anchor } = chain.verified;
    const marks: VerifiedTrustMark[] = [];
    let isComplete = true;
    for (const mark of subject.trust_marks ?? []) {
      try {
        const issuer = issuerOf(mark.trust_mark);
        // Asked before the issuer's chain is built: a mark must not send this node to addresses of its own choice.
        if (!mayIssue(anchorClaims, mark.trust_mark_type, issuer)) {
          throw problem('trust-mark-invalid', { reason: 'issuer-not-allowed' });
        }
        const issuerChain = issuer === entityId ? chain : await chains.get(issuer);
        if (issuerChain.verified.anchor !== anchor) throw problem('trust-mark-invalid', { reason: 'anchor-mismatch' });
        marks.push(verifyTrustMark(mark, entityId, issuerChain.verified.jwks, anchorClaims, clock.now()));
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        if (error.code === 'entity-unreachable') isComplete = false;
        log.warn({ code: error.code, reason: error.params['reason'] }, 'trust mark left out');
      }
    }
    return { marks, isComplete };
  };

  return {
    delegate: ({ ownerEntityId, issuer, type, lifetimeSeconds }) => {
      const owner = entities.find(ownerEntityId);
      if (!owner) throw problem('entity-unknown');
      const iat = epochSeconds(clock);
      return signJws(
        owner.signer,
        { iss: ownerEntityId, sub: issuer, trust_mark_type: type, iat, exp: iat + lifetimeSeconds },
        { typ: 'trust-mark-delegation+jwt' },
      );
    },
    issue: async ({ issuerEntityId, subject, type, lifetimeSeconds, ...request }) => {
      const claims = { ...request.claims, ...(request.delegation ? { delegation: request.delegation } : {}) };
      const issuer = entities.find(issuerEntityId);
      if (!issuer) throw problem('entity-unknown');
      const now = clock.now();
      const key = { issuerId: issuerEntityId, subjectId: subject, type };
      const kid = issuer.signer.kid;
      const claimsHash = sha256(canonicalJson(claims)).toString('hex');
      const same = await findSameMark(database.db, { ...key, claimsHash, kid });
      if (same && now.getTime() < (same.issuedAt.getTime() + same.expiresAt.getTime()) / 2) return same.token;
      const iat = epochSeconds(clock);
      const exp = iat + lifetimeSeconds;
      const token = await signJws(
        issuer.signer,
        { ...claims, iss: issuerEntityId, sub: subject, trust_mark_type: type, iat, exp, jti: newId() },
        { typ: 'trust-mark+jwt' },
      );
      await markOthersRevoked(database.db, { ...key, claimsHash }, now);
      await insertMark(database.db, {
        ...key,
        markId: newId(),
        claimsHash,
        kid,
        token,
        tokenHash: sha256(token).toString('hex'),
        issuedAt: new Date(iat * 1000),
        expiresAt: new Date(exp * 1000),
      });
      return token;
    },
    revoke: (mark) => markRevoked(database.db, mark, clock.now()),
    listMarked: (issuerId, type, subject) =>
      listMarkedSubjects(database.db, {
        issuerId,
        now: clock.now(),
        ...(type ? { type } : {}),
        ...(subject ? { subject } : {}),
      }),
    find: async (mark) => {
      const token = await findActiveMark(database.db, mark, clock.now());
      if (!token) throw problem('trust-mark-unknown');
      return token;
    },
    of: async (chain) => {
      const running = chain.marks ?? verifyAll(chain);
      chain.marks = running;
      const { marks, isComplete } = await running.catch((error) => {
        delete chain.marks;
        throw error;
      });
      // An issuer that could not be reached may answer next time.
      if (!isComplete && chain.marks === running) delete chain.marks;
      const now = clock.now();
      const unexpired = marks.filter(({ expiresAt }) => expiresAt === undefined || expiresAt > now);
      const stands = await Promise.all(unexpired.map(standsAtIssuer));
      return unexpired.filter((_mark, index) => stands[index]);
    },
    statusOf: async (token) => {
      const mark = await findMarkByToken(database.db, sha256(token).toString('hex'));
      const issuer = mark && entities.find(mark.issuerId);
      if (!mark || !issuer) throw problem('trust-mark-unknown');
      const status = mark.revokedAt ? 'revoked' : mark.expiresAt <= clock.now() ? 'expired' : 'active';
      return signJws(
        issuer.signer,
        { iss: mark.issuerId, iat: epochSeconds(clock), trust_mark: token, status },
        { typ: 'trust-mark-status-response+jwt' },
      );
    },
  };
}
