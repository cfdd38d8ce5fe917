import { pages, type Verdict } from '../../pages/index.ts';
import { anchorStep, provedExchange, trust } from '../proofs.ts';
import { states, text } from '../sample-states.ts';
import { receipt } from './consent.ts';
import { createExamples, fatima, head, moeSa } from './examples.ts';

/** Documents and credentials: the wallet, offers, checking. */
const { examples, add } = createExamples();
export const papersExamples = examples;

const verdict: Verdict = {
  kind: 'genuine',
  reason: text(
    'لم تتغير منذ أن ختمتها وزارة التعليم، وهي سارية.',
    'It has not changed since the Ministry of Education sealed it, and it still holds.',
  ),
  carrier: 'pdf',
  issuer: moeSa,
  issuedAt: '2026-11-23T09:12:00Z',
  checkedAt: '2026-11-23T10:00:00Z',
  checks: [
    { label: text('الختم الرقمي سليم', 'The seal is intact'), isGood: true },
    {
      label: text('الشهادة الرقمية مرتبطة بالوزارة', 'The certificate belongs to the ministry'),
      isGood: true,
      detail: text('ES256', 'ES256'),
    },
    { label: text('لم تُلغَ الوثيقة', 'The document is not revoked'), isGood: true },
  ],
  chain: [
    {
      name: moeSa.names,
      role: text('ختمت الوثيقة', 'sealed the document'),
      entityId: 'http://sa.localhost:4005/offices/moe',
    },
    {
      name: states.SA.names,
      role: text('تشهد للوزارة', 'vouches for the ministry'),
      entityId: 'http://sa.localhost:4005',
    },
    anchorStep,
  ],
  claims: [
    { label: text('صاحبة الشهادة', 'Holder'), value: { names: fatima, latin: 'Fatima Ahmed Ali Alhaddad' } },
    { label: text('القرار', 'Decision'), value: text('معادلة', 'Recognised') },
  ],
};
const credentialCard = {
  credentialId: '01998f55-0000-7000-8000-000000000009',
  title: text('قرار معادلة شهادة', 'Decision on a degree'),
  issuer: moeSa,
  issuedAt: '2026-11-23T09:12:00Z',
  validUntil: '2031-11-22',
  status: 'valid' as const,
};
add(
  pages.wallet,
  'filled',
  {
    credentials: [
      credentialCard,
      {
        ...credentialCard,
        credentialId: '01998f55-0000-7000-8000-000000000010',
        title: text('رخصة مزاولة', 'Practice licence'),
        status: 'revoked',
      },
    ],
  },
  'SA',
  true,
);
add(pages.wallet, 'empty', { credentials: [], notice: text('حُذفت الوثيقة.', 'The document was removed.') }, 'SA', true);
add(
  pages.credential,
  'filled',
  {
    credential: credentialCard,
    claims: [
      { ...verdict.claims[0]!, isSelective: true },
      { ...verdict.claims[1]!, isSelective: true },
      { label: text('رقم الوثيقة', 'Document number'), value: { code: 'SA-MOE-2026-00417' }, isSelective: false },
    ],
    presentHref: '/verify?credential=01998f55',
    documentHref: `/cases/${head.caseId}/document.pdf`,
    raw: receipt.signed!,
  },
  'SA',
  true,
);
add(
  pages.walletOffer,
  'filled',
  {
    offerUri: 'http://sa.localhost:4005/credentials/offers/9sLx0Qw',
    issuer: moeSa,
    credentials: [credentialCard.title],
  },
  'BH',
  true,
);
add(
  pages.walletOffer,
  'error',
  {
    offerUri: 'http://sa.localhost:4005/credentials/offers/9sLx0Qw',
    issuer: moeSa,
    credentials: [credentialCard.title],
    problem: text(
      'انتهى هذا العرض. يمكنك طلب غيره من صفحة الطلب.',
      'This offer has ended. Ask for another on the case’s page.',
    ),
  },
  'BH',
  true,
);
add(pages.verify, 'empty', { trust, errors: {} }, 'SA');
add(
  pages.verify,
  'error',
  { trust, errors: { document: text('اختر ملف PDF لا يزيد على ٥ ميغابايت.', 'Choose a PDF of at most 5 MB.') } },
  'SA',
);
add(pages.verify, 'genuine', { trust, errors: {}, verdict }, 'SA');
add(pages.verify, 'proof', { trust, errors: {}, verdict: provedExchange }, 'SA');
add(
  pages.verify,
  'entry',
  {
    trust,
    errors: {},
    verdict: {
      kind: 'unproved',
      reason: text(
        'القيد ليس في السجل الذي وقّعه صاحبه. لا تعتمد على هذا الإثبات.',
        'The entry is not in the log that was signed. Do not rely on this proof.',
      ),
      carrier: 'proof',
      checkedAt: '2026-11-22T05:42:00Z',
      checks: [
        {
          label: text('رأس السجل موقّع بمفتاح دولته', 'The checkpoint is signed by the log of its state'),
          isGood: true,
        },
        { label: text('القيد في السجل', 'The entry is in the log'), isGood: false },
        {
          label: text('شهد عليه ما يكفي من الدول الأخرى', 'Enough other states have cosigned it'),
          isGood: false,
          isUnsaid: true,
        },
      ],
      chain: [],
      claims: [],
    },
  },
  'SA',
);
add(
  pages.verify,
  'unknown',
  {
    trust,
    errors: {},
    verdict: {
      kind: 'untrusted',
      reason: text(
        'يسمّي الملف سجلًا ليس لأي دولة من هذا الاتحاد.',
        'The file names a log that no state of this federation keeps.',
      ),
      carrier: 'proof',
      checkedAt: '2026-11-22T05:42:00Z',
      checks: [],
      chain: [],
      claims: [],
    },
  },
  'SA',
);
add(
  pages.verify,
  'changed',
  {
    trust,
    errors: {},
    verdict: {
      ...verdict,
      kind: 'changed',
      reason: text(
        'تغيّرت بعد ختمها، فلا يُعتمد عليها. اطلب نسخة جديدة ممن قدّمها.',
        'It was changed after it was sealed. Do not rely on it; ask whoever gave it to you for a new copy.',
      ),
      checks: [{ label: text('الختم الرقمي سليم', 'The seal is intact'), isGood: false }],
      chain: [],
      claims: [],
    },
  },
  'SA',
);
