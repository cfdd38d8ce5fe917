import type { RawAnswer, RequestFacts } from '#kernel/contract';
import { sha256 } from '#kernel/ids';
import { type JWK, jwkThumbprint } from '#kernel/keys';
import { Problem } from '#kernel/problem';
import { isEntitled } from '#modules/consent';
import { findEvidenceType, isOfCompany } from '#protocol/catalogue';
import {
  isLawful,
  lawfulQuestionComponents,
  type Question,
  questionBytesMax,
  questionComponents,
} from '#protocol/exchange-message';
import type { RequestMessage } from '#protocol/http-signatures';
import type { AccessFacts } from './access/rules.ts';
import { type GrantedAccess, grantAccess } from './access/service.ts';
import { type AnsweringNeeds, type CheckedQuestion, giveAnswer, noteRefusedUse, repeatAnswer } from './answers.ts';
import { problem } from './contract.ts';
import { decideDisclosure } from './disclosure/rules.ts';
import { consentQuestion, findNamedPerson, type Ground, readGround } from './grounds.ts';
import { checkLaw } from './law/rules.ts';
import { isLogTrusted } from './logs.ts';
import { checkActing } from './mandates.ts';
import { jsonType, problemType, signAnswer, verifyQuestion } from './messages.ts';
import type { OwnOffice } from './needs.ts';
import { takesBatches } from './providers.ts';
import {
  type Asked,
  askedOf,
  checkFreshness,
  isShownToPerson,
  type QuestionHeaders,
  readAsked,
  readHeaders,
  readQuestion,
  xRoadErrorOf,
} from './rules.ts';
import * as store from './store.ts';

type Needs = AnsweringNeeds;
/** What is known of a question so far, for the audit of a refusal. */
type Seen = { access?: AccessFacts };
export type Address = { instance: string; memberClass: string; member: string; subsystem: string; service: string };

/** Answers one question over HTTP. Whatever is refused is refused with a code, signed, noted for the operator, and not kept. */
export async function answerQuestion(
  needs: Needs,
  input: { params: Address; body: Buffer; request: RequestFacts },
): Promise<RawAnswer> {
  const { params: address, body, request } = input;
  const office = findOffice(needs, address);
  const message: RequestMessage = { method: request.method, url: request.url, headers: request.headers };
  const seen: Seen = {};
  try {
    if (!office) throw problem('service-unknown');
    const { body: answer, headers } = await judgeAndAnswer(needs, office, address, message, body, seen);
    return { bytes: answer, contentType: jsonType, status: 200, headers: withoutType(headers) };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return refuse(needs, office, address, message, error, request.id, seen.access ?? readAsked(body));
  }
}

/** The office of this node that an address names. */
export function findOffice(needs: Pick<Needs, 'offices'>, address: Address): OwnOffice | undefined {
  const client = `${address.instance}/${address.memberClass}/${address.member}`;
  return address.subsystem === 'registry' ? needs.offices.find((office) => office.xRoadClient === client) : undefined;
}

async function refuse(
  needs: Needs,
  office: OwnOffice | undefined,
  address: Address,
  message: RequestMessage,
  refusal: Problem,
  requestId: string,
  asked: AccessFacts | Asked | null,
): Promise<RawAnswer> {
  const claimed = claimedFacts(message.headers);
  await store.insertRefusal(needs.database.db, {
    refusal_id: requestId,
    refused_at: needs.clock.now(),
    code: refusal.code,
    origin: refusal.origin,
    claimed_requester: claimed.requester ?? null,
    claimed_question_id: claimed.questionId ?? null,
    service: Object.values(address).join('/'),
    asked,
  });
  needs.log.info({ code: refusal.code, origin: refusal.origin, requestId }, 'question refused');
  const body = JSON.stringify(refusal.toJson('en', requestId));
  const xRoadError = { 'x-road-error': xRoadErrorOf(refusal) };
  // Without an office there is nobody to sign as; the asker treats such a refusal as hearsay.
  const headers = office
    ? await signAnswer(
        { status: refusal.status, body, contentType: problemType, questionId: claimed.questionId, request: message },
        { sign: needs.signMessage, signer: office.signer, mayShare: false, clock: needs.clock },
      )
    : {};
  return {
    bytes: body,
    contentType: problemType,
    status: refusal.status,
    headers: { ...withoutType(headers), ...xRoadError },
  };
}

/** What a caller claims to be, as far as it has the right form: unchecked, so good for the audit and nothing else. */
function claimedFacts(headers: Record<string, string>): { requester?: string; questionId?: string } {
  const { 'x-road-id': questionId, 'jisr-requester': requester } = headers;
  return {
    ...(questionId && /^[0-9a-f-]{36}$/.test(questionId) && isUuid(questionId) ? { questionId } : {}),
    ...(requester && requester.length <= 512 ? { requester } : {}),
  };
}

function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);
}

function withoutType(headers: Record<string, string>): Record<string, string> {
  const { 'content-type': _type, ...rest } = headers;
  return rest;
}

