import { formatDate, type Text } from '#kernel/languages';
import type { Form } from '#modules/catalogue';
import { findEvidenceType } from '#protocol/catalogue';
import type { CaseState } from './states.ts';

export const stateWords: Record<CaseState, Text> = {
  draft: { ar: 'لم يُرسل بعد', en: 'Not sent yet' },
  submitted: { ar: 'بانتظار موظف', en: 'Waiting for an officer' },
  'in-review': { ar: 'قيد المراجعة', en: 'Being reviewed' },
  'waiting-for-person': { ar: 'بانتظار ردك', en: 'Waiting for your answer' },
  'to-confirm': { ar: 'قيد المراجعة', en: 'Being reviewed' },
  'under-appeal': { ar: 'التظلّم قيد النظر', en: 'Your appeal is being considered' },
  cancelled: { ar: 'أُلغي القرار', en: 'The decision was cancelled' },
  approved: { ar: 'صدر القرار بالموافقة', en: 'Approved' },
  refused: { ar: 'صدر القرار بالرفض', en: 'Refused' },
  withdrawn: { ar: 'مسحوب', en: 'Withdrawn' },
  expired: { ar: 'انتهت المسودة وحُذف ما فيها', en: 'The draft ended, and what it held was erased' },
  stopped: { ar: 'توقف لوفاة صاحب الطلب', en: 'Stopped: the applicant has died' },
};

/** Of an approval that leaves out some of what was asked for. */
export const inPartWords: Text = { ar: 'صدر القرار بالموافقة الجزئية', en: 'Approved in part' };

