import type { Static, TSchema } from 'typebox';
import { Check } from 'typebox/value';
import { canonicalJson } from '#kernel/ids';
import { Problem } from '#kernel/problem';
import {
  LeafProof,
  LeafStamp,
  type Opening,
  type TlogPolicy,
  verifyInclusionProof,
  verifyLeafStamp,
} from '#modules/ledger';
import type { Answer, ExchangeReceipt } from '#protocol/exchange-message';
import type { ProofFile, ProvedEntry } from '#protocol/proof-file';
import { pickSignature } from '#protocol/signature-base';
import type { Assurance } from '../assurance/service.ts';
import { problem } from '../contract.ts';
import { shownOf } from '../disclosure/rules.ts';
import { commitValues } from '../messages.ts';
import type { ExchangeNeeds } from '../needs.ts';
import { serviceUrl } from '../rules.ts';
import { findQuestion, type QuestionRow, type UseRow } from '../store.ts';
import { collectChains, findStateNode } from './collecting.ts';
import { countCosigners, findMatchingBody, keepCosigners, questionMatches, readSigning } from './rules.ts';
import { findInclusion, findUseFor, keepInclusion } from './store.ts';

type Needs = ExchangeNeeds & { assurance: Pick<Assurance, 'policyFor'> };

const fetchTimeoutMs = 3_000;

/**
 * `whole`: all that the holder has, values and consent receipt included. `shareable`: nothing from which anybody could read or
 * test a value, and no name of the person, not even a pairwise one.
 */
export type ProofForm = 'whole' | 'shareable';

/** The proof of a question for the office that asked it. `values`: the received fields, as the case keeps them. */
export async function proveQuestion(
  needs: Needs,
  of: { officeId: string; questionId: string; form: ProofForm; values?: Record<string, unknown> },
): Promise<string> {
  const row = await findQuestion(needs.database.db, of.questionId);
  if (!row || row.office_id !== of.officeId) throw problem('exchange-unknown');
  if (row.state !== 'received' || !row.question_headers || !row.answer_headers) throw problem('exchange-unfinished');
  const theirs = row.their_receipt!;
  const values = of.form === 'whole' ? provedValues(theirs, of.values) : undefined;
  const requester = row.question_headers['jisr-requester']!;
  const policy = await needs.assurance.policyFor(row.evidence_type, { requester, provider: row.provider });
  const [own, their] = await Promise.all([
    Promise.all([row.asked_leaf_hash, row.own_receipt!.leafHash].map((leaf) => ownEntry(needs, leaf, policy))),
    theirEntry(needs, row.provider, theirs),
  ]);
  // What is kept of a question under a law is not what was sent: it names nobody.
  const body = findMatchingBody(row.question_headers['content-digest'], row.body);
  const answerBody = values && findAnswerBody(row, theirs, values);
  return writeFile(needs, {
    question: { target: row.target, headers: row.question_headers, ...(body === undefined ? {} : { body }) },
    answer: { headers: row.answer_headers, ...(answerBody === undefined ? {} : { body: answerBody }) },
    ...(values ? { values } : {}),
    entries: [...own, their].filter((entry) => entry !== undefined),
    requester,
    provider: row.provider,
  });
}

/** The proof of a use, for the person concerned or for the office that answered. */
export async function proveUse(
  needs: Needs,
  of: { questionId: string; form: ProofForm } & ({ personId: string } | { officeId: string }),
): Promise<string> {
  const row = await findUseFor(needs.database.db, of.questionId, of);
  if (!row) throw problem('exchange-unknown');
  const disclosure = { class: row.disclosure, hiddenUntil: row.hidden_until, isAboutOthers: row.is_about_others };
  const shown = shownOf(disclosure, needs.clock.now());
  // A proof opens the entry, and the entry says everything: it is for those who may read the use whole.
  if ('personId' in of ? shown !== 'all' : shown === 'nothing') throw problem('exchange-unknown');
  const office = needs.offices.find(({ officeId }) => officeId === row.office_id);
  if (!office) throw problem('exchange-unfinished');
  const offices = { requester: row.requester, provider: office.entityId };
  const entry = await ownEntry(needs, row.leaf_hash, await needs.assurance.policyFor(row.evidence_type, offices));
  if (!entry) throw problem('exchange-unfinished');
  const target = serviceUrl(needs.audience, office.xRoadClient, row.evidence_type);
  const body = questionBodyOf(row, target);
  const consentReceipt =
    of.form === 'whole' && 'personId' in of && row.consent_id !== null
      ? await needs.consent.getReceipt(of.personId, row.consent_id).catch(absentConsent)
      : undefined;
  return writeFile(needs, {
    question: { target, headers: row.question_headers, ...(body === undefined ? {} : { body }) },
    ...(row.answer_headers ? { answer: { headers: row.answer_headers } } : {}),
    entries: [entry],
    requester: row.requester,
    provider: office.entityId,
    ...(consentReceipt ? { consentReceipt } : {}),
  });
}