async function judgeAndAnswer(
  needs: Needs,
  office: OwnOffice,
  address: Address,
  message: RequestMessage,
  body: Buffer,
  seen: Seen,
): Promise<{ body: string; headers: Record<string, string> }> {
  // Size and shape.
  if (body.length > questionBytesMax) throw problem('question-too-large', { bytesMax: questionBytesMax });
  const headers = readHeaders(message.headers);
  const question = readQuestion(body, address.service);
  const type = findEvidenceType(question.evidenceType);
  if (!type) throw problem('evidence-unknown', { evidence: question.evidenceType });
  if (!office.provides.includes(type.id) || !needs.registries.has(office.officeId, type.id))
    throw problem('service-unknown');

  const law = isLawful(question) ? question.ground.law : undefined;
  if (law !== undefined && message.headers['authorization'] !== undefined)
    throw problem('question-malformed', { where: 'Authorization beside a law' });

  // Signature, then time.
  const components = law === undefined ? questionComponents : lawfulQuestionComponents;
  const signed = await verifyQuestion(needs, headers, message, body, components);
  const at = needs.clock.now();
  checkFreshness(signed.params, at);

  // The law, what the office may ever ask, what this state gives it, the token: judged now, told after the replay.
  const allowed = await settle(() => judgeAllowance(needs, headers, signed, question, message, at, seen));
  const asked = { question, questionId: headers.questionId, requester: headers.requester, at };
  const standing = await needs.standing({
    requester: headers.requester,
    questionId: headers.questionId,
    nonce: signed.params.nonce,
    consentQuestion: 'value' in allowed ? consentQuestion({ ...asked, ground: allowed.value.ground }) : undefined,
  });

  const digest = sha256(`${message.url}\n${body.toString('utf8')}`).toString('hex');
  const known = standing.alike.find((use) => use.question_id === headers.questionId);
  const isReplay = standing.alike.some((use) => use !== known && use.question_id !== headers.questionId);
  if (isReplay || (known && known.question_digest !== digest)) throw problem('question-replayed');
  if ('refusal' in allowed) throw allowed.refusal;
  const { ground, access } = allowed.value;
  const person = isLawful(question) ? await findNamedPerson(needs, question.person.nationalId) : standing.holder;
  if (!person) throw problem('token-invalid', { where: 'sub' });

  const checked: CheckedQuestion = {
    ...headers,
    office,
    question,
    params: signed.params,
    requesterNames: signed.found.office.names,
    mayShareSignature: takesBatches(signed.found.office),
    access,
    disclosure: decideDisclosure((await needs.access.current()).rules.disclosure, question, at),
    digest,
    kept: keptHeaders(message.headers),
    ground,
    personId: person.personId,
    nationalId: person.nationalId,
    at,
  };
  try {
    // What the person allows.
    if (standing.refusal) throw standing.refusal;
    const isActing = ground.kind === 'consent' && ground.isActing;
    if (isActing) {
      const signatory = await checkActing(needs, ground.consentId, { ...question, personId: person.personId });
      if (signatory !== undefined) await nameSignatory(needs, checked, signatory);
    } else if (isOfCompany(type.id)) throw problem('evidence-of-company');
    if (known?.outcome === 'given') return await repeatAnswer(needs, checked, message, known);
    await needs.assurance.check(type.id);
    return await giveAnswer(needs, checked, message);
  } catch (error) {
    if (error instanceof Problem && isShownToPerson(error.code)) await noteRefusedUse(needs, checked, error.code);
    throw error;
  }
}

/** Whoever signs for a company: a record that speaks of them is a use of their data too. */
async function nameSignatory(needs: Needs, checked: CheckedQuestion, personId: string): Promise<void> {
  const nationalId = await needs.findNationalId(personId);
  if (nationalId !== undefined) checked.signatory = { personId, nationalId };
}

async function settle<T>(work: () => Promise<T>): Promise<{ value: T } | { refusal: Problem }> {
  try {
    return { value: await work() };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { refusal: error };
  }
}

async function judgeAllowance(
  needs: Needs,
  { requester, xRoadClient }: QuestionHeaders,
  { found: { resolved, office }, key }: Signed,
  question: Question,
  message: RequestMessage,
  at: Date,
  seen: Seen,
): Promise<{ access: GrantedAccess; ground: Ground }> {
  const law = isLawful(question) ? question.ground.law : undefined;
  // An office is certified by its own state: a mark from another state certifies nothing here.
  const marks = resolved.trustMarks.filter(({ issuer }) => issuer === resolved.superior);
  const facts: AccessFacts = {
    ...askedOf(question),
    requester,
    member: xRoadClient,
    state: office.state,
    marks: marks.map(({ type }) => type),
    at,
  };
  seen.access = facts;
  if (isLawful(question)) checkLaw(question, { requesterState: office.state, holderState: needs.state, at });
  if (!(await isLogTrusted(needs, office.state))) throw problem('requester-log-in-breach', { state: office.state });
  if (!isEntitled(marks, { ...question, law }))
    throw problem('requester-not-entitled', { where: `${question.purpose}, ${question.evidenceType}` });
  const rules = await needs.access.current();
  seen.access = { ...facts, accessVersion: rules.version };
  const access = grantAccess(rules, seen.access);
  const authorization = message.headers['authorization'];
  const signerThumbprint = thumbprintOf(key);
  return { access, ground: await readGround(needs, { question, authorization, requester, signerThumbprint, at }) };
}

const thumbprints = new WeakMap<JWK, string>();

/** A key serves many questions: its thumbprint is made once. */
function thumbprintOf(key: JWK): string {
  const known = thumbprints.get(key) ?? jwkThumbprint(key);
  thumbprints.set(key, known);
  return known;
}

type Signed = Awaited<ReturnType<typeof verifyQuestion>>;

/** What is kept of a question as proof of who asked: everything signed except the token, of which the digest stays. */
function keptHeaders(headers: Record<string, string>): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const name of [
    'content-type',
    'content-digest',
    'x-road-client',
    'x-road-id',
    'jisr-requester',
    'jisr-authorization-digest',
    'signature-input',
    'signature',
  ])
    if (headers[name] !== undefined) kept[name] = headers[name];
  return kept;
}