/** What happened, as the person reads it. Facts without words here are kept but not told. */
export const timelineWords: Record<string, Text> = {
  'case-started': { ar: 'بدأت الطلب', en: 'You began the application' },
  'evidence-received': { ar: 'وصلت البيانات التي وافقت عليها', en: 'The evidence you allowed arrived' },
  'case-submitted': { ar: 'قدّمت الطلب', en: 'You sent the application' },
  'case-taken': { ar: 'بدأت الجهة مراجعة الطلب', en: 'The office began to review it' },
  'case-assigned': { ar: 'أُسند الطلب إلى موظف لمراجعته', en: 'An officer was given it to review' },
  'case-released': { ar: 'عاد الطلب إلى قائمة الانتظار', en: 'The application went back to the queue' },
  'case-returned': { ar: 'عاد الطلب إلى قائمة الانتظار', en: 'The application went back to the queue' },
  'case-set-down': { ar: 'عاد الطلب إلى قائمة الانتظار', en: 'The application went back to the queue' },
  'case-signed': { ar: 'وقّع أحد المفوَّضين الطلب', en: 'One of the signatories signed the application' },
  'case-stopped': { ar: 'توقف الطلب لوفاة صاحبه', en: 'The application stopped, because the applicant has died' },
  'case-approved': { ar: 'صدر القرار: موافقة', en: 'The decision was made: approved' },
  'case-approved-in-part': { ar: 'صدر القرار: موافقة جزئية', en: 'The decision was made: approved in part' },
  'case-refused': { ar: 'صدر القرار: رفض', en: 'The decision was made: refused' },
  'case-expired': {
    ar: 'انتهت مدة المسودة وحُذف ما كتبته وما وصل لها',
    en: 'The draft ended: what you wrote and what arrived for it was erased',
  },
  'case-withdrawn': { ar: 'سحبت الطلب', en: 'You withdrew the application' },
  'information-requested': { ar: 'طلبت الجهة معلومات منك', en: 'The office asked you for something' },
  'rules-applied-again': {
    ar: 'طُبّقت القواعد من جديد بعد تغيّر المعلومات',
    en: 'The rules were applied again, as something had changed',
  },
  'information-reminded': { ar: 'ذكّرناك بما طلبته الجهة', en: 'We reminded you of what the office asked' },
  'information-given': { ar: 'أرسلت ردك إلى الجهة', en: 'You sent your answer to the office' },
  'information-not-given': {
    ar: 'انتهت مدة الرد، وعاد الطلب إلى الموظف',
    en: 'The time to answer ended, and the case went back to the officer',
  },
  'case-lapsed': {
    ar: 'انتهت مدة الرد من دون رد، فعُدّ الطلب مسحوبًا',
    en: 'The time to answer ended without an answer, so the application counts as withdrawn',
  },
  'appeal-filed': { ar: 'قدّمت تظلّمًا', en: 'You appealed' },
  'appeal-upheld': { ar: 'رُفض التظلّم وبقي القرار', en: 'The appeal was decided: the decision stays' },
  'appeal-replaced': { ar: 'قُبل التظلّم وحلّ قرار جديد', en: 'The appeal was decided: a new decision was made' },
  'decision-corrected': { ar: 'صحّحت الجهة القرار', en: 'The office corrected the decision' },
  'case-reopened': { ar: 'أعادت الجهة فتح الطلب', en: 'The office reopened the case' },
  'case-cancelled': { ar: 'ألغت الجهة القرار', en: 'The office cancelled the decision' },
  'message-to-person': { ar: 'وصلتك رسالة من الجهة', en: 'The office wrote to you' },
  'message-to-office': { ar: 'كتبت إلى الجهة', en: 'You wrote to the office' },
  'renewal-offered': { ar: 'حان موعد التجديد', en: 'The time to renew has come' },
  'case-renews': { ar: 'الطلب تجديد لوثيقة سابقة', en: 'This renews an earlier decision' },
  'case-applies-again': {
    ar: 'يبدأ الطلب بإجاباتك في طلب سابق',
    en: 'It begins with your answers of an earlier application',
  },
  'draft-filled': {
    ar: 'عُبّئ الطلب بما عُرف من قبل، لتراجعه',
    en: 'What was known already was filled in, for you to check',
  },
  'partner-asked': {
    ar: 'طُلب من الجهة المختصة في بلدك أن تؤكد بيانات الطلب',
    en: 'The office in charge in your home state was asked to confirm the application',
  },
  'partner-answered': { ar: 'وصل رد الجهة المختصة في بلدك', en: 'The office in your home state has answered' },
  'partner-silent': {
    ar: 'انتهت مدة رد الجهة المختصة في بلدك من دون رد',
    en: 'The time for the office in your home state ended without an answer',
  },
  'consent-gone': {
    ar: 'سحبت موافقة يقوم عليها الطلب، فتوقف اطّلاع جهة في بلدك عليه',
    en: 'You withdrew a consent that it stands on, so an office of your home state sees it no more',
  },
  'letter-again': {
    ar: 'تُرسل بيانات الطلب إلى جهة بلدك من جديد',
    en: 'The office of your home state is told of it once more',
  },
  'sharing-ended': {
    ar: 'أوقفت اطّلاع جهة في بلدك على الطلب',
    en: 'You ended what an office of your home state sees of the application',
  },
  'consent-lost': {
    ar: 'سُحبت موافقة يقوم عليها الطلب، فلا تُستعمل البيانات التي وصلت بها',
    en: 'A consent that it stands on was withdrawn: what came with it is not used any more',
  },
  'consent-restored': {
    ar: 'وصلت موافقة جديدة، ومضى الطلب',
    en: 'There is a new consent, and the application goes on',
  },
  'consent-not-restored': {
    ar: 'لم تصل موافقة جديدة في مدتها، فعُدّ الطلب مسحوبًا',
    en: 'No new consent came in time, so the application counts as withdrawn',
  },
  'document-attached': { ar: 'صدرت الوثيقة', en: 'The document was issued' },
  'credential-attached': { ar: 'صدرت الشهادة الرقمية', en: 'The credential was issued' },
  'case-erased': {
    ar: 'انتهت مدة الحفظ ومُحي ما كان في الطلب',
    en: 'The time for which it is kept ended: what the application held was erased',
  },
};

