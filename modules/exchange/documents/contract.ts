import { Type } from 'typebox';
import { type Endpoint, streamed } from '#kernel/contract';
import type { ProblemDefinition } from '#kernel/problem';
import { documentComponents } from '#protocol/document';

export const documentProblems = {
  'fetch-malformed': {
    status: 400,
    en: 'The request for a document does not have the agreed form ({where}). Correct it and ask again.',
    ar: 'طلب الوثيقة ليس بالصيغة المتفق عليها ({where}). صحّحه ثم اطلب مجددًا.',
  },
  'fetch-replayed': {
    status: 409,
    en: 'A request with this nonce was answered before. Sign a new one to have the document again.',
    ar: 'أُجيب من قبل عن طلب بهذا المفتاح العشوائي. وقّع طلبًا جديدًا لتحصل على الوثيقة مرة أخرى.',
  },
  'document-unknown': {
    status: 404,
    en: 'No answer to this office has such a document. Ask for the evidence first, and fetch what its answer names.',
    ar: 'لا يوجد جواب لهذه الجهة فيه وثيقة كهذه. اسأل عن البيانات أولًا ثم اطلب ما يذكره جوابها.',
  },
  'document-expired': {
    status: 410,
    en: 'The time to fetch this document is over. Ask for the evidence again.',
    ar: 'انتهت مدة طلب هذه الوثيقة. اسأل عن البيانات من جديد.',
  },
  'document-changed': {
    status: 409,
    origin: 'registry',
    en: 'The registry now holds another document than the answer named, so it was not given. Ask for the evidence again.',
    ar: 'في السجل الآن وثيقة غير التي ذكرها الجواب فلم تُعطَ. اسأل عن البيانات من جديد.',
  },
  'document-unavailable': {
    status: 503,
    origin: 'registry',
    en: 'The registry cannot give this document at the moment. Nothing was given; try again in a few minutes.',
    ar: 'لا يستطيع السجل تقديم هذه الوثيقة الآن. لم يُعطَ شيء؛ أعد المحاولة بعد دقائق.',
  },
  'documents-too-many': {
    status: 503,
    en: 'This node is carrying as many documents as it can ({documentsMax}). Try again in a minute.',
    ar: 'تنقل هذه العقدة الآن أكبر عدد ممكن من الوثائق ({documentsMax}). أعد المحاولة بعد دقيقة.',
  },
  'document-invalid': {
    status: 502,
    origin: 'other-node',
    en: 'The other node sent a document that does not hold ({where}), so it was not used. Try again in a few minutes.',
    ar: 'أرسلت العقدة الأخرى وثيقة غير صحيحة ({where}) فلم تُستخدم. أعد المحاولة بعد دقائق.',
  },
} satisfies Record<string, ProblemDefinition>;

/** Refusals of the node that holds the document; each is signed when the address names an office of that node. */
export const givingRefusals = [
  'fetch-malformed',
  'fetch-replayed',
  'document-unknown',
  'document-expired',
  'document-changed',
  'document-unavailable',
  'documents-too-many',
  'service-unknown',
  'signature-invalid',
  'question-expired',
  'requester-unknown',
  'requester-unverifiable',
  'requester-log-in-breach',
  'requester-not-entitled',
  'access-not-granted',
  'consent-unknown',
  'consent-withdrawn',
  'consent-expired',
  'evidence-not-found',
  'registry-unavailable',
  'registry-answer-invalid',
] as const;

/** Refusals of a node to a system of its own. */
const takingRefusals = [
  'call-malformed',
  'caller-not-recognised',
  'calls-too-many',
  'evidence-provider-unknown',
  'provider-log-in-breach',
  'exchange-unknown',
  'service-not-found',
  'document-invalid',
] as const;

const part = Type.String({ pattern: '^[A-Za-z0-9._-]{1,64}$' });

export const documentEndpoints = {
  fetchDocument: {
    method: 'GET',
    path: '/r1/:instance/:memberClass/:member/:subsystem/:service/:questionId/:field',
    summary: `Streams a document that an answer named, to the office that asked; signed over ${documentComponents.join(' ')}. An own information system has it streamed through this node`,
    access: 'signed-message',
    params: Type.Object({
      instance: part,
      memberClass: part,
      member: part,
      subsystem: part,
      service: part,
      questionId: part,
      field: part,
    }),
    answer: streamed('application/octet-stream'),
    refusals: [...givingRefusals, ...takingRefusals],
  },
} as const satisfies Record<string, Endpoint>;
