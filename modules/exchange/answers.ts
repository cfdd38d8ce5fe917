import { createBatcher } from '#kernel/batching';
import { randomBytes } from '#kernel/ids';
import type { Text } from '#kernel/languages';
import type { Problem } from '#kernel/problem';
import type { PreparedEntry } from '#modules/ledger';
import { findEvidenceType } from '#protocol/catalogue';
import type { Answer, Question } from '#protocol/exchange-message';
import type { RequestMessage } from '#protocol/http-signatures';
import type { Access, GrantedAccess } from './access/service.ts';
import type { Assurance } from './assurance/service.ts';
import { problem } from './contract.ts';
import { type Disclosure, disclosureRecord, isOpen } from './disclosure/rules.ts';
import { endHiding } from './disclosure/service.ts';
import { consentQuestion, type Grounded, groundRecord } from './grounds.ts';
import { dropAskedPersonsBefore, dropInquiriesBefore } from './law/store.ts';
import { commitValues, jsonType, openAnswer, sealAnswer, signAnswer } from './messages.ts';
import type { ExchangeNeeds, OwnOffice } from './needs.ts';
import type { Registries } from './registries/lookup.ts';
import type { QuestionHeaders, QuestionSignatureParams } from './rules.ts';
import type { CheckSignature, SignMessage } from './signing.ts';
import type { AskedNow, Standing } from './standing.ts';
import * as store from './store.ts';
import type { Tokens } from './tokens.ts';

/** How long a given answer can be had again by repeating its question; then it is dropped and only the proof stays. */
const answerKeptMs = 3_600_000;
const refusalsKeptMs = 90 * 86_400_000;
/** How long a question under a law that never ended may be continued. */
const askedPersonsKeptMs = 86_400_000;
const inquiriesKeptMs = 730 * 86_400_000;

export type SigningNeeds = ExchangeNeeds & { signMessage: SignMessage };
export type AnsweringNeeds = SigningNeeds & {
  access: Access;
  assurance: Assurance;
  checkSignature: CheckSignature;
  registries: Registries;
  tokens: Tokens;
  standing: (asked: AskedNow) => Promise<Standing>;
  saveAnswer: (answer: MadeAnswer) => Promise<SavedAnswer>;
};
type Needs = AnsweringNeeds;

/** A question with everything about it that has been checked. */
export type CheckedQuestion = QuestionHeaders &
  Grounded & {
    office: OwnOffice;
    question: Question;
    params: QuestionSignatureParams;
    requesterNames: Text;
    mayShareSignature: boolean;
    access: GrantedAccess;
    disclosure: Disclosure;
    digest: string;
    kept: Record<string, string>;
    at: Date;
    /** Whoever acts for the company that the question is about. */
    signatory?: { personId: string; nationalId: string };
  };

/** An answer as it will leave, not yet saved and so not yet given. */
export type MadeAnswer = { checked: CheckedQuestion; message: RequestMessage; body: string; entry: PreparedEntry };
export type SavedAnswer = { body: string; headers: Record<string, string> } | 'answered-before';

