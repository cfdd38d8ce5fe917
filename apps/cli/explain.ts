import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Static, Type } from 'typebox';
import { ConfigInvalid, type NodeConfig, readChecked, readNodeConfig, StateDescription } from '#apps/state-node';
import { systemClock } from '#kernel/clock';
import { openDatabase } from '#kernel/database';
import {
  AccessRules,
  type Asked,
  compileAccess,
  type ExplainFacts,
  type Explanation,
  explainAsked,
  explainFacts,
  readAccessRules,
} from '#modules/exchange';
import { EvidenceGrant, Use } from '#protocol/evidence-detail';
import { CaseId, EntityId, FieldNames, Moment, Name } from '#protocol/text';
import { evidenceRequesterMark } from '#protocol/trust-marks';
import type { CliConfig } from './config.ts';
import { findNodeAddress } from './node-address.ts';

/** A question as somebody writes it down to try it, with what it is judged by. It names no person. */
export const QuestionFile = Type.Object(
  {
    /** The state that holds the evidence: a folder of `states/`, or a path. */
    holder: Type.String({ minLength: 1 }),
    requester: Type.Object(
      {
        entityId: EntityId,
        /** `SA/GOV/moe` */
        member: Type.String(),
        state: Type.String({ pattern: '^[A-Z]{2}$' }),
        /** The content of its trust mark. */
        grants: Type.Array(EvidenceGrant),
      },
      { additionalProperties: false },
    ),
    question: Type.Object(
      {
        evidenceType: Name,
        fields: FieldNames,
        purpose: Name,
        caseId: Type.Optional(CaseId),
        /** With consent when absent. */
        law: Type.Optional(Name),
        sealUntil: Type.Optional(Moment),
      },
      { additionalProperties: false },
    ),
    /** What the person allowed, when they were asked. */
    consent: Type.Optional(
      Type.Object(
        {
          fields: FieldNames,
          purpose: Name,
          caseId: CaseId,
          until: Moment,
          use: Use,
          times: Type.Optional(Type.Integer({ minimum: 1 })),
          usesCount: Type.Optional(Type.Integer({ minimum: 0, maximum: 1000 })),
          withdrawnAt: Type.Optional(Moment),
        },
        { additionalProperties: false },
      ),
    ),
    /** Now when absent. */
    at: Type.Optional(Moment),
  },
  { additionalProperties: false },
);
type QuestionFile = Static<typeof QuestionFile>;

const words = {
  ar: {
    allowed: 'السؤال مسموح.',
    refused: 'السؤال مرفوض.',
    changes: 'ما الذي يغيّر ذلك:',
    checks: {
      shape: 'الصيغة',
      signature: 'التوقيع والوقت',
      law: 'القانون',
      'trust-mark': 'علامة الثقة',
      'access-rule': 'قاعدة الوصول',
      consent: 'الموافقة',
      record: 'السجل',
    },
  },
  en: {
    allowed: 'The question is allowed.',
    refused: 'The question is refused.',
    changes: 'What would change it:',
    checks: {
      shape: 'shape',
      signature: 'signature and time',
      law: 'law',
      'trust-mark': 'trust mark',
      'access-rule': 'access rule',
      consent: 'consent',
      record: 'record',
    },
  },
} as const;
const marks = { passed: '✓', failed: '✗', skipped: '·', 'not-reached': '·' } as const;
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Says which check allows or refuses a question, and what would change it: of a file, by the rules as they stand in the state's
 * folder; of the id of a question that was asked, from what the node recorded. Exit code 0 for allowed, 1 for refused.
 */
export async function explain(config: CliConfig, what: string | undefined): Promise<number> {
  if (!what) {
    console.error('Name a file or the id of a question: npm run jisr -- explain question.json');
    return 2;
  }
  try {
    return uuid.test(what) ? await explainId(config, what) : explainFile(config, what);
  } catch (error) {
    if (!(error instanceof ConfigInvalid)) throw error;
    console.error(error.message);
    return 2;
  }
}

