import { newId } from '#kernel/ids';
import type { MatchedRecord, MatchReason } from './comparison/rules.ts';
import { compareRecords } from './comparison/rules.ts';
import { type AttemptState, type Link, problem } from './contract.ts';
import { type createLinks, describeLink } from './links.ts';
import type { MatchingNeeds } from './needs.ts';
import { type DeskReason, type LocalRecord, proofsMax } from './rules.ts';
import { type Sealing, sameBytes } from './sealing.ts';
import * as store from './store.ts';

/** A request as the desk's list shows it: nothing of the person. */
export type DeskItem = {
  attemptId: string;
  reference: string;
  homeState: string;
  why: DeskReason;
  state: AttemptState;
  begunAt: string;
  waitsUntil: string;
  /** Decided before by this officer: another one has to look. */
  isForAnother: boolean;
};
/** A record beside what the home state said. Without `record`, its birth day is another and the officer is shown nothing of it. */
export type DeskCandidate = {
  /** What the decision names it by. */
  key: string;
  number: string;
  record?: MatchedRecord;
  outcome: 'same' | 'doubtful' | 'different';
  reasons: MatchReason[];
  /** The person gave this number. */
  isGiven: boolean;
  /** The reference of the link that somebody else has to it, or this person has to another. */
  linkedAs?: string;
  isSeparated: boolean;
};
export type DeskTask = DeskItem & {
  home: MatchedRecord;
  candidates: DeskCandidate[];
  /** The person gave a number under which nothing stands. */
  isNumberUnknown: boolean;
  mayAskProof: boolean;
};
export type DeskDecision = { outcome: 'same'; key: string } | { outcome: 'not-same' } | { outcome: 'ask-proof' };
/** A link as the desk lists it: whoever undoes it does not see whose it is. */
export type DeskLink = Link & {
  homeState: string;
  undo?: { reason: string; at: string; isOwn: boolean };
};

