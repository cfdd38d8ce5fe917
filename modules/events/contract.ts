import { type Static, Type } from 'typebox';
import { bytes, defineContract } from '#kernel/contract';
import { Text } from '#kernel/languages';
import { defineProblems } from '#kernel/problem';
import { eventReplyComponents, Subscription } from '#protocol/event-message';
import { EntityId, FieldNames, Moment, Name, Uuid } from '#protocol/text';

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
    en: 'The message is not signed (RFC 9421, label "event"). Sign it with the key of the sending office.',
    ar: 'الرسالة غير موقّعة (RFC 9421، الوسم «event»). وقّعها بمفتاح الجهة المرسلة.',
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
    en: 'A message with this id or nonce was taken before with other content. Use a new one for a new message.',
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
  'event-type-unknown': {
    status: 400,
    en: 'The event type "{type}" is not in the agreed catalogue. Choose one that is.',
    ar: 'نوع الحدث «{type}» غير موجود في الدليل المتفق عليه. اختر نوعًا موجودًا.',
  },
  'event-not-announced': {
    status: 404,
    en: 'This office does not announce "{type}". Ask the office of that state which does.',
    ar: 'لا تعلن هذه الجهة عن «{type}». راجع الجهة التي تعلن عنه في تلك الدولة.',
  },
  'event-data-invalid': {
    status: 400,
    en: 'The details of the event do not have the agreed form ({where}). Correct them and announce it again.',
    ar: 'تفاصيل الحدث ليست بالصيغة المتفق عليها ({where}). صحّحها ثم أعلن عنه مجددًا.',
  },
  'subscriber-not-entitled': {
    status: 403,
    en: 'The office is not certified to be told of this ({where}). Nothing was given; its state certifies offices.',
    ar: 'الجهة غير مخوّلة بتلقي هذا ({where}). لم يُعطَ شيء؛ دولتها هي التي تخوّل الجهات.',
  },
  'subscription-unknown': {
    status: 404,
    en: 'There is no such subscription between these offices. Subscribe first.',
    ar: 'لا يوجد اشتراك كهذا بين الجهتين. اشترك أولًا.',
  },
  'subscription-ended': {
    status: 410,
    en: 'This subscription has ended. Subscribe again if there is still a ground for it.',
    ar: 'انتهى هذا الاشتراك. اشترك من جديد إن كان له سند قائم.',
  },
  'subscription-too-long': {
    status: 400,
    en: 'A subscription ends in the future and within {daysMax} days. Choose an earlier end; it can be renewed.',
    ar: 'ينتهي الاشتراك في المستقبل وخلال {daysMax} يومًا. اختر نهاية أقرب؛ يمكن تجديده.',
  },
  'subject-unknown': {
    status: 404,
    en: 'This state has not made one of these persons known to your office. Name only persons who dealt with it.',
    ar: 'لم تعرّف هذه الدولة جهتك بأحد هؤلاء الأشخاص. اذكر فقط من تعامل معها.',
  },
  'event-out-of-order': {
    status: 409,
    en: 'An earlier event about this person has not arrived yet. It is being fetched; send this one again in a while.',
    ar: 'لم يصل بعد حدث سابق عن هذا الشخص. يجري جلبه؛ أعد إرسال هذا الحدث بعد قليل.',
  },
  'reply-invalid': {
    status: 502,
    origin: 'other-node',
    en: 'The other node sent a reply that does not hold ({where}), so it was not used. Try again in a few minutes.',
    ar: 'أرسلت العقدة الأخرى ردًا غير صحيح ({where}) فلم يُستخدم. أعد المحاولة بعد دقائق.',
  },
  'person-unknown': {
    status: 404,
    en: 'This state has no person with that number. Check the number and announce the event again.',
    ar: 'لا يوجد في هذه الدولة شخص بهذا الرقم. تحقق من الرقم ثم أعلن عن الحدث مجددًا.',
  },
  'letter-unknown': {
    status: 404,
    en: 'There is no dead letter with this number. List them again; it may have been delivered since.',
    ar: 'لا توجد رسالة متعذّرة بهذا الرقم. اعرض القائمة من جديد فقد تكون سُلّمت.',
  },
});

/** Every refusal of a signed message about events; each is signed when the address names an office of the node. */
export const messageRefusals = [
  'message-malformed',
  'message-too-large',
  'office-unknown',
  'signature-missing',
  'signature-invalid',
  'message-expired',
  'message-replayed',
  'sender-unknown',
  'sender-unverifiable',
] as const;

