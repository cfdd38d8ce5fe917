import type { Text } from '#kernel/languages';
import type { GrantedEvidenceDetail } from '#protocol/evidence-detail';
import { laws } from '#protocol/laws';
import { checkLaw, isInForce, type LawFacts } from '../law/rules.ts';
import type { Asked } from '../rules.ts';
import { fieldWords, purposeWords, refusalOf, text } from './words.ts';

const askPerson = text(
  'على الجهة السائلة أن تطلب موافقة الشخص.',
  'The asking office has to ask the person for consent.',
);
const askAnew = text(
  'على الجهة السائلة أن تطلب من الشخص موافقة جديدة؛ هذه لا تعود.',
  'The asking office has to ask the person for a new consent; this one does not come back.',
);
const nothingInQuestion = (ar: string, en: string) =>
  text(`لا شيء في السؤال نفسه: ${ar}`, `Nothing in the question itself: ${en}`);
const otherDocument = text(
  'على الجهة السائلة أن تسأل عن البيانات من جديد ثم تطلب الوثيقة التي يذكرها الجواب.',
  'The asking office has to ask for the evidence again, and fetch the document that the answer names.',
);

type Lawful = Omit<Asked, 'fields'> & { fields: readonly string[] };

/** What would change a refusal, where that does not hang on what was asked. Trust marks and rules of access have sentences of their own. */
const byCode: Record<string, readonly Text[]> = {
  'question-malformed': [
    text(
      'على العقدة السائلة أن ترسل السؤال بالصيغة المنشورة في protocol/schemas، وهي ما ترسله كل عقدة محدَّثة.',
      'The asking node has to send the form published in protocol/schemas, as every node of today does.',
    ),
  ],
  'question-too-large': [text('اسأل عن أقل في السؤال الواحد.', 'Ask for less in one question.')],
  'service-unknown': [
    text(
      'على الجهة المقدمة أن تذكر نوع الإثبات في offices.json (provides) وأن تصل سجلًا له؛ أو تُسأل الجهة التي تقدمه: jisr evidence.',
      'The office has to name the evidence type under "provides" in offices.json and connect a registry for it; or the office that gives it is asked: jisr evidence.',
    ),
  ],
  'law-unknown': [text('اذكر قانونًا من دليل الاتحاد.', 'Name a law of the catalogue of the federation.')],
  'law-not-in-force': [
    text(
      'اسأل بقانون نافذ بين الدولتين، أو بموافقة الشخص.',
      'Ask under a law in force between both states, or with the consent of the person.',
    ),
  ],
  'law-does-not-ground': [
    text(
      'اسأل عما يجيزه القانون فقط، أو بموافقة الشخص.',
      'Ask for what the law grounds alone, or with the consent of the person.',
    ),
  ],
  'sealing-not-allowed': [text('اسأل دون حجب، أو لمدة أقصر.', 'Ask without a seal, or for a shorter time.')],
  'evidence-unknown': [text('اسأل بأسماء من الدليل المتفق عليه.', 'Ask with names of the agreed catalogue.')],
  'signature-missing': [
    text(
      'على العقدة السائلة أن توقّع السؤال بمفتاح جهتها (RFC 9421، الوسم question).',
      'The asking node has to sign the question with the key of its office (RFC 9421, label "question").',
    ),
  ],
  'signature-invalid': [
    text(
      'على الجهة السائلة أن توقّع بمفتاح تظهره سلسلة ثقتها الآن، وألا يغيّر وسيط بينهما الرسالة.',
      'The asking office has to sign with a key that its trust chain shows now, and nothing between the nodes may change the message.',
    ),
  ],
  'question-expired': [
    text(
      'اضبط ساعة العقدة السائلة: يقول jisr doctor هناك كم تختلف. المسموح ستون ثانية.',
      'Set the clock of the asking node: jisr doctor there says how far it is off. Sixty seconds are allowed.',
    ),
  ],
  'question-replayed': [text('يُسأل السؤال الجديد برقم جديد.', 'A new question is asked under a new id.')],
  'requester-unknown': [
    text(
      'على دولة الجهة السائلة أن تسجّلها في الاتحاد تحت المرجع نفسه؛ يعرض jisr federation show سلسلة ثقتها.',
      'The state of the asking office has to register it in the federation under the same anchor; jisr federation show prints its trust chain.',
    ),
  ],
  'requester-unverifiable': [
    nothingInQuestion(
      'لم تستطع هذه العقدة قراءة سلسلة ثقة الجهة. يقول jisr doctor هنا من الذي لا يجيب.',
      'this node could not read the trust chain of the office. jisr doctor here says who does not answer.',
    ),
  ],
  'requester-log-in-breach': [
    nothingInQuestion(
      'على دولة الجهة السائلة أن تسوّي الإخلال في سجلها المفتوح مع شهودها، ثم يرفعه المشغّل هنا.',
      'the state of the asking office has to settle the breach of its ledger with its witnesses, and the operator here to lift it.',
    ),
  ],
  'token-invalid': [
    text(
      'على الجهة السائلة أن تحصل على رمز وصول جديد مرتبط بمفتاحها.',
      'The asking office has to obtain a new access token, bound to its key.',
    ),
  ],
  'token-issuer-unknown': [
    text(
      'على الجهة السائلة أن تحصل على الرمز من الدولة التي تحتفظ بالبيانات.',
      'The asking office has to obtain the token from the state that holds the evidence.',
    ),
  ],
  'token-insufficient': [
    text(
      'اسأل بما في رمز الوصول فقط، أو اطلب موافقة تشمله.',
      'Ask for what the token carries alone, or for a consent that covers it.',
    ),
  ],
  'consent-unknown': [
    text(
      'اذكر موافقة مُنحت لهذه الجهة من هذا الشخص، أو اطلب موافقته.',
      'Name a consent that this person gave to this office, or ask the person for one.',
    ),
  ],
  'consent-withdrawn': [askAnew],
  'consent-expired': [askAnew],
  'consent-used-up': [
    askAnew,
    text(
      'لما يُسأل عنه مرارًا: اطلبها لعدد من المرات أو إلى تاريخ.',
      'For what is asked for again: ask for one that holds a number of times, or until a day.',
    ),
  ],
  'evidence-not-consented': [askPerson],
  'fields-not-consented': [
    text('اسأل عن الحقول التي وافق عليها الشخص فقط.', 'Ask for the fields that the person approved, and no others.'),
    askPerson,
  ],
  'purpose-not-consented': [
    text('اسأل للغرض الذي وافق عليه الشخص.', 'Ask for the purpose that the person consented to.'),
    askPerson,
  ],
  'case-not-consented': [
    text('اسأل للملف الذي وافق عليه الشخص.', 'Ask for the case that the person consented for.'),
    askPerson,
  ],
  'evidence-of-company': [
    text(
      'يوافق من له حق التوقيع عن الشركة، بعد أن يختارها في «النيابة عن الآخرين».',
      'Whoever may sign for the company consents, having chosen it under "Acting for others".',
    ),
  ],
  'mandate-unknown': [askPerson],
  'mandate-ended': [
    text(
      'يوافق الشخص بنفسه، أو من ينوب عنه بتوكيل سارٍ.',
      'The person consents, or somebody with a mandate in force does.',
    ),
  ],
  'mandate-suspended': [
    nothingInQuestion(
      'على السجل الذي أوقف النيابة أن يعيدها.',
      'the register that suspended the mandate has to restore it.',
    ),
  ],
  'mandate-not-covering': [
    text(
      'يوافق الشخص بنفسه، أو من يشمل توكيله هذا الغرض.',
      'The person consents, or somebody whose mandate covers this purpose does.',
    ),
  ],
  'register-unreachable': [
    nothingInQuestion(
      'سجل النيابة لم يجب. يقول jisr doctor هنا ما المنقطع؛ ثم يُسأل مجددًا.',
      'the register of mandates did not answer. jisr doctor here says what is broken; then ask again.',
    ),
  ],
  'stamp-overdue': [
    nothingInQuestion(
      'لم يُختم السجل المفتوح زمنيًا منذ وقت أطول مما تسمح به فئة الإثبات. ختم واحد يكفي: يقول jisr doctor هنا أي جهة لا تجيب.',
      'the ledger has had no time-stamp for longer than the evidence class allows. One stamp ends it: jisr doctor here says which authority does not answer.',
    ),
  ],
  'evidence-not-found': [
    text(
      'لا قيد للشخص في السجل تحت رقمه: له أن يطلب من الجهة إضافته أو تصحيحه.',
      'The registry has no record under the number of the person, who can ask the office to add or correct it.',
    ),
  ],
  'registry-unavailable': [
    nothingInQuestion(
      'السجل لم يجب. تقول صفحة التشغيل وjisr doctor هنا ما المنقطع؛ ثم يُسأل مجددًا.',
      'the registry did not answer. The operations page and jisr doctor here say what is broken; then ask again.',
    ),
  ],
  'registry-answer-invalid': [
    nothingInQuestion(
      'القيد لا يطابق وصف السجل. تسمّي صفحة التشغيل الحقل المنحرف: يُصحَّح القيد أو الوصف.',
      'the record is not as the registry is described. The operations page names the field that drifted: correct the record, or the description.',
    ),
  ],
  'fetch-malformed': [otherDocument],
  'fetch-replayed': [text('يُوقَّع طلب جديد للوثيقة.', 'A new request for the document is signed.')],
  'document-unknown': [otherDocument],
  'document-expired': [otherDocument],
  'document-changed': [otherDocument],
  'document-unavailable': [
    nothingInQuestion(
      'مخزن الوثائق لم يقدّمها. يقول jisr doctor هنا ما المنقطع.',
      'the store of documents did not give it. jisr doctor here says what is broken.',
    ),
  ],
  'documents-too-many': [
    nothingInQuestion(
      'كانت العقدة تنقل أكبر عدد ممكن من الوثائق. يُطلب مجددًا.',
      'the node carried as many documents as it can. Ask again.',
    ),
  ],
};

