import { type Static, Type } from 'typebox';
import { defineContract } from '#kernel/contract';
import { Text } from '#kernel/languages';
import { defineProblems } from '#kernel/problem';
import { recoveryProblems } from './methods/recovery-problems.ts';
import { type RefusalReason, refusalReasons } from './outcomes/reasons.ts';
import { upstreamAnswers } from './upstream/contract.ts';

export { type RefusalReason, refusalReasons };

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
    en: 'This service needs a stronger sign-in than your digital identity gave. The sign-in page of your state says how you get one; then start again.',
    ar: 'تحتاج هذه الخدمة إلى تسجيل دخول أقوى مما أعطته هويتك الرقمية. تقول لك صفحة الدخول في دولتك كيف تحصل عليه، ثم ابدأ من جديد.',
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
  'phones-not-askable': {
    status: 409,
    en: 'The home state does not let this office ask the phones of its people. The person can sign in on a screen of their own.',
    ar: 'لا تسمح الدولة الأم لهذه الجهة بسؤال هواتف أهلها. يستطيع صاحب الشأن تسجيل الدخول على شاشة لديه.',
  },
  'phone-asked-too-often': {
    status: 429,
    en: 'The phone of whoever has this number was asked too often. Wait a few minutes, or look at a document instead.',
    ar: 'سُئل هاتف صاحب هذا الرقم مرات كثيرة. انتظر بضع دقائق، أو اطّلع على وثيقة بدلًا من ذلك.',
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
  'redirect-address-invalid': {
    status: 400,
    en: 'Address number {number} of the list cannot be a redirect address. Give https addresses of one host, without a fragment.',
    ar: 'العنوان رقم {number} في القائمة لا يصلح عنوانًا للرجوع. أعطِ عناوين https على مضيف واحد وبلا جزء بعد علامة #.',
  },
  'older-client-unknown': {
    status: 404,
    en: 'No older client with this id is allowed here. The list of older clients has them all.',
    ar: 'لا يوجد عميل قديم مسموح به بهذا المعرّف. تجدهم كلهم في قائمة العملاء القدامى.',
  },
  'passkey-not-accepted': {
    status: 401,
    en: 'The passkey was not accepted. Try again on this page, or use another way to sign in.',
    ar: 'لم يُقبل مفتاح المرور. أعد المحاولة من هذه الصفحة، أو استخدم طريقة أخرى للدخول.',
  },
  'passkey-copied': {
    status: 403,
    en: 'This passkey may have been copied, so it was blocked. Sign in another way and remove it.',
    ar: 'قد يكون مفتاح المرور هذا منسوخًا فأُوقف. سجّل الدخول بطريقة أخرى ثم احذفه.',
  },
  'passkey-limit-reached': {
    status: 409,
    en: 'You have {most} passkeys, which is the most. Remove one that you no longer use, then add this one.',
    ar: 'لديك {most} من مفاتيح المرور، وهذا أقصى عدد. احذف مفتاحًا لا تستخدمه ثم أضف هذا.',
  },
  'approval-closed': {
    status: 410,
    en: 'This request is closed: it was answered, took too long, or was called off. Nothing was approved by this.',
    ar: 'أُغلق هذا الطلب: أُجيب عنه أو انتهت مدته أو أُلغي. لم يُوافَق على شيء بهذا.',
  },
  'phone-unknown': {
    status: 403,
    en: 'This device does not approve sign-ins. Set it up on the page of your ways to sign in.',
    ar: 'هذا الجهاز لا يوافق على الدخول. أعدّه لذلك من صفحة طرق دخولك.',
  },
  'phone-limit-reached': {
    status: 409,
    en: 'You have {most} devices that approve, which is the most. Remove one, then add this one.',
    ar: 'لديك {most} أجهزة توافق على الدخول، وهذا أقصى عدد. احذف جهازًا ثم أضف هذا.',
  },
  ...recoveryProblems,
  'confirmation-needed': {
    status: 403,
    en: 'Confirm first that it is you: with your password and a code, or with a passkey.',
    ar: 'أكّد هويتك أولًا: بكلمة المرور والرمز، أو بمفتاح مرور.',
  },
  'ways-kept-at-home': {
    status: 403,
    en: 'Your ways to sign in are kept by your own state. Open its portal to see or change them.',
    ar: 'طرق دخولك محفوظة لدى دولتك. افتح بوابتها لعرضها أو تغييرها.',
  },
  'way-unknown': {
    status: 404,
    en: 'This way to sign in is not among yours; it may have been removed already. Load the page again.',
    ar: 'طريقة الدخول هذه ليست من طرقك، وربما حُذفت من قبل. حمّل الصفحة من جديد.',
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
  'upstream-unknown': {
    status: 404,
    en: 'This way to sign in is not offered here. Load the page again and choose another one.',
    ar: 'طريقة الدخول هذه غير متاحة هنا. حمّل الصفحة من جديد واختر غيرها.',
  },
  'upstream-failed': {
    status: 502,
    origin: 'other-node',
    en: 'The digital identity did not answer as it should, so nobody was signed in. Try again, or take another way.',
    ar: 'لم تجب الهوية الرقمية كما ينبغي، فلم يُسجَّل دخول أحد. أعد المحاولة أو اختر طريقة أخرى.',
  },
  'message-not-possible': {
    status: 409,
    en: 'No code can be sent as a text message for this sign-in. Use the code in your app, or go back and take another way.',
    ar: 'لا يمكن إرسال رمز برسالة نصية لهذا الدخول. استخدم الرمز في تطبيقك، أو ارجع واختر طريقة أخرى.',
  },
  'upstream-answer-invalid': {
    status: 400,
    en: 'This answer belongs to no request that waits here, or its proof is not signed as agreed. Nothing was changed.',
    ar: 'لا يخص هذا الجواب طلبًا منتظرًا هنا، أو أن إثباته غير موقّع كما هو متفق عليه. لم يتغير شيء.',
  },
  'person-list-invalid': {
    status: 400,
    en: 'Entry {position} of the list of persons is not valid: {field}. Correct it and load the list again.',
    ar: 'السطر {position} من قائمة الأشخاص غير صالح: {field}. صحّحه ثم حمّل القائمة من جديد.',
  },
});

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

