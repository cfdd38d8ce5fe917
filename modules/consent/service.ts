import type { Clock } from '#kernel/clock';
import type { Database, Tx } from '#kernel/database';
import { newId, sha256 } from '#kernel/ids';
import type { Signer } from '#kernel/keys';
import type { Log } from '#kernel/log';
import { Problem } from '#kernel/problem';
import type { Ledger } from '#modules/ledger';
import { findEvidenceType, findPurpose } from '#protocol/catalogue';
import type { EvidenceDetail, GrantedEvidenceDetail } from '#protocol/evidence-detail';
import { type Consent, problem } from './contract.ts';
import { makeReceipt, signReceipt, withdrawnReceipt } from './receipts.ts';
import { approveDetail, type ConsentQuestion, decideQuestion, type Grant, readDetails, usesMax } from './rules.ts';
import * as store from './store.ts';

export type ConsentNeeds = {
  database: Database;
  clock: Clock;
  ledger: Pick<Ledger, 'append'>;
  /** Signs receipts; a key that the issuer publishes. */
  receiptSigner: Signer;
  /** The OpenID Provider that asks the person. */
  issuer: string;
  log: Log;
};

export type GiveConsent = {
  personId: string;
  /** The person as the requester knows them: the pairwise subject of the access token. */
  subject: string;
  requester: string;
  /** Details that passed checkEvidenceRequest. */
  details: readonly EvidenceDetail[];
  /** The approved fields of each detail, in the order of `details`. */
  approvedFields: ReadonlyArray<readonly string[]>;
  /** One request is answered once: sent again, it gets the consent it got the first time. */
  requestId?: string;
};

export type GivenConsent = {
  consentId: string;
  grantedDetails: GrantedEvidenceDetail[];
  /** The receipt, a compact JWS of type consent-receipt+jwt. */
  receipt: string;
  until: string;
};

const consentsListedMax = 200;

/** Records what a person approved, in one transaction with the ledger entry; the receipt names the same fields. */
export async function giveConsent(needs: ConsentNeeds, give: GiveConsent): Promise<GivenConsent> {
  const { requester, subject, personId } = give;
  const given = give.requestId ? await store.findGrantOfRequest(needs.database.db, give.requestId) : undefined;
  if (given) return presentGiven(ownGrant(given, personId));
  const details = readDetails(requester, [...give.details]);
  const givenAt = needs.clock.now();
  const consentId = newId();
  const granted = details.map((detail, index) => {
    if (Date.parse(detail.until) <= givenAt.getTime())
      throw problem('evidence-request-malformed', { where: `${detail.evidence_type}/until` });
    return approveDetail(detail, give.approvedFields[index] ?? [], consentId);
  });
  const until = new Date(Math.max(...granted.map((detail) => Date.parse(detail.until))));
  const receipt = await signReceipt(
    needs.receiptSigner,
    makeReceipt({ consentId, issuer: needs.issuer, subject, requester, asked: details, granted, givenAt, until }),
  );
  await needs.database.transaction(async (tx) => {
    const entry = await needs.ledger.append(tx, {
      kind: 'consent-given',
      personId,
      record: {
        consentId,
        requester,
        until: until.toISOString(),
        items: granted.map((item) => ({
          evidenceType: item.evidence_type,
          fields: item.fields,
          purpose: item.purpose,
          caseId: item.case_id,
          use: item.use,
          until: item.until,
        })),
        // The receipt is a signed text of high entropy: its digest tells nobody who the person is.
        receiptDigest: sha256(receipt).toString('hex'),
      },
    });
    await store.insertGrant(tx, {
      consent_id: consentId,
      person_id: personId,
      subject,
      requester,
      given_at: givenAt,
      until,
      withdrawn_at: null,
      details: granted,
      receipt,
      withdrawal_receipt: null,
      leaf_hash: entry.leafHash,
      request_id: give.requestId ?? null,
    });
  });
  needs.log.info({ consentId, requester, items: granted.length }, 'consent given');
  return { consentId, grantedDetails: granted, receipt, until: until.toISOString() };
}

function presentGiven(grant: store.GrantRow): GivenConsent {
  const { consent_id: consentId, details: grantedDetails, receipt, until } = grant;
  return { consentId, grantedDetails, receipt, until: until.toISOString() };
}

/** Ends a consent: the next question under it is refused. Withdrawing twice is once. */
export async function withdrawConsent(needs: ConsentNeeds, personId: string, consentId: string): Promise<Consent> {
  const row = await needs.database.transaction(async (tx) => {
    const [row] = await store.findGrantsForUpdate(tx, [consentId]);
    const grant = ownGrant(row, personId);
    if (grant.withdrawn_at !== null) return grant;
    const at = needs.clock.now();
    await store.markWithdrawn(tx, consentId, at);
    await needs.ledger.append(tx, {
      kind: 'consent-withdrawn',
      personId,
      record: { consentId, requester: grant.requester, withdrawnAt: at.toISOString() },
    });
    return { ...grant, withdrawn_at: at };
  });
  needs.log.info({ consentId }, 'consent withdrawn');
  return (await present(needs, [row]))[0]!;
}

/** A question as a consent is judged by, with the consent it names. */
export type QuestionOfConsent = ConsentQuestion & { consentId: string };

/** Judges questions without counting them, in two reads however many they are. One refusal, or nothing, per question. */
export async function checkQuestions(
  db: Tx,
  questions: readonly QuestionOfConsent[],
): Promise<Array<Problem | undefined>> {
  const grants = await store.findGrants(db, idsOf(questions));
  return (await judgeInTurn(db, grants, questions)).map(({ refusal }) => refusal);
}

