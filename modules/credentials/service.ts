import { randomInt } from 'node:crypto';
import { epochSeconds } from '#kernel/clock';
import type { Tx } from '#kernel/database';
import { newId, randomToken } from '#kernel/ids';
import { signJws } from '#kernel/jws';
import type { JWK } from '#kernel/keys';
import { credentialsProblem } from './contract.ts';
import { type CredentialType, decisionType, typeMetadata, typeUrl } from './credential-types.ts';
import type { CredentialsNeeds } from './needs.ts';
import { removeOffersOf } from './offers/store.ts';
import { checkClaims } from './rules.ts';
import { issueSdJwt } from './sd-jwt.ts';
import { encodeStatusList, statusListSize } from './status-list.ts';
import {
  countStatusEntries,
  eraseClaims,
  findCredential,
  hasStatusList,
  type IssuedCredential,
  insertCredential,
  listEnded,
  markRevoked,
  takeStatusIndex,
} from './store.ts';

export type IssueRequest = {
  decisionId: string;
  officeId: string;
  /** A type of this node: its id or its address. */
  vct: string;
  claims: Record<string, unknown>;
  /** Claims that a holder may leave out; what the type says when left out. */
  disclosable?: readonly string[];
  validUntil: Date;
  /** The person concerned, for their own list in the ledger; never part of the credential. */
  personId?: string;
};

const statusListSeconds = 86_400;
const statusListFreshSeconds = 60;

