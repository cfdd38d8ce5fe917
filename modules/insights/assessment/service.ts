import { newId } from '#kernel/ids';
import { kernelProblem } from '#kernel/problem';
import { problem } from '../contract.ts';
import { createAnswering } from './answering.ts';
import type { AnswerValue, DryRun, HistoryEntry, NewRound, Role, Round } from './contract.ts';
import type { AssessmentNeeds } from './needs.ts';
import type { AskedCode } from './questionnaire.ts';
import { createReplacing } from './replacing.ts';
import { createRoundDoor, factsOf, roundOf } from './rounds.ts';
import { type Actor, agreedAnswer, areApart, mayDo, officerRoles, sideOf } from './rules.ts';
import { createSettling } from './settling.ts';
import type { SheetRow } from './sheets.ts';
import * as store from './store.ts';

export type Assessments = ReturnType<typeof createAssessments>;

/** How many years ahead of now a survey can be prepared for. */
const yearsAhead = 2;

/** Rounds of self-assessment as the UN assesses: two blind assessors, a reviewer, a senior reviewer. */
export function createAssessments(needs: AssessmentNeeds) {
  const { database, clock, insights, state } = needs;
  const door = createRoundDoor(needs);

  const years = () => {
    const last = insights.figures().surveys.at(-1)!.year;
    return { first: last, last: Math.max(last, clock.now().getUTCFullYear() + yearsAhead) };
  };

  const describe = async (rows: readonly store.RoundRow[], roleOf: (row: store.RoundRow) => Role | undefined) => {
    const ids = rows.map(({ round_id }) => round_id);
    const [answered, settlements] = await Promise.all([
      store.countAnswers(database.db, ids),
      store.countSettlements(database.db, ids),
    ]);
    const counts = { codes: door.codes().length, answered, settlements };
    return rows.flatMap((row): Round[] => {
      const role = roleOf(row);
      return role ? [roundOf(row, role, counts)] : [];
    });
  };

  /** What the round says of every code, as far as it is agreed; refused while the assessors answer. */
  const agreed = async (actor: Actor, roundId: string) => {
    const { round, role } = await door.look(actor, roundId);
    if (!mayDo('see-everything', role, factsOf(round))) throw problem('round-step-refused');
    const [answers, settlements] = await Promise.all([
      store.listAnswers(database.db, roundId),
      store.listSettlements(database.db, roundId),
    ]);
    const sheets = { first: new Map<string, store.AnswerRow>(), second: new Map<string, store.AnswerRow>() };
    for (const row of answers) sheets[row.side].set(row.code, row);
    const settled = new Map(settlements.map((row) => [row.code, row]));
    return {
      round,
      lines: door.codes().map((code) => {
        const given = [sheets.first.get(code.id)!, sheets.second.get(code.id)!] as const;
        return { code, given, answer: agreedAnswer(given[0].answer, given[1].answer, settled.get(code.id)) };
      }),
    };
  };

  const areaId = () => insights.figures().areas.list.find(({ iso2 }) => iso2 === state.code)?.id;

  return {
    codes: (): AskedCode[] => door.codes(),
    years,
    /** Who can be named in a new round, by role. */
    listCandidates: (): Record<'assessor' | 'reviewer', string[]> => {
      const having = (role: string) =>
        needs
          .listOfficers()
          .filter(({ roles }) => roles.includes(role))
          .map(({ personId }) => personId);
      return { assessor: having('index-assessor'), reviewer: having('index-reviewer') };
    },
    mayOpen: ({ roles }: Actor) => roles.includes(officerRoles['senior-reviewer']),

    /** A senior reviewer opens a round for a survey year, names three others, and has the last word in it. */
    openRound: async (actor: Actor, { year, assessors, reviewer }: NewRound): Promise<Round> => {
      if (!actor.roles.includes(officerRoles['senior-reviewer'])) throw kernelProblem('not-permitted');
      const { first, last } = years();
      if (year < first || year > last) throw problem('round-year-unknown', { first, last });
      const people: Record<Role, string> = {
        'first-assessor': assessors[0]!,
        'second-assessor': assessors[1]!,
        reviewer,
        'senior-reviewer': actor.personId,
      };
      const officers = new Map(needs.listOfficers().map((officer) => [officer.personId, officer.roles]));
      const allHold = (Object.keys(people) as Role[]).every((role) =>
        officers.get(people[role])?.includes(officerRoles[role]),
      );
      if (!areApart(people) || !allHold) throw problem('round-people-wrong');
      const at = clock.now();
      const row = await database.transaction(async (tx) => {
        const round: store.RoundRow = {
          round_id: newId(),
          survey_year: year,
          number: await store.nextNumber(tx, year),
          state: 'answering',
          settled_by: null,
          first_assessor: people['first-assessor'],
          second_assessor: people['second-assessor'],
          reviewer,
          senior_reviewer: actor.personId,
          opened_at: at,
          first_handed_in_at: null,
          second_handed_in_at: null,
          approved_at: null,
        };
        await store.insertRound(tx, round);
        const codes = door.codes().map(({ id }) => id);
        const leafHash = await door.commit(tx, 'assessment-opened', round, codes);
        await door.write(tx, at, [
          { round, actor, role: 'senior-reviewer', kind: 'opened', after: { year, number: round.number }, leafHash },
        ]);
        return round;
      });
      return (await describe([row], () => 'senior-reviewer'))[0]!;
    },

    /** The rounds in which somebody has a role and still holds it in the state's folder, latest first. */
    listRounds: async (actor: Actor): Promise<Round[]> => {
      if (!Object.values(officerRoles).some((role) => actor.roles.includes(role))) throw kernelProblem('not-permitted');
      const rows = await store.listRoundsOf(database.db, actor.personId);
      const roles = new Map<string, Role>();
      for (const row of rows) {
        const role = await door.look(actor, row.round_id).then(
          (found) => found.role,
          () => undefined,
        );
        if (role) roles.set(row.round_id, role);
      }
      return describe(rows, ({ round_id }) => roles.get(round_id));
    },

    getRound: async (actor: Actor, roundId: string): Promise<Round> => {
      const { round, role } = await door.look(actor, roundId);
      return (await describe([round], () => role))[0]!;
    },

    ...createAnswering(needs, door),
    ...createSettling(door),
    ...createReplacing(needs, door),

    /**
     * Latest first. Until both have handed in, an assessor sees the own steps and what all may know; the others that alone. What an
     * assessor answered who was replaced is for the two reviewers only.
     */
    listHistory: (actor: Actor, roundId: string): Promise<HistoryEntry[]> =>
      door.view(actor, roundId, async ({ round, role }) => {
        const isOpen = mayDo('see-everything', role, factsOf(round));
        const isShown = ({ kind, person_id }: store.HistoryRow) => {
          if (kind !== 'answered') return true;
          if (!sideOf(role)) return isOpen;
          return isOpen
            ? [round.first_assessor, round.second_assessor].includes(person_id)
            : person_id === actor.personId;
        };
        const rows = await store.listHistory(database.db, roundId);
        return rows.filter(isShown).map((row) => ({
          at: row.at.toISOString(),
          by: row.person_id,
          role: row.role,
          kind: row.kind,
          ...(row.code ? { code: row.code } : {}),
          ...(row.before ? { before: row.before } : {}),
          ...(row.after ? { after: row.after } : {}),
          ...(row.why ? { why: row.why } : {}),
          ...(row.leaf_hash ? { leafHash: row.leaf_hash } : {}),
        }));
      }),

    /** What is agreed so far counts; a difference that is open counts as no yes. */
    scoreRound: async (actor: Actor, roundId: string): Promise<DryRun> => {
      const { round, lines } = await agreed(actor, roundId);
      const yes = new Set(lines.filter(({ answer }) => answer === 'yes').map(({ code }) => code.id));
      return { isApproved: round.state === 'approved', ...insights.scoreSheet(round.survey_year, areaId(), yes) };
    },

    /** The agreed sheet once both have handed in; the own answers of an assessor before that. */
    listSheet: (actor: Actor, roundId: string): Promise<SheetRow[]> =>
      door.view(actor, roundId, async ({ round, role }) => {
        const side = sideOf(role);
        if (side && !mayDo('see-everything', role, factsOf(round))) {
          const own = new Map((await store.listAnswers(database.db, roundId, side)).map((row) => [row.code, row]));
          return door.codes().map((code) => rowOf(code, own.get(code.id)?.answer, [own.get(code.id)]));
        }
        const { lines } = await agreed(actor, roundId);
        return lines.map(({ code, given, answer }) =>
          rowOf(
            code,
            answer,
            given.filter((one) => answer === undefined || (one.answer === 'yes') === (answer === 'yes')),
          ),
        );
      }),
  };
}

/** The evidence of those who gave the answer that stands. */
function rowOf(
  code: AskedCode,
  answer: AnswerValue | undefined,
  given: ReadonlyArray<store.AnswerRow | undefined>,
): SheetRow {
  const said = (of: 'link' | 'note') => [...new Set(given.flatMap((one) => one?.[of] ?? []))];
  return { code, ...(answer ? { answer } : {}), links: said('link'), notes: said('note') };
}
