import { type ActingView, type EidRepresentView, type MandateCard, pages } from '../pages/index.ts';
import { text } from './sample-states.ts';

const child = text('زينب خليفة عيسى المناعي', 'Zainab Khalifa Isa Almannai');
const guardian = text('وليّ', 'Guardian');

const ofRegister: MandateCard = {
  mandateId: '01998f3f-0000-7000-8000-0000000000a1',
  kind: guardian,
  other: child,
  state: 'in-force',
  purposes: [],
  evidence: [],
  isOfRegister: true,
};
const given: MandateCard = {
  mandateId: '01998f3f-0000-7000-8000-0000000000a2',
  kind: text('وكيل', 'Representative by mandate'),
  state: 'offered',
  purposes: [text('معادلة شهادة جامعية', 'Recognition of a university degree')],
  evidence: [text('بيانات الهوية', 'Identity details')],
  endsOn: '2027-03-31',
  isOfRegister: false,
};
const filled: ActingView = {
  held: [ofRegister],
  given: [given, { ...given, mandateId: '01998f3f-0000-7000-8000-0000000000a3', other: child, state: 'ended' }],
  form: [
    {
      name: 'purpose',
      kind: 'checkboxes',
      label: text('في أي أمر؟', 'For what?'),
      required: true,
      choices: [{ value: 'degree-recognition', label: given.purposes[0]! }],
      value: [],
      error: text('لم يُختر أمر', 'Choose what the mandate is for'),
    },
    { name: 'until', kind: 'date', label: text('آخر يوم في النيابة', 'Last day of the mandate'), required: true },
  ],
  codeField: { name: 'code', kind: 'text', label: text('الرمز الذي وصلك', 'The code you were given'), required: true },
  offered: { code: 'ABCDE-FGHIJ-KLMNO-PQRST' },
};
const represent: EidRepresentView = {
  action: '/eid-pages/interaction/9sLx0Qw/represent',
  requester: text('البوابة الحكومية، السعودية', 'Government portal, Saudi Arabia'),
  self: text('أمينة محمد عادل المحمود', 'Amina Mohamed Adel Almahmood'),
  held: [{ mandateId: ofRegister.mandateId, names: child, kind: guardian, limits: [] }],
};

/** The pages of acting for others, with the views they are tested with. */
export const actingExamples = [
  { page: pages.acting, example: 'filled', view: filled, stateCode: 'BH', isSignedIn: true },
  {
    page: pages.acting,
    example: 'visitor',
    view: {
      actingFor: child,
      elsewhere: { state: text('البحرين', 'Bahrain'), href: 'http://bh.localhost:4001/acting' },
      held: [],
      given: [],
      form: [],
    } satisfies ActingView,
    stateCode: 'SA',
    isSignedIn: true,
  },
  { page: pages.withdrawMandate, example: 'filled', view: { mandate: given }, stateCode: 'BH', isSignedIn: true },
  { page: pages.eidRepresent, example: 'filled', view: represent, stateCode: 'BH', isSignedIn: false },
  {
    page: pages.eidRepresent,
    example: 'unchosen',
    view: { ...represent, isUnchosen: true },
    stateCode: 'BH',
    isSignedIn: false,
  },
  { page: pages.eidRepresent, example: 'none', view: { ...represent, held: [] }, stateCode: 'BH', isSignedIn: false },
];