/**
 * Judges questions and counts those that are allowed, in the caller's transaction: a count is saved if and only if the
 * answer is. Holds the consents to the end of that transaction. One refusal, or nothing, per question.
 */
export async function enforceConsents(
  tx: Tx,
  questions: readonly QuestionOfConsent[],
): Promise<Array<Problem | undefined>> {
  const grants = await store.findGrantsForUpdate(tx, idsOf(questions));
  const judged = await judgeInTurn(tx, grants, questions);
  const counted = judged.flatMap(({ question, refusal, isRepeat }) =>
    refusal || isRepeat
      ? []
      : [
          {
            consent_id: question.consentId,
            evidence_type: question.evidenceType,
            question_id: question.questionId,
            used_at: question.at,
          },
        ],
  );
  await store.insertUses(tx, counted);
  return judged.map(({ refusal }) => refusal);
}

const idsOf = (questions: readonly QuestionOfConsent[]) => [...new Set(questions.map(({ consentId }) => consentId))];

type Judged = { question: QuestionOfConsent; refusal?: Problem; isRepeat?: boolean };

/** One after the other, so that of two questions that arrive together the second sees the count of the first. */
async function judgeInTurn(
  db: Tx,
  grants: readonly store.GrantRow[],
  questions: readonly QuestionOfConsent[],
): Promise<Judged[]> {
  const byId = new Map(grants.map((grant) => [grant.consent_id, grant]));
  // Where there is no limit there is nothing to count, and the list would only grow.
  const limited = grants.filter(({ details }) => details.some((detail) => Number.isFinite(usesMax(detail))));
  const uses = await store.listUses(
    db,
    limited.map((grant) => grant.consent_id),
  );
  return questions.map((question): Judged => {
    const grant = byId.get(question.consentId);
    const usedBy = uses
      .filter((use) => use.consent_id === question.consentId && use.evidence_type === question.evidenceType)
      .map((use) => use.question_id);
    try {
      if (!grant) throw problem('consent-unknown');
      const { isRepeat } = decideQuestion(grantOf(grant), usedBy, question);
      if (!isRepeat)
        uses.push({
          consent_id: question.consentId,
          evidence_type: question.evidenceType,
          question_id: question.questionId,
          used_at: question.at,
        });
      return { question, isRepeat };
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      return { question, refusal: error };
    }
  });
}

function grantOf(row: store.GrantRow): Grant {
  return {
    requester: row.requester,
    subject: row.subject,
    givenAt: row.given_at,
    withdrawnAt: row.withdrawn_at,
    details: row.details,
  };
}

export async function listConsents(needs: ConsentNeeds, personId: string): Promise<Consent[]> {
  return present(needs, await store.listGrantsOf(needs.database.db, personId, consentsListedMax));
}

export async function getConsent(needs: ConsentNeeds, personId: string, consentId: string): Promise<Consent> {
  const grant = ownGrant(await store.findGrant(needs.database.db, consentId), personId);
  return (await present(needs, [grant]))[0]!;
}

export async function getReceipt(needs: ConsentNeeds, personId: string, consentId: string): Promise<string> {
  const grant = ownGrant(await store.findGrant(needs.database.db, consentId), personId);
  if (grant.withdrawn_at === null) return grant.receipt;
  // Signed when it is asked for: a signer that is away must not keep anybody from withdrawing.
  return grant.withdrawal_receipt ?? signWithdrawal(needs, grant, grant.withdrawn_at);
}

async function signWithdrawal(needs: ConsentNeeds, grant: store.GrantRow, withdrawnAt: Date): Promise<string> {
  const receipt = await signReceipt(needs.receiptSigner, withdrawnReceipt(grant.receipt, withdrawnAt));
  return needs.database.transaction((tx) => store.keepWithdrawalReceipt(tx, grant.consent_id, receipt));
}

function ownGrant(grant: store.GrantRow | undefined, personId: string): store.GrantRow {
  if (!grant || grant.person_id !== personId) throw problem('consent-unknown');
  return grant;
}

async function present(needs: ConsentNeeds, grants: readonly store.GrantRow[]): Promise<Consent[]> {
  const uses = await store.countUses(
    needs.database.db,
    grants.map((grant) => grant.consent_id),
  );
  const now = needs.clock.now();
  return grants.map((grant) => {
    const items = grant.details.map((detail) => {
      const type = findEvidenceType(detail.evidence_type)!;
      const purpose = findPurpose(detail.purpose)!;
      return {
        evidenceType: type.id,
        names: type.names,
        fields: detail.fields.map((name) => ({ name, names: type.fields[name]!.names })),
        purpose: purpose.id,
        purposeNames: purpose.names,
        legalBasis: detail.legal_basis ?? purpose.legalBasis.en,
        caseId: detail.case_id,
        retention: detail.retention,
        until: detail.until,
        use: detail.use,
        ...(detail.times === undefined ? {} : { times: detail.times }),
        usesCount: uses.find((use) => use.consent_id === grant.consent_id && use.evidence_type === type.id)?.count ?? 0,
      };
    });
    const isUsedUp = items.every((item) => item.usesCount >= usesMax(item));
    return {
      consentId: grant.consent_id,
      requester: grant.requester,
      state: grant.withdrawn_at ? 'withdrawn' : grant.until <= now ? 'ended' : isUsedUp ? 'used-up' : 'active',
      givenAt: grant.given_at.toISOString(),
      until: grant.until.toISOString(),
      ...(grant.withdrawn_at ? { withdrawnAt: grant.withdrawn_at.toISOString() } : {}),
      items,
      leafHash: grant.leaf_hash,
    };
  });
}
