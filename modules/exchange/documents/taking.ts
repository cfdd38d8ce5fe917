import type { Readable } from 'node:stream';
import { Compile } from 'typebox/compile';
import { type Problem, problemFromJson } from '#kernel/problem';
import { findOfficeKey } from '#modules/federation';
import { findEvidenceType } from '#protocol/catalogue';
import { DocumentReference, documentRule, documentUrl } from '#protocol/document';
import { Refusal } from '#protocol/exchange-message';
import { verifyContentDigest } from '#protocol/http-signatures';
import { problem } from '../contract.ts';
import { isLogTrusted } from '../logs.ts';
import { commitValues } from '../messages.ts';
import type { ExchangeNeeds, OwnOffice } from '../needs.ts';
import type { CheckSignature, SignMessage } from '../signing.ts';
import { findQuestion, type QuestionRow } from '../store.ts';
import { deadlineMs, idleMs } from './giving.ts';
import { signFetch, verifyReply } from './messages.ts';
import { type Outcome, passOn } from './passing.ts';

const referenceShape = Compile(DocumentReference);
const refusalShape = Compile(Refusal);
const refusalBytesMax = 65_536;
const headTimeoutMs = 10_000;

export type TakingNeeds = ExchangeNeeds & {
  signMessage: SignMessage;
  checkSignature: CheckSignature;
  collect(bytes: number): void;
};

/** One document of an answer that an office of this node received. */
export type FetchDocument = {
  officeId: string;
  questionId: string;
  field: string;
} & (
  | {
      /** The received fields, as the case keeps them: they are checked against the receipt of the answer. */
      fields: Record<string, unknown>;
    }
  | {
      /** What the caller knows the document to be, from an answer that the caller has verified. */
      digest: string;
    }
);

export type TakenDocument = {
  mediaType: string;
  /** Bytes. */
  size: number;
  digest: string;
  /**
   * Ends only if every byte was the promised one; otherwise it fails, and the last bytes never come.
   *
   * TRAP: until it has ended, its bytes are unproved. Whoever shows, parses or keeps the beginning of a stream that fails
   * has taken something for the document that is not. Whoever does not read it to its end has to destroy it.
   */
  stream: Readable;
};

/**
 * Fetches a document from the node that answered, streamed. Throws `exchange-unknown`, `document-unknown`,
 * `provider-log-in-breach`, `document-invalid`, the other node's refusal, or the kernel's `peer-*`.
 */
export async function fetchDocument(needs: TakingNeeds, of: FetchDocument): Promise<TakenDocument> {
  const office = needs.offices.find(({ officeId }) => officeId === of.officeId);
  if (!office) throw new Error(`no office ${of.officeId} at this node`);
  const row = await findQuestion(needs.database.db, of.questionId);
  if (!row || row.office_id !== of.officeId || row.state !== 'received') throw problem('exchange-unknown');
  const rule = documentRule(findEvidenceType(row.evidence_type)?.fields[of.field]);
  if (!rule) throw problem('document-unknown');
  const promised = 'digest' in of ? { digest: of.digest } : referenceIn(row, of.fields, of.field);
  const { headers, body } = await open(needs, office, row, of.field, promised.digest);
  try {
    const size = /^[1-9]\d{0,14}$/.test(headers['content-length'] ?? '') ? Number(headers['content-length']) : 0;
    const mediaType = headers['content-type'] ?? '';
    const isSame = !('size' in promised) || (promised.size === size && promised.mediaType === mediaType);
    if (size === 0 || size > rule.bytesMax || !rule.mediaTypes.includes(mediaType) || !isSame)
      throw problem('document-invalid', { where: 'size or media type' });
    const settle = (outcome: Outcome) => noteEnd(needs, row, of.field, outcome);
    const { digest } = promised;
    const { collect } = needs;
    return { mediaType, size, digest, stream: passOn(body, { size, digest }, { idleMs, deadlineMs, collect, settle }) };
  } catch (error) {
    body.destroy();
    throw error;
  }
}

/** What the answer said of the document, provided that these are the fields that were answered. */
function referenceIn(row: QuestionRow, fields: Record<string, unknown>, field: string): DocumentReference {
  const { valuesSalt = '', record } = row.their_receipt!;
  if (record['valuesCommitment'] !== commitValues(Buffer.from(valuesSalt, 'base64'), fields))
    throw problem('document-invalid', { where: 'values of the answer' });
  const reference = fields[field];
  if (!referenceShape.Check(reference)) throw problem('document-unknown');
  return reference;
}

/** Asks for the document and returns its head, proved to be the office's; the body is still to come. */
async function open(needs: TakingNeeds, office: OwnOffice, row: QuestionRow, field: string, digest: string) {
  const provider = await needs.federation.findOffice(row.provider);
  if (!provider) throw problem('evidence-provider-unknown', { state: row.provider_state });
  const { state } = provider.office;
  if (!(await isLogTrusted(needs, state))) throw problem('provider-log-in-breach', { state });
  const request = await signFetch(
    {
      url: documentUrl(row.target, row.question_id, field),
      questionId: row.question_id,
      requester: office.entityId,
      xRoadClient: office.xRoadClient,
      digest,
    },
    { sign: needs.signMessage, signer: office.signer, mayShare: false, clock: needs.clock },
  );
  const reply = await needs.http.open({ ...request, timeoutMs: headTimeoutMs });
  try {
    const findKey = (kid: string) => findOfficeKey(needs.federation, provider, kid);
    const { status, headers } = reply;
    await verifyReply({ status, headers, request }, findKey, needs.checkSignature, needs.clock);
    if (status !== 200) throw await readRefusal(reply.body, status, headers['content-digest']);
    if (headers['content-digest'] !== digest) throw problem('document-invalid', { where: 'Content-Digest' });
    return reply;
  } catch (error) {
    reply.body.destroy();
    throw error;
  }
}

async function readRefusal(body: Readable, status: number, digest: string | undefined): Promise<Problem> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of body) {
    parts.push(part as Buffer);
    length += (part as Buffer).length;
    if (length > refusalBytesMax) throw problem('document-invalid', { where: 'refusal' });
  }
  try {
    verifyContentDigest(digest, Buffer.concat(parts));
    const json: unknown = JSON.parse(Buffer.concat(parts).toString('utf8'));
    if (!refusalShape.Check(json) || json.status !== status) return problem('document-invalid', { where: 'refusal' });
    // The other node's own failure is the other node's from here.
    return problemFromJson({ ...json, origin: json.origin === 'own-node' ? 'other-node' : json.origin }, status);
  } catch {
    return problem('document-invalid', { where: 'refusal' });
  }
}

async function noteEnd(needs: TakingNeeds, row: QuestionRow, field: string, outcome: Outcome): Promise<void> {
  const { isWhole, bytes } = outcome;
  const about = { questionId: row.question_id, bytes };
  if (isWhole) needs.log.info(about, 'document received');
  else needs.log.warn({ ...about, code: outcome.brokenBy }, 'document broken off');
  await needs.database
    .transaction((tx) =>
      needs.ledger.append(tx, {
        kind: isWhole ? 'document-received' : 'document-broken-off',
        record: {
          questionId: row.question_id,
          provider: row.provider,
          evidenceType: row.evidence_type,
          field,
          bytes,
          ...(isWhole ? {} : { brokenBy: outcome.brokenBy }),
          endedAt: needs.clock.now().toISOString(),
        },
      }),
    )
    .catch((error) => {
      needs.log.error({ err: error, questionId: row.question_id }, 'end of a document not written down');
      throw error;
    });
}
