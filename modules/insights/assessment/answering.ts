import { isStorableText } from '#kernel/http';
import { canonicalJson, sha256 } from '#kernel/ids';
import { problem } from '../contract.ts';
import type { GivenAnswer, Proposal, ProvenFact, SavedAnswer, Side } from './contract.ts';
import { proposeAnswers } from './facts.ts';
import type { AssessmentNeeds } from './needs.ts';
import type { Held, RoundDoor } from './rounds.ts';
import { factsOf } from './rounds.ts';
import {
  type Actor,
  isEvidenceLink,
  listDifferences,
  mayDo,
  pictureTypeOf,
  type Sheet,
  sideOf,
  whoSettles,
} from './rules.ts';
import { readSheet } from './sheets.ts';
import * as store from './store.ts';

/** A picture to keep with an answer, or `none` to drop the one that is there. */
export type GivenPicture = Uint8Array | 'none';

export const sheetOf = (rows: readonly store.AnswerRow[]): Sheet =>
  new Map(rows.map(({ code, answer }) => [code, answer]));

export function savedAnswerOf(row: store.AnswerRow): SavedAnswer {
  return {
    code: row.code,
    answer: row.answer,
    ...(row.link ? { link: row.link } : {}),
    ...(row.note ? { note: row.note } : {}),
    ...(row.fact ? { fact: row.fact } : {}),
    hasPicture: row.picture_hash !== null,
    savedAt: row.saved_at.toISOString(),
  };
}

