import type { ProblemDefinition } from '#kernel/problem';

export const lawProblems = {
  'law-unknown': {
    status: 400,
    en: 'The law named in the question is not in the agreed catalogue. Name one that is.',
    ar: 'القانون المذكور في السؤال غير موجود في الدليل المتفق عليه. اذكر قانونًا موجودًا فيه.',
  },
  'law-not-in-force': {
    status: 403,
    en: 'The law named in the question is not in force between the two states at this time. Ask under one that is, or with consent.',
    ar: 'القانون المذكور في السؤال غير نافذ بين الدولتين الآن. اسأل بقانون نافذ أو بموافقة الشخص.',
  },
  'law-does-not-ground': {
    status: 403,
    en: 'The law named in the question does not ground this evidence, these fields and this purpose together. Ask for what it grounds.',
    ar: 'القانون المذكور في السؤال لا يجيز هذه البيانات وهذه الحقول لهذا الغرض معًا. اطلب ما يجيزه.',
  },
  'sealing-not-allowed': {
    status: 403,
    en: 'The law named in the question does not allow it to be kept from the person, or not for so long. Ask openly, or for a shorter time.',
    ar: 'القانون المذكور في السؤال لا يجيز إخفاءه عن الشخص، أو لا يجيزه كل هذه المدة. اسأل دون إخفاء أو لمدة أقصر.',
  },
  'seal-unknown': {
    status: 404,
    en: 'There is no sealed question by that number at this office, or its seal has ended. Open the list of questions again.',
    ar: 'لا يوجد سؤال محجوب بهذا الرقم لدى هذه الجهة، أو انتهى حجبه. افتح قائمة الأسئلة من جديد.',
  },
} satisfies Record<string, ProblemDefinition>;
