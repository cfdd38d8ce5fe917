import type { Clock } from '#kernel/clock';
import type { Database, Tx } from '#kernel/database';
import { newId, sha256 } from '#kernel/ids';
import type { Signer } from '#kernel/keys';
import type { Log } from '#kernel/log';
import { Problem } from '#kernel/problem';
import type { Part } from '#kernel/statements';
import type { Ledger } from '#modules/ledger';
import { findEvidenceType, findPurpose } from '#protocol/catalogue';
import type { EvidenceDetail, GrantedEvidenceDetail } from '#protocol/evidence-detail';
import type { MandateKind } from '#protocol/representation';
import { type Consent, problem } from './contract.ts';
import { makeReceipt, type ShownToPerson, signReceipt, withdrawnReceipt } from './receipts.ts';
import {
  approveDetail,
  type ConsentQuestion,
  decideQuestion,
  type Grant,
  isLimited,
  readDetails,
  usesMax,
} from './rules.ts';
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
  /** Hears of a withdrawal in its transaction. */
  onWithdrawn?(tx: Tx, withdrawn: { consentId: string; personId: string; requester: string; at: Date }): Promise<void>;
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
  /** For the receipt, which the person reads without anybody to ask. */
  shown?: ShownToPerson;
  /** Whoever gives it in the person's name; `subject` and `mandate` are what the requester knows both by. */
  givenBy?: { representativeId: string; subject: string; mandateId: string; mandate: string; kind: MandateKind };
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
  const { requester, subject, personId, givenBy } = give;
  const given = give.requestId ? await store.findGrantOfRequest(needs.database.db, give.requestId) : undefined;
  if (given) return presentGiven(ownGrant(given, personId));
  const details = readDetails(requester, [...give.details]);
  const givenAt = needs.clock.now();
  const consentId = newId();
  const granted = details.flatMap((detail, index) => {
    if (Date.parse(detail.until) <= givenAt.getTime())
      throw problem('evidence-request-malformed', { where: `${detail.evidence_type}/until` });
    return approveDetail(detail, give.approvedFields[index] ?? [], consentId) ?? [];
  });
  // A consent to nothing is none.
  if (granted.length === 0) throw problem('essential_claim_declined', { field: details[0]!.fields[0]! });
  const until = new Date(Math.max(...granted.map((detail) => Date.parse(detail.until))));
  const receipt = await signReceipt(
    needs.receiptSigner,
    makeReceipt({
      consentId,
      issuer: needs.issuer,
      subject,
      requester,
      asked: details,
      granted,
      givenAt,
      until,
      shown: give.shown,
      ...(givenBy ? { authorizedBy: { sub: givenBy.subject, mandate: givenBy.mandate, kind: givenBy.kind } } : {}),
    }),
  );
  await needs.database.transaction(async (tx) => {
    const entry = await needs.ledger.append(tx, {
      kind: 'consent-given',
      personId,
      record: {
        consentId,
        requester,
        ...(givenBy ? { givenBy: givenBy.kind, mandateId: givenBy.mandateId } : {}),
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
      is_limited: isLimited(granted),
      mandate_id: givenBy?.mandateId ?? null,
      mandate_kind: givenBy?.kind ?? null,
      representative_id: givenBy?.representativeId ?? null,
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
    const grant = ownGrant(await store.findGrantForUpdate(tx, consentId), personId);
    return grant.withdrawn_at === null ? endGrant(needs, tx, grant) : grant;
  });
  needs.log.info({ consentId }, 'consent withdrawn');
  return (await present(needs, [row]))[0]!;
}

async function endGrant(needs: ConsentNeeds, tx: Tx, grant: store.GrantRow): Promise<store.GrantRow> {
  const { consent_id: consentId, person_id: personId, requester } = grant;
  const at = needs.clock.now();
  await store.markWithdrawn(tx, consentId, at);
  await needs.ledger.append(tx, {
    kind: 'consent-withdrawn',
    personId,
    record: { consentId, requester, withdrawnAt: at.toISOString() },
  });
  await needs.onWithdrawn?.(tx, { consentId, personId, requester, at });
  return { ...grant, withdrawn_at: at };
}

/** A mandate has ended: what was allowed under it ends in the same transaction, so that no question passes it by. */
export async function withdrawUnderMandate(needs: ConsentNeeds, tx: Tx, mandateId: string): Promise<void> {
  for (const grant of await store.holdGrantsUnder(tx, mandateId)) await endGrant(needs, tx, grant);
}

/** A question as a consent is judged by, with the consent it names. */
export type QuestionOfConsent = ConsentQuestion & { consentId: string };

/** Judges questions without counting them, in one round trip however many they are. One refusal, or nothing, per question. */
export function checkingQuestions(questions: readonly QuestionOfConsent[]): Part<Array<Problem | undefined>> {
  const { grants, uses } = store.readingGrants(idsOf(questions), { areHeld: false });
  return {
    statements: [...grants.statements, ...uses.statements],
    read: ([grantRows, useRows]) => judgeInTurn(grants.read([grantRows!]), uses.read([useRows!]), questions),
  };
}

/**
 * Judges questions and counts them, in the transaction that saves their answers: a count is saved if and only if the answer
 * is. Holds the consents to the end of it. One refusal, or nothing, per question. Trap: they are all counted before anyone
 * knows the judgement, so with one refusal among them that transaction must not be committed.
 */
export function enforcingConsents(questions: readonly QuestionOfConsent[]): Part<Array<Problem | undefined>> {
  const { grants, uses } = store.readingGrants(idsOf(questions), { areHeld: true });
  const counted = questions.map(({ consentId, evidenceType, questionId, at }) => ({
    consent_id: consentId,
    evidence_type: evidenceType,
    question_id: questionId,
    used_at: at,
  }));
  return {
    statements: [...grants.statements, ...uses.statements, ...store.insertingUses(counted)],
    read: ([grantRows, useRows]) => judgeInTurn(grants.read([grantRows!]), uses.read([useRows!]), questions),
  };
}

const idsOf = (questions: readonly QuestionOfConsent[]) => [...new Set(questions.map(({ consentId }) => consentId))];

/** One after the other, so that of two questions that arrive together the second sees the count of the first. */
function judgeInTurn(
  grants: store.Judged['grants'],
  known: store.Judged['uses'],
  questions: readonly QuestionOfConsent[],
): Array<Problem | undefined> {
  const byId = new Map(grants.map((grant) => [grant.consent_id, grant]));
  const uses = [...known];
  return questions.map((question) => {
    const { consentId, evidenceType, questionId } = question;
    const grant = byId.get(consentId);
    const usedBy = uses
      .filter((use) => use.consent_id === consentId && use.evidence_type === evidenceType)
      .map((use) => use.question_id);
    try {
      if (!grant) throw problem('consent-unknown');
      const { isRepeat } = decideQuestion(grantOf(grant), usedBy, question);
      if (!isRepeat) uses.push({ consent_id: consentId, evidence_type: evidenceType, question_id: questionId });
      return undefined;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      return error;
    }
  });
}

function grantOf(row: store.JudgedGrant): Grant {
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
      ...(grant.mandate_id && grant.mandate_kind && grant.representative_id
        ? {
            givenBy: {
              kind: grant.mandate_kind,
              mandateId: grant.mandate_id,
              representativeId: grant.representative_id,
            },
          }
        : {}),
      items,
      leafHash: grant.leaf_hash,
    };
  });
}
