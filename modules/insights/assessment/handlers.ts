import { type Caller, officerOf } from '#kernel/contract';
import type { Replacement, Side } from './contract.ts';
import type { Actor } from './rules.ts';
import type { Assessments } from './service.ts';
import { type SheetRow, sheetCsv } from './sheets.ts';

type At<Params> = { caller: Caller; params: Params };
type OfRound = At<{ roundId: string }>;
type OfQuestion = At<{ roundId: string; code: string }>;

const actorOf = (caller: Caller): Actor => {
  const { personId, roles } = officerOf(caller);
  return { personId, roles };
};

/** A picture is shown and never run, whatever it holds. */
export const pictureHeaders = {
  'content-disposition': 'inline; filename="evidence"',
  'content-security-policy': "default-src 'none'; sandbox",
  'x-content-type-options': 'nosniff',
  'cache-control': 'private, no-store',
};

export function sheetJson(rows: readonly SheetRow[]): string {
  return JSON.stringify(
    rows.map(({ code, answer, links, notes }) => ({
      code: code.id,
      printedCode: code.printed,
      part: code.part,
      question: code.title,
      ...(answer ? { answer } : {}),
      evidence: links,
      notes,
    })),
    undefined,
    2,
  );
}

export function createAssessmentHandlers(assessments: Assessments) {
  /** Takes a step of a round and tells how the round stands then. */
  const step = async ({ caller, params }: OfRound, take: (actor: Actor, roundId: string) => Promise<unknown>) => {
    const actor = actorOf(caller);
    await take(actor, params.roundId);
    return assessments.getRound(actor, params.roundId);
  };
  const saved = { saved: true as const };
  return {
    listRounds: async ({ caller }: { caller: Caller }) => ({
      rounds: await assessments.listRounds(actorOf(caller)),
      left: await assessments.listLeft(actorOf(caller)),
    }),
    openRound: ({ caller, body }: { caller: Caller; body: Parameters<Assessments['openRound']>[1] }) =>
      assessments.openRound(actorOf(caller), body),
    getRound: ({ caller, params }: OfRound) => assessments.getRound(actorOf(caller), params.roundId),
    listAnswers: ({ caller, params }: OfRound) => assessments.listAnswers(actorOf(caller), params.roundId),
    saveAnswer: async ({ caller, params, body }: OfQuestion & { body: Parameters<Assessments['saveAnswer']>[3] }) => {
      await assessments.saveAnswer(actorOf(caller), params.roundId, params.code, body);
      return saved;
    },
    confirmProposal: async ({ caller, params }: OfQuestion) => {
      await assessments.confirmProposal(actorOf(caller), params.roundId, params.code);
      return saved;
    },
    readPicture: async ({ caller, params }: At<{ roundId: string; side: Side; code: string }>) => {
      const { roundId, side, code } = params;
      const { bytes, mediaType } = await assessments.readPicture(actorOf(caller), roundId, side, code);
      return { bytes, contentType: mediaType, headers: pictureHeaders };
    },
    importAnswers: async ({ caller, params, body }: OfRound & { body: Buffer }) => ({
      saved: await assessments.importAnswers(actorOf(caller), params.roundId, body.toString('utf8')),
    }),
    handIn: (input: OfRound) => step(input, assessments.handIn),
    settle: async ({ caller, params, body }: OfQuestion & { body: Parameters<Assessments['settle']>[3] }) => {
      await assessments.settle(actorOf(caller), params.roundId, params.code, body);
      return saved;
    },
    passOn: (input: OfRound) => step(input, assessments.passOn),
    sendBack: (input: OfRound & { body: { codes: string[]; why: string } }) =>
      step(input, (actor, roundId) => assessments.sendBack(actor, roundId, input.body.codes, input.body.why)),
    approve: (input: OfRound) => step(input, assessments.approve),
    replace: (input: OfRound & { body: Replacement }) =>
      step(input, (actor, roundId) => assessments.replace(actor, roundId, input.body)),
    takeOver: (input: OfRound & { body: { why: string } }) =>
      step(input, (actor, roundId) => assessments.takeOver(actor, roundId, input.body.why)),
    letReviewerSettle: (input: OfRound & { body: { why: string } }) =>
      step(input, (actor, roundId) => assessments.letReviewerSettle(actor, roundId, input.body.why)),
    listHistory: async ({ caller, params }: OfRound) => ({
      entries: await assessments.listHistory(actorOf(caller), params.roundId),
    }),
    scoreRound: ({ caller, params }: OfRound) => assessments.scoreRound(actorOf(caller), params.roundId),
    readSheet: async ({ caller, params, query }: OfRound & { query: { format?: 'csv' | 'json' } }) => {
      const rows = await assessments.listSheet(actorOf(caller), params.roundId);
      return query.format === 'json'
        ? { bytes: sheetJson(rows), contentType: 'application/json' }
        : {
            bytes: sheetCsv(rows),
            contentType: 'text/csv; charset=utf-8',
            headers: { 'content-disposition': 'attachment; filename="online-services.csv"' },
          };
    },
  };
}