/** How one event about a person was given to one office, as that person reads it. */
export type GivenEvent = {
  deliveryId: string;
  at: string;
  publisher: string;
  subscriber: string;
  subscriberNames: Text;
  eventType: string;
  eventNames: Text;
  fields: Array<{ name: string; names: Text }>;
  purpose: string;
  purposeNames: Text;
  legalBasis: Text;
  state: 'waiting' | 'given' | 'not-given';
  /** The leaf in this node's ledger, in hex. */
  leafHash: string;
};

/** An event that could not be delivered. It holds back what came later about the same person, until it is retried or dropped. */
export const DeadLetter = Type.Object({
  deliveryId: Uuid,
  subscriptionId: Uuid,
  subscriber: Type.String(),
  eventType: Type.String(),
  sequence: Type.Integer(),
  code: Type.String(),
  attempts: Type.Integer(),
  publishedAt: Moment,
  /** Later events about the same person that wait behind it. */
  heldBack: Type.Integer(),
});
export type DeadLetter = Static<typeof DeadLetter>;

/** An event that a handler of this node cannot take. It holds back what came later about the same person. */
export const UnheardEvent = Type.Object({
  eventId: Uuid,
  subscriptionId: Uuid,
  eventType: Type.String(),
  sequence: Type.Integer(),
  attempts: Type.Integer(),
  receivedAt: Moment,
});
export type UnheardEvent = Static<typeof UnheardEvent>;

/** What an operator sees of events that are on their way or stuck; nobody's name. */
export const OpenLetters = Type.Object({
  waiting: Type.Integer(),
  dead: Type.Integer(),
  oldestWaitingAt: Type.Optional(Moment),
  deadLetters: Type.Array(DeadLetter),
  unheard: Type.Array(UnheardEvent),
});
export type OpenLetters = Static<typeof OpenLetters>;

export const ReceivedEvent = Type.Object({
  eventId: Uuid,
  subscriptionId: Uuid,
  publisher: Type.String(),
  eventType: Type.String(),
  names: Text,
  subject: Type.String(),
  sequence: Type.Integer(),
  occurredAt: Moment,
  receivedAt: Moment,
  /** Absent once it was dropped; the proof stays. */
  data: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  leafHash: Type.String(),
});
export type ReceivedEvent = Static<typeof ReceivedEvent>;

const part = Type.String({ pattern: '^[A-Za-z0-9._-]{1,64}$' });
const office = { instance: part, memberClass: part, member: part };
const signedReply = bytes('application/json; charset=utf-8');
const limits = { access: 'signed-message', raw: true, bodyBytesMax: 131_072, answer: signedReply } as const;