/** The same for the office: of the person in the third person, and with what stays in the office. */
export const historyWords: Record<string, Text> = {
  ...timelineWords,
  'case-started': { ar: 'بدأ المتقدّم الطلب', en: 'The applicant began the application' },
  'evidence-received': { ar: 'وصلت بيانات بموافقة المتقدّم', en: 'Evidence arrived with the applicant’s consent' },
  'case-submitted': { ar: 'قدّم المتقدّم الطلب', en: 'The applicant sent the application' },
  'case-applies-again': {
    ar: 'يبدأ الطلب بإجابات المتقدّم في طلب سابق',
    en: 'It began with the applicant’s answers of an earlier application',
  },
  'case-taken': { ar: 'استُلم الطلب', en: 'The case was taken' },
  'case-assigned': { ar: 'أسند المشرف الطلب إلى زميل', en: 'A supervisor gave the case to a colleague' },
  'case-returned': {
    ar: 'عاد الطلب إلى قائمة الانتظار، فلم يعد لمن كان بيده دور فيه',
    en: 'The case went back to the queue: whoever had it has no role for it any more',
  },
  'case-set-down': {
    ar: 'عاد الطلب إلى قائمة الانتظار لغياب من كان بيده',
    en: 'The case went back to the queue: whoever had it is away',
  },
  'case-covered': {
    ar: 'انتقل الطلب إلى من ينوب عن الغائب',
    en: 'The case went to whoever covers for an absent officer',
  },
  'evidence-asked-again': { ar: 'سُئلت الدولة الأم مرة أخرى وأكدت', en: 'The home state was asked again and confirmed' },
  'representation-ended': {
    ar: 'لم يعد لمن قدّم الطلب أن ينوب عن صاحبه',
    en: 'Whoever applied may no longer stand for the applicant',
  },
  'representative-died': { ar: 'توفي من قدّم الطلب نيابة', en: 'Whoever applied for the applicant has died' },
  'case-withdrawn': { ar: 'سحب المتقدّم الطلب', en: 'The applicant withdrew the application' },
  'information-requested': { ar: 'طُلبت معلومات من المتقدّم', en: 'The applicant was asked for something' },
  'rules-applied-again': {
    ar: 'طُبّقت القواعد من جديد على المعلومات بعد تغيّرها',
    en: 'The rules were applied again to what has changed',
  },
  'information-reminded': { ar: 'ذُكّر المتقدّم بالرد', en: 'The applicant was reminded to answer' },
  'information-given': { ar: 'ردّ المتقدّم على الطلب', en: 'The applicant answered' },
  'information-not-given': { ar: 'انتهت المدة من دون رد المتقدّم', en: 'The applicant did not answer in time' },
  'partner-asked': { ar: 'طُلب تأكيد جهة في بلد المتقدّم', en: 'An office of the applicant’s home state was asked' },
  'partner-answered': { ar: 'وصل رد جهة بلد المتقدّم', en: 'The office of the home state answered' },
  'partner-silent': {
    ar: 'لم ترد جهة بلد المتقدّم في موعدها، وأُبلغ المشرف',
    en: 'The office of the home state did not answer in time, and the supervisor was told',
  },
  'consent-gone': {
    ar: 'سحب المتقدّم موافقة، فتوقف اطّلاع جهة في بلده',
    en: 'The applicant withdrew a consent, so an office of the home state sees it no more',
  },
  'letter-again': {
    ar: 'أعاد المشغّل إرسال الرسالة إلى جهة بلد المتقدّم',
    en: 'The operator had the letter to the home state sent again',
  },
  'sharing-ended': {
    ar: 'أوقف المتقدّم اطّلاع جهة في بلده',
    en: 'The applicant ended what an office of the home state sees',
  },
  'case-kept-longer': { ar: 'مُدّد حفظ الطلب بحكم قانون أو محكمة', en: 'The case is kept longer, for a law or a court' },
  'case-hold-ended': { ar: 'انتهى تمديد الحفظ', en: 'The case is not kept longer any more' },
  'decision-proposed': { ar: 'اقتُرح قرار ينتظر موظفًا ثانيًا', en: 'A decision was proposed to a second officer' },
  'decision-sent-back': { ar: 'أعاد الموظف الثاني القرار', en: 'The second officer sent the decision back' },
  'appeal-filed': { ar: 'قدّم المتقدّم تظلّمًا', en: 'The applicant appealed' },
  'message-to-person': { ar: 'رسالة إلى المتقدّم', en: 'A message to the applicant' },
  'message-to-office': { ar: 'رسالة من المتقدّم', en: 'A message from the applicant' },
  'point-done': { ar: 'نقطة من قائمة التحقق: تم', en: 'A point of the checklist: done' },
  'point-not-applicable': {
    ar: 'نقطة من قائمة التحقق: لا تنطبق',
    en: 'A point of the checklist: does not apply',
  },
  'point-open-again': { ar: 'نقطة من قائمة التحقق: مفتوحة من جديد', en: 'A point of the checklist: open again' },
  'note-written': { ar: 'ملاحظة داخلية', en: 'An internal note' },
  'case-nearly-late': { ar: 'اقترب موعد القرار وأُبلغ المشرف', en: 'The due day is near, and the supervisor was told' },
  'case-late': { ar: 'حلّ موعد القرار وأُبلغ المشرف', en: 'The decision is due, and the supervisor was told' },
};