function absentConsent(error: unknown): undefined {
  if (error instanceof Problem && error.status === 404) return undefined;
  throw error;
}

/** The values only when they are those that were answered: a file that would not hold is not made. */
function provedValues(theirs: ExchangeReceipt, fields: Record<string, unknown> | undefined) {
  if (!fields || !theirs.valuesSalt) return undefined;
  const isSame = commitValues(Buffer.from(theirs.valuesSalt, 'base64'), fields) === theirs.record['valuesCommitment'];
  return isSame ? { fields, salt: theirs.valuesSalt } : undefined;
}

/** The body of a question is not kept by the side that answers: it is written again, and taken only if it is byte for byte the one. */
function questionBodyOf(row: UseRow, target: string): string | undefined {
  const { evidence_type, fields, purpose, case_id, consent_id } = row;
  const body = JSON.stringify({
    evidenceType: evidence_type,
    fields,
    purpose,
    caseId: case_id,
    consentId: consent_id,
  });
  return questionMatches(row.question_digest, target, body) ? body : undefined;
}

/** Likewise the answer: put together from receipt and values in the order in which nodes of this software write it. */
function findAnswerBody(
  row: QuestionRow,
  { leafHash, commitment, salt, record, valuesSalt }: ExchangeReceipt,
  values: { fields: Record<string, unknown> },
): string | undefined {
  const asked = (JSON.parse(row.body) as { fields: string[] }).fields;
  // A reference to a document is written in the order of RFC 8785, which a store may have changed.
  const fields = Object.fromEntries(
    asked
      .filter((name) => Object.hasOwn(values.fields, name))
      .map((name) => [name, JSON.parse(canonicalJson(values.fields[name]))]),
  );
  const answer: Answer = {
    questionId: row.question_id,
    evidenceType: row.evidence_type,
    version: String(record['version']),
    provider: row.provider,
    fields,
    answeredAt: String(record['answeredAt']),
    receipt: { leafHash, commitment, salt: salt!, record: JSON.parse(canonicalJson(record)), valuesSalt: valuesSalt! },
  };
  return findMatchingBody(row.answer_headers!['content-digest'], JSON.stringify(answer));
}

async function ownEntry(
  needs: ExchangeNeeds,
  leafHash: string | null,
  policy: TlogPolicy | undefined,
): Promise<ProvedEntry | undefined> {
  const entry = leafHash === null ? undefined : await needs.ledger.findByLeaf(leafHash);
  if (!entry) return undefined;
  const leaf = { leafHash: entry.leafHash };
  const [proof, stamp] = await Promise.all([
    needs.ledger.findProof(leaf, policy ? { policy } : {}),
    needs.ledger.findStamp(leaf),
  ]);
  const { salt, commitment, record } = entry;
  return provedEntry(entry.leafHash, { salt, commitment, record }, proof, stamp);
}

function provedEntry(
  leafHash: string,
  opening: Opening,
  proof: LeafProof | undefined,
  stamp: LeafStamp | undefined,
): ProvedEntry {
  const { salt, commitment, record } = opening;
  return {
    leafHash,
    opening: { salt, commitment, record },
    ...(proof
      ? {
          inclusion: {
            leafIndex: proof.leafIndex,
            treeSize: proof.treeSize,
            hashes: proof.hashes,
            checkpoint: proof.checkpoint,
            ...(stamp ? { stamp: provedStamp(stamp) } : {}),
          },
        }
      : {}),
  };
}

/** The name and the time that came along are hearsay: the token says both. */
function provedStamp({ treeSize, hashes, checkpoint, token }: LeafStamp) {
  return { treeSize, hashes, checkpoint: keepCosigners(checkpoint, []), token };
}

