import type { Text } from '#kernel/languages';
import { type ConsentQuestion, decideQuestion, type EvidenceMark, isEntitled } from '#modules/consent';
import { findEvidenceType, findPurpose } from '#protocol/catalogue';
import { type AccessFacts, type CompiledAccess, consentGround, decideAccess } from '../access/rules.ts';
import { problem } from '../contract.ts';
import { checkLaw } from '../law/rules.ts';
import type { Asked } from '../rules.ts';
import { changesByCode, consentChanges, lawChanges } from './changes.ts';
import { type Check, checks, type Explanation, type ExplanationStep } from './contract.ts';
import {
  fieldWords,
  groundWords,
  listed,
  nearRuleWords,
  purposeWords,
  refusalOf,
  text,
  versionWords,
} from './words.ts';

export type ConsentGiven = { grant: Parameters<typeof decideQuestion>[0]; usedBy: string[]; question: ConsentQuestion };

/** A question and everything by which it is judged, as far as it is known without its signature. */
export type ExplainFacts = {
  asked: Asked;
  requester: { entityId: string; member: string; state: string; marks: readonly EvidenceMark[] };
  holderState: string;
  access: CompiledAccess;
  at: Date;
  consent?: ConsentGiven;
};

type Verdict = { outcome: 'passed' | 'skipped'; words: Text } | { outcome: 'failed'; words: Text; changes: Text[] };
const passed = (words: Text): Verdict => ({ outcome: 'passed', words });
const skipped = (words: Text): Verdict => ({ outcome: 'skipped', words });
const failed = (words: Text, changes: Text[]): Verdict => ({ outcome: 'failed', words, changes });
const notReached = text('لم يصل السؤال إلى هذا الفحص.', 'The question did not get to this check.');

/** Judges a question by the same rules that answer one, in the same order, and says what decided. */
export function explainFacts(facts: ExplainFacts): Explanation {
  const judges: Record<Check, () => Verdict> = {
    shape: () => judgeShape(facts.asked),
    signature: () =>
      skipped(text('لا يُفحص هنا: يُفحص عند وصول السؤال.', 'Not checked here: it is when a question arrives.')),
    law: () => judgeLaw(facts),
    'trust-mark': () => judgeMarks(facts),
    'access-rule': () => judgeAccess(facts.access, accessFactsOf(facts)),
    consent: () => judgeConsent(facts),
    record: () =>
      skipped(text('لا يُفحص هنا: يُبحث في السجل عند الجواب.', 'Not checked here: the registry is read for an answer.')),
  };
  const steps: ExplanationStep[] = [];
  const changes: Text[] = [];
  let isAllowed = true;
  for (const check of checks) {
    const verdict = isAllowed ? judges[check]() : undefined;
    steps.push({ check, outcome: verdict?.outcome ?? 'not-reached', words: verdict?.words ?? notReached });
    if (verdict?.outcome !== 'failed') continue;
    isAllowed = false;
    changes.push(...verdict.changes);
  }
  return { isAllowed, steps, changes };
}

function accessFactsOf({ asked, requester, at }: ExplainFacts): AccessFacts {
  const { entityId, member, state, marks } = requester;
  return { ...asked, requester: entityId, member, state, marks: marks.map(({ type }) => type), at };
}

function judgeShape(asked: Asked): Verdict {
  const type = findEvidenceType(asked.evidenceType);
  const unknown = asked.fields.filter((field) => !type || !Object.hasOwn(type.fields, field));
  if (type && unknown.length === 0 && findPurpose(asked.purpose))
    return passed(text('الأسماء كلها في الدليل المتفق عليه.', 'All its names are in the agreed catalogue.'));
  const wrong = listed([
    ...(type ? unknown : [asked.evidenceType]),
    ...(findPurpose(asked.purpose) ? [] : [asked.purpose]),
  ]);
  return failed(text(`أسماء ليست في الدليل: ${wrong.ar}.`, `Names that are not in the catalogue: ${wrong.en}.`), [
    text('اسأل بأسماء من الدليل المتفق عليه.', 'Ask with names of the agreed catalogue.'),
  ]);
}

function judgeLaw({ asked, requester, holderState, at }: ExplainFacts): Verdict {
  if (asked.ground === consentGround) return skipped(text('لم يُذكر قانون.', 'No law is named.'));
  const facts = { requesterState: requester.state, holderState, at };
  const refusal = refusalOf(() => checkLaw({ ...asked, ground: groundOf(asked) }, facts));
  if (!refusal) {
    const name = groundWords(asked.ground);
    return passed(
      text(`القانون نافذ ويجيز السؤال: ${name.ar}.`, `The law is in force and grounds the question: ${name.en}.`),
    );
  }
  return failed(refusal.messages, lawChanges(asked, facts));
}

