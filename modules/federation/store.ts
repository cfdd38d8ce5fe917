import { type Tx, tablesOf } from '#kernel/database';

/** The tables of the schema `federation`; each folder's store holds the questions to its own. */
export type Tables = {
  chains: { entity_id: string; anchor_id: string; tokens: string[] | string; resolved_at: Date; expires_at: Date };
  listings: { url: string; entity_ids: string[] | string; fetched_at: Date };
  statements: {
    entity_id: string;
    version: number;
    statement_hash: string;
    claims: object | string;
    published_at: Date;
  };
  keys: { entity_id: string; kid: string; jwk: object | string; published_at: Date; retired_at: Date | null };
  trust_marks: {
    mark_id: string;
    issuer_id: string;
    subject_id: string;
    type: string;
    claims_hash: string;
    kid: string;
    token: string;
    token_hash: string;
    issued_at: Date;
    expires_at: Date;
    revoked_at: Date | null;
  };
  members: {
    entity_id: string;
    asked: object | string;
    asked_iat: number;
    granted: object | string | null;
    decision: 'waiting' | 'admitted' | 'refused';
    reason: string | null;
    decided_by: 'rule' | 'operator' | null;
    applied_at: Date;
    decided_at: Date | null;
  };
  anchor_keys: { anchor_id: string; kid: string; jwk: object | string; seen_since: Date };
  former_anchor_keys: { anchor_id: string; keys: object | string; told_at: Date };
  suspensions: { entity_id: string; reason: string; suspended_at: Date };
};

export function tables(db: Tx) {
  return tablesOf<Tables>(db, 'federation');
}
