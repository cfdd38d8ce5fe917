import { type DataUse, type GivenConsent, type MyDataView, pages, type WholeDataUse } from '../../pages/index.ts';
import { proofHrefs } from '../proofs.ts';
import { states, text } from '../sample-states.ts';
import { receipt } from './consent.ts';
import { createExamples, igaBh, moeBh, moeSa, purpose, sioBh } from './examples.ts';

/** What happened to somebody’s data: every use, its proof, and a consent that is withdrawn. */
const { examples, add } = createExamples();
export const dataExamples = examples;

const wholeUses: Array<Omit<WholeDataUse, 'shown'>> = [
  {
    useId: '01998f40-1c02-7d44-b7aa-5510ee93c7f1',
    askedAt: '2026-11-22T05:41:11Z',
    asker: moeSa,
    holder: moeBh,
    purpose,
    ground: text('بموافقتك', 'With your consent'),
    fields: [text('الدرجة والتخصص', 'Degree and field'), text('الجامعة', 'University')],
    documents: [
      { names: text('صورة الشهادة', 'Scan of the diploma'), at: '2026-11-22T05:43:09Z', isWhole: true },
      { names: text('صورة الشهادة', 'Scan of the diploma'), at: '2026-11-22T05:43:02Z', isWhole: false },
    ],
    wasGiven: true,
  },
  {
    useId: '01998f20-0000-7d44-b7aa-5510ee93c7f2',
    askedAt: '2026-11-03T07:00:00Z',
    asker: sioBh,
    holder: igaBh,
    purpose: text('المراجعة السنوية للاشتراك', 'Yearly review of contributions'),
    ground: text('بنص القانون رقم ٢٤', 'Under law no. 24'),
    fields: [text('حالة العمل', 'Employment status')],
    wasGiven: true,
  },
  {
    useId: '01998f10-0000-7d44-b7aa-5510ee93c7f3',
    askedAt: '2026-10-30T10:20:00Z',
    asker: moeSa,
    holder: moeBh,
    purpose,
    ground: text('موافقة سُحبت', 'A withdrawn consent'),
    fields: [],
    wasGiven: false,
    refusal: text('سُحبت الموافقة قبل السؤال.', 'The consent had been withdrawn before.'),
  },
];
const proven: WholeDataUse = { shown: 'all', ...wholeUses[0]! };
const uses: DataUse[] = [
  ...wholeUses.map((use) => ({ shown: 'all' as const, ...use })),
  {
    shown: 'part',
    useId: '01998f02-0000-7d44-b7aa-5510ee93c7f5',
    on: '2026-10-09',
    askerState: states.KW,
    evidence: text('بيانات الهوية', 'Identity details'),
    fields: [text('تاريخ الميلاد', 'Date of birth')],
    wasGiven: true,
  },
  { shown: 'later', useId: '01998f01-0000-7d44-b7aa-5510ee93c7f4', shownFrom: '2027-03-01T00:00:00.000Z' },
];
export const givenConsent: GivenConsent = {
  consentId: receipt.consentId,
  requester: moeSa,
  purpose,
  fields: receipt.given,
  givenAt: receipt.givenAt,
  endsOn: receipt.terms[0]!.endsOn,
  state: 'active',
};
export const checkpoint =
  'bh.localhost:4001/ledger\n18231\n7Qk3mXo2u1y8sV0n4JtQaWc9yR3m5kPpQ1eZ9c2mA0=\n\n— bh.localhost:4001/ledger k3J9vQmZ…\n— sa.localhost:4005/witness 9sLx0Qw…\n';
