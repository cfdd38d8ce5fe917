import { Compile } from 'typebox/compile';
import { createBatcher } from '#kernel/batching';
import { newId, sha256 } from '#kernel/ids';
import { Problem, problemFromJson } from '#kernel/problem';
import { writing } from '#kernel/statements';
import { findOfficeKey } from '#modules/federation';
import type { PreparedEntry } from '#modules/ledger';
import { Answer, answerBytesMax, type ExchangeReceipt, type Question, Refusal } from '#protocol/exchange-message';
import type { RequestMessage } from '#protocol/http-signatures';
import type { Assurance } from './assurance/service.ts';
import { type Evidence, problem } from './contract.ts';
import { type AskUnderLaw, askedGround, keepingPerson, lawGround, namePerson, personListed } from './law/service.ts';
import { droppingAskedPerson, findOpenLawfulQuestion } from './law/store.ts';
import { isLogTrusted } from './logs.ts';
import { commitValues, signQuestion, verifyAnswer } from './messages.ts';
import type { ExchangeNeeds, OwnOffice } from './needs.ts';
import { type Providers, takesBatches } from './providers.ts';
import { serviceUrl } from './rules.ts';
import type { CheckSignature, SignMessage } from './signing.ts';
import * as store from './store.ts';

const deadlineMs = 10_000;
const answerShape = Compile(Answer);
const refusalShape = Compile(Refusal);

type Needs = ExchangeNeeds & {
  assurance: Assurance;
  providers: Providers;
  saveQuestion: SaveQuestion;
  signMessage: SignMessage;
  checkSignature: CheckSignature;
};

export type AskEvidence = AskedOf & (AskWithConsent | AskUnderLaw);

type AskedOf = {
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
  /** The person as this node knows them: only so that the entries appear in that person's own list here. */
  personId?: string;
  /** The id of an earlier question, to have its answer again without counting twice. */
  questionId?: string;
};

type AskWithConsent = {
  consentId: string;
  /** Bound to the asking office's key (`cnf.jkt`), with the approved details. */
  accessToken: string;
};

/**
 * Asks another state for evidence and returns it verified and recorded. Ledger entries are durable before the question
 * leaves and before this returns. Throws the other node's refusal, `evidence-provider-unknown`, `provider-log-in-breach`,
 * `stamp-overdue`, `answer-invalid`, or the kernel's `peer-*`; after a `peer-*`, asking the same again continues the same question.
 */
export async function askEvidence(needs: Needs, ask: AskEvidence): Promise<Evidence> {
  const office = needs.offices.find(({ officeId }) => officeId === ask.officeId);
  if (!office) throw new Error(`no office ${ask.officeId} at this node`);
  const { provider, exchangeEndpoint } = await needs.providers.getProvider(ask);
  if (!(await isLogTrusted(needs, provider.office.state)))
    throw problem('provider-log-in-breach', { state: provider.office.state });
  await needs.assurance.check(ask.evidenceType);
  const target = serviceUrl(exchangeEndpoint, provider.office.x_road_client, ask.evidenceType);
  const question = {
    evidenceType: ask.evidenceType,
    fields: [...ask.fields],
    purpose: ask.purpose,
    caseId: ask.caseId,
    ...('law' in ask ? { ground: lawGround(ask) } : { consentId: ask.consentId }),
  };
  const row = await openQuestion(needs, office, ask, provider.entityId, target, JSON.stringify(question));
  const body = 'law' in ask ? await namePerson(needs.database.db, row.question_id, question, ask) : row.body;
  const request = await signQuestion(
    {
      url: target,
      body,
      questionId: row.question_id,
      requester: office.entityId,
      xRoadClient: office.xRoadClient,
      ...('law' in ask ? {} : { accessToken: ask.accessToken }),
    },
    {
      sign: needs.signMessage,
      signer: office.signer,
      mayShare: needs.mayBatchSignatures && takesBatches(provider.office),
      clock: needs.clock,
    },
  );
  const reply = await send(needs, request, body);
  const findKey = (kid: string) => findOfficeKey(needs.federation, provider, kid);
  const message = { status: reply.status, headers: reply.headers, request };
  await verifyAnswer(message, reply.body, findKey, needs.checkSignature, needs.clock);
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
    : 'law' in ask
      ? await findOpenLawfulQuestion(db, { officeId: office.officeId, target, body, nationalId: ask.nationalId })
      : undefined;
  if (known) {
    if (known.target !== target || known.body !== body || known.office_id !== office.officeId)
      throw problem('question-replayed');
    return known;
  }
  const questionId = ask.questionId ?? newId();
  // Whom a question under a law is about stands nowhere but in one place, and in no digest: it is one of its own.
  const ground = 'law' in ask ? [questionId] : [ask.consentId, ask.questionId ?? ''];
  const row: store.QuestionRow = {
    question_id: questionId,
    office_id: office.officeId,
    provider,
    provider_state: ask.providerState,
    consent_id: 'law' in ask ? null : ask.consentId,
    law: 'law' in ask ? ask.law : null,
    case_id: ask.caseId,
    evidence_type: ask.evidenceType,
    target,
    body,
    state: 'asked',
    asked_leaf_hash: null,
    refusal_code: null,
    asked_at: needs.clock.now(),
    ended_at: null,
    question_headers: null,
    answer_headers: null,
    own_receipt: null,
    their_receipt: null,
    ask_digest: digestOfAsk([office.officeId, target, body, ...ground]),
  };
  const entry = needs.ledger.prepare({
    kind: 'question-asked',
    ...personListed(ask),
    record: {
      questionId: row.question_id,
      requester: office.entityId,
      provider,
      evidenceType: ask.evidenceType,
      fields: [...ask.fields],
      purpose: ask.purpose,
      caseId: ask.caseId,
      ...askedGround(ask),
      askedAt: row.asked_at.toISOString(),
    },
  });
  const opens = { ...row, asked_leaf_hash: entry.receipt.leafHash };
  try {
    return (await needs.saveQuestion({ opens, entry, ...('law' in ask ? { about: ask } : {}) }))!;
  } catch (error) {
    // Since it was looked for, another process has opened this very question: it is continued.
    if (!store.isKnownAlready(error)) throw error;
    return openQuestion(needs, office, ask, provider, target, body);
  }
}