export const PersonHere = Type.Object({
  isSignedIn: Type.Boolean(),
  homeState: Type.Optional(Type.String()),
  names: Type.Optional(Text),
  officeId: Type.Optional(Type.String()),
  roles: Type.Optional(Type.Array(Type.String())),
});
export type PersonHere = Static<typeof PersonHere>;

/** How sign-ins of one day (UTC) ended. `level` is empty where nobody was signed in. */
export const SignInCount = Type.Object({
  day: Type.String(),
  side: Type.Enum(['provider', 'relying-party']),
  outcome: Type.String(),
  level: Type.String(),
  count: Type.Integer(),
});

export const OlderClient = Type.Object({
  clientId: Type.String(),
  names: Text,
  redirectUris: Type.Array(Type.String()),
  reason: Type.String(),
  allowedAt: Type.String(),
  endedAt: Type.Optional(Type.String()),
});

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
    listSignIns: {
      method: 'GET',
      path: '/operator/sign-ins',
      summary: 'How many sign-ins ended how, by day: at the eID of this state, and here with the eID of any',
      access: 'operator',
      query: Type.Object({ days: Type.Optional(Type.Integer({ minimum: 1, maximum: 400 })) }),
      answer: Type.Object({ counts: Type.Array(SignInCount) }),
      refusals: [],
    },
    allowOlderClient: {
      method: 'POST',
      path: '/operator/older-clients',
      summary:
        'Allow a named older client the plain OpenID Connect profile: code, PKCE, a client secret, level low, no claims',
      access: 'operator',
      body: Type.Object(
        {
          names: Text,
          redirectUris: Type.Array(Type.String({ maxLength: 500 }), { minItems: 1, maxItems: 10 }),
          reason: Type.String({ minLength: 10, maxLength: 500 }),
        },
        { additionalProperties: false },
      ),
      answer: Type.Object({ ...OlderClient.properties, clientSecret: Type.String() }),
      status: 201,
      refusals: ['redirect-address-invalid'],
    },
    listOlderClients: {
      method: 'GET',
      path: '/operator/older-clients',
      summary: 'The older clients that were allowed, with the reason of each; also those that have ended',
      access: 'operator',
      answer: Type.Object({ clients: Type.Array(OlderClient) }),
      refusals: [],
    },
    endOlderClient: {
      method: 'DELETE',
      path: '/operator/older-clients/:clientId',
      summary: 'End what was allowed to an older client, from the next request on',
      access: 'operator',
      params: Type.Object({ clientId: Type.String({ maxLength: 40 }) }),
      answer: Type.Object({}),
      refusals: ['older-client-unknown'],
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
    receiveUpstreamAnswer: upstreamAnswers,
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
