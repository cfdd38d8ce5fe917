import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import type { RawAnswer, RequestFacts } from '#kernel/contract';
import { chooseLanguage } from '#kernel/languages';
import { Problem, refusalOf } from '#kernel/problem';
import { findEvidenceType } from '#protocol/catalogue';
import { questionBytesMax } from '#protocol/exchange-message';
import type { RequestMessage } from '#protocol/http-signatures';
import { type ProvenAnswer, provenAnswerType, questionIdOf } from '#protocol/system-call';
import { FieldNames } from '#protocol/text';
import type { AskEvidence } from '../asking.ts';
import { chooseConsent, dropConsent } from '../consents/service.ts';
import { type Evidence, problem } from '../contract.ts';
import { jsonType, problemType } from '../messages.ts';
import type { ExchangeNeeds, OwnOffice } from '../needs.ts';
import type { Providers } from '../providers.ts';
import { subsystem as registrySubsystem } from '../rules.ts';
import { insertRefusal } from '../store.ts';
import type { Systems } from '../systems/service.ts';
import { readAddress, type ServiceAddress, serviceIdOf } from './addresses.ts';
import { describeError, isProvidersOwnAnswer, speaksXRoad } from './errors.ts';
import { type CallHeaders, hashRequest, readCallHeaders } from './headers.ts';
import { answerMetaservice, isMetaservice } from './metaservices.ts';

const CallBody = Type.Object({ fields: Type.Optional(FieldNames) }, { additionalProperties: false });
const bodyShape = Compile(CallBody);
const fieldsShape = Compile(FieldNames);

export type CallNeeds = ExchangeNeeds & {
  providers: Providers;
  systems: Systems;
  ask(ask: AskEvidence): Promise<Evidence>;
};
type Call = { request: RequestFacts; body: Buffer };

/** Whether a message on the shared address is a call of an own system, and not a question that another node signed. */
export function isSystemCall(headers: Record<string, string>): boolean {
  const isQuestion =
    headers['jisr-requester'] !== undefined ||
    /^DPoP /i.test(headers['authorization'] ?? '') ||
    /(^|[,\s])question=/.test(headers['signature-input'] ?? '');
  return headers['x-road-client'] !== undefined && !isQuestion;
}

/**
 * Answers a call of an own information system (X-Road's consumer side): recognises it, turns it into a question of its office
 * on the ground of a consent that the office holds, and hands the answer on. To callers that speak X-Road, also refusals do.
 */
export async function answerCall(needs: CallNeeds, { request, body }: Call): Promise<RawAnswer> {
  const message: RequestMessage = { method: request.method, url: request.url, headers: request.headers };
  let echoed: Record<string, string> = {};
  try {
    const { system, office } = await needs.systems.recognise({ message, body });
    const address = readAddress(request.path);
    const headers = readCallHeaders(request.headers);
    if (body.length > questionBytesMax) throw problem('question-too-large', { bytesMax: questionBytesMax });
    const questionId = questionIdOf(system.client_id, headers.xRoadId);
    echoed = {
      'x-road-client': system.client_id,
      'x-road-service': serviceIdOf(address),
      'x-road-id': headers.xRoadId,
      'x-road-request-id': questionId,
      'x-road-request-hash': hashRequest(request.method, targetOf(request), request.headers, body),
    };
    const query = new URL(request.url).searchParams;
    if (isMetaservice(address.service)) {
      if (!['GET', 'HEAD'].includes(request.method)) throw problem('service-not-found');
      const answer = await answerMetaservice(needs, address, office, query);
      return { bytes: JSON.stringify(answer), contentType: jsonType, status: 200, headers: echoed };
    }
    const note = () =>
      needs.systems.noteCall({
        question_id: questionId,
        system_id: system.system_id,
        x_road_id: headers.xRoadId,
        user_id: headers.userId ?? null,
        represented_party: headers.representedParty ?? null,
        called_at: needs.clock.now(),
      });
    const fields = readFields(query, body);
    const evidence = await ask(needs, { office, address, headers, fields, questionId, note });
    const isProven = (request.headers['accept'] ?? '').includes(provenAnswerType);
    return isProven
      ? { bytes: JSON.stringify(await prove(needs, evidence)), contentType: provenAnswerType, headers: echoed }
      : { bytes: evidence.messages.answer, contentType: jsonType, headers: echoed };
  } catch (error) {
    return refuseCall(needs, request, error, echoed);
  }
}

type Asking = {
  office: OwnOffice;
  address: ServiceAddress;
  headers: CallHeaders;
  fields: string[] | undefined;
  questionId: string;
  note(): Promise<void>;
};