/** Empty for a code that is none of an answering node. */
export const changesByCode = (code: string): readonly Text[] => byCode[code] ?? [];

/** Of a refusal by a consent that is known: what it holds, where the question asks for something else. */
export function consentChanges(
  code: string,
  asked: Omit<Lawful, 'ground'>,
  details: readonly GrantedEvidenceDetail[],
): readonly Text[] {
  const detail = details.find((one) => one.evidence_type === asked.evidenceType);
  if (code === 'fields-not-consented' && detail) {
    const missing = fieldWords(
      asked.evidenceType,
      asked.fields.filter((field) => !detail.fields.includes(field)),
    );
    return [
      text(
        `اسأل دون ما لم يوافق عليه الشخص: ${missing.ar}.`,
        `Ask without what the person did not approve: ${missing.en}.`,
      ),
      text(`أو اطلب موافقته على: ${missing.ar}.`, `Or ask the person to approve: ${missing.en}.`),
    ];
  }
  if (code === 'purpose-not-consented' && detail) {
    const [wanted, held] = [purposeWords(asked.purpose), purposeWords(detail.purpose)];
    return [
      text(
        `الموافقة للغرض «${held.ar}»: اطلب موافقة للغرض «${wanted.ar}».`,
        `The consent is for "${held.en}": ask the person for one for "${wanted.en}".`,
      ),
    ];
  }
  return changesByCode(code);
}

