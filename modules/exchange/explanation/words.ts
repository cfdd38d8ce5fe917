import type { Text } from '#kernel/languages';
import { Problem } from '#kernel/problem';
import { findEvidenceType, findPurpose } from '#protocol/catalogue';
import { findLaw } from '#protocol/laws';
import type { Who } from '../access/contract.ts';
import { type Change, consentGround, type NearRule } from '../access/rules.ts';

/** Words of an explanation. Names of rules, offices and fields stand as they are written in the files that have to change. */

export const text = (ar: string, en: string): Text => ({ ar, en });

const join = (texts: readonly Text[]): Text => ({
  ar: texts.map(({ ar }) => ar).join('، '),
  en: texts.map(({ en }) => en).join(', '),
});
const same = (word: string): Text => ({ ar: word, en: word });
export const listed = (words: readonly string[]): Text => join(words.map(same));

export function purposeWords(purpose: string): Text {
  return findPurpose(purpose)?.names ?? same(purpose);
}

export function groundWords(ground: string): Text {
  return ground === consentGround
    ? text('موافقة الشخص', 'consent of the person')
    : (findLaw(ground)?.names ?? same(ground));
}

export function fieldWords(evidenceType: string, fields: readonly string[]): Text {
  const type = findEvidenceType(evidenceType);
  return join(fields.map((field) => type?.fields[field]?.names ?? same(field)));
}

function whoWords(who: Who): Text {
  if ('office' in who) return text(`الجهة ${who.office}`, `the office ${who.office}`);
  if ('group' in who) return text(`المجموعة ${who.group}`, `the group ${who.group}`);
  if ('state' in who) return text(`كل جهات الدولة ${who.state}`, `every office of the state ${who.state}`);
  return text(`من يحمل علامة الثقة ${who.trustMark}`, `holders of the trust mark ${who.trustMark}`);
}

/** Version 0 is a file that no node has in force. */
export function versionWords(version: number): Text {
  return version === 0 ? text('ملف القواعد', 'the file of rules') : text(`الإصدار ${version}`, `version ${version}`);
}

type Asked = { evidenceType: string; purpose: string; ground: string; member?: string };

/** One sentence for one rule: what it would have to say for the question to be allowed by it. */
export function nearRuleWords({ ruleId, changes }: NearRule, asked: Asked): Text {
  const parts = join(changes.map((change) => changeWords(change, asked)));
  return text(
    `تسمح به القاعدة «${ruleId}» إذا تغيّر فيها: ${parts.ar}.`,
    `The rule "${ruleId}" would allow it if this changed: ${parts.en}.`,
  );
}

function changeWords(change: Change, asked: Asked): Text {
  if (change.part === 'who') {
    const now = whoWords(change.allowed);
    const office = asked.member ?? '?';
    return text(`أن تشمل الجهة ${office} (هي الآن لـ: ${now.ar})`, `it covers the office ${office} (now: ${now.en})`);
  }
  if (change.part === 'purpose') {
    const [wanted, now] = [purposeWords(asked.purpose), join(change.allowed.map(purposeWords))];
    return text(
      `أن تشمل الغرض «${wanted.ar}» (الآن: ${now.ar})`,
      `it covers the purpose "${wanted.en}" (now: ${now.en})`,
    );
  }
  if (change.part === 'fields') {
    const missing = fieldWords(asked.evidenceType, change.missing);
    return text(`أن تشمل الحقول: ${missing.ar}`, `it covers the fields ${missing.en}`);
  }
  if (change.part === 'ground') {
    const [wanted, now] = [groundWords(asked.ground), join(change.allowed.map(groundWords))];
    return text(
      `أن تقبل السند «${wanted.ar}» (الآن: ${now.ar})`,
      `it accepts the ground "${wanted.en}" (now: ${now.en})`,
    );
  }
  const from = change.from ?? '…';
  const until = change.until ?? '…';
  return text(`أن تكون سارية الآن (مدتها: ${from} إلى ${until})`, `it is in force now (its time: ${from} to ${until})`);
}

/** The refusal that a rule throws, or nothing. */
export function refusalOf(work: () => unknown): Problem | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
}