const groundOf = ({ ground, sealUntil }: Asked) => ({ law: ground, ...(sealUntil ? { sealUntil } : {}) });

function judgeMarks({ asked, requester }: ExplainFacts): Verdict {
  const law = asked.ground === consentGround ? undefined : asked.ground;
  if (isEntitled(requester.marks, { ...asked, law }))
    return passed(
      text('علامة الثقة من دولتها تخوّلها السؤال.', 'The trust mark of its state certifies it to ask this.'),
    );
  return markFailure(asked);
}

function markFailure(asked: Asked | AccessFacts): Verdict {
  const [purpose, fields, ground] = [
    purposeWords(asked.purpose),
    fieldWords(asked.evidenceType, asked.fields),
    groundWords(asked.ground),
  ];
  return failed(
    text(
      'الجهة السائلة غير مخوّلة من دولتها بهذا السؤال.',
      'The asking office is not certified by its state to ask this.',
    ),
    [
      text(
        `على دولة الجهة السائلة أن تخوّلها في علامة الثقة: ${asked.evidenceType} (${fields.ar})، للغرض «${purpose.ar}»، بسند «${ground.ar}».`,
        `The asking office's state has to certify it in its trust mark for: ${asked.evidenceType} (${fields.en}), purpose "${purpose.en}", ground "${ground.en}".`,
      ),
    ],
  );
}

function judgeAccess(access: CompiledAccess, facts: AccessFacts): Verdict {
  const decision = decideAccess(access, facts);
  if (decision.isAllowed) return passed(ruleWords(decision.ruleId, decision.version));
  const changes = decision.nearest.map((near) => nearRuleWords(near, facts));
  const version = versionWords(decision.version);
  return failed(
    text(`لا تسمح به أي قاعدة من قواعد الوصول (${version.ar}).`, `No rule of access allows it (${version.en}).`),
    changes.length > 0
      ? changes
      : [
          text(
            `لا توجد قاعدة لنوع الإثبات ${facts.evidenceType}: أضف قاعدة له.`,
            `There is no rule for the evidence type ${facts.evidenceType}: add one.`,
          ),
        ],
  );
}

function ruleWords(ruleId: string, version: number): Text {
  const words = versionWords(version);
  return text(
    `تسمح به القاعدة «${ruleId}» من قواعد الوصول (${words.ar}).`,
    `The rule of access "${ruleId}" allows it (${words.en}).`,
  );
}

function judgeConsent({ asked, consent }: ExplainFacts): Verdict {
  if (asked.ground !== consentGround)
    return skipped(text('يُسأل بحكم القانون دون موافقة.', 'It is asked under a law, without consent.'));
  const ask = text('على الجهة السائلة أن تطلب موافقة الشخص.', 'The asking office has to ask the person for consent.');
  if (!consent) return failed(text('لا تُعرف موافقة من الشخص.', 'No consent of the person is known.'), [ask]);
  const refusal = refusalOf(() => decideQuestion(consent.grant, consent.usedBy, consent.question));
  return refusal
    ? failed(refusal.messages, [...consentChanges(refusal.code, asked, consent.grant.details)])
    : passed(text('تشمله موافقة الشخص.', 'The consent of the person covers it.'));
}

const checkOfCode: Partial<Record<string, Check>> = {
  'fetch-malformed': 'shape',
  'fetch-replayed': 'signature',
  'document-unknown': 'record',
  'document-expired': 'record',
  'document-changed': 'record',
  'document-unavailable': 'record',
  'documents-too-many': 'record',
  'question-malformed': 'shape',
  'question-too-large': 'shape',
  'service-unknown': 'shape',
  'evidence-unknown': 'shape',
  'law-unknown': 'law',
  'law-not-in-force': 'law',
  'law-does-not-ground': 'law',
  'sealing-not-allowed': 'law',
  'requester-log-in-breach': 'trust-mark',
  'requester-not-entitled': 'trust-mark',
  'access-not-granted': 'access-rule',
  'stamp-overdue': 'record',
  'evidence-not-found': 'record',
  'registry-unavailable': 'record',
  'registry-answer-invalid': 'record',
};

