import { type ConsentView, pages, type ReceiptView, type ReceivedEvidence } from '../../pages/index.ts';
import { text } from '../sample-states.ts';
import { createExamples, fatima, head, igaBh, moeBh, moeSa, purpose } from './examples.ts';

/** Consent: asked for, given, kept as a receipt; and evidence that came by it. */
const { examples, add } = createExamples();
export const consentExamples = examples;

export const evidence: ReceivedEvidence[] = [
  {
    evidence: text('بيانات الهوية', 'Identity attributes'),
    from: igaBh,
    receivedAt: '2026-11-22T05:41:10Z',
    items: [
      { label: text('الاسم الكامل', 'Full name'), value: { names: fatima, latin: 'Fatima Ahmed Ali Alhaddad' } },
      { label: text('تاريخ الميلاد', 'Date of birth'), value: { date: '1997-03-04' } },
    ],
    missing: [],
    exchangeId: '01998f40-11aa-7c3d-8e21-77b0c4f0a1d2',
    digest: 'sha-256=:b1f0VqzP6n1cXl2n4JtQ0aWc9yR3m5kPpQ1eZ9c2e7d=:',
  },
  {
    evidence: text('سجل المؤهل العلمي', 'Degree record'),
    from: moeBh,
    receivedAt: '2026-11-22T05:41:11Z',
    items: [
      {
        label: text('الدرجة والتخصص', 'Degree and field'),
        value: text('بكالوريوس هندسة حاسوب', 'BSc Computer Engineering'),
      },
      { label: text('الجامعة', 'University'), value: text('جامعة البحرين', 'University of Bahrain') },
      { label: text('سنة التخرج', 'Year of graduation'), value: { year: 2019 } },
      { label: text('رقم القيد', 'Record number'), value: { code: 'UOB-2019-0044871' } },
    ],
    missing: [text('المعدل التراكمي', 'Grade point average')],
    exchangeId: '01998f40-1c02-7d44-b7aa-5510ee93c7f1',
    digest: 'sha-256=:Zk9c1Q0m7r2b5WfYx4Lq8sVd6HtJ3uNpA1eGiRk0oTw=:',
    receiptHref: '/my-data/consents/01998f3f-0000-7000-8000-000000000001/receipt',
  },
];
const terms: ConsentView['terms'][number] = {
  purpose,
  ground: text('موافقتك، وفق نظام المعادلات، المادة ٤', 'Your consent, under the Equivalence Law, article 4'),
  times: 1,
  endsOn: '2026-12-22',
  retention: text(
    'سنة بعد القرار، ثم تُمحى ويبقى الإثبات.',
    'One year after the decision, then deleted; the proof stays.',
  ),
};
const consent: ConsentView = {
  action: '/eid-pages/interaction/x7Yq/consent',
  requester: moeSa,
  caseReference: head.reference,
  groups: [
    {
      evidenceType: 'identity',
      evidence: text('بيانات الهوية', 'Identity attributes'),
      holder: igaBh,
      isOnRecord: true,
      fields: [
        {
          name: 'name',
          label: text('الاسم الكامل', 'Full name'),
          isRequired: true,
          value: { names: fatima, latin: 'Fatima Ahmed Ali Alhaddad' },
        },
        {
          name: 'birthdate',
          label: text('تاريخ الميلاد', 'Date of birth'),
          isRequired: true,
          value: { date: '1997-03-04' },
        },
      ],
    },
    {
      evidenceType: 'degree-record',
      evidence: text('سجل المؤهل العلمي', 'Degree record'),
      holder: moeBh,
      isOnRecord: true,
      fields: [
        {
          name: 'degree',
          label: text('الدرجة والتخصص', 'Degree and field'),
          isRequired: true,
          value: text('بكالوريوس هندسة حاسوب', 'BSc Computer Engineering'),
        },
        {
          name: 'university',
          label: text('الجامعة', 'University'),
          isRequired: true,
          value: text('جامعة البحرين', 'University of Bahrain'),
        },
        {
          name: 'gpa',
          label: text('المعدل التراكمي', 'Grade point average'),
          isRequired: false,
          value: { code: '3.61 / 4.00' },
          note: text('يسرّع القرار، ولا يُرفض الطلب من دونه.', 'Speeds up the decision; nothing is refused without it.'),
        },
        { name: 'thesis', label: text('عنوان مشروع التخرج', 'Title of the final project'), isRequired: false },
      ],
    },
  ],
  terms: [terms],
  ifRefused: text(
    'يبقى طلبك مفتوحًا، ويمكنك تقديم الشهادة بنفسك في مكتب الوزارة.',
    'Your application stays open, and you can bring the certificate to the ministry’s desk.',
  ),
};
export const receipt: ReceiptView = {
  receiptNumber: 'BH-R-2026-118204',
  consentId: '01998f3f-0000-7000-8000-000000000001',
  givenAt: '2026-11-22T05:40:52Z',
  requester: moeSa,
  holders: [igaBh, moeBh],
  given: [
    text('الاسم الكامل', 'Full name'),
    text('تاريخ الميلاد', 'Date of birth'),
    text('الدرجة والتخصص', 'Degree and field'),
    text('الجامعة', 'University'),
  ],
  notGiven: [text('المعدل التراكمي', 'Grade point average')],
  terms: [terms],
  usesCount: 1,
  downloadHref: '/my-data/consents/01998f3f-0000-7000-8000-000000000001/receipt?as=file',
  signed:
    'eyJhbGciOiJFUzI1NiIsInR5cCI6ImNvbnNlbnQtcmVjZWlwdCtqd3QifQ.eyJpc3MiOiJodHRwOi8vYmgubG9jYWxob3N0OjQwMDEifQ.c2lnbmF0dXJl',
};
add(pages.consent, 'filled', consent, 'BH', true);
const severalTerms: ConsentView['terms'] = [
  { ...terms, evidence: consent.groups[0]!.evidence },
  {
    ...terms,
    evidence: consent.groups[1]!.evidence,
    times: 3,
    endsOn: '2027-03-31',
  },
];
add(pages.consent, 'several-terms', { ...consent, terms: severalTerms }, 'BH', true);
add(
  pages.consent,
  'nothing-on-record',
  {
    ...consent,
    groups: [
      ...consent.groups.slice(0, 1),
      {
        ...consent.groups[1]!,
        isOnRecord: false,
        fields: consent.groups[1]!.fields.slice(0, 1).map((field) => ({ ...field, value: null })),
      },
      {
        evidenceType: 'school-record',
        evidence: text('السجل المدرسي', 'School record'),
        holder: moeBh,
        isOnRecord: false,
        fields: [],
      },
    ],
  },
  'BH',
  true,
);
add(
  pages.consent,
  'error',
  {
    ...consent,
    groups: consent.groups.slice(0, 1),
    problem: text(
      'انتهى وقت هذا الطلب. يمكنك العودة إلى البوابة والبدء من جديد.',
      'This request is too old. Go back to the portal and start again.',
    ),
  },
  'BH',
  true,
);
add(pages.eidReceipt, 'filled', { ...receipt, continueHref: '/eid/auth/x7Yq' }, 'BH', true);
add(
  pages.eidError,
  'filled',
  {
    code: 'interaction-expired',
    status: 400,
    message: text(
      'انتهت هذه الجلسة. يمكنك البدء من البوابة من جديد.',
      'This session has ended. Start again from the portal.',
    ),
    reference: '01998f55',
  },
  'BH',
);
add(
  pages.evidence,
  'filled',
  { ...head, received: evidence, problems: [], continueHref: `/cases/${head.caseId}` },
  'SA',
  true,
);
add(
  pages.evidence,
  'empty',
  {
    ...head,
    received: [],
    problems: [
      text(
        'لم تجب البحرين في الوقت المحدد. لم يضع شيء، ويمكنك المحاولة بعد دقائق.',
        'Bahrain did not answer in time. Nothing was lost; try again in a few minutes.',
      ),
    ],
    continueHref: `/cases/${head.caseId}`,
  },
  'SA',
  true,
);
add(pages.receipt, 'filled', receipt, 'BH', true);
add(pages.receipt, 'withdrawn', { ...receipt, withdrawnAt: '2026-11-23T12:00:00Z' }, 'BH', true);
