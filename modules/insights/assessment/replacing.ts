import type { Tx } from '#kernel/database';
import { kernelProblem } from '#kernel/problem';
import { problem } from '../contract.ts';
import type { LeftRound, Replacement, Role } from './contract.ts';
import type { AssessmentNeeds } from './needs.ts';
import { factsOf, type RoundDoor, whyOf } from './rounds.ts';
import { type Actor, listReplaceable, mayDo, officerRoles, sideOf } from './rules.ts';
import * as store from './store.ts';

const columns = {
  'first-assessor': 'first_assessor',
  'second-assessor': 'second_assessor',
  reviewer: 'reviewer',
  'senior-reviewer': 'senior_reviewer',
} as const;

/** When somebody of a round leaves, falls ill or loses the role: the senior reviewer names another, or lets the reviewer settle. */
export function createReplacing(needs: AssessmentNeeds, door: RoundDoor) {
  const { database, clock } = needs;

  /** Officers with the role who are not in the round and never were: nobody comes back, and nobody changes sides. */
  const findSuccessors = (row: store.RoundRow, former: ReadonlySet<string>, role: Role): string[] => {
    const inside = new Set(Object.values(factsOf(row).people));
    return needs
      .listOfficers()
      .filter(
        ({ personId, roles }) => roles.includes(officerRoles[role]) && !inside.has(personId) && !former.has(personId),
      )
      .map(({ personId }) => personId);
  };

  /** The change itself, in the transaction that holds the round. */
  const change = async (
    tx: Tx,
    {
      round,
      actor,
      which,
      successor,
      why,
    }: { round: store.RoundRow; actor: Actor; which: Role; successor: string; why: string },
  ): Promise<void> => {
    const [at, roundId] = [clock.now(), round.round_id];
    const [column, side] = [columns[which], sideOf(which)];
    const before = round[column];
    const dropped = side ? await store.listAnswers(tx, roundId, side) : [];
    const content = [which, before, successor, why, dropped.map(({ code, answer }) => [code, answer])];
    const leafHash = await door.commit(tx, 'assessment-replaced', round, content, { role: which });
    await store.insertFormer(tx, { round_id: roundId, person_id: before, role: which, replaced_at: at });
    if (side) await store.deleteSheet(tx, roundId, side);
    await store.updateRound(tx, roundId, { [column]: successor });
    await door.write(tx, at, [
      {
        round,
        actor,
        role: 'senior-reviewer',
        kind: 'replaced',
        before: { role: which, personId: before, ...(side ? { answered: dropped.length } : {}) },
        after: { role: which, personId: successor },
        why,
        leafHash,
      },
    ]);
  };

  /** Whether somebody may take a round over: its senior reviewer has lost that role, and this one was never in it. */
  const mayTakeOver = (row: store.RoundRow, former: ReadonlySet<string>, { personId }: Actor): boolean => {
    const holds = ({ personId: id, roles }: Actor) =>
      id === row.senior_reviewer && roles.includes(officerRoles['senior-reviewer']);
    return (
      row.state !== 'approved' &&
      !needs.listOfficers().some(holds) &&
      findSuccessors(row, former, 'senior-reviewer').includes(personId)
    );
  };

  return {
    /** Rounds that their senior reviewer has left, for another one who may take them over. */
    listLeft: async (actor: Actor): Promise<LeftRound[]> => {
      if (!actor.roles.includes(officerRoles['senior-reviewer'])) return [];
      const left: LeftRound[] = [];
      for (const row of await store.listOpenRounds(database.db))
        if (mayTakeOver(row, await store.listFormer(database.db, row.round_id), actor))
          left.push({ roundId: row.round_id, year: row.survey_year, number: row.number });
      return left;
    },

    /** Another senior reviewer has the last word from here on. To everybody else there is no such round. */
    takeOver: (actor: Actor, roundId: string, why: string): Promise<void> =>
      database.transaction(async (tx) => {
        if (!actor.roles.includes(officerRoles['senior-reviewer'])) throw kernelProblem('not-permitted');
        const round = await store.holdRound(tx, roundId);
        if (!round || !mayTakeOver(round, await store.listFormer(tx, roundId), actor)) throw problem('round-unknown');
        await change(tx, { round, actor, which: 'senior-reviewer', successor: actor.personId, why: whyOf(why) });
      }),

    /** Who could be named for each role that may be replaced now; nothing for whoever may not replace. */
    listSuccessors: async (actor: Actor, roundId: string): Promise<Array<{ role: Role; personIds: string[] }>> => {
      const { round, role } = await door.look(actor, roundId);
      const facts = factsOf(round);
      if (!mayDo('replace', role, facts)) return [];
      const former = await store.listFormer(database.db, roundId);
      return listReplaceable(facts).map((one) => ({ role: one, personIds: findSuccessors(round, former, one) }));
    },

    /**
     * Another officer takes a role. An assessor can be replaced until the own sheet is handed in: what it said is in the history, and
     * neither counts nor is shown to the successor, who begins with nothing. A handed-in sheet stands, whoever leaves. What a reviewer
     * has settled stands too.
     */
    replace: (actor: Actor, roundId: string, { role: which, successor, why }: Replacement): Promise<void> =>
      door.step(actor, roundId, 'replace', async ({ tx, round }) => {
        const said = whyOf(why);
        if (!listReplaceable(factsOf(round)).includes(which)) throw problem('sheet-handed-in');
        const former = await store.listFormer(tx, roundId);
        if (!findSuccessors(round, former, which).includes(successor)) throw problem('successor-wrong');
        await change(tx, { round, actor, which, successor, why: said });
      }),

    /** Where one of two assessors cannot settle with the other any more, the reviewer settles each difference. */
    letReviewerSettle: (actor: Actor, roundId: string, why: string): Promise<void> =>
      door.step(actor, roundId, 'let-reviewer-settle', async ({ tx, round, role, at }) => {
        const said = whyOf(why);
        const leafHash = await door.commit(tx, 'assessment-left-to-reviewer', round, [said]);
        await store.updateRound(tx, roundId, { settled_by: 'reviewer' });
        await door.write(tx, at, [{ round, actor, role, kind: 'left-to-reviewer', why: said, leafHash }]);
      }),
  };
}
