import { type Static, Type } from 'typebox';
import { defineContract } from '#kernel/contract';
import { Text } from '#kernel/languages';
import { defineProblems } from '#kernel/problem';

export const problem = defineProblems({
  'sign-in-failed': {
    status: 401,
    en: 'The number and the password do not belong together. Check both and try again.',
    ar: 'الرقم وكلمة المرور غير متطابقين. تحقّق منهما ثم أعد المحاولة.',
  },
  'code-wrong': {
    status: 401,
    en: 'That code is not right, or it was used before. Wait for the next code in your app and enter that one.',
    ar: 'الرمز غير صحيح أو استُخدم من قبل. انتظر الرمز التالي في تطبيقك وأدخله.',
  },
  'too-many-attempts': {
    status: 429,
    en: 'There were too many attempts. Wait {seconds} seconds, then try again. Your account stays open.',
    ar: 'عدد المحاولات كبير. انتظر {seconds} ثانية ثم أعد المحاولة. حسابك لم يُغلق.',
  },
  'interaction-expired': {
    status: 410,
    en: 'This page is no longer valid. Go back to the service you came from and start again.',
    ar: 'انتهت صلاحية هذه الصفحة. ارجع إلى الخدمة التي أتيت منها وابدأ من جديد.',
  },
  'person-suspended': {
    status: 403,
    en: 'Your digital identity is suspended. Contact the office that issued it; it can lift the suspension.',
    ar: 'هويتك الرقمية موقوفة. تواصل مع الجهة التي أصدرتها، فهي التي ترفع الإيقاف.',
  },
  'grant-too-wide': {
    status: 400,
    en: 'More was approved than had been asked for, so nothing was given. Start the request again.',
    ar: 'الموافقة أوسع مما طُلب، فلم يُعطَ شيء. ابدأ الطلب من جديد.',
  },
  'acr-not-met': {
    status: 403,
    en: 'This service needs a stronger sign-in than was used. Sign in again with a password and a code.',
    ar: 'تحتاج هذه الخدمة إلى تسجيل دخول أقوى مما استُخدم. سجّل الدخول من جديد بكلمة المرور والرمز.',
  },
  'sign-in-cancelled': {
    status: 400,
    en: 'You stopped before the end, so nothing was sent. You can start again whenever you like.',
    ar: 'أوقفت العملية قبل نهايتها، فلم يُرسَل شيء. يمكنك البدء من جديد متى شئت.',
  },
  'consent-declined': {
    status: 400,
    en: 'You did not agree to an item that this service cannot do without. Nothing was sent. You can start again, or apply at an office.',
    ar: 'لم توافق على عنصر لا تتم الخدمة بدونه، فلم يُرسَل شيء. يمكنك البدء من جديد أو التقديم في أحد المكاتب.',
  },
  'sign-in-timed-out': {
    status: 400,
    en: 'The sign-in took too long and was closed. Nothing was sent. Start again.',
    ar: 'استغرق تسجيل الدخول وقتًا طويلًا فأُغلق، ولم يُرسَل شيء. ابدأ من جديد.',
  },
  'number-mismatched': {
    status: 400,
    en: 'The number chosen was not the number shown, so the sign-in was stopped. Start again.',
    ar: 'الرقم المختار ليس الرقم المعروض، فأُوقف تسجيل الدخول. ابدأ من جديد.',
  },
  'person-not-matched': {
    status: 400,
    en: 'Your records could not be found with certainty. An officer can find them for you; contact the office.',
    ar: 'تعذّر العثور على سجلاتك بيقين. يستطيع الموظف إيجادها لك؛ تواصل مع المكتب.',
  },
  'consent-of-another': {
    status: 403,
    en: 'Somebody else consented than the person signed in here, so nothing was asked for. Sign out everywhere, then begin again.',
    ar: 'من وافق ليس الشخص الذي سجّل الدخول هنا، فلم يُطلب شيء. سجّل الخروج من كل مكان ثم ابدأ من جديد.',
  },
  'sign-in-expired': {
    status: 410,
    en: 'This sign-in was finished before or took too long. Start again from the service.',
    ar: 'اكتمل تسجيل الدخول هذا من قبل أو انتهت مدته. ابدأ من جديد من صفحة الخدمة.',
  },
  'sign-in-refused': {
    status: 502,
    origin: 'other-node',
    en: 'Your home state could not complete the sign-in ({reason}). Start again; if it goes on, name this reason to the help desk.',
    ar: 'تعذّر على دولتك إتمام تسجيل الدخول ({reason}). ابدأ من جديد، وإن تكرر فاذكر هذا السبب لمكتب المساعدة.',
  },
  'request-not-permitted': {
    status: 403,
    en: 'The home state refused the request before asking you: the office asked for more than it is permitted to.',
    ar: 'رفضت دولتك الطلب قبل أن تُسأل: طلبت الجهة أكثر مما هو مصرّح لها به.',
  },
  'provider-not-trusted': {
    status: 502,
    origin: 'other-node',
    en: 'The identity service of that state is not part of the federation, so you were not sent there.',
    ar: 'خدمة الهوية في تلك الدولة ليست ضمن الاتحاد، فلم تُحوَّل إليها.',
  },
  'home-state-unknown': {
    status: 404,
    en: 'This state is not in the federation, or cannot be read just now. Choose your state again; if it is missing, try in a minute.',
    ar: 'هذه الدولة ليست ضمن الاتحاد، أو تعذّرت قراءتها الآن. اختر دولتك من جديد، وإن لم تجدها فأعد المحاولة بعد دقيقة.',
  },
  'return-address-invalid': {
    status: 400,
    en: 'The page to return to is not a page of this site. Open the service again from the home page.',
    ar: 'الصفحة المطلوب الرجوع إليها ليست من هذا الموقع. افتح الخدمة من الصفحة الرئيسية.',
  },
  'logout-token-invalid': {
    status: 400,
    en: 'The sign-out message is not valid; nothing was changed. Send a fresh, signed logout token.',
    ar: 'رسالة تسجيل الخروج غير صالحة ولم يتغير شيء. أرسل رمز خروج جديدًا موقّعًا.',
  },
  'acting-not-here': {
    status: 403,
    en: "This page is the person's own, and your mandate does not open it. Stop acting for others to see your own.",
    ar: 'هذه الصفحة خاصة بصاحبها ولا تفتحها نيابتك. أوقف النيابة لترى صفحتك.',
  },
  'mandate-not-in-force': {
    status: 403,
    en: 'You cannot act for this person now: the mandate ended or does not cover this. Look at "Acting for others" at home.',
    ar: 'لا يمكنك العمل بالنيابة الآن: انتهت النيابة أو لا تشمل هذا الأمر. راجع «النيابة عن الآخرين» في بوابة دولتك.',
  },
  'person-unknown': {
    status: 404,
    en: 'This state has no person with that number. Check the number and try again.',
    ar: 'لا يوجد في هذه الدولة شخص بهذا الرقم. تحقّق من الرقم ثم أعد المحاولة.',
  },
  'signal-invalid': {
    status: 400,
    en: 'The security event is not valid; nothing was changed. Send a signed token for this state about one of your persons.',
    ar: 'الحدث الأمني غير صالح ولم يتغير شيء. أرسل رمزًا موقّعًا لهذه الدولة عن أحد أشخاصك.',
  },
  'person-list-invalid': {
    status: 400,
    en: 'Entry {position} of the list of persons is not valid: {field}. Correct it and load the list again.',
    ar: 'السطر {position} من قائمة الأشخاص غير صالح: {field}. صحّحه ثم حمّل القائمة من جديد.',
  },
});

