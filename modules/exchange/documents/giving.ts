import type { RawAnswer, RequestFacts, StreamedAnswer } from '#kernel/contract';
import { newId } from '#kernel/ids';
import { Problem } from '#kernel/problem';
import { isEntitled } from '#modules/consent';
import { type JisrOfficeMetadata, verifySender } from '#modules/federation';
import { findEvidenceType } from '#protocol/catalogue';
import { documentRule, isFetchCurrent } from '#protocol/document';
import { contentDigest, type RequestMessage } from '#protocol/http-signatures';
import { consentGround } from '../access/rules.ts';
import { type Access, grantAccess } from '../access/service.ts';
import { type Address, findOffice } from '../answering.ts';
import { problem } from '../contract.ts';
import { isOpen } from '../disclosure/rules.ts';
import { isLogTrusted } from '../logs.ts';
import { checkMandateOf } from '../mandates.ts';
import { problemOfSender, problemType } from '../messages.ts';
import type { ExchangeNeeds, OwnOffice } from '../needs.ts';
import type { FoundDocument, Registries } from '../registries/lookup.ts';
import { xRoadErrorOf } from '../rules.ts';
import type { CheckSignature, SignMessage } from '../signing.ts';
import { findUse, insertRefusal, type UseRow } from '../store.ts';
import { fetchRule, signReply } from './messages.ts';
import { type Outcome, passOn } from './passing.ts';
import { checkFetchable, readFetch } from './rules.ts';
import * as store from './store.ts';

/** Ends a document that nobody sends or takes on. */
export const idleMs = 30_000;
export const deadlineMs = 600_000;
const documentsMax = 64;

export type GivingNeeds = ExchangeNeeds & {
  access: Access;
  registries: Registries;
  signMessage: SignMessage;
  checkSignature: CheckSignature;
  collect(bytes: number): void;
};
export type DocumentAddress = Address & { questionId: string; field: string };
type Input = { params: DocumentAddress; request: RequestFacts };

/** A fetch with everything about it that has been checked. */
type CheckedFetch = { office: OwnOffice; use: UseRow; field: string; nonce: string; digest: string };

/**
 * Gives documents that answers of this node named. Nothing of a document is kept for this: the registry is asked again, and
 * what it has to be stands in the fetch, signed by whoever got the answer.
 */
export function createGiving(needs: GivingNeeds) {
  let underWay = 0;

  const give = async (office: OwnOffice, params: DocumentAddress, message: RequestMessage): Promise<StreamedAnswer> => {
    const checked = await checkFetch(needs, office, params, message);
    const found = await findPromised(needs, checked);
    if (underWay >= documentsMax) throw problem('documents-too-many', { documentsMax });
    underWay += 1;
    const release = () => {
      underWay -= 1;
    };
    try {
      return await begin(needs, checked, found, message, release);
    } catch (error) {
      release();
      throw error;
    }
  };

  /** Whatever is refused is refused with a code, signed, and noted for the operator. */
  return async ({ params, request }: Input): Promise<StreamedAnswer | RawAnswer> => {
    const message: RequestMessage = { method: request.method, url: request.url, headers: request.headers };
    const office = findOffice(needs, params);
    try {
      if (!office) throw problem('service-unknown');
      return await give(office, params, message);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      return refuse(needs, office, params, message, error, request.id);
    }
  };
}

/** In the order of a question's checks: shape, signature, time, log, what was answered, mark, rule of access, consent. */
async function checkFetch(
  needs: GivingNeeds,
  office: OwnOffice,
  { questionId, field, service }: DocumentAddress,
  message: RequestMessage,
): Promise<CheckedFetch> {
  const { requester, xRoadClient, digest } = readFetch(message.headers, questionId);
  const { found, nonce } = await checkFetchSignature(needs, { requester, xRoadClient }, message);
  if (!(await isLogTrusted(needs, found.office.state)))
    throw problem('requester-log-in-breach', { state: found.office.state });
  const use = await findUse(needs.database.db, requester, questionId);
  const isNamed = use?.outcome === 'given' && use.office_id === office.officeId && use.evidence_type === service;
  const rule = documentRule(findEvidenceType(service)?.fields[field]);
  if (!isNamed || !rule || !use.fields.includes(field)) throw problem('document-unknown');
  const at = needs.clock.now();
  checkFetchable(use, at);
  await checkStillAllowed(needs, use, field, found, at);
  return { office, use, field, nonce, digest };
}

