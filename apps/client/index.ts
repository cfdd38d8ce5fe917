import { createPrivateKey, createPublicKey, type KeyObject, sign as signBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { systemClock } from '#kernel/clock';
import { newId, randomToken } from '#kernel/ids';
import { derToP1363, type JWK, jwkThumbprint } from '#kernel/keys';
import { type CallSigner, provenAnswerType, signCall } from '#protocol/system-call';
import {
  type Ask,
  type DocumentField,
  type DocumentReference,
  type Evidence,
  type EvidenceName,
  type FieldName,
  UnverifiedAnswer,
  type Verified,
} from './answers.ts';
import { type Cases, createCases } from './cases.ts';
import type { Purpose, RefusalCode } from './catalogue.ts';
import { type Document, readDocument, referenceIn, type SavedDocument, saveDocument } from './documents.ts';
import { JisrRefusal, nodeUnreachable } from './refusals.ts';
import { type Got, open, readWhole, send } from './sending.ts';
import { verify } from './verify.ts';

export type {
  Ask,
  DocumentField,
  DocumentReference,
  Evidence,
  EvidenceName,
  FieldName,
  Names,
  Receipt,
  UnverifiedAnswer,
  Verified,
} from './answers.ts';
export type {
  AskForMore,
  CaseFeed,
  CaseStanding,
  DecideCase,
  MarkPoint,
  OfficeCase,
  OfficeOfficers,
  TakeCase,
} from './case-types.ts';
export type { Cases, DocumentInCase, NamedWrite, Write } from './cases.ts';
export type { EvidenceTypes, Purpose, RefusalCode, Requirement } from './catalogue.ts';
export type { Document, SavedDocument } from './documents.ts';
export { JisrRefusal, type RefusalOrigin, UnverifiableAnswer } from './refusals.ts';

/** A public key as a JWK (RFC 7517) with its `kid`. */
export type PublicJwk = { kty?: string; crv?: string; x?: string; y?: string; kid?: string; [member: string]: unknown };

export type JisrClientOptions = {
  /** The address of your own node. */
  nodeUrl: string;
  /** What your system is registered as: `SA/GOV/moe/records`. */
  clientId: string;
  /** The secret you were given, or a private key (PEM or JWK; P-256 or Ed25519) whose public half is registered. */
  credential: { secret: string } | { key: string | Record<string, unknown> };
  /** Whom all trust ends at: entity id and public keys, as handed over outside the network. */
  anchors: Readonly<Record<string, { keys: readonly PublicJwk[] }>>;
  /** For a call with all its retries; 20 seconds unless told otherwise. */
  deadlineMs?: number;
  /** For a document to its last byte; ten minutes unless told otherwise. */
  documentDeadlineMs?: number;
};

/** Fields of one evidence type that a person is asked to allow. */
export type EvidenceWanted = {
  [Type in EvidenceName]: {
    type: Type;
    fields: ReadonlyArray<FieldName<Type>>;
    /** Those without which the service cannot be given; the catalogue's when absent. */
    essentialFields?: ReadonlyArray<FieldName<Type>>;
  };
}[EvidenceName];

export type ConsentWanted = {
  /** Where the person signs in and decides: `BH`. */
  homeState: string;
  caseId: string;
  purpose: Purpose;
  evidence: readonly EvidenceWanted[];
  until: Date;
  use: 'once' | 'until' | 'times';
  times?: number;
  /** How long your office keeps what it receives: an ISO 8601 duration of years, months or days. */
  retention: string;
};

export type JisrClient = {
  /** Asks, and verifies what comes. Throws JisrRefusal, or UnverifiableAnswer. */
  ask<Type extends EvidenceName, const Field extends FieldName<Type>>(
    ask: Ask<Type, Field>,
  ): Promise<Verified<Evidence<Type, Field>>>;
  /** Asks, and leaves verifying to later. */
  fetch<Type extends EvidenceName, const Field extends FieldName<Type>>(
    ask: Ask<Type, Field>,
  ): Promise<UnverifiedAnswer<Type, Field>>;
  verify<Type extends EvidenceName, Field extends FieldName<Type>>(
    answer: UnverifiedAnswer<Type, Field>,
  ): Verified<Evidence<Type, Field>>;
  /** A link under which a person can allow evidence for a case of your office. */
  requestConsent(wanted: ConsentWanted): Promise<{ personUrl: string; expiresAt: Date }>;
  /**
   * Fetches a document that verified evidence names, whole and in memory. It has nothing to read unless every byte is the one
   * that the office signed for. Throws JisrRefusal, or UnverifiableAnswer.
   */
  readDocument<Type extends EvidenceName, Field extends FieldName<Type>>(
    evidence: Verified<Evidence<Type, Field>>,
    field: DocumentField<Type> & Field,
  ): Promise<Verified<Document>>;
  /**
   * The same, streamed into a new file: under `path` there is never anything but the verified document. Throws also what the
   * file system throws, as when there is a file already.
   */
  saveDocument<Type extends EvidenceName, Field extends FieldName<Type>>(
    evidence: Verified<Evidence<Type, Field>>,
    field: DocumentField<Type> & Field,
    path: string,
  ): Promise<Verified<SavedDocument>>;
  /** The cases of your office. */
  cases: Cases;
};

const deadlineMsDefault = 20_000;
const documentDeadlineMsDefault = 600_000;
const firstPauseMs = 200;

/** A client of your own node. It keeps no state but its key. */
export function createJisrClient(options: JisrClientOptions): JisrClient {
  const nodeUrl = options.nodeUrl.replace(/\/$/, '');
  const authenticate = authenticatorOf(options.credential);

  /** Until the deadline, with the same id: a failure that may pass is tried again, and a call counts once. */
  const call = async (
    method: 'GET' | 'POST',
    path: string,
    body: object | undefined,
    headers: Record<string, string>,
  ): Promise<Got> => {
    const url = `${nodeUrl}${path}`;
    const text = body === undefined ? '' : JSON.stringify(body);
    const endsAtMs = systemClock.now().getTime() + (options.deadlineMs ?? deadlineMsDefault);
    for (let pauseMs = firstPauseMs; ; pauseMs *= 2) {
      const signed = await authenticate({
        method,
        url,
        headers: {
          ...headers,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          'x-road-client': options.clientId,
        },
        body: text,
      });
      const leftMs = Math.max(1, endsAtMs - systemClock.now().getTime());
      const outcome = await send(
        { method, url, headers: signed, ...(body === undefined ? {} : { body: text }) },
        leftMs,
      ).catch(() => nodeUnreachable(new URL(url).host));
      const refusal = outcome instanceof JisrRefusal ? outcome : refusalOf(outcome, new URL(url).host);
      if (!refusal) return outcome as Got;
      if (!refusal.mayPass || systemClock.now().getTime() + pauseMs >= endsAtMs) throw refusal;
      await wait(pauseMs);
    }
  };

  /** One try: a document that broke off is fetched again by calling again. */
  const openDocument = async (path: string, { digest }: DocumentReference): Promise<IncomingMessage> => {
    const url = `${nodeUrl}${path}`;
    const headers = await authenticate({
      method: 'GET',
      url,
      headers: {
        accept: '*/*, application/problem+json',
        'x-road-client': options.clientId,
        'x-road-id': newId(),
        'jisr-document-digest': digest,
      },
      body: '',
    });
    const { host } = new URL(url);
    const signal = AbortSignal.timeout(options.documentDeadlineMs ?? documentDeadlineMsDefault);
    const answer = await open({ method: 'GET', url, headers }, signal).catch(() => {
      throw nodeUnreachable(host);
    });
    if (answer.statusCode === 200) return answer;
    const got = await readWhole(answer).catch(() => {
      throw nodeUnreachable(host);
    });
    throw refusalOf(got, host) ?? nodeUnreachable(host);
  };
  const opening =
    (
      { provider, evidence, questionId }: Verified<Evidence<EvidenceName, never>>,
      field: string,
      of: DocumentReference,
    ) =>
    () =>
      openDocument(`/r1/${provider.id}/registry/${evidence}/${questionId}/${field}`, of);

  const client: JisrClient = {
    cases: createCases(call, openDocument),
    readDocument: async (evidence, field) => {
      const reference = referenceIn(evidence, field);
      return (await readDocument(opening(evidence, field, reference), reference)) as Verified<Document>;
    },
    saveDocument: async (evidence, field, path) => {
      const reference = referenceIn(evidence, field);
      return (await saveDocument(opening(evidence, field, reference), reference, path)) as Verified<SavedDocument>;
    },
    ask: async (ask) => client.verify(await client.fetch(ask)),
    fetch: async (ask) => {
      const asked = { ...ask, id: ask.id ?? newId() };
      const { body } = await call(
        'POST',
        `/r1/${asked.provider}/registry/${asked.evidence}`,
        { fields: asked.fields },
        {
          accept: `${provenAnswerType}, application/problem+json`,
          'x-road-id': asked.id,
          ...(asked.consentId ? { 'jisr-consent': asked.consentId } : {}),
          ...(asked.caseId ? { 'x-road-issue': asked.caseId } : {}),
          ...(asked.userId ? { 'x-road-userid': asked.userId } : {}),
        },
      );
      return new UnverifiedAnswer({ asked, body });
    },
    verify: (answer) =>
      verify(answer, {
        clientId: options.clientId,
        anchors: options.anchors as Record<string, { keys: JWK[] }>,
        now: systemClock.now(),
      }),
    requestConsent: async (wanted) => {
      const { body } = await call(
        'POST',
        '/api/consent-requests',
        { ...wanted, until: wanted.until.toISOString() },
        { accept: 'application/json, application/problem+json' },
      );
      const { personUrl, expiresAt } = JSON.parse(body) as { personUrl: string; expiresAt: string };
      return { personUrl, expiresAt: new Date(expiresAt) };
    },
  };
  return client;
}

type Call = { method: string; url: string; headers: Record<string, string>; body: string };

function authenticatorOf(credential: JisrClientOptions['credential']): (call: Call) => Promise<Record<string, string>> {
  if ('secret' in credential)
    return async ({ headers }) => ({ ...headers, authorization: `Bearer ${credential.secret}` });
  const signer = signerOf(
    typeof credential.key === 'string'
      ? createPrivateKey(credential.key)
      : createPrivateKey({ key: credential.key as JWK, format: 'jwk' }),
  );
  return (call) =>
    signCall(call, signer, {
      seconds: Math.floor(systemClock.now().getTime() / 1000),
      nonce: randomToken(16),
    });
}

function signerOf(key: KeyObject): CallSigner {
  const isEc = key.asymmetricKeyType === 'ec';
  return {
    keyId: jwkThumbprint(createPublicKey(key).export({ format: 'jwk' }) as JWK),
    alg: isEc ? 'ecdsa-p256-sha256' : 'ed25519',
    sign: (base) => (isEc ? derToP1363(signBytes('sha256', base, key)) : signBytes(null, base, key)),
  };
}

/** What the node refused, or undefined when it did not. */
function refusalOf({ status, body }: Got, host: string): JisrRefusal | undefined {
  if (status >= 200 && status < 300) return undefined;
  try {
    const { code, messages, origin } = JSON.parse(body) as Pick<JisrRefusal, 'code' | 'messages' | 'origin'>;
    if (typeof code === 'string' && typeof messages?.en === 'string' && typeof messages.ar === 'string')
      return new JisrRefusal({ code: code as RefusalCode, status, origin, messages });
  } catch {
    // Not JSON: something between here and the node answered in its place.
  }
  return nodeUnreachable(host);
}