const myData: MyDataView = {
  logState: states.BH.names,
  uses,
  consents: [givenConsent, { ...givenConsent, consentId: '01998f3f-0000-7000-8000-000000000002', state: 'withdrawn' }],
  acts: [
    {
      actId: '01998f3f-0000-7000-8000-00000000000a',
      by: text('أمينة محمد عادل المحمود', 'Amina Mohamed Adel Almahmood'),
      kind: text('وليّ', 'Guardian'),
      at: '2026-11-23T08:00:00Z',
      did: 'consented',
      towards: moeSa,
    },
  ],
  openings: [
    {
      serviceId: 'degree-recognition',
      serviceTitle: text('معادلة الشهادة الجامعية', 'Recognition of a university degree'),
      askedAt: '2026-11-20T08:10:00Z',
      keptUntil: '2028-11-21T08:10:00Z',
      opensAt: '2027-02-01T05:00:00Z',
    },
  ],
  erased: [
    {
      caseId: '01998f3f-0000-7000-8000-00000000000b',
      isHere: true,
      reference: 'BH-2025-00117',
      serviceTitle: text('شهادة حسن السيرة', 'Certificate of good conduct'),
      at: '2026-10-02T00:10:00Z',
    },
    {
      caseId: '01998f3f-0000-7000-8000-00000000000c',
      isHere: false,
      reference: 'SA-2025-00042',
      serviceTitle: text('مد الحماية التأمينية', 'Extension of social insurance'),
      at: '2026-09-02T00:10:00Z',
    },
  ],
  readings: [
    {
      caseId: '01998f3f-0000-7000-8000-00000000000b',
      reference: 'BH-2026-00041',
      serviceTitle: text('معادلة شهادة جامعية', 'Recognition of a degree'),
      officeNames: text('وزارة التربية والتعليم', 'Ministry of Education'),
      at: '2026-11-24T07:12:00Z',
    },
    {
      caseId: '01998f3f-0000-7000-8000-00000000000b',
      reference: 'BH-2026-00041',
      serviceTitle: text('معادلة شهادة جامعية', 'Recognition of a degree'),
      officeNames: text('وزارة التربية والتعليم', 'Ministry of Education'),
      system: 'سجل الطلبة',
      at: '2026-11-24T06:50:00Z',
    },
  ],
  witnessNames: { 'sa.localhost:4005/witness': states.SA.names, 'ae.localhost:4006/witness': states.AE.names },
};
add(pages.myData, 'filled', myData, 'BH', true);
add(
  pages.myData,
  'empty',
  {
    ...myData,
    uses: [],
    consents: [],
    openings: [],
    erased: [],
    readings: [],
    notice: text('سُحبت الموافقة.', 'The consent is withdrawn.'),
  },
  'BH',
  true,
);
const proofView = {
  ...proofHrefs,
  use: proven,
  logState: states.BH.names,
  verdict: { kind: 'witnessed' as const, cosignedBy: [states.SA.names, states.AE.names, states.QA.names] },
  leafIndex: 18_204,
  treeSize: 18_231,
  leafHash: 'b1f07a2f61c9d9e04a0f6a60a7d2c8f1aa04be6f5b3a9c1170d2e4b6cc9c2e7d',
  opening: {
    salt: '9Yx1b0c8Qe2m7a5s',
    commitment: 'q0TnJm2Zc1xV',
    record: '{"kind":"evidence-answered","evidenceType":"degree-record"}',
  },
  checkpoint,
  downloadHref: '/my-data/uses/01998f40-1c02-7d44-b7aa-5510ee93c7f1/proof?as=file',
};
add(pages.proof, 'filled', proofView, 'BH', true);
add(
  pages.proof,
  'pending',
  {
    ...proofView,
    verdict: { kind: 'pending' },
    leafIndex: undefined,
    treeSize: undefined,
    checkpoint: undefined,
    downloadHref: undefined,
  },
  'BH',
  true,
);
add(
  pages.proof,
  'error',
  {
    ...proofView,
    verdict: { kind: 'failed', reason: text('لا يطابق القيد بصمته.', 'The record does not match its fingerprint.') },
  },
  'BH',
  true,
);
add(
  pages.withdrawConsent,
  'filled',
  {
    consent: givenConsent,
    effects: [
      text('يُرفض كل سؤال جديد فورًا.', 'Every new question is refused at once.'),
      text(
        'يبقى ما أُعطي من قبل عند الجهة حتى نهاية مدته.',
        'What was given before stays with the office until its time is over.',
      ),
    ],
  },
  'BH',
  true,
);
