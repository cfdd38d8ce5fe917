import { pages } from '../pages/index.ts';
import type { OfferView } from '../pages/offers.tsx';
import { text } from './sample-states.ts';

const offer: OfferView['offer'] = {
  offerId: '019ab0c0-7c00-7000-8000-000000000001',
  serviceId: 'newborn-cover',
  serviceTitle: text('إضافة مولود إلى التغطية التأمينية', 'Adding a newborn to the family’s insurance'),
  eventType: 'person-born',
  eventNames: text('وُلد لك طفل', 'A child was born to you'),
  happenedOn: '2026-11-22',
  publisher: 'http://bh.localhost:4002/offices/interior',
  why: text(
    'سُجّلت ولادة طفل لك، والمولود لا يدخل في تغطيتك إلا بطلبك.',
    'The birth of your child was recorded, and a newborn is covered with you only if you ask for it.',
  ),
  madeAt: '2026-11-23T08:00:00Z',
  until: '2027-11-22',
  isForChild: false,
  state: 'open',
  mayPutOff: true,
  fills: [
    {
      label: text('ما تاريخ ميلاد المولود؟', 'When was the child born?'),
      value: text('٢٢ نوفمبر ٢٠٢٦', '22 November 2026'),
      source: text('من السجل الرسمي: وُلد لك طفل', 'From the official record: A child was born to you'),
    },
    {
      label: text('البريد الإلكتروني', 'E-mail address'),
      value: text('fatima@example.bh', 'fatima@example.bh'),
      source: text('من عنوانك المؤكد في «الرسائل»', 'From: your confirmed address under “Messages”'),
    },
  ],
  asks: [
    {
      names: text('بيانات الهوية', 'Identity record'),
      fields: [text('الاسم بالعربية', 'Name in Arabic'), text('تاريخ الميلاد', 'Date of birth')],
    },
  ],
};
const by: OfferView['by'] = {
  names: text('السجل السكاني', 'Population Registry'),
  state: { code: 'BH', names: text('البحرين', 'Bahrain') },
};
const wish = {
  eventType: 'person-born',
  names: offer.eventNames,
  isWanted: true,
  services: [offer.serviceTitle],
};
const signedIn = { stateCode: 'BH', isSignedIn: true };
const over = { fills: [], mayPutOff: false };

export const offeredCard = offer;

/** The pages of offers, with the views they are tested with. */
export const offerExamples = [
  { page: pages.offer, example: 'open', view: { offer, by, mustActFirst: false }, ...signedIn },
  {
    page: pages.offer,
    example: 'child',
    view: { offer: { ...offer, ...over, isForChild: true }, by, mustActFirst: true },
    ...signedIn,
  },
  {
    page: pages.offer,
    example: 'later',
    view: { offer: { ...offer, state: 'later', againOn: '2026-12-07', mayPutOff: false }, by, mustActFirst: false },
    ...signedIn,
  },
  {
    page: pages.offer,
    example: 'begun',
    view: { offer: { ...offer, ...over, state: 'begun', caseId: offer.offerId }, by, mustActFirst: false },
    ...signedIn,
  },
  {
    page: pages.offer,
    example: 'ended',
    view: { offer: { ...offer, ...over, state: 'ended', endedFor: 'withdrawn' }, by, mustActFirst: false },
    ...signedIn,
  },
  { page: pages.offerWishes, example: 'empty', view: { wishes: [], isOwnPerson: true }, ...signedIn },
  {
    page: pages.offerWishes,
    example: 'filled',
    view: { wishes: [wish], isOwnPerson: false, notice: text('حُفظت اختياراتك.', 'Your choices are saved.') },
    stateCode: 'SA',
    isSignedIn: true,
  },
];
