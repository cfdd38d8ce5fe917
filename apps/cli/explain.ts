import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type Static, Type } from 'typebox';
import { ConfigInvalid, readChecked, StateDescription } from '#apps/state-node';
import { systemClock } from '#kernel/clock';
import { createHttpClient } from '#kernel/http-client';
import {
  AccessRules,
  type Asked,
  compileAccess,
  type ExplainedQuestion,
  type ExplainFacts,
  type Explanation,
  explainFacts,
  readAccessRules,
} from '#modules/exchange';
import { EvidenceGrant, Use } from '#protocol/evidence-detail';
import { CaseId, EntityId, FieldNames, Moment, Name } from '#protocol/text';
import { evidenceRequesterMark } from '#protocol/trust-marks';
import type { CliConfig } from './config.ts';
import { findNodeOfState } from './node-address.ts';
import { asOperator, openOperatorAccess } from './operator.ts';
import { readRulesFile, readRulesInForce } from './rules.ts';

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
 * Says which check allows or refuses a question, and what would change it. Of a file: by a file of rules (`--rules`), else by
 * those in force at the node of that state where it runs here, else by the state's folder. Of the id of a question that was asked:
 * from what its node recorded. Exit code 0 for allowed, 1 for refused.
 */
export async function explain(config: CliConfig, args: string[]): Promise<number> {
  const text = { type: 'string' } as const;
  const { values, positionals } = parseArgs({ args, options: { rules: text, node: text }, allowPositionals: true });
  const [what] = positionals;
  if (!what) {
    console.error('Name a file or the id of a question: npm run jisr -- explain question.json');
    return 2;
  }
  try {
    return uuid.test(what) ? await explainId(config, what, values.node) : await explainFile(config, what, values.rules);
  } catch (error) {
    if (!(error instanceof ConfigInvalid)) throw error;
    console.error(error.message);
    return 2;
  }
}

async function explainFile(config: CliConfig, file: string, rulesFile: string | undefined): Promise<number> {
  const { holder, requester, question, consent, at } = readChecked(file, QuestionFile);
  const folder = existsSync(resolve(holder)) ? resolve(holder) : join(config.root, 'states', holder);
  const { code } = readChecked(join(folder, 'state.json'), StateDescription);
  const found = rulesFile ? draftOf(rulesFile, config) : await rulesOf(config, folder);
  if (!found) return 2;
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
      access: compileAccess(found.rules, found.version),
      at: moment,
      ...(consent ? { consent: consentFacts(requester.entityId, consent, asked, caseId, moment) } : {}),
    }),
  );
}

type Rules = { rules: AccessRules; version: number };

function draftOf(file: string, { language }: CliConfig): Rules | undefined {
  const rules = readRulesFile(file, language);
  return rules && { rules, version: 0 };
}

async function rulesOf(config: CliConfig, stateFolder: string): Promise<Rules> {
  const node = findNodeOfState(config, stateFolder);
  const http = createHttpClient();
  try {
    const access = node && openOperatorAccess(node, http);
    if (access) return await readRulesInForce(access);
    return { rules: readAccessRules(readChecked(join(stateFolder, 'access.json'), AccessRules)), version: 0 };
  } finally {
    await http.close();
  }
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

function explainId(config: CliConfig, questionId: string, named: string | undefined): Promise<number> {
  return asOperator(config, named, async (access) => {
    const asked = await access.send('GET', `/operator/questions/${questionId}`);
    return print(config, (asked as ExplainedQuestion).explanation);
  });
}

function print({ language }: CliConfig, { isAllowed, steps, changes }: Explanation): number {
  const say = words[language];
  for (const step of steps) console.log(`${marks[step.outcome]} ${say.checks[step.check]}: ${step.words[language]}`);
  console.log(isAllowed ? say.allowed : say.refused);
  if (changes.length > 0) console.log([say.changes, ...changes.map((change) => `- ${change[language]}`)].join('\n'));
  return isAllowed ? 0 : 1;
}