/** The check that a code of a refusal comes from. */
function checkOf(code: string): Check {
  if (code.startsWith('signature-') || code.startsWith('requester-un') || /^question-(expired|replayed)$/.test(code))
    return 'signature';
  return checkOfCode[code] ?? 'consent';
}

/** A question that was asked and decided, as it was recorded. */
export type Recorded = {
  asked: Asked | AccessFacts | null;
  /** Null when it was given. */
  code: string | null;
  /** The version of the rules that decided it, and the rule of it that allowed it, where one did. */
  access?: { ruleId?: string; version: number };
};

/** By what a question that was asked would be judged today, at the state that holds the evidence. */
export type Now = { access: CompiledAccess; holderState: string; now: Date };

/** Says what decided a question that was asked, from what was recorded of it, and what would change it now. */
export function explainRecorded(recorded: Recorded, { access, holderState, now }: Now): Explanation {
  const { asked, code } = recorded;
  const decided = code === null ? undefined : checkOf(code);
  const isUnderLaw = asked !== null && asked.ground !== consentGround;
  const reached = decided === undefined ? checks.length : checks.indexOf(decided);
  const steps = checks.map((check, place): ExplanationStep => {
    if (check === decided) return { check, outcome: 'failed', words: failedWords(check, code!, recorded) };
    if (place > reached) return { check, outcome: 'not-reached', words: notReached };
    if (check === 'law' && !isUnderLaw)
      return { check, outcome: 'skipped', words: text('لم يُذكر قانون.', 'No law is named.') };
    if (check === 'consent' && isUnderLaw)
      return {
        check,
        outcome: 'skipped',
        words: text('سُئل بحكم القانون دون موافقة.', 'It was asked under a law, without consent.'),
      };
    return { check, outcome: 'passed', words: passedWords(check, recorded) };
  });
  return {
    isAllowed: code === null,
    steps,
    changes: code === null ? [] : changesOf(code, asked, { access, holderState, now }),
  };
}

function passedWords(check: Check, { asked, access }: Recorded): Text {
  if (check === 'access-rule' && access) {
    if (access.ruleId !== undefined) return ruleWords(access.ruleId, access.version);
    const version = versionWords(access.version);
    return text(`سمحت به قواعد الوصول (${version.ar}).`, `The rules of access allowed it (${version.en}).`);
  }
  if (check === 'law' && asked) {
    const name = groundWords(asked.ground);
    return text(`أجازه القانون: ${name.ar}.`, `The law grounded it: ${name.en}.`);
  }
  return text('اجتاز هذا الفحص.', 'It passed this check.');
}

function failedWords(check: Check, code: string, { asked, access }: Recorded): Text {
  const words = refusalWords(code, asked !== null && 'state' in asked ? asked.state : undefined);
  if (check !== 'access-rule' || !access) return words;
  const version = versionWords(access.version);
  return text(
    `${words.ar} قرّرت ذلك قواعد الوصول (${version.ar}).`,
    `${words.en} The rules of access decided it (${version.en}).`,
  );
}

/** The sentence of a refusal without what it named at the time, which is not kept. */
function refusalWords(code: string, state: string | undefined): Text {
  const { ar, en } = problem.catalogue[code as keyof typeof problem.catalogue] ?? { ar: code, en: code };
  const fill = (sentence: string) =>
    sentence.replace(/ ?\(\{\w+\}\)/g, '').replace(/\{(\w+)\}/g, (_, name) => (name === 'state' && state) || '…');
  return { ar: fill(ar), en: fill(en) };
}

function changesOf(code: string, asked: Recorded['asked'], { access, holderState, now }: Now): Text[] {
  const check = checkOf(code);
  const verdict =
    asked === null
      ? undefined
      : code === 'requester-not-entitled'
        ? markFailure(asked)
        : check === 'access-rule' && 'member' in asked
          ? judgeAccess(access, { ...asked, at: now })
          : undefined;
  if (verdict?.outcome === 'failed') return verdict.changes;
  if (verdict)
    return [
      text(
        `تغيّرت القواعد منذ ذلك: لو سُئل الآن لاجتاز هذا الفحص. ${verdict.words.ar}`,
        `The rules have changed since: asked now, it would pass this check. ${verdict.words.en}`,
      ),
    ];
  if (check === 'law' && asked !== null && 'state' in asked)
    return lawChanges(asked, { requesterState: asked.state, holderState, at: now });
  return [...changesByCode(code)];
}