/** The first answer: looked up and made, then signed, counted, logged and kept, and only then let go. */
export async function giveAnswer(
  needs: Needs,
  checked: CheckedQuestion,
  message: RequestMessage,
): Promise<{ body: string; headers: Record<string, string> }> {
  const { office, question, questionId, requester } = checked;
  const type = findEvidenceType(question.evidenceType)!;
  const record = await needs.registries.lookUp(office.officeId, type.id, {
    nationalId: checked.nationalId,
    ...(checked.signatory ? { signatoryId: checked.signatory.nationalId } : {}),
  });
  const fields: Record<string, unknown> = {};
  for (const field of question.fields) if (Object.hasOwn(record, field)) fields[field] = record[field];
  const valuesSalt = randomBytes(32);
  const answeredAt = checked.at.toISOString();
  const entry = needs.ledger.prepare({
    kind: 'evidence-answered',
    // What the person may not read yet, or not whole, is not listed about them: their own uses say what they may.
    ...(isOpen(checked.disclosure) ? { personId: checked.personId } : {}),
    record: {
      questionId,
      requester,
      provider: office.entityId,
      evidenceType: type.id,
      version: type.version,
      fields: question.fields,
      purpose: question.purpose,
      caseId: question.caseId,
      ...groundRecord(checked.ground),
      accessRule: checked.access.ruleId,
      accessVersion: checked.access.version,
      ...disclosureRecord(checked.disclosure),
      questionDigest: checked.digest,
      valuesCommitment: commitValues(valuesSalt, fields),
      answeredAt,
    },
  });
  const answer: Answer = {
    questionId,
    evidenceType: type.id,
    version: type.version,
    provider: office.entityId,
    fields,
    answeredAt,
    receipt: {
      leafHash: entry.receipt.leafHash,
      commitment: entry.receipt.commitment,
      salt: entry.receipt.salt,
      record: entry.receipt.record,
      valuesSalt: valuesSalt.toString('base64'),
    },
  };
  const saved = await needs.saveAnswer({ checked, message, body: JSON.stringify(answer), entry });
  if (saved !== 'answered-before') return saved;
  // Another request with this question came first: its answer is the answer.
  const [[known]] = await needs.database.readTogether([
    store.readingUsesLike([{ requester, questionId, nonce: checked.params.nonce }]),
  ]);
  if (!known || known.question_digest !== checked.digest || known.outcome !== 'given')
    throw problem('question-replayed');
  return repeatAnswer(needs, checked, message, known);
}

const uniqueViolation = '23505';

/**
 * Signs answers and saves them, in one transaction for all that are ready together: consent counted, entry written, answer
 * kept. They are signed before, for a signer may be an HSM on the network; a signature that is not saved has gone nowhere.
 * All of it is sent before anybody knows whether every consent still holds: when one does not, nothing is kept and the
 * others are saved without it.
 */
export function createAnswerSaving(needs: SigningNeeds): (answer: MadeAnswer) => Promise<SavedAnswer> {
  return createBatcher<MadeAnswer, SavedAnswer>(async (answers) => {
    const signed = await Promise.all(answers.map((answer) => sign(needs, answer.checked, answer.message, answer.body)));
    const outcomes: Array<SavedAnswer | Problem> = answers.map(({ body }, index) => ({
      body,
      headers: signed[index]!,
    }));
    let saving = [...answers.keys()];
    while (saving.length > 0) {
      const saved = await saveTogether(
        needs,
        saving.map((index) => ({ ...answers[index]!, headers: signed[index]! })),
      );
      if (!saved) break;
      for (const [place, index] of saving.entries()) if (saved[place] !== 'ready') outcomes[index] = saved[place]!;
      saving = saving.filter((_, place) => saved[place] === 'ready');
    }
    return outcomes;
  });
}

/** Undefined when all are saved; else nothing is, and for each is told why it cannot be, or that it is ready. */
async function saveTogether(
  needs: SigningNeeds,
  answers: ReadonlyArray<MadeAnswer & { headers: Record<string, string> }>,
): Promise<Array<Problem | 'answered-before' | 'ready'> | undefined> {
  const questions = answers.map(({ checked }) => consentQuestion(checked));
  const judge = (refusals: ReadonlyArray<Problem | undefined>, saved: readonly boolean[]) => {
    const ofConsent = [...refusals];
    // A law was judged before the person was looked for.
    return questions.map(
      (question, place) => (question && ofConsent.shift()) ?? (saved[place] ? 'ready' : 'answered-before'),
    );
  };
  try {
    const { results, isDone } = await needs.database.writeTogether(
      [
        needs.consent.enforcing(questions.flatMap((question) => question ?? [])),
        store.savingUses(answers.map((answer) => givenRow(answer, answer.headers))),
        needs.ledger.appending(answers.map(({ entry }) => entry)),
      ],
      ([refusals, saved]) => judge(refusals, saved).every((outcome) => outcome === 'ready'),
    );
    return isDone ? undefined : judge(results[0], results[1]);
  } catch (error) {
    // The nonce of one of them served before; alone, it is clear which.
    if ((error as { code?: unknown }).code === uniqueViolation && answers.length === 1)
      return [problem('question-replayed')];
    throw error;
  }
}