const digestOfAsk = (parts: readonly string[]) => sha256(JSON.stringify(parts)).toString('base64url');

/** A question that opens, or one that ends: with the ledger entry that belongs to it, if any. */
export type QuestionWrite =
  | { opens: store.QuestionRow; entry: PreparedEntry; about?: AskUnderLaw }
  | { ends: store.QuestionEnd; entry?: PreparedEntry; isUnderLaw: boolean };
/** Resolves when it is durable; for a question that opens, with the row that is open now, which may be an earlier one. */
export type SaveQuestion = (write: QuestionWrite) => Promise<store.QuestionRow | undefined>;

/** Writes the questions of this node down, in one transaction and one round trip for all that begin or end together. */
export function createQuestionSaving(needs: ExchangeNeeds): SaveQuestion {
  return createBatcher<QuestionWrite, store.QuestionRow | undefined>(async (writes) => {
    const opening = writes.flatMap((write) => ('opens' in write ? [write] : []));
    const ending = writes.flatMap((write) => ('ends' in write ? [write] : []));
    // Of those that ask the same, the first of the round, or one that is open since before, stands for all.
    const openBy = new Map<string | null, store.QuestionRow>();
    for (const { opens } of opening) if (!openBy.has(opens.ask_digest)) openBy.set(opens.ask_digest, opens);
    for (;;) {
      const opened = opening.filter(({ opens }) => openBy.get(opens.ask_digest) === opens);
      try {
        await needs.database.writeTogether([
          writing(
            ...store.openingQuestions(opened.map(({ opens }) => opens)),
            ...store.endingQuestions(ending.map(({ ends }) => ends)),
            ...opened.flatMap(({ opens, about }) => (about ? [keepingPerson(opens.question_id, about)] : [])),
            ...ending.flatMap(({ ends, isUnderLaw }) => (isUnderLaw ? [droppingAskedPerson(ends.questionId)] : [])),
          ),
          needs.ledger.appending([...opened, ...ending].flatMap(({ entry }) => entry ?? [])),
        ]);
        return writes.map((write) => ('opens' in write ? openBy.get(write.opens.ask_digest) : undefined));
      } catch (error) {
        if (!store.isOpenAlready(error)) throw error;
        const digests = opened.map(({ opens }) => opens.ask_digest);
        // None, when it has ended in the meantime: then the way is free.
        for (const row of await store.listOpenQuestions(needs.database.db, digests)) openBy.set(row.ask_digest, row);
      }
    }
  });
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
  question: Pick<Question, 'evidenceType' | 'fields'>,
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
    try {
      await needs.saveQuestion({
        ends: {
          questionId: row.question_id,
          state: 'refused',
          refusalCode: refusal.code,
          at: needs.clock.now(),
          questionHeaders: kept.question,
          answerHeaders: kept.answer,
          ownReceipt: null,
          theirReceipt: null,
        },
        isUnderLaw: row.law !== null,
      });
    } catch (error) {
      // Another caller had the answer meanwhile: that stands, and this one hears the refusal.
      if (!store.isReceivedAlready(error)) throw error;
    }
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
  const at = needs.clock.now();
  const entry = needs.ledger.prepare({
    kind: 'evidence-received',
    ...personListed(ask),
    record: {
      questionId: row.question_id,
      provider: answer.provider,
      evidenceType: answer.evidenceType,
      purpose: ask.purpose,
      caseId: ask.caseId,
      ...askedGround(ask),
      // The answer holds two random salts: its digest cannot be guessed from its values.
      answerDigest: kept.answer['content-digest']!,
      providerLeafHash: answer.receipt.leafHash,
      receivedAt: at.toISOString(),
    },
  });
  const { leafHash, commitment, salt, record } = entry.receipt;
  const ownReceipt: ExchangeReceipt = { leafHash, commitment, salt, record };
  try {
    await needs.saveQuestion({
      ends: {
        questionId: row.question_id,
        state: 'received',
        refusalCode: null,
        at,
        questionHeaders: kept.question,
        answerHeaders: kept.answer,
        ownReceipt,
        theirReceipt: answer.receipt,
      },
      entry,
      isUnderLaw: row.law !== null,
    });
    return ownReceipt;
  } catch (error) {
    if (!store.isReceivedAlready(error)) throw error;
    return (await store.findQuestion(needs.database.db, row.question_id))!.own_receipt!;
  }
}

const proofNames = [
  'content-type',
  'content-digest',
  'x-road-client',
  'x-road-id',
  'jisr-requester',
  'jisr-authorization-digest',
  'signature-input',
  'signature',
];

/** The header fields that prove a message later. The token is not among them: it is a key, and keys are not kept. */
function proofHeaders(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    proofNames.flatMap((name) => (headers[name] === undefined ? [] : [[name, headers[name]!]])),
  );
}
