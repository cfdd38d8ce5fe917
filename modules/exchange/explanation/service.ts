import type { Tx } from '#kernel/database';
import type { Text } from '#kernel/languages';
import { findEvidenceType } from '#protocol/catalogue';
import { type CompiledAccess, compileAccess, consentGround } from '../access/rules.ts';
import { findLatestVersion } from '../access/store.ts';
import type { RefusalRow } from '../store.ts';
import type { AuditedQuestion, ExplainedQuestion } from './contract.ts';
import { explainRecorded } from './rules.ts';
import * as store from './store.ts';
import { groundWords, purposeWords } from './words.ts';

const listedMax = 200;
const unknown: Text = { ar: 'غير معروف', en: 'Unknown' };

type Office = { officeId: string; xRoadClient: string };

/** Questions given and refused by an office of this node, latest first; sealed ones too, for sealed is not unlogged. */
export async function listAudited(db: Tx, office: Office, now: Date): Promise<AuditedQuestion[]> {
  const [answered, refused] = await Promise.all([
    store.listAnsweredBy(db, office.officeId, listedMax),
    store.listRefusedBy(db, office.xRoadClient, listedMax),
  ]);
  const known = new Set(answered.map((row) => row.question_id));
  return [
    ...answered.map((row) => presentAnswered(row, now)),
    ...refused.filter((row) => !known.has(row.claimed_question_id!)).map(presentRefused),
  ]
    .sort((a, b) => b.at.localeCompare(a.at))
    .slice(0, listedMax);
}

function presentAnswered(row: store.AnsweredRow, now: Date): AuditedQuestion {
  const isHidden = row.hidden_until !== null && row.hidden_until > now;
  return {
    questionId: row.question_id,
    at: row.used_at.toISOString(),
    requester: row.requester,
    requesterNames: row.requester_names,
    evidence: findEvidenceType(row.evidence_type)?.names ?? unknown,
    purpose: purposeWords(row.purpose),
    ground: groundWords(row.law ?? consentGround),
    outcome: row.outcome,
    ...(isHidden ? { hiddenUntil: row.hidden_until!.toISOString() } : {}),
    isSealed: isHidden && row.disclosure === 'sealed',
    leafHash: row.leaf_hash,
  };
}

function presentRefused(row: RefusalRow): AuditedQuestion {
  const { asked } = row;
  return {
    questionId: row.claimed_question_id!,
    at: row.refused_at.toISOString(),
    requester: row.claimed_requester ?? '',
    evidence: (asked && findEvidenceType(asked.evidenceType)?.names) ?? unknown,
    purpose: asked ? purposeWords(asked.purpose) : unknown,
    ground: asked ? groundWords(asked.ground) : unknown,
    outcome: 'refused',
    isSealed: false,
  };
}

/** Why a question to this node was given or refused; of one office, or of any for the operator. */
export async function explainAsked(
  { db, state, now }: { db: Tx; state: string; now: Date },
  questionId: string,
  office?: Office,
): Promise<ExplainedQuestion | undefined> {
  const today = { access: await rulesInForce(db), holderState: state, now };
  const answered = await store.findAnswered(db, questionId, office?.officeId);
  if (answered) {
    const { evidence_type: evidenceType, fields, purpose, access_rule: ruleId, access_version: version } = answered;
    const explanation = explainRecorded(
      {
        asked: { evidenceType, fields, purpose, ground: answered.law ?? consentGround },
        code: answered.refusal_code,
        ...(ruleId && version ? { access: { ruleId, version } } : {}),
      },
      today,
    );
    return { ...presentAnswered(answered, now), explanation };
  }
  const refused = await store.findRefused(db, questionId, office?.xRoadClient);
  if (!refused) return undefined;
  const { asked, code } = refused;
  const decidedBy = asked !== null && 'accessVersion' in asked ? asked.accessVersion : undefined;
  const explanation = explainRecorded(
    { asked, code, ...(decidedBy === undefined ? {} : { access: { version: decidedBy } }) },
    today,
  );
  return { ...presentRefused(refused), explanation };
}

async function rulesInForce(db: Tx): Promise<CompiledAccess> {
  const latest = await findLatestVersion(db);
  return compileAccess(latest?.rules ?? { groups: {}, rules: [], disclosure: [] }, latest?.version ?? 0);
}