/** The other state's entry is opened in the receipt; where it lies in their log is asked of that log, which is public. */
async function theirEntry(needs: ExchangeNeeds, provider: string, receipt: ExchangeReceipt): Promise<ProvedEntry> {
  const { leafHash, commitment, salt, record } = receipt;
  const opening = { salt: salt!, commitment, record: record as Opening['record'] };
  const kept = await findInclusion(needs.database.db, leafHash);
  const node = await findStateNode(needs, provider);
  const isWitnessed = kept !== undefined && countCosigners(kept.checkpoint) >= needs.witnessQuorum;
  const leaf = { leafHash, opening };
  const [fetched, stamp] = await Promise.all([
    node && !isWitnessed ? fetchInclusion(needs, node, leaf) : undefined,
    kept?.stamp ?? (node && fetchStamp(needs, node, leaf)),
  ]);
  const proof = fetched ?? kept;
  if (proof && (fetched || stamp !== kept?.stamp))
    await keepInclusion(needs.database.db, leafHash, { ...proof, ...(stamp ? { stamp } : {}) }, needs.clock.now());
  return provedEntry(leafHash, opening, proof, stamp);
}

type LogNode = { ledger_endpoint: string; ledger_key: string };
type Leaf = { leafHash: string; opening: Opening };

async function fetchInclusion(needs: ExchangeNeeds, node: LogNode, leaf: Leaf): Promise<LeafProof | undefined> {
  const proof = await fetchOf(needs, node, `proof/${leaf.leafHash}`, LeafProof);
  if (!proof) return undefined;
  const trust = { logKey: node.ledger_key, witnesses: [], quorum: 0 };
  return (await verifyInclusionProof({ ...proof, ...leaf }, trust)).ok ? proof : undefined;
}

/** Taken when it covers the leaf; whose stamps count is for whoever reads the file. */
async function fetchStamp(needs: ExchangeNeeds, node: LogNode, { leafHash }: Leaf): Promise<LeafStamp | undefined> {
  const stamp = await fetchOf(needs, node, `stamp/${leafHash}`, LeafStamp);
  if (!stamp) return undefined;
  const verdict = await verifyLeafStamp({ ...stamp, leafHash }, { logKey: node.ledger_key, authorities: [] });
  return !verdict.ok && verdict.reason === 'authority-unknown' ? stamp : undefined;
}

/** What another log publishes about a leaf, in the form that its contract says; undefined when it is not to be had now. */
async function fetchOf<Schema extends TSchema>(
  needs: ExchangeNeeds,
  node: LogNode,
  path: string,
  schema: Schema,
): Promise<Static<Schema> | undefined> {
  try {
    const url = `${node.ledger_endpoint.replace(/\/$/, '')}/${path}`;
    const answer = await needs.http.request({ method: 'GET', url, timeoutMs: fetchTimeoutMs, bodyBytesMax: 262_144 });
    const said: unknown = answer.status === 200 ? JSON.parse(answer.body.toString('utf8')) : undefined;
    return Check(schema, said) ? said : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || (error as { code?: unknown }).code !== undefined) return undefined;
    throw error;
  }
}

type Collected = {
  question: { target: string; headers: Record<string, string>; body?: string };
  answer?: { headers: Record<string, string>; body?: string };
  values?: { fields: Record<string, unknown>; salt: string };
  entries: ProvedEntry[];
  requester: string;
  provider: string;
  consentReceipt?: string;
};

const questionNames = [
  'content-type',
  'content-digest',
  'x-road-client',
  'x-road-id',
  'jisr-requester',
  'jisr-authorization-digest',
] as const;
const answerNames = ['content-type', 'content-digest', 'x-road-id'] as const;

async function writeFile(needs: ExchangeNeeds, collected: Collected): Promise<string> {
  const { question, answer } = collected;
  const [asked, answered] = [readSigning(question.headers), answer && readSigning(answer.headers)];
  const { chains, entries } = await collectChains(needs, collected.entries, [
    { entityId: collected.requester, ...asked },
    { entityId: collected.provider, ...(answered ?? { created: asked.created }) },
  ]);
  const file: ProofFile = {
    type: 'jisr-proof',
    version: 1,
    question: {
      method: 'POST',
      target: question.target,
      headers: {
        ...pickHeaders(question.headers, questionNames),
        ...pickSignature(question.headers, 'question'),
      } as never,
      ...(question.body === undefined ? {} : { body: question.body }),
    },
    ...(answer
      ? {
          answer: {
            status: 200,
            headers: {
              ...pickHeaders(answer.headers, answerNames),
              ...pickSignature(answer.headers, 'answer'),
            } as never,
            ...(answer.body === undefined ? {} : { body: answer.body }),
          },
        }
      : {}),
    ...(collected.values ? { values: collected.values } : {}),
    entries,
    chains,
    ...(collected.consentReceipt ? { consentReceipt: collected.consentReceipt } : {}),
  };
  return canonicalJson(file);
}

function pickHeaders(headers: Record<string, string>, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.flatMap((name) => (headers[name] === undefined ? [] : [[name, headers[name]]])));
}
