import { problem } from '../contract.ts';
import { settlementOf } from './answering.ts';
import type { AnswerValue } from './contract.ts';
import { type Held, type RoundDoor, whyOf } from './rounds.ts';
import type { Actor } from './rules.ts';
import * as store from './store.ts';

type Settling = { answer: AnswerValue; why: string };

/** Differences are settled, the reviewer passes the round on, and the senior reviewer approves it or sends questions back. */
export function createSettling(door: RoundDoor) {
  /** Everything a round says now, for the ledger: both sheets and what was settled. */
  const contentOf = async ({ tx, round }: Held) => [
    (await store.listAnswers(tx, round.round_id)).map(({ side, code, answer }) => [side, code, answer]),
    (await store.listSettlements(tx, round.round_id)).map(({ code, answer }) => [code, answer]),
  ];

  return {
    /**
     * The reviewer settles a difference alone. Between two assessors one proposes and the other agrees by the same answer; another
     * answer is a proposal of its own. Until the round is passed on, what is settled can be settled anew.
     */
    settle: async (actor: Actor, roundId: string, codeId: string, { answer, why }: Settling): Promise<void> => {
      const { id } = door.codeOf(codeId);
      await door.step(actor, roundId, 'settle', async ({ tx, round, role, at }) => {
        const before = (await store.listSettlements(tx, roundId)).find(({ code }) => code === id);
        if (!before) throw problem('question-not-different');
        const said = whyOf(why);
        const isAgreed =
          role === 'reviewer' ||
          (before.state === 'proposed' && before.answer === answer && before.person_id !== actor.personId);
        const state = isAgreed ? 'settled' : 'proposed';
        const after: store.SettlementRow = {
          ...before,
          state,
          answer,
          why: said,
          person_id: actor.personId,
          changed_at: at,
        };
        await store.saveSettlement(tx, after);
        await door.write(tx, at, [
          {
            round,
            actor,
            role,
            kind: state,
            code: id,
            before: settlementOf(before),
            after: settlementOf(after),
            why: said,
          },
        ]);
      });
    },

    passOn: (actor: Actor, roundId: string): Promise<void> =>
      door.step(actor, roundId, 'pass-on', async (held) => {
        const { tx, round, role, at } = held;
        const open = (await store.listSettlements(tx, roundId)).filter(({ state }) => state !== 'settled').length;
        if (open > 0) throw problem('differences-open', { open });
        const leafHash = await door.commit(tx, 'assessment-passed-on', round, await contentOf(held));
        await store.updateRound(tx, roundId, { state: 'approving' });
        await door.write(tx, at, [{ round, actor, role, kind: 'passed-on', leafHash }]);
      }),

    /** Single questions go back to the reviewer, also ones on which both assessors agreed. The others stay as they are. */
    sendBack: async (actor: Actor, roundId: string, codeIds: readonly string[], why: string): Promise<void> => {
      const ids = [...new Set(codeIds.map((codeId) => door.codeOf(codeId).id))].sort();
      await door.step(actor, roundId, 'send-back', async ({ tx, round, role, at }) => {
        const said = whyOf(why);
        const known = new Map((await store.listSettlements(tx, roundId)).map((row) => [row.code, row]));
        const leafHash = await door.commit(tx, 'assessment-sent-back', round, [ids, said]);
        for (const code of ids) {
          const before = known.get(code);
          await store.saveSettlement(tx, {
            ...(before ?? { round_id: roundId, code, answer: null, why: null, person_id: null }),
            state: 'open',
            sent_back_why: said,
            changed_at: at,
          });
        }
        await store.updateRound(tx, roundId, { state: 'settling', settled_by: 'reviewer' });
        await door.write(
          tx,
          at,
          ids.map((code) => ({
            round,
            actor,
            role,
            kind: 'sent-back',
            code,
            ...(known.has(code) ? { before: settlementOf(known.get(code)!) } : {}),
            why: said,
            leafHash,
          })),
        );
      });
    },

    approve: (actor: Actor, roundId: string): Promise<void> =>
      door.step(actor, roundId, 'approve', async (held) => {
        const { tx, round, role, at } = held;
        const leafHash = await door.commit(tx, 'assessment-approved', round, await contentOf(held));
        await store.updateRound(tx, roundId, { state: 'approved', approved_at: at });
        await door.write(tx, at, [{ round, actor, role, kind: 'approved', leafHash }]);
      }),
  };
}