/** How strong a sign-in is. `substantial` = password and one-time code. */
export const acrValues = ['substantial'] as const;

/** Why a digital identity is suspended or restored. Codes alone: they stand in the ledger and name nobody. */
export const suspensionReasons = ['card-lost', 'misuse', 'own-request', 'court-order', 'mistake'] as const;
export const SuspensionReason = Type.Enum(suspensionReasons);
export type SuspensionReason = Static<typeof SuspensionReason>;
const SuspensionOrder = Type.Object(
  { nationalId: Type.String({ minLength: 1, maxLength: 64 }), reason: SuspensionReason },
  { additionalProperties: false },
);

/** One element of `authorization_details` (RFC 9396). Members beyond these belong to the consent module and pass through. */
export const EvidenceDetail = Type.Object(
  {
    type: Type.Literal('evidence'),
    evidence_type: Type.String({ minLength: 1, maxLength: 200 }),
    fields: Type.Array(Type.String({ minLength: 1, maxLength: 100 }), {
      minItems: 1,
      maxItems: 100,
      uniqueItems: true,
    }),
    purpose: Type.String({ minLength: 1, maxLength: 200 }),
  },
  { additionalProperties: true },
);
export type EvidenceDetail = Static<typeof EvidenceDetail> & Record<string, unknown>;

