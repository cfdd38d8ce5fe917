import { randomBytes } from '#kernel/ids';
import type { Text } from '#kernel/languages';
import { findEvidenceType } from '#protocol/catalogue';
import type { Answer, Question } from '#protocol/exchange-message';
import type { RequestMessage } from '#protocol/http-signatures';
import type { GrantedAccess } from './access/service.ts';
import { problem } from './contract.ts';
import { type Disclosure, disclosureRecord, isOpen } from './disclosure/rules.ts';
import { endHiding } from './disclosure/service.ts';
import { enforceGround, type Grounded, groundRecord } from './grounds.ts';
import { dropAskedPersonsBefore } from './law/store.ts';
import { commitValues, jsonType, openAnswer, sealAnswer, signAnswer } from './messages.ts';
import type { ExchangeNeeds, OwnOffice } from './needs.ts';
import type { Registries } from './registries/lookup.ts';
import type { QuestionHeaders, QuestionSignatureParams } from './rules.ts';
import * as store from './store.ts';

/** How long a given answer can be had again by repeating its question; then it is dropped and only the proof stays. */
const answerKeptMs = 3_600_000;
const refusalsKeptMs = 90 * 86_400_000;
/** How long a question under a law that never ended may be continued. */
const askedPersonsKeptMs = 86_400_000;

type Needs = ExchangeNeeds & { registries: Registries };

/** A question with everything about it that has been checked. */
export type CheckedQuestion = QuestionHeaders &
  Grounded & {
    office: OwnOffice;
    question: Question;
    params: QuestionSignatureParams;
    requesterNames: Text;
    access: GrantedAccess;
    disclosure: Disclosure;
    digest: string;
    kept: Record<string, string>;
    at: Date;
  };

/** The first answer: looked up, then counted, logged and kept in one transaction, and only then signed and let go. */
export async function giveAnswer(
  needs: Needs,
  checked: CheckedQuestion,
  message: RequestMessage,
): Promise<{ body: string; headers: Record<string, string> }> {
  const { office, question, questionId, requester } = checked;
  const type = findEvidenceType(question.evidenceType)!;
  const record = await needs.registries.lookUp(office.officeId, type.id, { nationalId: checked.nationalId });
  const fields: Record<string, unknown> = {};
  for (const field of question.fields) if (Object.hasOwn(record, field)) fields[field] = record[field];
  const valuesSalt = randomBytes(32);

  const saved = await saveOnce(() =>
    needs.database.transaction(async (tx) => {
      await enforceGround(needs, tx, checked);
      const entry = await needs.ledger.append(tx, {
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
          answeredAt: checked.at.toISOString(),
        },
      });
      const answer: Answer = {
        questionId,
        evidenceType: type.id,
        version: type.version,
        provider: office.entityId,
        fields,
        answeredAt: checked.at.toISOString(),
        receipt: {
          leafHash: entry.leafHash,
          commitment: entry.commitment,
          salt: entry.salt,
          record: entry.record,
          valuesSalt: valuesSalt.toString('base64'),
        },
      };
      const body = JSON.stringify(answer);
      const isSaved = await store.saveUse(tx, {
        ...useRow(checked),
        outcome: 'given',
        refusal_code: null,
        leaf_hash: entry.leafHash,
        answer_sealed: sealAnswer(body, checked.ground.secret, questionId),
        answer_headers: null,
        answer_until: new Date(checked.at.getTime() + answerKeptMs),
      });
      // Answered by another request meanwhile: undo this one, entry and count included, and repeat that one.
      if (!isSaved) throw new AnsweredMeanwhile();
      return body;
    }),
  );
  if (saved === undefined) {
    const known = await store.findUse(needs.database.db, requester, questionId);
    if (!known || known.question_digest !== checked.digest || known.outcome !== 'given')
      throw problem('question-replayed');
    return repeatAnswer(needs, checked, message, known);
  }
  return { body: saved, headers: await signAndKeep(needs, checked, message, saved) };
}

class AnsweredMeanwhile extends Error {}
const uniqueViolation = '23505';

async function saveOnce(work: () => Promise<string>): Promise<string | undefined> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof AnsweredMeanwhile) return undefined;
    if ((error as { code?: unknown }).code === uniqueViolation) throw problem('question-replayed');
    throw error;
  }
}

/** The same bytes again; under a new signature only when the question came newly signed, so that they are bound to it. */
export async function repeatAnswer(
  needs: Needs,
  checked: CheckedQuestion,
  message: RequestMessage,
  known: store.UseRow,
): Promise<{ body: string; headers: Record<string, string> }> {
  const isKept = known.answer_sealed !== null && known.answer_until !== null && known.answer_until > checked.at;
  const body = isKept ? openAnswer(known.answer_sealed!, checked.ground.secret, checked.questionId) : undefined;
  if (body === undefined) throw problem('question-replayed');
  const isSameMessage = known.question_headers['signature'] === checked.kept['signature'];
  if (!isSameMessage) return { body, headers: await signed(needs, checked, message, body) };
  return { body, headers: known.answer_headers ?? (await signAndKeep(needs, checked, message, body)) };
}

function signed(needs: Needs, checked: CheckedQuestion, message: RequestMessage, body: string) {
  return signAnswer(
    { status: 200, body, contentType: jsonType, questionId: checked.questionId, request: message },
    checked.office.signer,
    needs.clock,
  );
}

async function signAndKeep(needs: Needs, checked: CheckedQuestion, message: RequestMessage, body: string) {
  // After the commit, for a signer may be an HSM on the network. A crash in between loses only the signature: the answer is
  // kept, and a repeat signs it.
  const headers = await signed(needs, checked, message, body);
  return needs.database.transaction((tx) =>
    store.keepAnswerHeaders(tx, checked.requester, checked.questionId, headers),
  );
}

function useRow(checked: CheckedQuestion) {
  const { question } = checked;
  return {
    question_id: checked.questionId,
    requester: checked.requester,
    requester_names: checked.requesterNames,
    nonce: checked.params.nonce,
    question_digest: checked.digest,
    question_headers: checked.kept,
    person_id: checked.personId,
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
export async function noteRefusedUse(needs: Needs, checked: CheckedQuestion, code: string): Promise<void> {
  const { question, questionId, requester } = checked;
  const known = await store.findUse(needs.database.db, requester, questionId);
  if (known) return;
  await needs.database.transaction(async (tx) => {
    const entry = await needs.ledger.append(tx, {
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
    await store.saveUse(tx, {
      ...useRow(checked),
      outcome: 'refused',
      refusal_code: code,
      leaf_hash: entry.leafHash,
      answer_sealed: null,
      answer_headers: null,
      answer_until: null,
    });
  });
}

/** Drops what may no longer be kept: sealed answers after an hour, the audit of refusals after 90 days. */
export async function forgetOld(needs: Needs): Promise<void> {
  const now = needs.clock.now();
  await store.dropSealedAnswers(needs.database.db, now);
  await store.dropRefusals(needs.database.db, new Date(now.getTime() - refusalsKeptMs));
  await dropAskedPersonsBefore(needs.database.db, new Date(now.getTime() - askedPersonsKeptMs));
  await endHiding(needs);
}