async function ask(needs: CallNeeds, of: Asking): Promise<Evidence> {
  const { address, headers, office } = of;
  const provider = await needs.providers.findProducer(address);
  const isKnown = findEvidenceType(address.service) && provider.office.provides.includes(address.service);
  if (address.subsystem !== registrySubsystem || !isKnown) throw problem('service-not-found');
  if (!headers.consentId && !headers.caseId) throw problem('call-malformed', { where: 'Jisr-Consent or X-Road-Issue' });
  const { detail, ...consent } = await chooseConsent(needs, {
    officeId: office.officeId,
    providerState: address.instance,
    evidenceType: address.service,
    consentId: headers.consentId,
    caseId: headers.caseId,
  });
  await of.note();
  try {
    return await needs.ask({
      officeId: office.officeId,
      providerState: address.instance,
      providerOfficeId: provider.entityId,
      evidenceType: address.service,
      fields: of.fields ?? detail.fields,
      purpose: detail.purpose,
      caseId: detail.case_id,
      questionId: of.questionId,
      ...consent,
    });
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    if (error.code === 'consent-withdrawn') await dropConsent(needs, consent.consentId);
    // What the protocol calls a replay is here a system that gave one id to two calls.
    throw error.code === 'question-replayed' ? problem('call-id-used') : error;
  }
}

/** The fields asked for, by `?fields=a,b` or in the body; all that were consented when neither names any. */
function readFields(query: URLSearchParams, body: Buffer): string[] | undefined {
  const names = [...query.keys()];
  // A name twice is read differently by different software, and none of it is right.
  if (names.some((name) => name !== 'fields') || names.length > 1 || (names.length === 1 && body.length > 0))
    throw problem('call-malformed', { where: 'query' });
  const listed = query.get('fields')?.split(',');
  if (listed !== undefined && !fieldsShape.Check(listed)) throw problem('call-malformed', { where: 'fields' });
  if (body.length === 0) return listed;
  let read: unknown;
  try {
    read = JSON.parse(body.toString('utf8'));
  } catch {
    throw problem('call-malformed', { where: 'JSON' });
  }
  if (!bodyShape.Check(read)) throw problem('call-malformed', { where: 'body' });
  return read.fields;
}

/** Everything a system needs to check the answer by itself, without believing this node. */
async function prove(needs: CallNeeds, evidence: Evidence): Promise<ProvenAnswer> {
  const { chain, superior } = await needs.federation.resolve(evidence.provider.entityId);
  const state = await needs.federation.resolve(superior!);
  return {
    questionId: evidence.questionId,
    evidenceType: evidence.evidenceType,
    provider: evidence.provider,
    answeredAt: evidence.answeredAt,
    question: { url: evidence.messages.url, headers: evidence.signatures.question, body: evidence.messages.question },
    answer: { headers: evidence.signatures.answer, body: evidence.messages.answer },
    trustChain: chain,
    stateTrustChain: state.chain,
    ownReceipt: evidence.ownReceipt,
  };
}

/** Refuses a call: in X-Road's form to who speaks X-Road, and noted for the operator. */
export async function refuseCall(
  needs: Pick<ExchangeNeeds, 'database' | 'clock' | 'log'>,
  request: RequestFacts,
  error: unknown,
  echoed: Record<string, string>,
): Promise<RawAnswer> {
  if (!(error instanceof Problem)) needs.log.error({ err: error, requestId: request.id }, 'call failed');
  const refusal = refusalOf(error);
  const claimed = request.headers['x-road-client'];
  await insertRefusal(needs.database.db, {
    refusal_id: request.id,
    refused_at: needs.clock.now(),
    code: refusal.code,
    origin: refusal.origin,
    claimed_requester: claimed !== undefined && claimed.length <= 512 ? claimed : null,
    claimed_question_id: null,
    service: 'own-system-call',
    asked: null,
  });
  if (!speaksXRoad(request.headers)) throw refusal;
  const language = chooseLanguage(undefined, request.headers['accept-language'] ?? 'en');
  if (isProvidersOwnAnswer(refusal))
    return {
      bytes: JSON.stringify(refusal.toJson(language, request.id)),
      contentType: problemType,
      status: refusal.status,
      headers: echoed,
    };
  return describeError(refusal, language, request.id);
}

/** Path and query as they came, which is what the caller hashed. */
function targetOf(request: RequestFacts): string {
  return request.url.slice(new URL(request.url).origin.length);
}
