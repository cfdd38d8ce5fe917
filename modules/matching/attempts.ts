import type { Tx } from '#kernel/database';
import { newId, randomBytes } from '#kernel/ids';
import { type Attempt, type MatchingRules, type OwnMatching, problem } from './contract.ts';
import type { createLinks } from './links.ts';
import { describeLink, describeRead } from './links.ts';
import type { MatchingNeeds, Population } from './needs.ts';
import {
  attemptsDays,
  attemptsMax,
  type Compared,
  compareAll,
  daysToLookUnder,
  judge,
  keptDays,
  type LinkStanding,
  proofsMax,
  readHomeRecord,
  readNumber,
  shownMax,
  waitDays,
} from './rules.ts';
import { type HeldInputs, type Sealing, sameBytes } from './sealing.ts';
import * as store from './store.ts';

export type BegunAttempt = { attemptId: string; reference: string };

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** Letters and digits that nobody takes for each other. */
const letters = '23456789ABCDEFGHJKMNPQRSTVWXYZ';

/** What a person does: have the record found, see what came of it, give another proof, take the request back. */
export function createAttempts(needs: MatchingNeeds, sealing: Sealing, links: ReturnType<typeof createLinks>) {
  const { database, clock, ledger } = needs;

  const offered = (): { rules: MatchingRules; population: Population } => {
    if (!needs.rules || !needs.population) throw problem('matching-not-offered');
    return { rules: needs.rules, population: needs.population };
  };

  /** What the links say now of this person and these numbers. */
  const readStanding = async (tx: Tx, personId: string, numbers: readonly string[]): Promise<LinkStanding> => {
    const hashes = new Map(numbers.map((number) => [number, sealing.hashNumber(number)]));
    const own = await store.findLinkOf(tx, personId);
    const others = (await store.listLinksTo(tx, [...hashes.values()])).filter((row) => row.person_id !== personId);
    const separated = await store.listSeparated(tx, personId);
    const among = (rows: readonly Uint8Array[]) =>
      new Set(numbers.filter((number) => rows.some((hash) => sameBytes(hashes.get(number)!, hash))));
    return {
      ...(own?.sealed_number ? { ownNumber: sealing.openNumber(own.sealed_number, own.link_id) } : {}),
      taken: among(others.map((row) => row.number_hash)),
      separated: among(separated),
    };
  };

  const endOf = (state: 'linked' | 'none', at: Date): Partial<store.AttemptRow> => ({
    state,
    sealed: null,
    decided_at: at,
    decided_by: 'machine',
  });

  return {
    isOffered: () => needs.rules !== undefined && needs.population !== undefined,

    own: async (personId: string): Promise<OwnMatching> => {
      const [rows, attempts, looks, reads] = await Promise.all([
        store.listLinksOf(database.db, personId),
        store.listAttemptsOf(database.db, personId),
        store.countViewsOf(database.db, personId),
        store.listReadsOf(database.db, personId),
      ]);
      return {
        isOffered: needs.rules !== undefined && needs.population !== undefined,
        links: rows.map(describeLink),
        attempts: attempts.map((row) => describeAttempt(row, looks.get(row.attempt_id))),
        reads: reads.map(describeRead),
      };
    },

    /**
     * Before the home state is asked. `number`: of a document of this state, if the person has one. `objectionTo`: an earlier
     * request that the person does not accept the end of. Throws `attempt-waiting` and `matching-too-often`.
     */
    begin: async (
      person: { personId: string; homeState: string },
      given: { number?: string; objectionTo?: string } = {},
    ): Promise<BegunAttempt> => {
      offered();
      const attemptId = newId();
      const at = clock.now();
      const reference = `${needs.state}-M-${[...randomBytes(8)].map((byte) => letters[byte % letters.length]).join('')}`;
      const number = readNumber(given.number ?? '');
      const inputs: HeldInputs = { candidates: [], ...(number ? { number } : {}) };
      await database.transaction(async (tx) => {
        await store.holdLinks(tx);
        if (await store.findWaitingOf(tx, person.personId)) throw problem('attempt-waiting');
        const since = new Date(at.getTime() - attemptsDays * dayMs);
        if ((await store.countAttemptsSince(tx, person.personId, since)) >= attemptsMax)
          throw problem('matching-too-often', { max: attemptsMax, days: attemptsDays });
        const before = given.objectionTo && (await store.findAttempt(tx, given.objectionTo));
        if (given.objectionTo && (!before || before.person_id !== person.personId || before.state !== 'not-same'))
          throw problem('attempt-unknown');
        await store.insertAttempt(tx, {
          attempt_id: attemptId,
          reference,
          person_id: person.personId,
          home_state: person.homeState,
          state: 'begun',
          desk_reason: null,
          comparisons: [],
          sealed: sealing.sealInputs(inputs, attemptId),
          proofs_given: 0,
          begun_at: at,
          decided_at: null,
          decided_by: null,
          officer_id: null,
          objection_to: given.objectionTo ?? null,
          waits_until: new Date(at.getTime() + hourMs),
          leaf_hash: null,
        });
      });
      return { attemptId, reference };
    },

    /** The request that was begun and waits for the home state's answer; only of the person who began it. */
    findBegun: async (personId: string, attemptId: string): Promise<BegunAttempt> => {
      const row = await store.findAttempt(database.db, attemptId);
      if (!row || row.person_id !== personId || row.state !== 'begun' || row.waits_until <= clock.now())
        throw problem('attempt-unknown');
      return { attemptId, reference: row.reference };
    },

    /**
     * Compares what the home state said with the register, once. Linked at once, left to an officer, or none; what was compared
     * is gone in the same transaction unless an officer has to see it.
     */
    compare: async (personId: string, attemptId: string, evidence: Record<string, unknown>): Promise<Attempt> => {
      const { population } = offered();
      const home = readHomeRecord(evidence);
      const born = home && daysToLookUnder(home.birthDate, population.calendar);
      const found: Compared[] = home && born?.length ? compareAll(home, await population.listBorn(born)) : [];
      const candidates = found.slice(0, shownMax);
      const row = await database.transaction(async (tx) => {
        await store.holdLinks(tx);
        const held = await store.holdAttempt(tx, attemptId);
        if (!held?.sealed || held.person_id !== personId || held.state !== 'begun') throw problem('attempt-unknown');
        if (await store.findWaitingOf(tx, personId)) throw problem('attempt-waiting');
        const at = clock.now();
        const { number } = sealing.openInputs(held.sealed, attemptId);
        const standing = await readStanding(
          tx,
          personId,
          candidates.map((one) => one.number),
        );
        const verdict = judge(found, standing, {
          ...(number === undefined ? {} : { number }),
          isObjection: held.objection_to !== null,
        });
        if (verdict.outcome === 'linked') await links.make(tx, held, verdict.number, { madeBy: 'machine' });
        const { leafHash } = await ledger.append(tx, {
          kind: 'identity-compared',
          personId,
          record: { attemptId, homeState: held.home_state, outcome: verdict.outcome, at: at.toISOString() },
        });
        const changes: Partial<store.AttemptRow> = {
          comparisons: candidates.map(({ outcome, reasons }) => ({ outcome: outcome as 'same' | 'doubtful', reasons })),
          leaf_hash: leafHash,
          ...(verdict.outcome === 'waiting'
            ? {
                state: 'waiting' as const,
                desk_reason: verdict.why,
                sealed: sealing.sealInputs(
                  {
                    ...(home ? { home } : {}),
                    ...(number === undefined ? {} : { number }),
                    candidates: candidates.map((one) => one.number),
                  },
                  attemptId,
                ),
                waits_until: new Date(at.getTime() + waitDays * dayMs),
              }
            : endOf(verdict.outcome === 'none' ? 'none' : 'linked', at)),
        };
        await store.updateAttempt(tx, attemptId, changes);
        return { ...held, ...changes };
      });
      needs.onCompared?.(row.state === 'none' ? 'not_matched' : row.state === 'linked' ? 'linked' : 'waiting');
      return describeAttempt(row);
    },

    /** The number of a document, when an officer asked for it. Nothing is looked up now: the answer is the same for every number. */
    giveProof: async (personId: string, attemptId: string, typed: string): Promise<Attempt> =>
      database.transaction(async (tx) => {
        const held = await store.holdAttempt(tx, attemptId);
        if (!held?.sealed || held.person_id !== personId) throw problem('attempt-unknown');
        if (held.state !== 'proof-asked' || held.proofs_given >= proofsMax) throw problem('attempt-decided');
        const inputs = sealing.openInputs(held.sealed, attemptId);
        const changes = {
          state: 'waiting' as const,
          sealed: sealing.sealInputs({ ...inputs, number: readNumber(typed) }, attemptId),
          proofs_given: held.proofs_given + 1,
        };
        await store.updateAttempt(tx, attemptId, changes);
        return describeAttempt({ ...held, ...changes });
      }),

    /** The person no longer wants it looked at: what was to be compared is gone at once. */
    takeBack: async (personId: string, attemptId: string): Promise<Attempt> =>
      database.transaction(async (tx) => {
        const held = await store.holdAttempt(tx, attemptId);
        if (!held || held.person_id !== personId) throw problem('attempt-unknown');
        if (held.state !== 'waiting' && held.state !== 'proof-asked') throw problem('attempt-decided');
        const changes = { state: 'withdrawn' as const, sealed: null, decided_at: clock.now() };
        await store.updateAttempt(tx, attemptId, changes);
        return describeAttempt({ ...held, ...changes });
      }),

    /** What nobody decided in time is dropped, and the person reads that it was. */
    expire: async (): Promise<void> => {
      const now = clock.now();
      for (const { attempt_id: attemptId } of await store.listOverdue(database.db, now))
        await database.transaction(async (tx) => {
          const held = await store.holdAttempt(tx, attemptId);
          if (!held?.sealed || held.waits_until > now) return;
          await store.updateAttempt(tx, attemptId, {
            sealed: null,
            ...(held.state === 'begun' ? {} : { state: 'expired' as const, decided_at: now }),
          });
        });
    },

    /** What ended long ago. */
    forget: (): Promise<void> =>
      database.transaction((tx) => store.forgetBefore(tx, new Date(clock.now().getTime() - keptDays * dayMs))),
  };
}

export function describeAttempt(row: store.AttemptRow, looks = 0): Attempt {
  return {
    attemptId: row.attempt_id,
    reference: row.reference,
    state: row.state,
    begunAt: row.begun_at.toISOString(),
    looks,
    ...(row.decided_at ? { decidedAt: row.decided_at.toISOString() } : {}),
    ...(row.decided_by ? { decidedBy: row.decided_by } : {}),
    ...(row.sealed ? { waitsUntil: row.waits_until.toISOString() } : {}),
  };
}
