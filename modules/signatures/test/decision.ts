import type { DocumentInput } from '#modules/signatures';

/** A decision as an office would hand it over, in both languages, with digits and Latin names inside Arabic. */
export function decisionInput(): DocumentInput & { data: Record<string, unknown> } {
  const author = { ar: 'وزارة التعليم', en: 'Ministry of Education' };
  return {
    title: { ar: 'معادلة شهادة جامعية', en: 'Recognition of a university degree' },
    author,
    languages: ['ar', 'en'],
    verifyUrl: 'http://sa.localhost:4005/verify/4f9c2d0e7ab14c55',
    data: {
      state: { ar: 'المملكة العربية السعودية', en: 'Kingdom of Saudi Arabia' },
      office: author,
      reference: 'SA-MOE-2026-00417',
      decidedOn: { ar: '٢٢ نوفمبر ٢٠٢٦', en: '22 November 2026' },
      paragraphs: [
        {
          ar: 'قررت الوزارة معادلة شهادة البكالوريوس الصادرة من جامعة البحرين (University of Bahrain) عام 2019 بمعدل 3.72 من 4.00.',
          en: 'The Ministry recognises the bachelor’s degree awarded by the University of Bahrain in 2019 with a grade average of 3.72 out of 4.00.',
        },
      ],
      facts: [
        { label: { ar: 'الاسم', en: 'Name' }, value: { ar: 'نورة بنت خالد آل محمود', en: 'Noora Khalid Al Mahmood' } },
        { label: { ar: 'التخصص', en: 'Field' }, value: { ar: 'هندسة البرمجيات', en: 'Software engineering' } },
        { label: { ar: 'رقم الشهادة', en: 'Certificate number' }, value: 'UOB-2019-118834' },
        { label: { ar: 'الرسوم المدفوعة', en: 'Fee paid' }, value: { ar: '١٬٢٥٠٫٥٠ ريال', en: 'SAR 1,250.50' } },
      ],
    },
    attachments: [
      {
        name: 'credential.sd-jwt',
        mediaType: 'application/dc+sd-jwt',
        description: 'The signed data of this decision',
        bytes: Buffer.from('eyJhbGciOiJFUzI1NiJ9.eyJ4IjoxfQ.c2ln~WyJhIiwiYiIsImMiXQ~'),
      },
    ],
  };
}