type FoundRequester = { marks: Array<{ type: string; claims: Record<string, unknown> }>; office: JisrOfficeMetadata };

async function checkFetchSignature(
  needs: GivingNeeds,
  { requester, xRoadClient }: { requester: string; xRoadClient: string },
  message: RequestMessage,
): Promise<{ found: FoundRequester; nonce: string }> {
  try {
    const { found, params } = await verifySender(needs, fetchRule, {
      message,
      digests: [],
      sender: requester,
      xRoadClient,
    });
    if (!isFetchCurrent(params, needs.clock.now())) throw problem('question-expired');
    const { trustMarks, superior } = found.resolved;
    const marks = trustMarks.filter(({ issuer }) => issuer === superior);
    return { found: { marks, office: found.office }, nonce: params.nonce };
  } catch (error) {
    throw problemOfSender(error);
  }
}

/** What allowed the answer has to allow its document too, now: the mark, the rule of access, and the consent. */
async function checkStillAllowed(
  needs: GivingNeeds,
  use: UseRow,
  field: string,
  { marks, office }: FoundRequester,
  at: Date,
): Promise<void> {
  const { evidence_type: evidenceType, purpose, law } = use;
  const asked = { purpose, evidenceType, fields: [field] };
  if (!isEntitled(marks, { ...asked, law: law ?? undefined }))
    throw problem('requester-not-entitled', { where: `${purpose}, ${evidenceType}` });
  grantAccess(await needs.access.current(), {
    ...asked,
    requester: use.requester,
    member: office.x_road_client,
    state: office.state,
    marks: marks.map(({ type }) => type),
    ground: law ?? consentGround,
    at,
  });
  if (use.consent_id === null) return;
  // Who asked for what was settled when the answer was given and counted: what can have changed since is the consent's end.
  const consent = await needs.consent.get(use.person_id, use.consent_id).catch((error) => {
    if (error instanceof Problem) throw problem('consent-unknown');
    throw error;
  });
  const { state, until } = consent;
  if (state === 'withdrawn') throw problem('consent-withdrawn');
  if (state === 'ended' || Date.parse(until) <= at.getTime()) throw problem('consent-expired');
  await checkMandateOf(needs, consent, { personId: use.person_id, purpose, evidenceType });
}

/** The document in the registry, if it is still the one that the answer named. */
async function findPromised(needs: GivingNeeds, { office, use, field, digest }: CheckedFetch): Promise<FoundDocument> {
  const nationalId = await needs.findNationalId(use.person_id);
  if (!nationalId) throw problem('evidence-not-found');
  const found = await needs.registries.findDocument(office.officeId, use.evidence_type, { nationalId }, field);
  if (found.reference.digest !== digest) throw problem('document-changed');
  return found;
}

