import { Compile } from 'typebox/compile';
import { newId } from '#kernel/ids';
import { Problem, problemFromJson } from '#kernel/problem';
import { Answer, answerBytesMax, type ExchangeReceipt, type Question, Refusal } from '#protocol/exchange-message';
import type { RequestMessage } from '#protocol/http-signatures';
import { type Evidence, problem } from './contract.ts';
import { commitValues, signQuestion, verifyAnswer } from './messages.ts';
import type { ExchangeNeeds, OwnOffice } from './needs.ts';
import { findOfficeKey, type Providers } from './providers.ts';
import { serviceUrl } from './rules.ts';
import * as store from './store.ts';

const deadlineMs = 10_000;
const answerShape = Compile(Answer);
const refusalShape = Compile(Refusal);

type Needs = ExchangeNeeds & { providers: Providers };

export type AskEvidence = {
  /** The office of this node that asks. */
  officeId: string;
  /** ISO 3166-1 alpha-2 of the state that holds the evidence. */
  providerState: string;
  /** One office of that state, by entity id or member code; the first that gives the evidence when absent. */
  providerOfficeId?: string;
  evidenceType: string;
  fields: readonly string[];
  purpose: string;
  caseId: string;
  consentId: string;
  /** Bound to the asking office's key (`cnf.jkt`), with the approved details. */
  accessToken: string;
  /** The person as this node knows them: only so that the entries appear in that person's own list here. */
  personId?: string;
  /** The id of an earlier question, to have its answer again without counting twice. */
  questionId?: string;
};

/**
 * Asks another state for evidence and returns it verified and recorded. Ledger entries are durable before the question
 * leaves and before this returns. Throws the other node's refusal, `evidence-provider-unknown`, `answer-invalid`, or the
 * kernel's `peer-*`; after a `peer-*`, asking the same again continues the same question.
 */
export async function askEvidence(needs: Needs, ask: AskEvidence): Promise<Evidence> {
  const office = needs.offices.find(({ officeId }) => officeId === ask.officeId);
  if (!office) throw new Error(`no office ${ask.officeId} at this node`);
  const { provider, exchangeEndpoint } = await needs.providers.getProvider(ask);
  const target = serviceUrl(exchangeEndpoint, provider.office.x_road_client, ask.evidenceType);
  const question: Question = {
    evidenceType: ask.evidenceType,
    fields: [...ask.fields],
    purpose: ask.purpose,
    caseId: ask.caseId,
    consentId: ask.consentId,
  };
  const row = await openQuestion(needs, office, ask, provider.entityId, target, JSON.stringify(question));
  const request = await signQuestion(
    {
      url: target,
      body: row.body,
      questionId: row.question_id,
      requester: office.entityId,
      xRoadClient: office.xRoadClient,
      accessToken: ask.accessToken,
    },
    office.signer,
    needs.clock,
  );
  const reply = await send(needs, request, row.body);
  const findKey = (kid: string) => findOfficeKey(needs.federation, provider, kid);
  await verifyAnswer({ status: reply.status, headers: reply.headers, request }, reply.body, findKey, needs.clock);
  const kept = { question: proofHeaders(request.headers), answer: proofHeaders(reply.headers) };
  if (reply.status !== 200) throw await endRefused(needs, row, kept, readRefusal(reply.body, reply.status));
  const answer = readAnswer(reply.body, row, question, office, provider.entityId);
  const ownReceipt = await endReceived(needs, row, ask, kept, answer);
  return {
    questionId: row.question_id,
    evidenceType: answer.evidenceType,
    version: answer.version,
    fields: answer.fields,
    provider: { entityId: provider.entityId, state: provider.office.state, names: provider.office.names },
    answeredAt: answer.answeredAt,
    ownReceipt,
    theirReceipt: answer.receipt,
    signatures: kept,
    messages: { url: target, question: row.body, answer: reply.body.toString('utf8') },
  };
}

/** The row of this question: an earlier one that never ended is continued, so that a crash in between counts once. */
async function openQuestion(
  needs: Needs,
  office: OwnOffice,
  ask: AskEvidence,
  provider: string,
  target: string,
  body: string,
): Promise<store.QuestionRow> {
  const { db } = needs.database;
  const known = ask.questionId
    ? await store.findQuestion(db, ask.questionId)
    : await store.findOpenQuestion(db, { officeId: office.officeId, consentId: ask.consentId, target, body });
  if (known) {
    if (known.target !== target || known.body !== body || known.office_id !== office.officeId)
      throw problem('question-replayed');
    return known;
  }
  const row: store.QuestionRow = {
    question_id: ask.questionId ?? newId(),
    office_id: office.officeId,
    provider,
    provider_state: ask.providerState,
    consent_id: ask.consentId,
    case_id: ask.caseId,
    evidence_type: ask.evidenceType,
    target,
    body,
    state: 'asked',
    refusal_code: null,
    asked_at: needs.clock.now(),
    ended_at: null,
    question_headers: null,
    answer_headers: null,
    own_receipt: null,
    their_receipt: null,
  };
  await needs.database.transaction(async (tx) => {
    await needs.ledger.append(tx, {
      kind: 'question-asked',
      ...(ask.personId ? { personId: ask.personId } : {}),
      record: {
        questionId: row.question_id,
        requester: office.entityId,
        provider,
        evidenceType: ask.evidenceType,
        fields: [...ask.fields],
        purpose: ask.purpose,
        caseId: ask.caseId,
        consentId: ask.consentId,
        askedAt: row.asked_at.toISOString(),
      },
    });
    await store.insertQuestion(tx, row);
  });
  return row;
}