export const contract = defineContract({
  module: 'events',
  title: { ar: 'الأحداث بين الدول', en: 'Events between states' },
  problems: problem,
  endpoints: {
    acceptSubscription: {
      method: 'POST',
      path: '/events/:instance/:memberClass/:member/subscriptions',
      summary: `Subscribes the signing office to an event type; replies are signed over ${eventReplyComponents.join(' ')}`,
      params: Type.Object(office),
      refusals: [
        ...messageRefusals,
        'event-type-unknown',
        'event-not-announced',
        'subscriber-not-entitled',
        'subscription-too-long',
      ],
      ...limits,
    },
    listGrantedSubscriptions: {
      method: 'GET',
      path: '/events/:instance/:memberClass/:member/subscriptions',
      summary: 'The subscriptions that the signing office holds with this office',
      params: Type.Object(office),
      refusals: messageRefusals,
      ...limits,
    },
    changeSubjects: {
      method: 'POST',
      path: '/events/:instance/:memberClass/:member/subscriptions/:subscriptionId/subjects',
      summary: 'Says about which persons the signing office wants to be told, by the pairwise subjects it knows',
      params: Type.Object({ ...office, subscriptionId: part }),
      refusals: [...messageRefusals, 'subscription-unknown', 'subscription-ended', 'subject-unknown'],
      ...limits,
    },
    endGrantedSubscription: {
      method: 'POST',
      path: '/events/:instance/:memberClass/:member/subscriptions/:subscriptionId/end',
      summary: 'Ends a subscription of the signing office; nothing is sent under it any more',
      params: Type.Object({ ...office, subscriptionId: part }),
      refusals: [...messageRefusals, 'subscription-unknown'],
      ...limits,
    },
    catchUp: {
      method: 'GET',
      path: '/events/:instance/:memberClass/:member/subscriptions/:subscriptionId/events',
      summary: 'Every event of a subscription after a sequence, in order, each signed as if it were pushed',
      params: Type.Object({ ...office, subscriptionId: part }),
      query: Type.Object({ after: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }) }),
      refusals: [...messageRefusals, 'subscription-unknown', 'subscription-ended', 'subscriber-not-entitled'],
      ...limits,
    },
    receiveEvent: {
      method: 'POST',
      path: '/events/:instance/:memberClass/:member/inbox',
      summary: 'Takes one event (CloudEvents 1.0, structured mode) and gives a signed receipt once it is durable',
      params: Type.Object(office),
      refusals: [
        ...messageRefusals,
        'event-type-unknown',
        'event-data-invalid',
        'subscription-unknown',
        'subscription-ended',
        'event-out-of-order',
      ],
      ...limits,
    },
    announceEvent: {
      method: 'POST',
      path: '/api/office/events',
      summary:
        "Announces, as an office's registrar, that something happened to a person; sent again, it is announced once",
      access: 'officer',
      body: Type.Object(
        {
          eventId: Uuid,
          type: Name,
          nationalId: Type.String({ minLength: 4, maxLength: 32 }),
          occurredAt: Moment,
          data: Type.Record(Type.String(), Type.Unknown()),
        },
        { additionalProperties: false },
      ),
      answer: Type.Object({ eventId: Uuid, leafHash: Type.String(), subscribers: Type.Integer() }),
      refusals: [
        'kernel:not-permitted',
        'event-type-unknown',
        'event-not-announced',
        'event-data-invalid',
        'person-unknown',
        'message-replayed',
      ],
    },
    listReceivedEvents: {
      method: 'GET',
      path: '/api/office/events',
      summary: "The events that the registrar's office was told of, latest first",
      access: 'officer',
      answer: Type.Array(ReceivedEvent),
      refusals: ['kernel:not-permitted'],
    },
    listSubscriptions: {
      method: 'GET',
      path: '/api/office/event-subscriptions',
      summary: "The subscriptions that the registrar's office holds with others, and those that others hold with it",
      access: 'officer',
      answer: Type.Object({ held: Type.Array(Subscription), granted: Type.Array(Subscription) }),
      refusals: ['kernel:not-permitted'],
    },
    subscribe: {
      method: 'POST',
      path: '/api/office/event-subscriptions',
      summary: "Subscribes the registrar's office to an event type of an office of another state",
      access: 'officer',
      body: Type.Object(
        { publisher: EntityId, eventType: Name, purpose: Name, fields: FieldNames, until: Moment },
        { additionalProperties: false },
      ),
      answer: Subscription,
      refusals: [
        'kernel:not-permitted',
        'event-type-unknown',
        'event-not-announced',
        'subscriber-not-entitled',
        'subscription-too-long',
        'office-unknown',
        'reply-invalid',
      ],
    },
    endSubscription: {
      method: 'POST',
      path: '/api/office/event-subscriptions/:subscriptionId/end',
      summary: "Ends a subscription that the registrar's office holds or grants",
      access: 'officer',
      params: Type.Object({ subscriptionId: Uuid }),
      refusals: ['kernel:not-permitted', 'subscription-unknown', 'reply-invalid'],
      answer: Type.Object({ subscriptionId: Uuid, state: Type.Literal('ended') }),
    },
    listLetters: {
      method: 'GET',
      path: '/operator/events',
      summary: 'Events that wait, that could not be delivered, and that a handler of this node could not take',
      access: 'operator',
      answer: OpenLetters,
      refusals: [],
    },
    retryLetter: {
      method: 'POST',
      path: '/operator/events/:letterId/retry',
      summary: 'Sends a dead letter again, or has an unheard event heard again',
      access: 'operator',
      params: Type.Object({ letterId: Uuid }),
      answer: Type.Object({ letterId: Uuid }),
      refusals: ['letter-unknown'],
    },
    dropLetter: {
      method: 'POST',
      path: '/operator/events/:letterId/drop',
      summary: 'Gives a dead letter or an unheard event up; the reason is in the ledger and names nobody',
      access: 'operator',
      params: Type.Object({ letterId: Uuid }),
      body: Type.Object({ reason: Type.String({ minLength: 3, maxLength: 300 }) }, { additionalProperties: false }),
      answer: Type.Object({ letterId: Uuid }),
      refusals: ['letter-unknown'],
    },
  },
});
