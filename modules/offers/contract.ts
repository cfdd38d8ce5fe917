import { type Static, Type } from 'typebox';
import { defineContract } from '#kernel/contract';
import { Text } from '#kernel/languages';
import { defineProblems } from '#kernel/problem';
import { Moment, Name, Uuid } from '#protocol/text';
import { openingEndpoints } from './openings/contract.ts';

export const problem = defineProblems({
  'offer-unknown': {
    status: 404,
    en: 'There is no such offer for you. Look at the offers on your first page.',
    ar: 'لا يوجد عرض كهذا لك. اطّلع على العروض في صفحتك الأولى.',
  },
  'offer-ended': {
    status: 410,
    en: 'This offer has ended. You can still find the service and apply for it yourself.',
    ar: 'انتهى هذا العرض. يمكنك مع ذلك أن تجد الخدمة وتقدّم طلبها بنفسك.',
  },
  'offer-for-another': {
    status: 409,
    en: 'This offer is for somebody you may act for. Choose first to act for them, then begin.',
    ar: 'هذا العرض لمن تنوب عنه. اختر أولًا أن تنوب عنه ثم ابدأ.',
  },
  'event-kind-unknown': {
    status: 404,
    en: 'No service here is offered for events of this kind. Choose a kind from the list.',
    ar: 'لا تُعرض هنا خدمة عند حدث من هذا النوع. اختر نوعًا من القائمة.',
  },
  'service-unknown': {
    status: 404,
    en: 'This state gives no service of this name. Look for it in the list of services.',
    ar: 'لا تقدّم هذه الدولة خدمة بهذا الاسم. ابحث عنها في قائمة الخدمات.',
  },
  'service-open': {
    status: 409,
    en: 'This service takes applications now: begin yours on its page.',
    ar: 'هذه الخدمة تستقبل الطلبات الآن: ابدأ طلبك من صفحتها.',
  },
});

export const offerEnds = ['time', 'applied', 'withdrawn', 'died', 'declined', 'never'] as const;

/** A service that is offered to somebody because of what happened; nothing is applied for before they say yes. */
export const Offer = Type.Object({
  offerId: Uuid,
  serviceId: Type.String(),
  serviceTitle: Text,
  eventType: Name,
  eventNames: Text,
  /** ISO 8601 day. */
  happenedOn: Type.String(),
  /** Entity id of the office that recorded the event. */
  publisher: Type.String(),
  why: Text,
  madeAt: Moment,
  /** The last day of the offer, ISO 8601. */
  until: Type.String(),
  /** It is about somebody whom a register names this person the guardian of. */
  isForChild: Type.Boolean(),
  state: Type.Enum(['open', 'later', 'begun', 'ended']),
  endedFor: Type.Optional(Type.Enum([...offerEnds])),
  /** When it comes back, once, ISO 8601; of an offer that was put off. */
  againOn: Type.Optional(Type.String()),
  /** Whether it can be put off, which is once. */
  mayPutOff: Type.Boolean(),
  /** What the form is filled with, and from where. */
  fills: Type.Array(Type.Object({ label: Text, value: Text, source: Text })),
  /** What the person will be asked to have sent, with consent and not before. */
  asks: Type.Array(Type.Object({ names: Text, fields: Type.Array(Text) })),
  caseId: Type.Optional(Uuid),
});
export type Offer = Static<typeof Offer>;

/** Whether somebody wants services offered when events of a kind happen to them. */
export const OfferWish = Type.Object({
  eventType: Name,
  names: Text,
  isWanted: Type.Boolean(),
  services: Type.Array(Text),
});
export type OfferWish = Static<typeof OfferWish>;

const one = Type.Object({ offerId: Uuid });
const unknown = ['offer-unknown', 'offer-ended'];

export const offersContract = defineContract({
  module: 'offers',
  title: { ar: 'عروض الخدمات', en: 'Offers of services' },
  problems: problem,
  endpoints: {
    listOffers: {
      method: 'GET',
      path: '/api/offers',
      summary: 'Services that are offered to me now because of what happened in my life',
      access: 'person',
      scope: 'cases:read',
      answer: Type.Object({ offers: Type.Array(Offer) }),
      refusals: [],
    },
    beginOffer: {
      method: 'POST',
      path: '/api/offers/:offerId/begin',
      summary: 'Say yes: begins a draft, filled as far as it can be. Nothing is sent',
      access: 'person',
      scope: 'cases:write',
      params: one,
      answer: Type.Object({ caseId: Uuid }),
      refusals: [...unknown, 'offer-for-another'],
    },
    answerOffer: {
      method: 'POST',
      path: '/api/offers/:offerId/answer',
      summary: 'Not now: it comes back once. Never: nothing is offered for events of this kind any more',
      access: 'person',
      params: one,
      body: Type.Object({ answer: Type.Enum(['not-now', 'never']) }, { additionalProperties: false }),
      answer: Offer,
      refusals: unknown,
    },
    listWishes: {
      method: 'GET',
      path: '/api/offer-wishes',
      summary: 'The kinds of events that services are offered for here, and whether I want that',
      access: 'person',
      answer: Type.Object({ wishes: Type.Array(OfferWish) }),
      refusals: [],
    },
    saveWish: {
      method: 'PUT',
      path: '/api/offer-wishes/:eventType',
      summary: 'Have services offered for events of a kind, or never again',
      access: 'person',
      params: Type.Object({ eventType: Name }),
      body: Type.Object({ isWanted: Type.Boolean() }, { additionalProperties: false }),
      answer: Type.Object({ wishes: Type.Array(OfferWish) }),
      refusals: ['event-kind-unknown'],
    },
    ...openingEndpoints,
  },
});
export type OffersContract = typeof offersContract;