function explainFile(config: CliConfig, file: string): number {
  const { holder, requester, question, consent, at } = readChecked(file, QuestionFile);
  const folder = existsSync(resolve(holder)) ? resolve(holder) : join(config.root, 'states', holder);
  const { code } = readChecked(join(folder, 'state.json'), StateDescription);
  const rules = readAccessRules(readChecked(join(folder, 'access.json'), AccessRules));
  const { law, sealUntil, caseId = 'none', ...rest } = question;
  const asked: Asked = { ...rest, ground: law ?? 'consent', ...(sealUntil ? { sealUntil } : {}) };
  const moment = at ? new Date(at) : systemClock.now();
  return print(
    config,
    explainFacts({
      asked,
      requester: {
        ...requester,
        // Whose anchor it is makes no difference to what the mark says.
        marks: [{ type: evidenceRequesterMark('https://anchor.example'), claims: { jisr_grants: requester.grants } }],
      },
      holderState: code,
      access: compileAccess(rules, 0),
      at: moment,
      ...(consent ? { consent: consentFacts(requester.entityId, consent, asked, caseId, moment) } : {}),
    }),
  );
}

function consentFacts(
  requester: string,
  consent: NonNullable<QuestionFile['consent']>,
  { evidenceType, fields, purpose }: Asked,
  caseId: string,
  at: Date,
): NonNullable<ExplainFacts['consent']> {
  const subject = 'the person';
  const consentId = '00000000-0000-7000-8000-000000000000';
  const detail = {
    type: 'evidence' as const,
    evidence_type: evidenceType,
    fields: consent.fields,
    purpose: consent.purpose,
    case_id: consent.caseId,
    requester,
    retention: 'P1D',
    until: consent.until,
    use: consent.use,
    ...(consent.times === undefined ? {} : { times: consent.times }),
    consent_id: consentId,
  };
  return {
    grant: {
      requester,
      subject,
      givenAt: at,
      withdrawnAt: consent.withdrawnAt ? new Date(consent.withdrawnAt) : null,
      details: [detail],
    },
    usedBy: Array.from({ length: consent.usesCount ?? 0 }, (_, index) => `earlier question ${index}`),
    question: { questionId: 'this question', requester, subject, purpose, caseId, evidenceType, fields, at },
  };
}

async function explainId(config: CliConfig, questionId: string): Promise<number> {
  const node = findNode(config);
  if (!node) {
    console.error('No node is known here. Start the sample federation (npm start), or name one: JISR_NODE=https://…');
    return 2;
  }
  // A node on PGlite is alone with its database while it runs; the refusal says so, and the console's page answers then.
  const database = await openDatabase(
    node.databaseUrl ? { url: node.databaseUrl, connectionsMax: 1 } : { dataDir: node.dataFolder },
  );
  try {
    const found = await explainAsked(database.db, questionId, systemClock.now());
    if (found) return print(config, found.explanation);
    console.error(`${node.publicUrl} has no record of the question ${questionId}.`);
    return 2;
  } finally {
    await database.close();
  }
}

function findNode(config: CliConfig): NodeConfig | undefined {
  const address = findNodeAddress(config);
  if (!address || !existsSync(config.dataFolder)) return undefined;
  return readdirSync(config.dataFolder)
    .map((name) => join(config.dataFolder, name, 'node.json'))
    .filter((file) => existsSync(file))
    .flatMap((file) => {
      try {
        return [readNodeConfig(file)];
      } catch (error) {
        // The anchor's file beside them describes no state.
        if (error instanceof ConfigInvalid) return [];
        throw error;
      }
    })
    .find(({ publicUrl }) => publicUrl === address);
}

function print({ language }: CliConfig, { isAllowed, steps, changes }: Explanation): number {
  const say = words[language];
  for (const step of steps) console.log(`${marks[step.outcome]} ${say.checks[step.check]}: ${step.words[language]}`);
  console.log(isAllowed ? say.allowed : say.refused);
  if (changes.length > 0) console.log([say.changes, ...changes.map((change) => `- ${change[language]}`)].join('\n'));
  return isAllowed ? 0 : 1;
}
