import type { Tx } from '#kernel/database';
import { canonicalJson, sha256 } from '#kernel/ids';
import { kernelProblem } from '#kernel/problem';
import type { Json } from '#modules/ledger';
import { problem } from '../contract.ts';
import { type Act, acts, type Role, type Round } from './contract.ts';
import type { AssessmentNeeds, Step } from './needs.ts';
import type { AskedCode } from './questionnaire.ts';
import { type Actor, mayDo, type RoundFacts, roleIn } from './rules.ts';
import * as store from './store.ts';

export type RoundDoor = ReturnType<typeof createRoundDoor>;
export type Held = { tx: Tx; round: store.RoundRow; role: Role; at: Date };

export function factsOf(row: store.RoundRow): RoundFacts {
  return {
    state: row.state,
    ...(row.settled_by ? { settledBy: row.settled_by } : {}),
    people: {
      'first-assessor': row.first_assessor,
      'second-assessor': row.second_assessor,
      reviewer: row.reviewer,
      'senior-reviewer': row.senior_reviewer,
    },
    handedIn: [
      ...(row.first_handed_in_at ? (['first'] as const) : []),
      ...(row.second_handed_in_at ? (['second'] as const) : []),
    ],
  };
}

/** The way into a round: who somebody is in it, whether the step is theirs now, and the history that every step leaves. */
export function createRoundDoor({ database, clock, ledger, insights }: AssessmentNeeds) {
  const codes = (): AskedCode[] => insights.listCodes();

  /** A round is shown to its four people alone; to everybody else there is none. */
  const admit = (row: store.RoundRow | undefined, actor: Actor): { round: store.RoundRow; role: Role } => {
    const role = row && roleIn(factsOf(row), actor);
    if (!row || !role) throw problem('round-unknown');
    return { round: row, role };
  };

  const look = async (actor: Actor, roundId: string) => admit(await store.findRound(database.db, roundId), actor);

  return {
    codes,
    codeOf: (id: string): AskedCode => {
      const code = codes().find((one) => one.id === id);
      if (!code) throw problem('question-unknown', { code: id.slice(0, 20) });
      return code;
    },

    look,

    /**
     * Reads for somebody, and looks again afterwards. Whoever was replaced never comes back, so who still has the role then had it
     * all the time, and is told nothing that a successor wrote.
     */
    view: async <Result>(
      actor: Actor,
      roundId: string,
      read: (seen: { round: store.RoundRow; role: Role }) => Promise<Result>,
    ): Promise<Result> => {
      const result = await read(await look(actor, roundId));
      await look(actor, roundId);
      return result;
    },

    /** One step: the round is held, the step has to be this person's now, and all of it is one transaction. */
    step: <Result>(actor: Actor, roundId: string, act: Act, work: (held: Held) => Promise<Result>): Promise<Result> =>
      database.transaction(async (tx) => {
        const { round, role } = admit(await store.holdRound(tx, roundId), actor);
        const facts = factsOf(round);
        if (!mayDo(act, role, facts)) {
          const isEver = everDone[act].includes(role);
          throw isEver ? problem('round-step-refused') : kernelProblem('not-permitted');
        }
        return work({ tx, round, role, at: clock.now() });
      }),

    write: (tx: Tx, at: Date, steps: readonly Step[]): Promise<void> =>
      store.appendHistory(
        tx,
        steps.map(({ round, actor, role, kind, code, before, after, why, leafHash }) => ({
          round_id: round.round_id,
          at,
          person_id: actor.personId,
          role,
          kind,
          code: code ?? null,
          before: before ?? null,
          after: after ?? null,
          why: why ?? null,
          leaf_hash: leafHash ?? null,
        })),
      ),

    /** Commits to a step and to what it stands on. No person and no answer is in the record, only a digest of the answers. */
    commit: async (
      tx: Tx,
      kind: string,
      round: Pick<store.RoundRow, 'round_id' | 'survey_year'>,
      content: unknown,
      more: Record<string, Json> = {},
    ): Promise<string> => {
      const digest = sha256(canonicalJson(content)).toString('hex');
      const record = { roundId: round.round_id, year: round.survey_year, digest, ...more };
      return (await ledger.append(tx, { kind, record })).leafHash;
    },
  };
}

/** A reason in words, at most 1000 characters of it. */
export function whyOf(why: string): string {
  if (why.trim() === '') throw problem('why-needed');
  return why.trim().slice(0, 1000);
}

const assessors: Role[] = ['first-assessor', 'second-assessor'];
/** Who does it at some step of a round. */
const everDone: Record<Act, Role[]> = {
  answer: assessors,
  'hand-in': assessors,
  'see-everything': [...assessors, 'reviewer', 'senior-reviewer'],
  settle: [...assessors, 'reviewer'],
  'pass-on': ['reviewer'],
  'send-back': ['senior-reviewer'],
  approve: ['senior-reviewer'],
  replace: ['senior-reviewer'],
  'let-reviewer-settle': ['senior-reviewer'],
};

/** A round as its people see it. Counts of answers tell how far somebody is, and nothing of what they answered. */
export function roundOf(
  row: store.RoundRow,
  role: Role,
  counts: {
    codes: number;
    answered: ReadonlyMap<string, number>;
    settlements: ReadonlyMap<string, { all: number; open: number }>;
  },
): Round {
  const differences = counts.settlements.get(row.round_id) ?? { all: 0, open: 0 };
  return {
    roundId: row.round_id,
    year: row.survey_year,
    number: row.number,
    state: row.state,
    ...(row.settled_by ? { settledBy: row.settled_by } : {}),
    role,
    acts: acts.filter((act) => mayDo(act, role, factsOf(row))),
    people: factsOf(row).people,
    openedAt: row.opened_at.toISOString(),
    ...(row.approved_at ? { approvedAt: row.approved_at.toISOString() } : {}),
    codes: counts.codes,
    progress: (['first', 'second'] as const).map((side) => {
      const handedIn = side === 'first' ? row.first_handed_in_at : row.second_handed_in_at;
      return {
        side,
        answered: counts.answered.get(`${row.round_id} ${side}`) ?? 0,
        ...(handedIn ? { handedInAt: handedIn.toISOString() } : {}),
      };
    }),
    ...(row.state === 'answering' ? {} : { differences: differences.all, openDifferences: differences.open }),
  };
}