/** One deadline for both tries. A broken connection is tried once more with the same bytes: the other side answers it once. */
async function send(needs: Needs, request: RequestMessage, body: string) {
  const { method, url, headers } = request;
  const startedAtMs = needs.clock.now().getTime();
  const attempt = (timeoutMs: number) =>
    needs.http.request({ method, url, headers, body, timeoutMs, bodyBytesMax: answerBytesMax });
  try {
    return await attempt(deadlineMs);
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 'peer-unreachable') throw error;
    needs.log.warn({ questionId: headers['x-road-id'], code: error.code }, 'question sent again');
    return attempt(Math.max(1_000, deadlineMs - (needs.clock.now().getTime() - startedAtMs)));
  }
}

function readRefusal(body: Buffer, status: number): Problem {
  const json = parseJson(body);
  if (!refusalShape.Check(json) || json.status !== status) throw problem('answer-invalid', { where: 'refusal' });
  // The other node's own failure is the other node's from here.
  return problemFromJson({ ...json, origin: json.origin === 'own-node' ? 'other-node' : json.origin }, status);
}

function readAnswer(
  body: Buffer,
  row: store.QuestionRow,
  question: Question,
  office: OwnOffice,
  provider: string,
): Answer {
  const invalid = (where: string) => problem('answer-invalid', { where });
  const answer = parseJson(body);
  if (!answerShape.Check(answer)) throw invalid('body');
  const { record, valuesSalt } = answer.receipt;
  if (answer.questionId !== row.question_id || answer.evidenceType !== question.evidenceType) throw invalid('question');
  if (answer.provider !== provider) throw invalid('provider');
  if (Object.keys(answer.fields).some((field) => !question.fields.includes(field))) throw invalid('fields');
  if (record['questionId'] !== row.question_id || record['requester'] !== office.entityId) throw invalid('receipt');
  const salt = Buffer.from(valuesSalt ?? '', 'base64');
  if (salt.length < 16 || record['valuesCommitment'] !== commitValues(salt, answer.fields)) throw invalid('receipt');
  return answer;
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    throw problem('answer-invalid', { where: 'JSON' });
  }
}

type Kept = { question: Record<string, string>; answer: Record<string, string> };

async function endRefused(needs: Needs, row: store.QuestionRow, kept: Kept, refusal: Problem): Promise<Problem> {
  // A failure of the other side may pass: the question stays open, and asking again continues it.
  if (refusal.status < 500 && row.state === 'asked')
    await needs.database.transaction((tx) =>
      store.endQuestion(tx, row.question_id, {
        state: 'refused',
        refusalCode: refusal.code,
        at: needs.clock.now(),
        questionHeaders: kept.question,
        answerHeaders: kept.answer,
        ownReceipt: null,
        theirReceipt: null,
      }),
    );
  return refusal;
}

async function endReceived(
  needs: Needs,
  row: store.QuestionRow,
  ask: AskEvidence,
  kept: Kept,
  answer: Answer,
): Promise<ExchangeReceipt> {
  // Received before: its entry stands, and an entry is never written twice.
  if (row.own_receipt) return row.own_receipt;
  return needs.database.transaction(async (tx) => {
    const entry = await needs.ledger.append(tx, {
      kind: 'evidence-received',
      ...(ask.personId ? { personId: ask.personId } : {}),
      record: {
        questionId: row.question_id,
        provider: answer.provider,
        evidenceType: answer.evidenceType,
        purpose: ask.purpose,
        caseId: ask.caseId,
        consentId: ask.consentId,
        // The answer holds two random salts: its digest cannot be guessed from its values.
        answerDigest: kept.answer['content-digest']!,
        providerLeafHash: answer.receipt.leafHash,
        receivedAt: needs.clock.now().toISOString(),
      },
    });
    const ownReceipt: ExchangeReceipt = {
      leafHash: entry.leafHash,
      commitment: entry.commitment,
      salt: entry.salt,
      record: entry.record,
    };
    await store.endQuestion(tx, row.question_id, {
      state: 'received',
      refusalCode: null,
      at: needs.clock.now(),
      questionHeaders: kept.question,
      answerHeaders: kept.answer,
      ownReceipt,
      theirReceipt: answer.receipt,
    });
    return ownReceipt;
  });
}

const proofNames = [
  'content-type',
  'content-digest',
  'x-road-client',
  'x-road-id',
  'jisr-requester',
  'signature-input',
  'signature',
];

/** The header fields that prove a message later. The token is not among them: it is a key, and keys are not kept. */
function proofHeaders(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    proofNames.flatMap((name) => (headers[name] === undefined ? [] : [[name, headers[name]!]])),
  );
}
