import { type Draw, type Field, type PageContext, type PageRoute, type PortalNeeds, textOf } from '#apps/portal';
import { officerOf } from '#kernel/contract';
import type { Text } from '#kernel/languages';
import { Problem } from '#kernel/problem';
import { type Actor, type AnswerValue, pictureBytesMax, pictureHeaders, type Side } from '#modules/insights';
import { answerFields, refusedField, settleFields, whyField } from './assessment-fields.ts';
import { leftRounds, personsIn, replacingFields, replacingSteps } from './assessment-replacing.ts';
import { words } from './pages/assessment/words.ts';
import { type AssessedQuestionView, consolePages, type RoundLine, type RoundView } from './pages/index.ts';

const at = '/office/assessments';
/** A form with a picture is a little larger than the picture. */
const uploadBytesMax = pictureBytesMax + 65_536;
const answers = ['yes', 'no', 'not-found'] as const;

/** Rounds of self-assessment: what anybody may see or do in one is decided by the insights module. */
export function assessmentRoutes(needs: PortalNeeds, draw: Draw): PageRoute[] {
  const { assessments } = needs.insights;

  const actorIn = ({ caller }: PageContext): Actor => {
    const { personId, roles } = officerOf(caller);
    return { personId, roles };
  };
  const nameOf = async (personId: string): Promise<Text> =>
    (await needs.identity.persons.findPerson(personId))?.names ?? { ar: 'موظف', en: 'An officer' };
  const namesOf = async (ids: readonly string[]) =>
    Object.fromEntries(await Promise.all([...new Set(ids)].map(async (id) => [id, await nameOf(id)] as const)));
  const answerIn = ({ form }: PageContext): AnswerValue | undefined =>
    answers.find((one) => one === textOf(form['answer']));

  const showRounds = async (context: PageContext, problem?: Problem) => {
    const actor = actorIn(context);
    const rounds = await assessments.listRounds(actor);
    return draw(
      consolePages.rounds,
      {
        rounds,
        left: await leftRounds(assessments, actor, context.form),
        ...(assessments.mayOpen(actor) ? { form: await openFields(context, actor) } : {}),
        ...(problem ? { problem: problem.messages } : {}),
      },
      context,
      problem ? { status: problem.status } : {},
    );
  };

  const openFields = async ({ form }: PageContext, actor: Actor): Promise<Field[]> => {
    const { assessor, reviewer } = assessments.listCandidates();
    const { first, last } = assessments.years();
    const choices = (ids: string[], names: Record<string, Text>) =>
      ids.filter((id) => id !== actor.personId).map((value) => ({ value, label: names[value]! }));
    const names = await namesOf([...assessor, ...reviewer]);
    const choice = (name: string, label: Text, of: Field['choices']): Field => ({
      name,
      kind: 'choice',
      label,
      required: true,
      value: textOf(form[name]),
      choices: of ?? [],
    });
    const years = Array.from({ length: last - first + 1 }, (_, index) => String(first + index));
    return [
      choice(
        'year',
        words.year,
        years.map((value) => ({ value, label: { ar: value, en: value } })),
      ),
      choice('first', { ar: 'المقيّم الأول', en: 'First assessor' }, choices(assessor, names)),
      choice('second', { ar: 'المقيّم الثاني', en: 'Second assessor' }, choices(assessor, names)),
      choice('reviewer', { ar: 'المراجع', en: 'Reviewer' }, choices(reviewer, names)),
    ];
  };

  /** What the officer may see of each question. */
  const linesOf = async (actor: Actor, roundId: string, side: Side | undefined): Promise<RoundLine[]> => {
    const { first, second, settlements, proposals } = await assessments.listAnswers(actor, roundId);
    if (!first && !second) return [];
    const [ofFirst, ofSecond] = [first, second].map((sheet) => new Map(sheet?.map((one) => [one.code, one])));
    const settled = new Map(settlements.map((one) => [one.code, one]));
    const agreed =
      first && second
        ? new Map((await assessments.listSheet(actor, roundId)).map(({ code, answer }) => [code.id, answer]))
        : undefined;
    return assessments.codes().map((code): RoundLine => {
      const own = (side === 'second' ? ofSecond : ofFirst)!.get(code.id);
      const answer = agreed ? agreed.get(code.id) : own?.answer;
      const [one, other, settlement] = [ofFirst!.get(code.id), ofSecond!.get(code.id), settled.get(code.id)];
      return {
        code,
        ...(answer ? { answer } : {}),
        isProposed: proposals.some((proposal) => proposal.code === code.id),
        isConfirmed: !agreed && own?.fact !== undefined,
        ...(one && agreed ? { first: one.answer } : {}),
        ...(other && agreed ? { second: other.answer } : {}),
        ...(settlement ? { settlement } : {}),
      };
    });
  };

  const showRound = async (context: PageContext, more: { notice?: Text; problem?: Problem } = {}) => {
    const actor = actorIn(context);
    const roundId = context.params['roundId']!;
    const round = await assessments.getRound(actor, roundId);
    const side = sideOf(round.role);
    const lines = await linesOf(actor, roundId, side);
    const nextOpen = lines.find(({ answer }) => !answer)?.code.id;
    const view: RoundView = {
      round,
      names: await namesOf(Object.values(round.people)),
      lines,
      ...(nextOpen ? { nextOpen } : {}),
      may: {
        answer: round.acts.includes('answer'),
        passOn: round.acts.includes('pass-on') && round.openDifferences === 0,
        approve: round.acts.includes('approve'),
      },
      whyField: whyField(textOf(context.form['why'])),
      ...(await replacingFields(assessments, namesOf, { form: more.problem ? context.form : {}, actor, round })),
      ...(more.notice ? { notice: more.notice } : {}),
      ...(more.problem ? { problem: more.problem.messages } : {}),
    };
    return draw(consolePages.round, view, context, more.problem ? { status: more.problem.status } : {});
  };

  const showQuestion = async (context: PageContext, problem?: Problem) => {
    const actor = actorIn(context);
    const roundId = context.params['roundId']!;
    const codes = assessments.codes();
    const place = codes.findIndex(({ id }) => id === context.params['code']);
    const round = await assessments.getRound(actor, roundId);
    const code = codes[place];
    if (!code) return showRound(context);
    const { first, second, settlements, proposals } = await assessments.listAnswers(actor, roundId);
    const side = sideOf(round.role);
    const own = (side === 'second' ? second : first)?.find((one) => one.code === code.id);
    const settlement = settlements.find((one) => one.code === code.id);
    const maySettle = round.acts.includes('settle') && settlement !== undefined;
    const { form } = context;
    const isPosted = Object.keys(form).length > 0;
    const proposal = own ? undefined : proposals.find((one) => one.code === code.id);
    const sides = first && second && [first, second].map((sheet) => sheet.find((one) => one.code === code.id)!);
    const field = problem && refusedField(problem);
    const view: AssessedQuestionView = {
      round,
      code,
      ...(place > 0 ? { previous: codes[place - 1]!.id } : {}),
      ...(place < codes.length - 1 ? { next: codes[place + 1]!.id } : {}),
      ...(side && round.acts.includes('answer')
        ? {
            answering: {
              ...answerFields(
                isPosted
                  ? { answer: textOf(form['answer']), link: textOf(form['link']), note: textOf(form['note']) }
                  : { answer: own?.answer ?? '', link: own?.link ?? '', note: own?.note ?? '' },
                problem,
              ),
              hasPicture: own?.hasPicture ?? false,
              side,
              ...(proposal ? { proposal } : {}),
            },
          }
        : {}),
      ...(sides ? { sides: { first: sides[0]!, second: sides[1]! } } : {}),
      ...(settlement ? { settlement } : {}),
      ...(maySettle
        ? {
            settling: {
              fields: settleFields({ answer: textOf(form['answer']), why: textOf(form['why']) }, problem),
              isProposedByOther: settlement.state === 'proposed' && settlement.by !== actor.personId,
            },
          }
        : {}),
      ...(context.query['saved'] === 'yes' ? { notice: words.saved } : {}),
      ...(problem && !field ? { problem: problem.messages } : {}),
    };
    return draw(consolePages.assessedQuestion, view, context, problem ? { status: problem.status } : {});
  };

  /** A step and the page after it; a refusal is shown where it was tried. */
  const step =
    (take: (context: PageContext, actor: Actor, roundId: string) => Promise<unknown>, notice: Text) =>
    async (context: PageContext) => {
      try {
        await take(context, actorIn(context), context.params['roundId']!);
      } catch (error) {
        if (!(error instanceof Problem) || isHidden(error)) throw error;
        return showRound(context, { problem: error });
      }
      return showRound(context, { notice });
    };
  const onQuestion =
    (take: (context: PageContext, actor: Actor) => Promise<void>, next: (context: PageContext) => string) =>
    async (context: PageContext) => {
      try {
        await take(context, actorIn(context));
      } catch (error) {
        if (!(error instanceof Problem) || isHidden(error)) throw error;
        return showQuestion(context, error);
      }
      return { redirect: next(context) };
    };
  const afterQuestion = ({ params }: PageContext) => {
    const codes = assessments.codes();
    const next = codes[codes.findIndex(({ id }) => id === params['code']) + 1];
    return next ? `${at}/${params['roundId']}/questions/${next.id}?saved=yes` : `${at}/${params['roundId']}`;
  };
  const ofRound = `${at}/:roundId`;
  const ofQuestion = `${ofRound}/questions/:code`;
  const officer = 'officer' as const;

  return [
    { method: 'GET', path: at, access: officer, handle: (context) => showRounds(context) },
    {
      method: 'POST',
      path: at,
      access: officer,
      handle: async (context) => {
        const { form } = context;
        const given = (name: string) => textOf(form[name]);
        try {
          const round = await assessments.openRound(actorIn(context), {
            year: Number(given('year')) || 0,
            assessors: [given('first'), given('second')],
            reviewer: given('reviewer'),
          });
          return { redirect: `${at}/${round.roundId}` };
        } catch (error) {
          if (!(error instanceof Problem) || error.code === 'not-permitted') throw error;
          return showRounds(context, error);
        }
      },
    },
    {
      method: 'POST',
      path: `${ofRound}/take-over`,
      access: officer,
      handle: async (context) => {
        const roundId = context.params['roundId']!;
        try {
          await assessments.takeOver(actorIn(context), roundId, textOf(context.form[`take-over-why-${roundId}`]));
        } catch (error) {
          if (!(error instanceof Problem) || isHidden(error)) throw error;
          return showRounds(context, error);
        }
        return { redirect: `${at}/${roundId}` };
      },
    },
    { method: 'GET', path: `${ofRound}/take-over`, access: officer, handle: async () => ({ redirect: at }) },
    { method: 'GET', path: ofRound, access: officer, handle: (context) => showRound(context) },
    { method: 'GET', path: ofQuestion, access: officer, handle: (context) => showQuestion(context) },
    {
      method: 'POST',
      path: ofQuestion,
      access: officer,
      uploadBytesMax,
      handle: onQuestion(async (context, actor) => {
        const { form, params, upload } = context;
        const answer = answerIn(context);
        if (!answer) throw new Problem('answer-missing', { status: 422, ...words.chooseAnswer });
        const [link, note] = [textOf(form['link']).trim(), textOf(form['note']).trim().slice(0, 1000)];
        const picture = upload?.bytes ?? (textOf(form['drop']) === 'yes' ? 'none' : undefined);
        const given = { answer, ...(link ? { link } : {}), ...(note ? { note } : {}) };
        await assessments.saveAnswer(actor, params['roundId']!, params['code']!, given, picture);
      }, afterQuestion),
    },
    {
      method: 'POST',
      path: `${ofQuestion}/confirm`,
      access: officer,
      handle: onQuestion(
        (context, actor) => assessments.confirmProposal(actor, context.params['roundId']!, context.params['code']!),
        afterQuestion,
      ),
    },
    {
      method: 'POST',
      path: `${ofQuestion}/settle`,
      access: officer,
      handle: onQuestion(
        async (context, actor) => {
          const answer = answerIn(context);
          if (!answer) throw new Problem('answer-missing', { status: 422, ...words.chooseAnswer });
          const { params, form } = context;
          const why = textOf(form['why']);
          await assessments.settle(actor, params['roundId']!, params['code']!, { answer, why });
        },
        ({ params }) => `${at}/${params['roundId']}`,
      ),
    },
    // The language switch of a page that refused comes by here.
    ...['confirm', 'settle'].map(
      (name): PageRoute => ({
        method: 'GET',
        path: `${ofQuestion}/${name}`,
        access: officer,
        handle: async (context) => showQuestion(context),
      }),
    ),
    ...['hand-in', 'import', 'pass-on', 'approve', 'send-back', 'replace', 'leave-to-reviewer'].map(
      (name): PageRoute => ({
        method: 'GET',
        path: `${ofRound}/${name}`,
        access: officer,
        handle: async (context) => showRound(context),
      }),
    ),
    {
      method: 'POST',
      path: `${ofRound}/hand-in`,
      access: officer,
      handle: step((_context, actor, roundId) => assessments.handIn(actor, roundId), words.handInDone),
    },
    {
      method: 'POST',
      path: `${ofRound}/import`,
      access: officer,
      uploadBytesMax: 512 * 1024,
      handle: step(
        ({ upload }, actor, roundId) => assessments.importAnswers(actor, roundId, upload?.bytes.toString('utf8') ?? ''),
        words.imported,
      ),
    },
    {
      method: 'POST',
      path: `${ofRound}/pass-on`,
      access: officer,
      handle: step((_context, actor, roundId) => assessments.passOn(actor, roundId), words.passedOn),
    },
    {
      method: 'POST',
      path: `${ofRound}/approve`,
      access: officer,
      handle: step((_context, actor, roundId) => assessments.approve(actor, roundId), words.approvedDone),
    },
    {
      method: 'POST',
      path: `${ofRound}/send-back`,
      access: officer,
      handle: step(async ({ form }, actor, roundId) => {
        const chosen = [form['codes'] ?? []].flat().slice(0, 200);
        if (chosen.length === 0) throw new Problem('codes-missing', { status: 422, ...words.chooseQuestions });
        await assessments.sendBack(actor, roundId, chosen, textOf(form['why']));
      }, words.sentBack),
    },
    ...replacingSteps(assessments).map(
      ({ name, take, notice }): PageRoute => ({
        method: 'POST',
        path: `${ofRound}/${name}`,
        access: officer,
        handle: step(take, notice),
      }),
    ),
    {
      method: 'GET',
      path: `${ofRound}/history`,
      access: officer,
      handle: async (context) => {
        const [actor, roundId] = [actorIn(context), context.params['roundId']!];
        const round = await assessments.getRound(actor, roundId);
        const entries = await assessments.listHistory(actor, roundId);
        const names = await namesOf(personsIn(entries));
        return draw(
          consolePages.roundHistory,
          { round, names, entries: entries.map((entry) => ({ ...entry, name: names[entry.by]! })) },
          context,
        );
      },
    },
    {
      method: 'GET',
      path: `${ofRound}/result`,
      access: officer,
      handle: async (context) => {
        const [actor, roundId] = [actorIn(context), context.params['roundId']!];
        const round = await assessments.getRound(actor, roundId);
        return draw(consolePages.dryRun, { round, result: await assessments.scoreRound(actor, roundId) }, context);
      },
    },
    {
      method: 'GET',
      path: `${ofRound}/pictures/:side/:code`,
      access: officer,
      handle: async (context) => {
        const { roundId, side, code } = context.params;
        const of = side === 'second' ? 'second' : 'first';
        const { bytes, mediaType } = await assessments.readPicture(actorIn(context), roundId!, of, code!);
        return { bytes, contentType: mediaType, headers: pictureHeaders };
      },
    },
  ];
}

const sideOf = (role: string): Side | undefined =>
  role === 'first-assessor' ? 'first' : role === 'second-assessor' ? 'second' : undefined;

/** For whoever has no role in the round there is no page to show the refusal on. */
const isHidden = ({ code }: Problem) => code === 'round-unknown' || code === 'not-permitted';
