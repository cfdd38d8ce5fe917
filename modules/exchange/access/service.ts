import type { Clock } from '#kernel/clock';
import type { Database, Tx } from '#kernel/database';
import type { Log } from '#kernel/log';
import type { Ledger } from '#modules/ledger';
import { problem } from '../contract.ts';
import type { AccessRules, AccessVersion, PublishAccessRules, PublishedAccessRules } from './contract.ts';
import {
  type AccessFacts,
  type CompiledAccess,
  compileAccess,
  decideAccess,
  digestAccessRules,
  findAccessFaults,
  readAccessRules,
} from './rules.ts';
import * as store from './store.ts';

export type AccessNeeds = {
  database: Database;
  clock: Clock;
  log: Log;
  ledger: Pick<Ledger, 'append'>;
  /** `access.json` of the state: what a node that has no rules yet begins with. */
  accessRules: unknown;
};

export type GrantedAccess = { ruleId: string; version: number };

export type Access = {
  /** The rules in force, compiled. From memory, except for the first time in this process. */
  current(): Promise<CompiledAccess>;
  /** Takes over what another process of this node has put in force. One small read. */
  refresh(): Promise<void>;
  /** In force here at once. Throws `access-rules-invalid` or `access-rules-superseded`, and then nothing has changed. */
  publish(order: PublishAccessRules): Promise<PublishedAccessRules>;
  listVersions(): Promise<AccessVersion[]>;
  /** Throws `access-version-unknown`. */
  readVersion(version: number): Promise<{ version: AccessVersion; rules: AccessRules }>;
};

const versionsListedMax = 200;

/** The rule of a set that allows a question. Throws `access-not-granted`. */
export function grantAccess(access: CompiledAccess, facts: AccessFacts): GrantedAccess {
  const decision = decideAccess(access, facts);
  if (!decision.isAllowed) throw problem('access-not-granted');
  return { ruleId: decision.ruleId, version: decision.version };
}

/** The file is checked now, so that a faulty one stops the start; the version in force is read at the first question. */
export function createAccess(needs: AccessNeeds): Access {
  const { database, log } = needs;
  const ofFolder = readAccessRules(needs.accessRules);
  let settled: Promise<CompiledAccess> | undefined;

  const current = (): Promise<CompiledAccess> => {
    settled ??= settleFirst(needs, ofFolder).catch((error: unknown) => {
      // A database that was away for a moment must not keep the node from answering for ever.
      settled = undefined;
      throw error;
    });
    return settled;
  };
  const takeOver = async (rules: AccessRules, version: number) => {
    const known = await current();
    // Of two that arrive at once the later version stays.
    if (version > known.version) settled = Promise.resolve(compileAccess(rules, version));
  };

  return {
    current,
    refresh: async () => {
      const known = await current();
      if ((await store.findLatestNumber(database.db)) === known.version) return;
      const latest = await store.findLatestVersion(database.db);
      if (!latest) return;
      await takeOver(latest.rules, latest.version);
      log.info({ version: latest.version }, 'access rules taken over');
    },
    publish: async ({ rules, basedOn, reason }) => {
      const [fault, ...more] = findAccessFaults(rules);
      if (fault) throw problem('access-rules-invalid', { where: fault.at || '/', count: more.length + 1 });
      await current();
      const checked = rules as AccessRules;
      const published = await database.transaction(async (tx) => {
        await store.lockVersions(tx);
        const latest = (await store.findLatestVersion(tx))!;
        if (latest.version !== basedOn) throw problem('access-rules-superseded', { version: latest.version });
        if (latest.digest === digestAccessRules(checked)) return { version: latest.version, isNew: false };
        const { version } = await addVersion(needs, tx, { rules: checked, latest, changedBy: 'operator', reason });
        return { version, isNew: true };
      });
      await takeOver(checked, published.version);
      return published;
    },
    listVersions: async () => (await store.listVersions(database.db, versionsListedMax)).map(describe),
    readVersion: async (version) => {
      const row = await store.findVersion(database.db, version);
      if (!row) throw problem('access-version-unknown');
      return { version: describe({ ...row, rules_count: row.rules.rules.length }), rules: row.rules };
    },
  };
}

/** What is in force in the database, or the file's rules where there is nothing yet. */
async function settleFirst(needs: AccessNeeds, ofFolder: AccessRules): Promise<CompiledAccess> {
  const { version, digest, rules } = await needs.database.transaction(async (tx) => {
    await store.lockVersions(tx);
    const latest = await store.findLatestVersion(tx);
    return latest ?? addVersion(needs, tx, { rules: ofFolder, changedBy: 'state-folder' });
  });
  if (digest !== digestAccessRules(ofFolder))
    needs.log.warn({ version }, 'access.json is not what is in force; jisr rules publish puts it in force');
  return compileAccess(rules, version);
}

async function addVersion(
  needs: AccessNeeds,
  tx: Tx,
  change: { rules: AccessRules; latest?: store.VersionRow; changedBy: store.VersionRow['changed_by']; reason?: string },
): Promise<store.VersionRow> {
  const { rules, latest, changedBy, reason } = change;
  const version = (latest?.version ?? 0) + 1;
  const digest = digestAccessRules(rules);
  const changedAt = needs.clock.now();
  const entry = await needs.ledger.append(tx, {
    kind: 'access-rules-changed',
    record: {
      version,
      digest,
      previousDigest: latest?.digest ?? null,
      rulesCount: rules.rules.length,
      changedBy,
      ...(reason === undefined ? {} : { reason }),
      changedAt: changedAt.toISOString(),
    },
  });
  const row: store.VersionRow = {
    version,
    digest,
    rules,
    changed_by: changedBy,
    reason: reason ?? null,
    changed_at: changedAt,
    leaf_hash: entry.leafHash,
  };
  await store.insertVersion(tx, row);
  needs.log.info({ version, digest }, 'access rules changed');
  return row;
}

function describe(row: store.ListedVersion): AccessVersion {
  return {
    version: row.version,
    digest: row.digest,
    rulesCount: row.rules_count,
    changedBy: row.changed_by,
    ...(row.reason === null ? {} : { reason: row.reason }),
    changedAt: row.changed_at.toISOString(),
    leafHash: row.leaf_hash,
  };
}
