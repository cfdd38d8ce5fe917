import type { Text } from '#kernel/languages';
import type { Link, LinkId, ProofVerdict, ProvedFacts } from './links.ts';

// What a verdict is called for people. Used by the command line, by pages and in the browser.

const sides: Record<'asked' | 'received' | 'answered', Text> = {
  asked: { ar: 'قيد السؤال لدى الدولة السائلة', en: 'Entry of the question at the asking state' },
  received: { ar: 'قيد الاستلام لدى الدولة السائلة', en: 'Entry of what arrived at the asking state' },
  answered: { ar: 'قيد الجواب لدى الدولة المجيبة', en: 'Entry of the answer at the answering state' },
};
const parts: Record<'opening' | 'inclusion' | 'checkpoint' | 'cosigned' | 'stamped', Text> = {
  opening: { ar: 'النص يطابق بصمته', en: 'the record matches its fingerprint' },
  inclusion: { ar: 'موجود في السجل', en: 'it is in the log' },
  checkpoint: { ar: 'السجل موقّع من دولته', en: 'the log is signed by its state' },
  cosigned: { ar: 'شهدت عليه دول أخرى', en: 'other states have cosigned the log' },
  stamped: { ar: 'ختمت وقته جهة مختصة', en: 'an authority has time-stamped the log' },
};

const names: Partial<Record<LinkId, Text>> = {
  file: { ar: 'صيغة الملف', en: 'Form of the file' },
  chains: { ar: 'سلاسل الثقة حتى المرساة', en: 'Trust chains up to the anchor' },
  'asking-office': { ar: 'الجهة السائلة', en: 'The asking office' },
  'asking-state': { ar: 'دولة الجهة السائلة', en: 'The state of the asking office' },
  'answering-office': {
    ar: 'الجهة المجيبة، وإليها وُجّه السؤال',
    en: 'The answering office, to which the question went',
  },
  'answering-state': { ar: 'دولة الجهة المجيبة', en: 'The state of the answering office' },
  'question-signature': { ar: 'توقيع السؤال', en: 'Signature of the question' },
  'answer-signature': { ar: 'توقيع الجواب', en: 'Signature of the answer' },
  'answer-bound': { ar: 'الجواب مرتبط بهذا السؤال وحده', en: 'The answer belongs to this question alone' },
  'question-body': { ar: 'نص السؤال يطابق بصمته الموقّعة', en: 'Text of the question matches its signed digest' },
  'answer-body': { ar: 'نص الجواب يطابق بصمته الموقّعة', en: 'Text of the answer matches its signed digest' },
  values: { ar: 'البيانات هي التي أُعطيت', en: 'The values are those that were given' },
  times: { ar: 'ترتيب الأوقات', en: 'Times are in order' },
  'consent-receipt': { ar: 'إيصال الموافقة', en: 'The consent receipt' },
};

const arabicDigits = new Intl.NumberFormat('ar-u-nu-arab');

export function nameOfLink(id: LinkId): Text {
  const known = names[id];
  if (known) return known;
  const [side, part] = id.split('-') as [keyof typeof sides, keyof typeof parts];
  return { ar: `${sides[side].ar}: ${parts[part].ar}`, en: `${sides[side].en}: ${parts[part].en}` };
}

export const stateWords: Record<Link['state'], Text> = {
  holds: { ar: 'صحيح', en: 'holds' },
  broken: { ar: 'غير صحيح', en: 'does not hold' },
  missing: { ar: 'لم يكتمل بعد', en: 'not there yet' },
  absent: { ar: 'ليس في هذا الملف', en: 'not in this file' },
  unchecked: { ar: 'لم يُفحص', en: 'not checked' },
};

/** What stands before a link where there is room for one sign. */
export const stateMarks: Record<Link['state'], string> = {
  holds: '✓',
  broken: '✗',
  missing: '…',
  absent: '–',
  unchecked: '?',
};

