import { defineProblems } from '#kernel/problem';

export const problem = defineProblems({
  'app-unknown': {
    status: 404,
    en: 'This state vouches for no such app, or not any more. The maker of the app registers it at the desk.',
    ar: 'لا تعتمد هذه الدولة تطبيقًا كهذا، أو لم تعد تعتمده. على صاحب التطبيق تسجيله في مكتب التسجيل.',
  },
  'request-of-app-expired': {
    status: 404,
    en: 'The request of the app has expired or was answered already. Go back to the app and begin again.',
    ar: 'انتهت مهلة طلب التطبيق أو أُجيب عنه من قبل. عُد إلى التطبيق وابدأ من جديد.',
  },
  'acting-for-another': {
    status: 409,
    en: 'You act for somebody else now, and an app can be allowed for yourself alone. Act for yourself again, then go back to the app.',
    ar: 'أنت الآن تنوب عن غيرك، ولا يُسمح لتطبيق إلا عن نفسك. عُد إلى التصرف عن نفسك ثم ارجع إلى التطبيق.',
  },
  'choice-missing': {
    status: 400,
    en: 'Choose at least one thing that the app may do, and for how long. Or allow nothing.',
    ar: 'اختر أمرًا واحدًا على الأقل يُسمح به للتطبيق، ومدة السماح. أو لا تسمح بشيء.',
  },
  'authorisation-unknown': {
    status: 404,
    en: 'You have allowed no such thing, or took it back already.',
    ar: 'لم تسمح بشيء كهذا، أو سحبت السماح من قبل.',
  },
  'case-not-found': {
    status: 404,
    en: 'The person has no such application. Begin one first.',
    ar: 'ليس لصاحب الشأن طلب كهذا. ابدأ طلبًا أولًا.',
  },
  'return-address-refused': {
    status: 400,
    en: 'People are sent back only to an address that the app has registered. Use one of its redirect_uris.',
    ar: 'لا يُعاد أحد إلا إلى عنوان سجّله التطبيق. استعمل أحد عناوين redirect_uris الخاصة به.',
  },
  'no-fee-due': {
    status: 409,
    en: 'No fee is due for this application now. Ask for its fee to see how it stands.',
    ar: 'لا رسم مستحق على هذا الطلب الآن. اطّلع على رسم الطلب لمعرفة حاله.',
  },
  'visit-unknown': {
    status: 404,
    en: 'This visit has ended or is not yours. Go back to the app and begin again.',
    ar: 'انتهت هذه الزيارة أو ليست لك. عُد إلى التطبيق وابدأ من جديد.',
  },
  'delivery-unknown': {
    status: 404,
    en: 'There is no such delivery of this app. List the deliveries and take the id from there.',
    ar: 'لا يوجد إرسال كهذا لهذا التطبيق. اعرض قائمة الإرسالات وخذ المعرّف منها.',
  },
  'delivery-taken-back': {
    status: 409,
    en: 'The person has taken back what they allowed, or its time has ended. What was told under it is not told again.',
    ar: 'سحب صاحب الشأن السماح أو انتهت مدته. لا يُعاد إرسال ما كان مسموحًا به.',
  },
});