function givenRow({ checked, body, entry }: MadeAnswer, headers: Record<string, string>): store.UseRow {
  return {
    ...rowOfUse(checked),
    outcome: 'given',
    refusal_code: null,
    leaf_hash: entry.receipt.leafHash,
    answer_sealed: sealAnswer(body, checked.ground.secret, checked.questionId),
    answer_headers: headers,
    answer_until: new Date(checked.at.getTime() + answerKeptMs),
  };
}

/** The same bytes again; under a new signature only when the question came newly signed, so that they are bound to it. */
export async function repeatAnswer(
  needs: SigningNeeds,
  checked: CheckedQuestion,
  message: RequestMessage,
  known: store.UseRow,
): Promise<{ body: string; headers: Record<string, string> }> {
  const isKept = known.answer_sealed !== null && known.answer_until !== null && known.answer_until > checked.at;
  const body = isKept ? openAnswer(known.answer_sealed!, checked.ground.secret, checked.questionId) : undefined;
  if (body === undefined) throw problem('question-replayed');
  const isSameMessage = known.question_headers['signature'] === checked.kept['signature'];
  const headers = isSameMessage && known.answer_headers ? known.answer_headers : undefined;
  return { body, headers: headers ?? (await sign(needs, checked, message, body)) };
}

function sign(needs: SigningNeeds, checked: CheckedQuestion, message: RequestMessage, body: string) {
  return signAnswer(
    { status: 200, body, contentType: jsonType, questionId: checked.questionId, request: message },
    {
      sign: needs.signMessage,
      signer: checked.office.signer,
      mayShare: checked.mayShareSignature,
      clock: needs.clock,
    },
  );
}

function rowOfUse(checked: CheckedQuestion) {
  const { question } = checked;
  return {
    question_id: checked.questionId,
    requester: checked.requester,
    requester_names: checked.requesterNames,
    nonce: checked.params.nonce,
    question_digest: checked.digest,
    question_headers: checked.kept,
    person_id: checked.personId,
    signatory_id: checked.signatory?.personId ?? null,
    office_id: checked.office.officeId,
    evidence_type: question.evidenceType,
    version: findEvidenceType(question.evidenceType)!.version,
    fields: question.fields,
    purpose: question.purpose,
    case_id: question.caseId,
    consent_id: checked.ground.kind === 'consent' ? checked.ground.consentId : null,
    used_at: checked.at,
    law: checked.ground.kind === 'law' ? checked.ground.law : null,
    access_rule: checked.access.ruleId,
    access_version: checked.access.version,
    disclosure: checked.disclosure.class,
    is_about_others: checked.disclosure.isAboutOthers,
    hidden_until: checked.disclosure.hiddenUntil,
  };
}

/** An identified office asked about this person and was turned away: the person gets to see that, with a ledger entry. */
export async function noteRefusedUse(needs: ExchangeNeeds, checked: CheckedQuestion, code: string): Promise<void> {
  const { question, questionId, requester } = checked;
  const entry = needs.ledger.prepare({
    kind: 'evidence-refused',
    personId: checked.personId,
    record: {
      questionId,
      requester,
      provider: checked.office.entityId,
      evidenceType: question.evidenceType,
      fields: question.fields,
      purpose: question.purpose,
      caseId: question.caseId,
      ...groundRecord(checked.ground),
      questionDigest: checked.digest,
      code,
      refusedAt: checked.at.toISOString(),
    },
  });
  const row: store.UseRow = {
    ...rowOfUse(checked),
    outcome: 'refused',
    refusal_code: code,
    leaf_hash: entry.receipt.leafHash,
    answer_sealed: null,
    answer_headers: null,
    answer_until: null,
  };
  await needs.database.transaction(async (tx) => {
    if (await store.noteRefusal(tx, row)) await needs.ledger.appendPrepared(tx, [entry]);
  });
}

/** Drops what may no longer be kept: sealed answers after an hour, the audit of refusals after 90 days. */
export async function forgetOld(needs: ExchangeNeeds): Promise<void> {
  const now = needs.clock.now();
  await store.dropSealedAnswers(needs.database.db, now);
  await store.dropRefusals(needs.database.db, new Date(now.getTime() - refusalsKeptMs));
  await dropAskedPersonsBefore(needs.database.db, new Date(now.getTime() - askedPersonsKeptMs));
  await dropInquiriesBefore(needs.database.db, new Date(now.getTime() - inquiriesKeptMs));
  await endHiding(needs);
}
