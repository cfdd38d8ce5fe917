import type { Tx } from '#kernel/database';
import { newId } from '#kernel/ids';
import { Problem } from '#kernel/problem';
import { type Link, type LinkEnd, type LinkedRead, problem } from './contract.ts';
import type { MatchingNeeds, Population } from './needs.ts';
import { type Sealing, sameBytes } from './sealing.ts';
import * as store from './store.ts';

/** What an office reads of the record of a linked person, and the entry that says so. */
export type ReadLinked = {
  personId: string;
  office: string;
  purpose: string;
  evidenceType: string;
  fields: readonly string[];
  caseId: string;
};
export type LinkedRecord = { readId: string; values: Record<string, unknown>; leafHash: string };

const mergesMax = 5;
const checkEveryMs = 86_400_000;

export function createLinks(needs: MatchingNeeds, sealing: Sealing) {
  const { database, clock, ledger, rules } = needs;

  /** A link and its ledger entry. The caller holds the links, and has seen that neither side is taken. */
  const make = async (
    tx: Tx,
    attempt: store.AttemptRow,
    number: string,
    by: { madeBy: 'machine' } | { madeBy: 'officer'; officerId: string },
  ): Promise<void> => {
    const at = clock.now();
    const linkId = newId();
    const { leafHash } = await ledger.append(tx, {
      kind: 'identity-linked',
      personId: attempt.person_id,
      record: {
        linkId,
        attemptId: attempt.attempt_id,
        homeState: attempt.home_state,
        by: by.madeBy,
        at: at.toISOString(),
      },
    });
    await store.insertLink(tx, {
      link_id: linkId,
      attempt_id: attempt.attempt_id,
      reference: attempt.reference,
      person_id: attempt.person_id,
      home_state: attempt.home_state,
      number_hash: sealing.hashNumber(number),
      sealed_number: sealing.sealNumber(number, linkId),
      made_at: at,
      made_by: by.madeBy,
      officer_id: by.madeBy === 'officer' ? by.officerId : null,
      checked_at: at,
      moved_at: null,
      ended_at: null,
      ended_for: null,
      undo_by: null,
      undo_reason: null,
      undo_at: null,
      undone_by: null,
      leaf_hash: leafHash,
    });
  };

  /** Ends a link for good. What says that they are not one person keeps the two apart from then on. */
  const end = async (tx: Tx, row: store.LinkRow, endedFor: LinkEnd, undoneBy?: string): Promise<store.LinkRow> => {
    const at = clock.now();
    const changes = {
      ended_at: at,
      ended_for: endedFor,
      sealed_number: null,
      ...(undoneBy === undefined ? {} : { undone_by: undoneBy }),
    };
    await store.updateLink(tx, row.link_id, changes);
    if (endedFor === 'not-me' || endedFor === 'officers') await store.separate(tx, row.person_id, row.number_hash, at);
    await ledger.append(tx, {
      kind: 'identity-link-ended',
      personId: row.person_id,
      record: { linkId: row.link_id, for: endedFor, at: at.toISOString() },
    });
    return { ...row, ...changes };
  };

  /**
   * Asks the register what became of the record: gone, the link ends; merged into another, the link moves there, or ends where
   * somebody else is linked to that one. The number to read under; undefined when the link has ended. No network inside.
   */
  const follow = async (population: Population, row: store.LinkRow): Promise<string | undefined> => {
    const first = sealing.openNumber(row.sealed_number!, row.link_id);
    let number: string | undefined = first;
    for (let step = 0; step <= mergesMax && number !== undefined; step += 1) {
      const found = await population.find(number);
      if (found && found.mergedInto === undefined) break;
      number = step === mergesMax ? undefined : found?.mergedInto;
    }
    return database.transaction(async (tx) => {
      await store.holdLinks(tx);
      const held = await store.findLink(tx, row.link_id);
      if (!held?.sealed_number || held.ended_at) return undefined;
      // Moved by another process while the register was asked.
      if (!sameBytes(held.number_hash, row.number_hash)) return sealing.openNumber(held.sealed_number, held.link_id);
      const at = clock.now();
      if (number === undefined) {
        await end(tx, held, 'record-gone');
        return undefined;
      }
      if (number === first) {
        await store.updateLink(tx, held.link_id, { checked_at: at });
        return number;
      }
      const hash = sealing.hashNumber(number);
      if ((await store.listLinksTo(tx, [hash])).length > 0) {
        await end(tx, held, 'record-merged');
        return undefined;
      }
      await store.updateLink(tx, held.link_id, {
        number_hash: hash,
        sealed_number: sealing.sealNumber(number, held.link_id),
        checked_at: at,
        moved_at: at,
      });
      await ledger.append(tx, {
        kind: 'identity-link-moved',
        personId: held.person_id,
        record: { linkId: held.link_id, at: at.toISOString() },
      });
      return number;
    });
  };

  /** Nothing was found for the person before: they are told so, and not that nobody looked. */
  const notLinked = async (personId: string): Promise<Problem> => {
    const [latest] = await store.listAttemptsOf(database.db, personId);
    return problem(latest && ['none', 'not-same'].includes(latest.state) ? 'not_matched' : 'record-not-linked');
  };

  return {
    make,
    end,

    /** Whether an office may read this of linked records at all, for anybody. */
    mayRead: (asked: Omit<ReadLinked, 'personId' | 'caseId'>): boolean =>
      Boolean(
        needs.population &&
          rules?.uses.some(
            (use) =>
              use.office === asked.office &&
              use.purpose === asked.purpose &&
              use.evidenceType === asked.evidenceType &&
              asked.fields.every((field) => use.fields.includes(field)),
          ),
      ),

    isLinked: async (personId: string, db: Tx = database.db): Promise<boolean> =>
      (await store.findLinkOf(db, personId)) !== undefined,

    /** Who is linked to the record with that number, if anybody is. */
    findLinked: async (number: string): Promise<string | undefined> =>
      (await store.listLinksTo(database.db, [sealing.hashNumber(number)]))[0]?.person_id,

    /**
     * Fields of this state's record of a person of another state, because of a link and of nothing else. The register is asked
     * first what became of the record; the ledger entry is durable before anything is given.
     * Throws `linked-use-not-allowed`, `record-not-linked` or `not_matched`, and what the register throws.
     */
    readLinked: async (asked: ReadLinked): Promise<LinkedRecord> => {
      const { personId, office, purpose, evidenceType, fields, caseId } = asked;
      const use = rules?.uses.find(
        (one) => one.office === office && one.purpose === purpose && one.evidenceType === evidenceType,
      );
      if (!needs.population || !use || fields.some((field) => !use.fields.includes(field)))
        throw problem('linked-use-not-allowed');
      const link = await store.findLinkOf(database.db, personId);
      if (!link) throw await notLinked(personId);
      const number = await follow(needs.population, link);
      if (number === undefined) throw problem('record-not-linked');
      const record = await needs.readRecord(evidenceType, number);
      if (!record) throw problem('record-not-linked');
      const values = Object.fromEntries(
        fields.flatMap((field) => (record[field] === undefined ? [] : [[field, record[field]]])),
      );
      const readId = newId();
      const at = clock.now();
      const leafHash = await database.transaction(async (tx) => {
        // Ended since it was looked at: nothing is given any more.
        const held = await store.findLink(tx, link.link_id);
        if (!held || held.ended_at) throw problem('record-not-linked');
        const receipt = await ledger.append(tx, {
          kind: 'linked-record-read',
          personId,
          record: {
            readId,
            linkId: link.link_id,
            office,
            evidenceType,
            fields: [...fields],
            purpose,
            caseId,
            at: at.toISOString(),
          },
        });
        await store.insertRead(tx, {
          read_id: readId,
          link_id: link.link_id,
          person_id: personId,
          office,
          evidence_type: evidenceType,
          fields: Object.keys(values),
          purpose,
          case_id: caseId,
          read_at: at,
          leaf_hash: receipt.leafHash,
        });
        return receipt.leafHash;
      });
      return { readId, values, leafHash };
    },

    remove: async (personId: string, linkId: string, why: 'person' | 'not-me'): Promise<Link> =>
      database.transaction(async (tx) => {
        await store.holdLinks(tx);
        const row = await store.findLink(tx, linkId);
        if (!row || row.person_id !== personId) throw problem('link-unknown');
        return describeLink(row.ended_at ? row : await end(tx, row, why));
      }),

    /** Looks what became of records that nobody has asked about for a day. One that cannot be asked is asked again. */
    checkAll: async (): Promise<void> => {
      if (!needs.population) return;
      const since = new Date(clock.now().getTime() - checkEveryMs);
      for (const row of await store.listUnchecked(database.db, since))
        try {
          await follow(needs.population, row);
        } catch (error) {
          if (!(error instanceof Problem)) throw error;
          needs.log.warn({ code: error.code }, 'the register could not be asked about linked records');
          return;
        }
    },
  };
}

export function describeLink(row: store.LinkRow): Link {
  return {
    linkId: row.link_id,
    reference: row.reference,
    madeAt: row.made_at.toISOString(),
    madeBy: row.made_by,
    ...(row.moved_at ? { movedAt: row.moved_at.toISOString() } : {}),
    ...(row.ended_at ? { endedAt: row.ended_at.toISOString() } : {}),
    ...(row.ended_for ? { endedFor: row.ended_for } : {}),
    leafHash: row.leaf_hash,
  };
}

export function describeRead(row: store.ReadRow): LinkedRead {
  return {
    readId: row.read_id,
    linkId: row.link_id,
    office: row.office,
    evidenceType: row.evidence_type,
    fields: row.fields,
    purpose: row.purpose,
    caseId: row.case_id,
    at: row.read_at.toISOString(),
    leafHash: row.leaf_hash,
  };
}
