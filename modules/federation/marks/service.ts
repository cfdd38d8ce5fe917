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
import { findMarkByToken, findSameMark, insertMark, type MarkKey, markRevoked } from './store.ts';

export type TrustMarkRequest = {
  issuerEntityId: string;
  subject: string;
  type: string;
  claims: Record<string, unknown>;
  lifetimeSeconds: number;
};

export type Marks = {
  /** The same request gives the same mark until half its life is over. Issuer must be hosted here. */
  issue(request: TrustMarkRequest): Promise<string>;
  /** Returns how many standing marks were withdrawn. */
  revoke(mark: MarkKey): Promise<number>;
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
}): Marks {
  const { database, clock, log, chains, entities } = needs;

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
    issue: async ({ issuerEntityId, subject, type, claims, lifetimeSeconds }) => {
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
      return marks.filter(({ expiresAt }) => expiresAt === undefined || expiresAt > now);
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
