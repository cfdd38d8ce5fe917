import { defineProblems } from '#kernel/problem';
import { problem as caseProblem } from '#modules/cases';

export const problem = defineProblems({
  'message-malformed': {
    status: 400,
    en: 'The message does not have the agreed form ({where}). Correct it and send it again.',
    ar: 'الرسالة ليست بالصيغة المتفق عليها ({where}). صحّحها ثم أعد إرسالها.',
  },
  'message-too-large': {
    status: 413,
    en: 'The message is larger than {bytesMax} bytes. Send less in one message.',
    ar: 'حجم الرسالة أكبر من {bytesMax} بايت. أرسل أقل في الرسالة الواحدة.',
  },
  'office-unknown': {
    status: 404,
    en: 'There is no such office at this node. Look its address up in the federation again.',
    ar: 'لا توجد جهة كهذه في هذه العقدة. ابحث عن عنوانها في الاتحاد من جديد.',
  },
  'signature-missing': {
    status: 401,
    en: 'The message is not signed (RFC 9421, label "letter"). Sign it with the key of the sending office.',
    ar: 'الرسالة غير موقّعة (RFC 9421، الوسم «letter»). وقّعها بمفتاح الجهة المرسلة.',
  },
  'signature-invalid': {
    status: 401,
    en: 'The signature of the message does not hold ({where}). Check the key, the covered parts and the body.',
    ar: 'توقيع الرسالة غير صحيح ({where}). تحقق من المفتاح والأجزاء الموقّعة والمحتوى.',
  },
  'message-expired': {
    status: 401,
    en: 'The message is not valid at this time. Check the clock of the sending node and send it again.',
    ar: 'الرسالة غير صالحة في هذا الوقت. تحقق من ساعة العقدة المرسلة ثم أعد إرسالها.',
  },
  'message-replayed': {
    status: 409,
    en: 'A message with this number or nonce was taken before with other content. Use a new one for a new message.',
    ar: 'استُلمت من قبل رسالة بهذا الرقم أو المفتاح العشوائي بمحتوى آخر. استخدم رقمًا جديدًا لرسالة جديدة.',
  },
  'sender-unknown': {
    status: 403,
    en: 'The sending office is not known in the federation. Its state has to register it first.',
    ar: 'الجهة المرسلة غير معروفة في الاتحاد. على دولتها تسجيلها أولًا.',
  },
  'sender-unverifiable': {
    status: 503,
    origin: 'own-node',
    en: 'This node cannot check the sending office at the moment. Nothing was lost; try again in a few minutes.',
    ar: 'لا تستطيع هذه العقدة التحقق من الجهة المرسلة الآن. لم يضع شيء؛ أعد المحاولة بعد دقائق.',
  },
  'letter-out-of-order': {
    status: 409,
    en: 'Letter {expected} of this case is expected next. Send what is missing first.',
    ar: 'الرسالة المنتظرة لهذا الطلب هي رقم {expected}. أرسل ما ينقص أولًا.',
  },
  'sharing-not-agreed': {
    status: 403,
    en: 'This service does not let this office see that of a case ({where}). Nothing was kept.',
    ar: 'لا تتيح هذه الخدمة للجهة الاطّلاع على ذلك من الطلب ({where}). لم يُحفظ شيء.',
  },
  'subject-unknown': {
    status: 403,
    en: 'This office knows nobody of this state by that name. Name the person as the state’s own provider named them.',
    ar: 'لا تعرف هذه الجهة أحدًا من هذه الدولة بهذا المعرّف. استخدم المعرّف الذي أعطاه مزوّد الهوية في الدولة.',
  },
  'share-unknown': {
    status: 404,
    en: 'There is no such case here that you may see. Go back to the list.',
    ar: 'لا يوجد هنا طلب كهذا يحق لك الاطّلاع عليه. عُد إلى القائمة.',
  },
  'share-ended': {
    status: 410,
    en: 'This case is shared no longer: the person ended it, or took the application back. Nothing more can be sent about it.',
    ar: 'لم يعد هذا الطلب مشتركًا: أوقفه صاحبه أو سحب طلبه. لا يمكن إرسال شيء آخر بشأنه.',
  },
  'task-not-open': {
    status: 409,
    en: 'Nothing is asked of your office in this case any more. The page says what came of it.',
    ar: 'لم يعد مطلوبًا من جهتك شيء في هذا الطلب. تبيّن الصفحة ما انتهى إليه.',
  },
  'answer-words-missing': {
    status: 422,
    en: 'Write why, in Arabic and in English: the other office cannot ask you across the border.',
    ar: 'اكتب السبب بالعربية والإنجليزية، فلا يمكن للجهة الأخرى أن تستنتجه.',
  },
  'text-too-long': {
    status: 422,
    en: 'This is longer than 2,000 characters. Shorten it.',
    ar: 'النص أطول من ٢٠٠٠ حرف. اختصره.',
  },
  'note-empty': { status: 422, en: 'Write something first.', ar: 'اكتب النص أولًا.' },
  'role-needed': caseProblem.catalogue['role-needed'],
  'own-case': {
    status: 403,
    en: 'This case is about you, or about somebody you act for. A colleague has to answer it.',
    ar: 'هذا الطلب يخصك، أو يخص من تنوب عنه. يجيب عنه زميل لك.',
  },
  'document-unknown': {
    status: 404,
    en: 'There is no such document in this case, or it may not be seen any more.',
    ar: 'لا توجد وثيقة كهذه في هذا الطلب، أو لم يعد الاطّلاع عليها متاحًا.',
  },
  'document-differs': {
    status: 502,
    origin: 'other-node',
    en: 'What came is not the document that the other office named: its hash differs. It is not shown; tell the other office.',
    ar: 'ما وصل ليس الوثيقة التي سمّتها الجهة الأخرى، فبصمتها مختلفة. لم تُعرض؛ أبلغ الجهة الأخرى.',
  },
  'reply-invalid': {
    status: 502,
    origin: 'other-node',
    en: 'The reply of the other office does not hold ({where}). Nothing was taken from it; it is asked again.',
    ar: 'رد الجهة الأخرى غير سليم ({where}). لم يؤخذ منه شيء، وسيُعاد السؤال.',
  },
  'letter-unknown': {
    status: 404,
    en: 'There is no letter with this number that was given up. List them again; it may have been sent since.',
    ar: 'لا توجد رسالة متروكة بهذا الرقم. اعرض القائمة من جديد فقد تكون أُرسلت.',
  },
});