export const evidenceDetailsMax = 10;

/** Why a person or the provider ended an interaction without a grant; travels as `error_description`. */
export const refusalReasons = [
  'user_cancelled',
  'essential_claim_declined',
  'loa_unmet',
  'timeout',
  'number_mismatch',
  'not_matched',
  'mandate_ended',
] as const;
export type RefusalReason = (typeof refusalReasons)[number];

export const PersonHere = Type.Object({
  isSignedIn: Type.Boolean(),
  homeState: Type.Optional(Type.String()),
  names: Type.Optional(Text),
  officeId: Type.Optional(Type.String()),
  roles: Type.Optional(Type.Array(Type.String())),
});
export type PersonHere = Static<typeof PersonHere>;

export const contract = defineContract({
  module: 'identity',
  title: { ar: 'الهوية', en: 'Identity' },
  problems: problem,
  endpoints: {
    receiveLogout: {
      method: 'POST',
      path: '/api/sign-in/backchannel-logout',
      summary: 'An OpenID Provider says that a session has ended (OpenID Connect Back-Channel Logout 1.0 section 2.5)',
      access: 'signed-message',
      raw: true,
      bodyBytesMax: 16_384,
      answer: Type.Object({ ended: Type.Integer() }),
      refusals: ['logout-token-invalid'],
    },
    receiveSignal: {
      method: 'POST',
      path: '/api/signals',
      summary:
        'Another state tells of one of its identities: a Security Event Token (RFC 8417), pushed as RFC 8935 says',
      access: 'signed-message',
      raw: true,
      bodyBytesMax: 16_384,
      answer: Type.Object({ ended: Type.Integer() }),
      status: 202,
      refusals: ['signal-invalid'],
    },
    suspendIdentity: {
      method: 'POST',
      path: '/operator/identities/suspend',
      summary: 'Suspends a digital identity: no new sign-in, and every session and token ends, in every state',
      access: 'operator',
      body: SuspensionOrder,
      answer: Type.Object({ changed: Type.Boolean() }),
      refusals: ['person-unknown'],
    },
    restoreIdentity: {
      method: 'POST',
      path: '/operator/identities/restore',
      summary: 'Lifts the suspension of a digital identity; what had ended stays ended',
      access: 'operator',
      body: SuspensionOrder,
      answer: Type.Object({ changed: Type.Boolean() }),
      refusals: ['person-unknown'],
    },
    findMyself: {
      method: 'GET',
      path: '/api/me',
      summary: 'Who is signed in: home state, and the names when this is the home state',
      access: 'person',
      answer: PersonHere,
      refusals: [],
    },
  },
});
export type IdentityContract = typeof contract;