/** Of a refusal by a law: the seal that it does allow, and the laws of the catalogue that ground the question. */
export function lawChanges(asked: Lawful, facts: LawFacts): Text[] {
  const grounding = laws.filter((law) => isInForce(law, facts) && isGrounded(asked, law.id, facts));
  const named = grounding.find(({ id }) => id === asked.ground);
  const sealing = asked.sealUntil !== undefined && named ? [sealWords(named.sealing?.daysMax)] : [];
  const others = grounding
    .filter((law) => law !== named && isGrounded(asked, law.id, facts, asked.sealUntil))
    .map(({ id, names }) => text(`اذكر القانون ${id}: ${names.ar}.`, `Name the law ${id}: ${names.en}.`));
  if (sealing.length + others.length > 0) return [...sealing, ...others];
  return [
    text(
      'لا قانون في الدليل يجيز هذا السؤال: اسأل بموافقة الشخص.',
      'No law of the catalogue grounds this: ask with the consent of the person.',
    ),
  ];
}

const sealWords = (daysMax: number | undefined): Text =>
  daysMax === undefined
    ? text(
        'اسأل دون حجب: هذا القانون لا يجيز حجب السؤال عن الشخص.',
        'Ask without a seal: this law does not allow the question to be kept from the person.',
      )
    : text(
        `احجب السؤال مدة لا تتجاوز ${daysMax} يومًا من الآن.`,
        `Seal the question for ${daysMax} days from now at most.`,
      );

const isGrounded = (asked: Lawful, law: string, facts: LawFacts, sealUntil?: string): boolean =>
  !refusalOf(() =>
    checkLaw({ ...asked, fields: [...asked.fields], ground: { law, ...(sealUntil ? { sealUntil } : {}) } }, facts),
  );