/** Both assessors fill the questionnaire, neither seeing the other's answers; handing in ends that for whoever does it. */
export function createAnswering(needs: AssessmentNeeds, door: RoundDoor) {
  const { database, publicUrl, insights, measureFacts } = needs;

  const checkGiven = ({ answer, link }: GivenAnswer) => {
    if (answer === 'yes' && !link) throw problem('link-needed');
    if (link && !isEvidenceLink(link, publicUrl)) throw problem('link-wrong');
  };

  const listProposals = async (): Promise<Proposal[]> =>
    proposeAnswers(insights.figures().factRules, await measureFacts(), publicUrl);

  /** Saves one answer with its step in the history; one that changes nothing leaves none. */
  const save = async (
    { tx, round, role, at }: Held,
    actor: Actor,
    code: string,
    given: GivenAnswer & { fact?: ProvenFact },
    picture?: GivenPicture,
  ): Promise<void> => {
    const side = sideOf(role)!;
    const before = await store.findAnswer(tx, round.round_id, side, code);
    const pictureHash =
      picture === undefined
        ? (before?.picture_hash ?? null)
        : picture === 'none'
          ? null
          : sha256(picture).toString('hex');
    const after = {
      answer: given.answer,
      link: given.link || null,
      note: given.note?.trim() || null,
      fact: given.fact ?? null,
      picture_hash: pictureHash,
    };
    const was = before && {
      answer: before.answer,
      link: before.link,
      note: before.note,
      fact: before.fact,
      picture_hash: before.picture_hash,
    };
    if (was && isSame(was, after)) return;
    const place = { round_id: round.round_id, side, code };
    await store.saveAnswer(tx, { ...place, ...after, saved_at: at });
    if (picture === 'none') await store.deletePicture(tx, round.round_id, side, code);
    else if (picture) await store.savePicture(tx, { ...place, media_type: pictureTypeOf(picture)!, bytes: picture });
    await door.write(tx, at, [{ round, actor, role, kind: 'answered', code, before: was, after }]);
  };

  return {
    /** The caller's own answers, or everybody's once both have handed in; with what the platform proposes meanwhile. */
    listAnswers: (actor: Actor, roundId: string) =>
      door.view(actor, roundId, async ({ round, role }) => {
        const side = sideOf(role);
        const facts = factsOf(round);
        const isOpen = mayDo('see-everything', role, facts);
        const of = async (one: Side) => (await store.listAnswers(database.db, roundId, one)).map(savedAnswerOf);
        return {
          ...(isOpen || side === 'first' ? { first: await of('first') } : {}),
          ...(isOpen || side === 'second' ? { second: await of('second') } : {}),
          settlements: isOpen ? (await store.listSettlements(database.db, roundId)).map(settlementOf) : [],
          proposals: mayDo('answer', role, facts) ? await listProposals() : [],
        };
      }),

    saveAnswer: async (
      actor: Actor,
      roundId: string,
      codeId: string,
      given: GivenAnswer,
      picture?: GivenPicture,
    ): Promise<void> => {
      const { id } = door.codeOf(codeId);
      await door.step(actor, roundId, 'answer', async (held) => {
        checkGiven(given);
        if (picture && picture !== 'none' && !pictureTypeOf(picture)) throw problem('picture-wrong');
        await save(held, actor, id, given, picture);
      });
    },

    /** Takes what the platform proposes for a question as the own answer, if it still holds. */
    confirmProposal: async (actor: Actor, roundId: string, codeId: string): Promise<void> => {
      const { id } = door.codeOf(codeId);
      const proposal = (await listProposals()).find(({ code }) => code === id);
      await door.step(actor, roundId, 'answer', async (held) => {
        if (!proposal) throw problem('fact-gone');
        const { link, fact } = proposal;
        await save(held, actor, id, { answer: 'yes', link, fact });
      });
    },

    /** Takes a filled sheet as own answers, whole or not at all. Questions that it leaves out stay as they are. */
    importAnswers: async (actor: Actor, roundId: string, text: string): Promise<number> => {
      const { answers, faults } = isStorableText(text)
        ? readSheet(text, door.codes(), publicUrl)
        : { answers: [], faults: ['UTF-8?'] };
      return door.step(actor, roundId, 'answer', async (held) => {
        if (faults.length > 0) throw problem('answers-file-wrong', { faults: faults.join('; ') });
        for (const { code, given } of answers) await save(held, actor, code, given);
        return answers.length;
      });
    },

    readPicture: (actor: Actor, roundId: string, side: Side, codeId: string) =>
      door.view(actor, roundId, async ({ round, role }) => {
        if (sideOf(role) !== side && !mayDo('see-everything', role, factsOf(round))) throw problem('round-unknown');
        const { id } = door.codeOf(codeId);
        const picture = await store.findPicture(database.db, roundId, side, id);
        if (!picture) throw problem('question-unknown', { code: id });
        return { mediaType: picture.media_type, bytes: Buffer.from(picture.bytes) };
      }),

    /** The last of the two to hand in opens the sheets to all four, and it is decided who settles what differs. */
    handIn: (actor: Actor, roundId: string): Promise<void> =>
      door.step(actor, roundId, 'hand-in', async ({ tx, round, role, at }) => {
        const side = sideOf(role)!;
        const codes = door.codes().map(({ id }) => id);
        const own = await store.listAnswers(tx, roundId, side);
        const open = codes.length - sheetOf(own).size;
        if (open > 0) throw problem('round-incomplete', { open });
        const content = own.map(({ code, answer, link, note, picture_hash }) => [
          code,
          answer,
          link,
          note,
          picture_hash,
        ]);
        const leafHash = await door.commit(tx, 'assessment-handed-in', round, content, { side });
        await door.write(tx, at, [{ round, actor, role, kind: 'handed-in', leafHash }]);
        const mark = side === 'first' ? { first_handed_in_at: at } : { second_handed_in_at: at };
        const isLast = (side === 'first' ? round.second_handed_in_at : round.first_handed_in_at) !== null;
        if (!isLast) return store.updateRound(tx, roundId, mark);
        const other = await store.listAnswers(tx, roundId, side === 'first' ? 'second' : 'first');
        const differing = listDifferences(sheetOf(own), sheetOf(other), codes);
        const settledBy = whoSettles(differing.length, codes.length);
        for (const code of differing)
          await store.saveSettlement(tx, {
            round_id: roundId,
            code,
            state: 'open',
            answer: null,
            why: null,
            person_id: null,
            sent_back_why: null,
            changed_at: at,
          });
        await store.updateRound(tx, roundId, { ...mark, state: 'settling', settled_by: settledBy });
        const after = { differences: differing.length, codes: codes.length, settledBy };
        await door.write(tx, at, [{ round, actor, role, kind: 'compared', after }]);
      }),
  };
}

const isSame = (one: object, other: object) => canonicalJson(one) === canonicalJson(other);

export function settlementOf(row: store.SettlementRow) {
  return {
    code: row.code,
    state: row.state,
    ...(row.answer ? { answer: row.answer } : {}),
    ...(row.why ? { why: row.why } : {}),
    ...(row.person_id ? { by: row.person_id } : {}),
    ...(row.sent_back_why ? { sentBackWhy: row.sent_back_why } : {}),
  };
}