export function createIssuing(needs: CredentialsNeeds) {
  const listTypes = (): CredentialType[] => [decisionType, ...(needs.listTypes?.() ?? [])];
  const findType = (typeId: string) => listTypes().find((type) => type.typeId === typeId);
  const statusUri = (listId: string) => `${needs.publicUrl}/credentials/status/${listId}`;

  function getType(typeId: string): CredentialType {
    const type = findType(typeId);
    if (!type) throw credentialsProblem('credential-type-unknown');
    return type;
  }

  /** Signs a copy. Every copy of one decision shares one place in the status list, so revoking one revokes all. */
  async function sign(credential: Omit<IssuedCredential, 'compact'>, holderJwk: JWK | undefined): Promise<string> {
    const claims = {
      iss: credential.issuer,
      iat: Math.floor(credential.issuedAt.getTime() / 1000),
      exp: Math.floor(credential.validUntil.getTime() / 1000),
      vct: typeUrl(needs.publicUrl, credential.typeId),
      status: { status_list: { uri: statusUri(credential.listId), idx: credential.listIndex } },
      ...(holderJwk ? { cnf: { jwk: publicPart(holderJwk) } } : {}),
      ...credential.claims,
    };
    return issueSdJwt(await needs.officeSigner(credential.officeId), claims, credential.disclosable);
  }

  return {
    listTypes,
    findType,
    getType,

    /** Issues the credential of a decision inside the decision's own transaction. Throws 'decision-has-credential'. */
    async issueCredential(tx: Tx, request: IssueRequest): Promise<IssuedCredential> {
      const type = getType(request.vct.slice(request.vct.lastIndexOf('/') + 1));
      const isDisclosable = new Set(type.claims.filter((claim) => claim.isDisclosable).map((claim) => claim.name));
      const disclosable = request.disclosable ?? Object.keys(request.claims).filter((name) => isDisclosable.has(name));
      checkClaims(request.claims, disclosable);
      if (await findCredential(tx, { decisionId: request.decisionId }))
        throw credentialsProblem('decision-has-credential');
      const credentialId = newId();
      const place = await takePlace(tx, request.officeId, credentialId);
      const issuedAt = new Date(epochSeconds(needs.clock) * 1000);
      const unsigned = {
        credentialId,
        decisionId: request.decisionId,
        officeId: request.officeId,
        typeId: type.typeId,
        issuer: needs.officeEntityId(request.officeId),
        claims: request.claims,
        disclosable: [...disclosable],
        ...place,
        reference: randomToken(12),
        ...(request.personId === undefined ? {} : { personId: request.personId }),
        issuedAt,
        validUntil: request.validUntil,
      };
      const credential: IssuedCredential = { ...unsigned, compact: await sign(unsigned, undefined) };
      await insertCredential(tx, credential);
      await needs.ledger.append(tx, entryOf('credential-issued', credential));
      return credential;
    },

    /** Ends every copy of the credential at once: wallet, document and QR code. Harmless when repeated: the first word stands. */
    async revokeCredential(tx: Tx, credentialId: string, as: 'revoked' | 'superseded' = 'revoked'): Promise<void> {
      const credential = await findCredential(tx, { credentialId });
      if (!credential) throw credentialsProblem('credential-unknown');
      const at = needs.clock.now();
      if (!(await markRevoked(tx, credentialId, { at, isSuperseded: as === 'superseded' }))) return;
      await needs.ledger.append(tx, entryOf(`credential-${as}`, credential));
      const { personId, officeId, typeId } = credential;
      await needs.onRevoked?.(tx, {
        ...(personId === undefined ? {} : { personId }),
        credentialId,
        officeId,
        typeId,
        at,
      });
    },

    /** Ends what was issued for a decision, if anything was, in the transaction that ends the decision. */
    async endDecision(tx: Tx, decisionId: string, as: 'revoked' | 'superseded'): Promise<void> {
      const credential = await findCredential(tx, { decisionId });
      if (credential) await this.revokeCredential(tx, credential.credentialId, as);
    },

    /**
     * Erases what was issued for a decision, of which the time of keeping is over: the claims about the person. Whoever holds the document
     * or the credential can have it verified as before, and so can whoever reads its QR code.
     */
    async eraseDecision(tx: Tx, decisionId: string): Promise<void> {
      const credential = await findCredential(tx, { decisionId });
      if (!credential) return;
      await removeOffersOf(tx, credential.credentialId);
      const { compact: _, ...rest } = credential;
      await eraseClaims(tx, credential.credentialId, await sign({ ...rest, claims: {}, disclosable: [] }, undefined));
    },

    /** Revokes by what a document shows; with `officeId` only what that office issued. Throws `credential-unknown`. */
    async revokeByReference(reference: string, officeId?: string): Promise<void> {
      const credential = await findCredential(needs.database.db, { reference });
      if (!credential || (officeId !== undefined && credential.officeId !== officeId))
        throw credentialsProblem('credential-unknown');
      await needs.database.transaction((tx) => this.revokeCredential(tx, credential.credentialId));
    },

    findByDecision: (decisionId: string, tx?: Tx) => findCredential(tx ?? needs.database.db, { decisionId }),
    findByReference: (reference: string) => findCredential(needs.database.db, { reference }),

    /** The address behind the QR code. It says nothing about the person. */
    verifyUrlOf: (credential: Pick<IssuedCredential, 'reference'>) =>
      `${needs.publicUrl}/verify/${credential.reference}`,

    signFor: sign,

    async statusListToken(listId: string): Promise<string> {
      const officeId = /^(.+)-\d+$/.exec(listId)?.[1];
      if (!officeId || !(await hasStatusList(needs.database.db, listId)))
        throw credentialsProblem('status-list-unknown');
      const now = epochSeconds(needs.clock);
      const payload = {
        iss: needs.officeEntityId(officeId),
        sub: statusUri(listId),
        iat: now,
        exp: now + statusListSeconds,
        ttl: statusListFreshSeconds,
        status_list: encodeStatusList(await listEnded(needs.database.db, listId)),
      };
      return signJws(await needs.officeSigner(officeId), payload, { typ: 'statuslist+jwt' });
    },

    typeMetadata: (typeId: string) => typeMetadata(needs.publicUrl, getType(typeId)),
  };
}

export type Issuing = ReturnType<typeof createIssuing>;

/** A random place among many, so that a place tells neither how many credentials there are nor which come together. */
async function takePlace(
  tx: Tx,
  officeId: string,
  credentialId: string,
): Promise<{ listId: string; listIndex: number }> {
  let number = 1;
  while ((await countStatusEntries(tx, `${officeId}-${number}`)) >= statusListSize / 2) number += 1;
  const listId = `${officeId}-${number}`;
  for (;;) {
    const listIndex = randomInt(statusListSize);
    if (await takeStatusIndex(tx, { listId, listIndex, credentialId })) return { listId, listIndex };
  }
}

function entryOf(kind: string, credential: IssuedCredential) {
  return {
    kind,
    record: {
      credentialId: credential.credentialId,
      issuer: credential.issuer,
      type: credential.typeId,
      statusList: credential.listId,
      statusIndex: credential.listIndex,
    },
    ...(credential.personId === undefined ? {} : { personId: credential.personId }),
  };
}

function publicPart(jwk: JWK): JWK {
  return { kty: jwk.kty, crv: jwk.crv, x: jwk.x, y: jwk.y };
}
