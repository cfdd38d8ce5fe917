import { type Expectation, nobody, office, queue } from './kinds.ts';

/** Rounds of self-assessment: of officers with a role in one alone. */
export const roundEndpoints: Record<string, Expectation> = {
  'insights.listRounds': queue(),
  'insights.openRound': queue({ body: () => ({ year: 2026, assessors: [nobody, nobody], reviewer: nobody }) }),
  'insights.getRound': office(),
  'insights.listAnswers': office(),
  'insights.saveAnswer': office({ body: () => ({ answer: 'no' }) }),
  'insights.confirmProposal': office(),
  'insights.readPicture': office(),
  'insights.importAnswers': office({ body: () => 'code,answer\nif-010,no\n' }),
  'insights.handIn': office(),
  'insights.settle': office({ body: () => ({ answer: 'no', why: 'by a stranger' }) }),
  'insights.passOn': office(),
  'insights.sendBack': office({ body: () => ({ codes: ['if-010'], why: 'by a stranger' }) }),
  'insights.approve': office(),
  'insights.replace': office({
    body: () => ({ role: 'reviewer', successor: nobody, why: 'by a stranger' }),
  }),
  'insights.takeOver': office({ body: () => ({ why: 'by a stranger' }) }),
  'insights.letReviewerSettle': office({ body: () => ({ why: 'by a stranger' }) }),
  'insights.listHistory': office(),
  'insights.scoreRound': office(),
  'insights.readSheet': office(),
};

export const roundPages: Record<string, Expectation> = {
  'GET /office/assessments': queue(),
  'POST /office/assessments': queue({
    body: () => ({ year: '2026', first: nobody, second: nobody, reviewer: nobody }),
  }),
  'GET /office/assessments/:roundId': office(),
  'GET /office/assessments/:roundId/questions/:code': office(),
  'POST /office/assessments/:roundId/questions/:code': office({ body: () => ({ answer: 'no' }) }),
  'POST /office/assessments/:roundId/questions/:code/confirm': office(),
  'POST /office/assessments/:roundId/questions/:code/settle': office({
    body: () => ({ answer: 'no', why: 'by a stranger' }),
  }),
  'GET /office/assessments/:roundId/questions/:code/confirm': office(),
  'GET /office/assessments/:roundId/questions/:code/settle': office(),
  'GET /office/assessments/:roundId/hand-in': office(),
  'GET /office/assessments/:roundId/import': office(),
  'GET /office/assessments/:roundId/pass-on': office(),
  'GET /office/assessments/:roundId/approve': office(),
  'GET /office/assessments/:roundId/send-back': office(),
  'POST /office/assessments/:roundId/hand-in': office(),
  'POST /office/assessments/:roundId/import': office(),
  'POST /office/assessments/:roundId/pass-on': office(),
  'POST /office/assessments/:roundId/approve': office(),
  'POST /office/assessments/:roundId/send-back': office({ body: () => ({ codes: 'if-010', why: 'by a stranger' }) }),
  'GET /office/assessments/:roundId/take-over': queue(),
  'POST /office/assessments/:roundId/take-over': office(),
  'GET /office/assessments/:roundId/replace': office(),
  'GET /office/assessments/:roundId/leave-to-reviewer': office(),
  'POST /office/assessments/:roundId/replace': office({
    body: () => ({ 'replace-role': 'reviewer', 'replace-by': nobody, 'replace-why': 'by a stranger' }),
  }),
  'POST /office/assessments/:roundId/leave-to-reviewer': office({ body: () => ({ 'leave-why': 'by a stranger' }) }),
  'GET /office/assessments/:roundId/history': office(),
  'GET /office/assessments/:roundId/result': office(),
  'GET /office/assessments/:roundId/pictures/:side/:code': office(),
};
