import { problem } from '../contract.ts';
import type { Replacement, Role } from './contract.ts';
import type { AssessmentNeeds } from './needs.ts';
import { factsOf, type RoundDoor, whyOf } from './rounds.ts';
import { type Actor, listReplaceable, mayDo, officerRoles, sideOf } from './rules.ts';
import * as store from './store.ts';

const columns = {
  'first-assessor': 'first_assessor',
  'second-assessor': 'second_assessor',
  reviewer: 'reviewer',
} as const;

/** When somebody of a round leaves, falls ill or loses the role: the senior reviewer names another, or lets the reviewer settle. */
export function createReplacing(needs: AssessmentNeeds, door: RoundDoor) {
  const { database } = needs;

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

  return {
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
      door.step(actor, roundId, 'replace', async ({ tx, round, role, at }) => {
        const said = whyOf(why);
        if (!listReplaceable(factsOf(round)).includes(which)) throw problem('sheet-handed-in');
        const former = await store.listFormer(tx, roundId);
        if (!findSuccessors(round, former, which).includes(successor)) throw problem('successor-wrong');
        const [column, side] = [columns[which], sideOf(which)];
        const before = round[column];
        const dropped = side ? await store.listAnswers(tx, roundId, side) : [];
        const content = [which, before, successor, said, dropped.map(({ code, answer }) => [code, answer])];
        const leafHash = await door.commit(tx, 'assessment-replaced', round, content, { role: which });
        await store.insertFormer(tx, { round_id: roundId, person_id: before, role: which, replaced_at: at });
        if (side) await store.deleteSheet(tx, roundId, side);
        await store.updateRound(tx, roundId, { [column]: successor });
        await door.write(tx, at, [
          {
            round,
            actor,
            role,
            kind: 'replaced',
            before: { role: which, personId: before, ...(side ? { answered: dropped.length } : {}) },
            after: { role: which, personId: successor },
            why: said,
            leafHash,
          },
        ]);
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
