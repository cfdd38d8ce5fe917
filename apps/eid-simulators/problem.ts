import { defineProblems } from '#kernel/problem';

/** Refusals of the simulators themselves; what a real eID refuses stands in the data of each. */
export const problem = defineProblems({
  'request-not-understood': {
    status: 400,
    en: 'This eID would refuse the request before asking anybody: {reason}. Correct it and send it again.',
    ar: 'ترفض هذه الهوية الطلب قبل أن تسأل أحدًا: {reason}. صحّحه ثم أعد إرساله.',
  },
  'return-not-local': {
    status: 400,
    en: 'A simulator sends nobody away from this machine. Use a redirect address on localhost, or allow its beginning when starting.',
    ar: 'لا يُرسل المحاكي أحدًا خارج هذا الجهاز. استخدم عنوان رجوع على localhost، أو اسمح ببدايته عند التشغيل.',
  },
  'page-expired': {
    status: 410,
    en: 'This request was answered or took too long. Begin again at the service.',
    ar: 'أُجيب عن هذا الطلب أو انتهت مدته. ابدأ من جديد من الخدمة.',
  },
  'client-not-known': {
    status: 401,
    en: 'The client is not one of the simulator, or its secret is wrong. The first page names those it knows.',
    ar: 'العميل ليس من عملاء المحاكي، أو سرّه خاطئ. تجد عملاءه في الصفحة الأولى.',
  },
  'fault-not-possible': {
    status: 404,
    en: 'This simulator has no such fault. The list at /simulator names all of them.',
    ar: 'ليس لهذا المحاكي عطل كهذا. تجد الأعطال كلها في ‎/simulator.',
  },
  'choice-not-possible': {
    status: 400,
    en: 'This person cannot answer like that. Choose again on the page.',
    ar: 'لا يستطيع هذا الشخص الإجابة بهذا الشكل. اختر من جديد في الصفحة.',
  },
  'failing-on-purpose': {
    status: 500,
    en: 'The simulator fails because the fault "server-error" is on. Turn it off on the first page.',
    ar: 'يتعطل المحاكي لأن العطل «server-error» مُشغّل. أوقفه من الصفحة الأولى.',
  },
});