/** Why a time-stamp that is there was not checked. */
const uncheckedWords: Record<string, Text> = {
  'not-here': {
    ar: 'هو في الملف، لكن هذا المتصفح لا يفحصه. اضغط زر التحقق ليفحصه هذا الموقع',
    en: 'it is in the file, but this browser does not check it. Press the button to have this site check it',
  },
  'authority-unknown': {
    ar: 'هو في الملف، لكن الجهة التي ختمته ليست ممن تثق بهم',
    en: 'it is in the file, but the authority is none of those that you trust',
  },
};

export const verdictTitles: Record<ProofVerdict['state'], Text> = {
  whole: { ar: 'الإثبات صحيح وكامل', en: 'The proof holds and is complete' },
  incomplete: { ar: 'الإثبات لم يكتمل بعد', en: 'The proof is not complete yet' },
  broken: { ar: 'الإثبات غير صحيح', en: 'The proof does not hold' },
};

/** One sentence for the verdict, with what to do next. */
export function sentenceOfVerdict(verdict: ProofVerdict): Text {
  if (verdict.state === 'whole' && verdict.links.some(({ state }) => state === 'unchecked'))
    return {
      ar: 'كل حلقة فُحصت فيه صحيحة: التوقيعان، والسجلات التي شهدت عليها دول أخرى، والثقة حتى المرساة. لكن الأختام الزمنية لم تُفحص كلها هنا.',
      en: 'Every link that was checked holds: both signatures, the logs that other states cosigned, and the trust up to the anchor. Not all time-stamps were checked here.',
    };
  if (verdict.state === 'whole')
    return {
      ar: 'كل حلقة فيه صحيحة: التوقيعان، والسجلات التي شهدت عليها دول أخرى، والثقة حتى المرساة.',
      en: 'Every link holds: both signatures, the logs that other states cosigned, and the trust up to the anchor.',
    };
  if (verdict.state === 'incomplete')
    return {
      ar: 'لا خطأ فيه، لكن ينقصه بعض ما يلزم. نزّله من جديد بعد دقائق ممن أعطاك إياه.',
      en: 'Nothing in it is wrong, but something is not there yet. Download it again in a few minutes where you got it.',
    };
  const first = nameOfLink(verdict.firstBroken ?? 'file');
  return {
    ar: `أول حلقة غير صحيحة: ${first.ar}. لا تعتمد على هذا الملف، واطلبه من جديد ممن أعطاك إياه.`,
    en: `First link that does not hold: ${first.en}. Do not rely on this file; ask for it again where you got it.`,
  };
}

export function detailOfLink(link: Link): Text | undefined {
  if (link.state === 'holds' && link.count !== undefined)
    return { ar: `عدد الدول: ${arabicDigits.format(link.count)}`, en: `states: ${link.count}` };
  if (link.state === 'holds' && link.stampedAt !== undefined) {
    const said = `${link.stampedAt.slice(0, 19).replace('T', ' ')} UTC · ${link.authority}`;
    return { ar: `\u2066${said}\u2069`, en: said };
  }
  if (link.state === 'holds') return undefined;
  const word = stateWords[link.state];
  const why = link.why === undefined ? undefined : uncheckedWords[link.why];
  if (why) return { ar: `${word.ar}: ${why.ar}`, en: `${word.en}: ${why.en}` };
  return link.why ? { ar: `${word.ar} (${link.why})`, en: `${word.en} (${link.why})` } : word;
}

/** Who asked whom, when and for which case: the same lines everywhere. */
export function linesOfFacts(facts: ProvedFacts): Array<{ label: Text; value: Text }> {
  const plain = (value: string): Text => ({ ar: value, en: value });
  const named = (names: Text | undefined, entityId: string): Text =>
    names ? { ar: `${names.ar} (\u2066${entityId}\u2069)`, en: `${names.en} (${entityId})` } : plain(entityId);
  const at = facts.answeredAt ?? facts.receivedAt;
  return [
    { label: { ar: 'الجهة السائلة', en: 'Asked by' }, value: named(facts.requesterNames, facts.requester) },
    { label: { ar: 'الجهة المجيبة', en: 'Answered by' }, value: named(facts.providerNames, facts.provider) },
    ...(at ? [{ label: { ar: 'الوقت', en: 'When' }, value: plain(at) }] : []),
    { label: { ar: 'رقم الملف', en: 'Case' }, value: plain(facts.caseId) },
  ];
}
