import type { Clock } from '#kernel/clock';
import type { Database } from '#kernel/database';
import type { Log } from '#kernel/log';
import type { Ledger } from '#modules/ledger';
import { problem } from '../contract.ts';
import {
  type AccessFacts,
  type CompiledAccess,
  compileAccess,
  decideAccess,
  digestAccessRules,
  readAccessRules,
} from './rules.ts';
import * as store from './store.ts';

export type AccessNeeds = {
  database: Database;
  clock: Clock;
  log: Log;
  ledger: Pick<Ledger, 'append'>;
  /** `access.json` of the state. */
  accessRules: unknown;
};

export type GrantedAccess = { ruleId: string; version: number };

export type Access = {
  /** The rules in force, compiled. From memory, except for the first time in this process. */
  current(): Promise<CompiledAccess>;
  /** The rule that allows a question. Throws `access-not-granted`. */
  allow(facts: AccessFacts): Promise<GrantedAccess>;
};

/** The rules are read and checked now, so that a faulty file stops the start; their version is settled at the first question. */
export function createAccess(needs: AccessNeeds): Access {
  const rules = readAccessRules(needs.accessRules);
  let settled: Promise<CompiledAccess> | undefined;
  const current = (): Promise<CompiledAccess> => {
    settled ??= settleVersion(needs, rules).catch((error: unknown) => {
      // A database that was away for a moment must not keep the node from answering for ever.
      settled = undefined;
      throw error;
    });
    return settled;
  };
  return {
    current,
    allow: async (facts) => {
      const decision = decideAccess(await current(), facts);
      if (!decision.isAllowed) throw problem('access-not-granted');
      return { ruleId: decision.ruleId, version: decision.version };
    },
  };
}

/** Rules that differ from the latest version become the next one, with a ledger entry, in one transaction. */
async function settleVersion(needs: AccessNeeds, rules: ReturnType<typeof readAccessRules>): Promise<CompiledAccess> {
  const digest = digestAccessRules(rules);
  const version = await needs.database.transaction(async (tx) => {
    await store.lockVersions(tx);
    const latest = await store.findLatestVersion(tx);
    if (latest?.digest === digest) return latest.version;
    const next = (latest?.version ?? 0) + 1;
    const changedAt = needs.clock.now();
    const changedBy = 'state-folder';
    const entry = await needs.ledger.append(tx, {
      kind: 'access-rules-changed',
      record: {
        version: next,
        digest,
        previousDigest: latest?.digest ?? null,
        rulesCount: rules.rules.length,
        changedBy,
        changedAt: changedAt.toISOString(),
      },
    });
    await store.insertVersion(tx, {
      version: next,
      digest,
      rules,
      changed_by: changedBy,
      changed_at: changedAt,
      leaf_hash: entry.leafHash,
    });
    needs.log.info({ version: next, digest }, 'access rules changed');
    return next;
  });
  return compileAccess(rules, version);
}