/** What an officer with the role `matching-desk` does. Whether the caller is one is for the caller to see to. */
export function createDesk(needs: MatchingNeeds, sealing: Sealing, links: ReturnType<typeof createLinks>) {
  const { database, clock, ledger, population } = needs;

  const objectedTo = async (row: store.AttemptRow) =>
    row.objection_to ? await store.findAttempt(database.db, row.objection_to) : undefined;
  const itemOf = async (row: store.AttemptRow, officerId: string): Promise<DeskItem> => ({
    attemptId: row.attempt_id,
    reference: row.reference,
    homeState: row.home_state,
    why: row.desk_reason!,
    state: row.state,
    begunAt: row.begun_at.toISOString(),
    waitsUntil: row.waits_until.toISOString(),
    isForAnother: (await objectedTo(row))?.officer_id === officerId,
  });

  const findWaiting = async (attemptId: string): Promise<store.AttemptRow & { sealed: Uint8Array }> => {
    const row = await store.findAttempt(database.db, attemptId);
    if (!row || row.desk_reason === null) throw problem('attempt-unknown');
    if (!row.sealed || row.waits_until <= clock.now()) throw problem('attempt-decided');
    return { ...row, sealed: row.sealed };
  };

  /** The records are read from the register anew each time: nothing of them is kept here but their sealed numbers. */
  const readCandidates = async (row: store.AttemptRow & { sealed: Uint8Array }) => {
    const inputs = sealing.openInputs(row.sealed, row.attempt_id);
    const given = inputs.number;
    const numbers = [...new Set([...inputs.candidates, ...(given ? [given] : [])])];
    const records = (await Promise.all(numbers.map((number) => population?.find(number)))).filter(
      (one): one is LocalRecord => one !== undefined && one.mergedInto === undefined,
    );
    const hashes = new Map(records.map(({ number }) => [number, sealing.hashNumber(number)]));
    const [taken, own, separated] = await Promise.all([
      store.listLinksTo(database.db, [...hashes.values()]),
      store.findLinkOf(database.db, row.person_id),
      store.listSeparated(database.db, row.person_id),
    ]);
    const candidates = records.map(({ number, record }): DeskCandidate => {
      const hash = hashes.get(number)!;
      const match = compareRecords(inputs.home!, record);
      const linked = taken.find((link) => sameBytes(link.number_hash, hash)) ?? own;
      const isOwn = linked?.person_id === row.person_id && sameBytes(linked.number_hash, hash);
      return {
        key: hash.toString('hex'),
        number,
        ...(match.reasons.includes('birth-date-other') ? {} : { record }),
        ...match,
        isGiven: number === given,
        ...(linked && !isOwn ? { linkedAs: linked.reference } : {}),
        isSeparated: separated.some((one) => sameBytes(one, hash)),
      };
    });
    return { home: inputs.home!, candidates, isNumberUnknown: Boolean(given) && !hashes.has(given!) };
  };

  return {
    listTasks: async (officerId: string): Promise<DeskItem[]> =>
      Promise.all((await store.listQueue(database.db)).map((row) => itemOf(row, officerId))),

    listLinks: async (officerId: string): Promise<DeskLink[]> =>
      (await store.listLinks(database.db)).map((row) => ({
        ...describeLink(row),
        homeState: row.home_state,
        ...(row.undo_by && row.undo_at
          ? { undo: { reason: row.undo_reason ?? '', at: row.undo_at.toISOString(), isOwn: row.undo_by === officerId } }
          : {}),
      })),

    /** Side by side. That the officer looked is written down first, in the ledger too: the desk is no place to look people up. */
    openTask: async (officerId: string, attemptId: string): Promise<DeskTask> => {
      const row = await findWaiting(attemptId);
      if ((await objectedTo(row))?.officer_id === officerId) throw problem('second-officer-needed');
      const at = clock.now();
      await database.transaction(async (tx) => {
        const viewId = newId();
        await store.insertView(tx, { view_id: viewId, attempt_id: attemptId, officer_id: officerId, viewed_at: at });
        await ledger.append(tx, {
          kind: 'matching-request-viewed',
          personId: row.person_id,
          record: { viewId, attemptId, at: at.toISOString() },
        });
      });
      return {
        ...(await itemOf(row, officerId)),
        ...(await readCandidates(row)),
        mayAskProof: row.state === 'waiting' && row.proofs_given < proofsMax,
      };
    },

    /** Ends a request, or asks the person for the number of a document. What was compared is gone with the decision. */
    decide: async (officerId: string, attemptId: string, decision: DeskDecision): Promise<AttemptState> => {
      const row = await findWaiting(attemptId);
      if ((await objectedTo(row))?.officer_id === officerId) throw problem('second-officer-needed');
      const { candidates } = await readCandidates(row);
      const chosen = decision.outcome === 'same' ? candidates.find(({ key }) => key === decision.key) : undefined;
      if (decision.outcome === 'same' && !chosen?.record) throw problem('candidate-unknown');
      const state = await database.transaction(async (tx): Promise<AttemptState> => {
        await store.holdLinks(tx);
        const held = await store.holdAttempt(tx, attemptId);
        // Decided, taken back or given another number meanwhile: what the officer saw is not what is there.
        if (!held?.sealed || !sameBytes(held.sealed, row.sealed)) throw problem('attempt-decided');
        if (decision.outcome === 'ask-proof') {
          if (held.state !== 'waiting' || held.proofs_given >= proofsMax) throw problem('attempt-decided');
          await store.updateAttempt(tx, attemptId, { state: 'proof-asked' });
          return 'proof-asked';
        }
        const at = clock.now();
        const hashes = candidates.map(({ number }) => sealing.hashNumber(number));
        if (chosen) {
          const hash = sealing.hashNumber(chosen.number);
          const own = await store.findLinkOf(tx, held.person_id);
          const isKnown = own !== undefined && sameBytes(own.number_hash, hash);
          if (!isKnown && (own || (await store.listLinksTo(tx, [hash])).length > 0))
            throw problem('record-linked-already');
          await store.unite(tx, held.person_id, hash);
          if (!isKnown) await links.make(tx, held, chosen.number, { madeBy: 'officer', officerId });
        } else for (const hash of hashes) await store.separate(tx, held.person_id, hash, at);
        const outcome = chosen ? 'linked' : 'not-same';
        await ledger.append(tx, {
          kind: 'identity-matching-decided',
          personId: held.person_id,
          record: { attemptId, outcome, at: at.toISOString() },
        });
        await store.updateAttempt(tx, attemptId, {
          state: outcome,
          sealed: null,
          decided_at: at,
          decided_by: 'officer',
          officer_id: officerId,
        });
        return outcome;
      });
      if (state === 'not-same') needs.onCompared?.('not_matched');
      if (state === 'linked') needs.onCompared?.('linked');
      return state;
    },

    /**
     * A wrong link ends when a second officer agrees with the first. `isUndo` false takes a proposal off the table.
     * Throws `second-officer-needed` for the officer who proposed it.
     */
    undo: async (
      officerId: string,
      linkId: string,
      { isUndo, reason = '' }: { isUndo: boolean; reason?: string },
    ): Promise<'proposed' | 'undone' | 'kept'> =>
      database.transaction(async (tx) => {
        await store.holdLinks(tx);
        const row = await store.findLink(tx, linkId);
        if (!row || row.ended_at) throw problem('link-unknown');
        const at = clock.now();
        if (!isUndo) {
          await store.updateLink(tx, linkId, { undo_by: null, undo_reason: null, undo_at: null });
          return 'kept';
        }
        if (row.undo_by === officerId) throw problem('second-officer-needed');
        if (row.undo_by) {
          await links.end(tx, row, 'officers', officerId);
          return 'undone';
        }
        await store.updateLink(tx, linkId, { undo_by: officerId, undo_reason: reason.slice(0, 500), undo_at: at });
        await ledger.append(tx, {
          kind: 'identity-link-undo-proposed',
          personId: row.person_id,
          record: { linkId, at: at.toISOString() },
        });
        return 'proposed';
      }),
  };
}
