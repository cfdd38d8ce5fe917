import { defineProblems } from '#kernel/problem';

export const problem = defineProblems({
  'message-unknown': {
    status: 404,
    en: 'There is no such message, or it is not yours to see. Look for it in your mailbox; messages are erased after a time.',
    ar: 'لا توجد رسالة كهذه، أو ليس من حقك الاطلاع عليها. ابحث عنها في صندوق رسائلك؛ فالرسائل تُمحى بعد مدة.',
  },
  'case-unknown': {
    status: 404,
    en: 'There is no such case, or it is not yours to see.',
    ar: 'لا يوجد طلب بهذا الرقم، أو ليس من حقك الاطلاع عليه.',
  },
  'role-needed': {
    status: 403,
    en: 'Your roles do not allow {duty}. You would need one of these roles: {roles}. Ask your supervisor.',
    ar: 'لا تسمح أدوارك بـ{duty}. تحتاج إلى أحد هذه الأدوار: {roles}. راجع مشرفك.',
  },
  'way-not-offered': {
    status: 404,
    en: 'This state does not write to people in this way. Your messages are in the mailbox.',
    ar: 'لا تراسل هذه الدولة الناس بهذه الطريقة. رسائلك في صندوق الرسائل.',
  },
  'address-invalid': {
    status: 400,
    en: 'This is not an address or number that we can write to. Write an e-mail address as name@example.com, and a mobile number with + and the code of its state.',
    ar: 'لا يمكننا المراسلة على هذا العنوان أو الرقم. اكتب البريد هكذا: name@example.com، ورقم الجوال مسبوقًا بعلامة + ورمز الدولة.',
  },
  'codes-too-many': {
    status: 429,
    en: 'Too many codes were asked for. Wait an hour, then ask for a new one.',
    ar: 'طُلبت رموز كثيرة. انتظر ساعة ثم اطلب رمزًا جديدًا.',
  },
  'code-not-sent': {
    status: 502,
    origin: 'other-node',
    en: 'The code could not be sent there. Check what you wrote, or try again in a few minutes.',
    ar: 'تعذّر إرسال الرمز إلى هناك. تحقق مما كتبته أو أعد المحاولة بعد دقائق.',
  },
  'code-wrong': {
    status: 400,
    en: 'This code does not fit. Check it, or ask for a new one: a code is valid for 15 minutes and five tries.',
    ar: 'هذا الرمز غير صحيح. تحقق منه أو اطلب رمزًا جديدًا: الرمز صالح 15 دقيقة وخمس محاولات.',
  },
  'address-unknown': {
    status: 404,
    en: 'There is no such address or number to remove or confirm. Open the settings of your messages to see yours.',
    ar: 'لا يوجد عنوان أو رقم كهذا لتأكيده أو حذفه. افتح إعدادات رسائلك لترى ما لديك.',
  },
  'subscription-refused': {
    status: 422,
    en: 'This browser named a push service that this state does not write to, or no valid keys. Nothing was turned on; choose e-mail or text messages.',
    ar: 'سمّى هذا المتصفح خدمة إشعارات لا تراسلها هذه الدولة، أو مفاتيح غير صالحة. لم يُفعَّل شيء؛ اختر البريد أو الرسائل النصية.',
  },
  'devices-too-many': {
    status: 409,
    en: 'Notices are on in ten browsers already. Take one away first.',
    ar: 'الإشعارات مفعّلة في عشرة متصفحات. أزل واحدًا منها أولًا.',
  },
  'device-unknown': {
    status: 404,
    en: 'There is no such device to take away. Open the settings of your messages to see yours.',
    ar: 'لا يوجد جهاز كهذا لإزالته. افتح إعدادات رسائلك لترى أجهزتك.',
  },
  'quiet-hours-invalid': {
    status: 400,
    en: 'Quiet hours have a beginning and an end that differ. Choose both, or neither.',
    ar: 'لساعات الهدوء بداية ونهاية مختلفتان. اختر كلتيهما أو اتركهما معًا.',
  },
  'unsubscribe-invalid': {
    status: 404,
    en: 'This link to stop e-mails is not valid any more. Choose what you get in the settings of your messages.',
    ar: 'لم يعد رابط إيقاف البريد هذا صالحًا. اختر ما يصلك في إعدادات رسائلك.',
  },
  'sending-unknown': {
    status: 404,
    en: 'No notice that could not be delivered has this number. List them again.',
    ar: 'لا يوجد إشعار متعذّر بهذا الرقم. اعرض القائمة من جديد.',
  },
});