/** The words of an event, which say of an approval whether it was one in part. */
export const wordsOfEvent = (
  words: Record<string, Text>,
  { kind, body }: { kind: string; body: Record<string, unknown> },
): Text | undefined => {
  if (kind === 'case-approved' && body['inPart'] === true) return words['case-approved-in-part'];
  if (kind === 'document-attached' && body['document'] === 'credential') return words['credential-attached'];
  return words[kind];
};

export const taskWords = {
  signIn: { ar: 'الدخول بهويتك الوطنية', en: 'Sign in with your national identity' },
  evidence: { ar: 'الموافقة على إرسال بياناتك من سجلات بلدك', en: "Allow your home state's records to be sent" },
  check: { ar: 'مراجعة الإجابات والإرسال', en: 'Check your answers and send' },
} satisfies Record<string, Text>;

export const colleague: Text = { ar: 'زميل', en: 'A colleague' };

/** A page of a form as a refusal names it: to people by its title, to programs by its id. */
export function pageParams(form: Form, pageId: string) {
  const title = form.definition.pages.find(({ id }) => id === pageId)?.title;
  return { page: title ?? { ar: pageId, en: pageId }, pageId };
}

/** Fields of evidence, `type.field` each, by the names that people know them by. */
export function namesOfFields(paths: readonly string[]): Text {
  const named = paths.map((path) => {
    const [typeId, field] = path.split('.') as [string, string];
    const type = findEvidenceType(typeId);
    const { ar, en } = type?.fields[field]?.names ?? { ar: field, en: field };
    return type ? { ar: `${ar} (${type.names.ar})`, en: `${en} (${type.names.en})` } : { ar, en };
  });
  return { ar: named.map(({ ar }) => ar).join('، '), en: named.map(({ en }) => en).join(', ') };
}

/** A value of a record in both languages: the agreed words of a code, a day as people write it. */
export function wordsOfValue(evidenceType: string, name: string, value: unknown): Text {
  const field = findEvidenceType(evidenceType)?.fields[name];
  const agreed = typeof value === 'string' ? field?.values?.[value] : undefined;
  if (agreed) return agreed;
  if (typeof value === 'string' && field?.schema['format'] === 'date' && !Number.isNaN(Date.parse(value))) {
    const day = new Date(`${value.slice(0, 10)}T00:00:00Z`);
    const written = (language: 'ar' | 'en') => formatDate(day, language, { timeZone: 'UTC' });
    return { ar: written('ar'), en: written('en') };
  }
  if (typeof value === 'boolean') return value ? { ar: 'نعم', en: 'Yes' } : { ar: 'لا', en: 'No' };
  return { ar: String(value), en: String(value) };
}
/** That an officer had a case before them, for whoever audits the office. */
export const readWords: Text = { ar: 'اطّلع على الطلب', en: 'Read the case' };