/** Opens the document, writes down that it leaves, durably, and only then lets it go. */
async function begin(
  needs: GivingNeeds,
  checked: CheckedFetch,
  { reference, open }: FoundDocument,
  message: RequestMessage,
  release: () => void,
): Promise<StreamedAnswer> {
  const { office, use, field, nonce } = checked;
  const opened = await open();
  try {
    if (opened.size !== undefined && opened.size !== reference.size) throw problem('document-changed');
    const facts = { contentType: reference.mediaType, digest: reference.digest, questionId: use.question_id };
    const headers = await signReply(
      { ...facts, status: 200, request: message },
      { sign: needs.signMessage, signer: office.signer, mayShare: false, clock: needs.clock },
    );
    const deliveryId = newId();
    const begunAt = needs.clock.now();
    await needs.database.transaction(async (tx) => {
      const isFirst = await store.insertDelivery(tx, {
        delivery_id: deliveryId,
        requester: use.requester,
        question_id: use.question_id,
        field,
        nonce,
        begun_at: begunAt,
      });
      if (!isFirst) throw problem('fetch-replayed');
      await needs.ledger.append(tx, entryOf(checked, 'document-begun', { begunAt: begunAt.toISOString() }));
    });
    const stream = passOn(opened.body, reference, {
      idleMs,
      deadlineMs,
      collect: needs.collect,
      settle: (outcome) => {
        release();
        return endDelivery(needs, checked, deliveryId, outcome);
      },
    });
    const { 'content-type': contentType, ...others } = headers;
    return { stream, contentType: contentType!, headers: { ...others, 'content-length': String(reference.size) } };
  } catch (error) {
    opened.body.destroy();
    throw error;
  }
}

async function endDelivery(needs: GivingNeeds, checked: CheckedFetch, deliveryId: string, outcome: Outcome) {
  const at = needs.clock.now();
  const { isWhole, bytes } = outcome;
  const about = { questionId: checked.use.question_id, bytes };
  if (isWhole) needs.log.info(about, 'document sent');
  else needs.log.warn({ ...about, code: outcome.brokenBy }, 'document broken off');
  const kind = isWhole ? 'document-sent' : 'document-broken-off';
  const facts = { bytes, ...(isWhole ? {} : { brokenBy: outcome.brokenBy }), endedAt: at.toISOString() };
  await needs.database
    .transaction(async (tx) => {
      await store.endDelivery(tx, deliveryId, { at, isWhole, bytes });
      await needs.ledger.append(tx, entryOf(checked, kind, facts));
    })
    .catch((error) => {
      needs.log.error({ err: error, questionId: about.questionId }, 'end of a document not written down');
      throw error;
    });
}

/** An entry about a delivery; what the person may not read yet of the use, they may not read here. */
function entryOf({ office, use, field }: CheckedFetch, kind: string, facts: Record<string, string | number>) {
  const disclosure = { class: use.disclosure, hiddenUntil: use.hidden_until, isAboutOthers: use.is_about_others };
  return {
    kind,
    ...(isOpen(disclosure) ? { personId: use.person_id } : {}),
    record: {
      questionId: use.question_id,
      requester: use.requester,
      provider: office.entityId,
      evidenceType: use.evidence_type,
      field,
      ...facts,
    },
  };
}

async function refuse(
  needs: GivingNeeds,
  office: OwnOffice | undefined,
  address: DocumentAddress,
  message: RequestMessage,
  refusal: Problem,
  requestId: string,
): Promise<RawAnswer> {
  const requester = message.headers['jisr-requester'];
  await insertRefusal(needs.database.db, {
    refusal_id: requestId,
    refused_at: needs.clock.now(),
    code: refusal.code,
    origin: refusal.origin,
    claimed_requester: requester !== undefined && requester.length <= 512 ? requester : null,
    // Which answer it was about stands in the address: it is no refusal of that question.
    claimed_question_id: null,
    service: Object.values(address).join('/'),
    asked: null,
  });
  needs.log.info({ code: refusal.code, origin: refusal.origin, requestId }, 'document refused');
  const body = JSON.stringify(refusal.toJson('en', requestId));
  const facts = { contentType: problemType, digest: contentDigest(body), questionId: message.headers['x-road-id'] };
  // Without an office there is nobody to sign as; the asker treats such a refusal as hearsay.
  const headers = office
    ? await signReply(
        { ...facts, status: refusal.status, request: message },
        { sign: needs.signMessage, signer: office.signer, mayShare: false, clock: needs.clock },
      )
    : {};
  return {
    bytes: body,
    contentType: problemType,
    status: refusal.status,
    headers: { ...headers, 'x-road-error': xRoadErrorOf(refusal) },
  };
}
