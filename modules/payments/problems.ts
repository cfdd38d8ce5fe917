import { defineProblems } from '#kernel/problem';

export const problem = defineProblems({
  'payment-unknown': {
    status: 404,
    en: 'There is no such payment, or it is not yours to see. Look for it in your list of payments.',
    ar: 'لا توجد عملية دفع كهذه، أو ليس من حقك الاطلاع عليها. ابحث عنها في قائمة مدفوعاتك.',
  },
  'nothing-to-pay': {
    status: 409,
    en: 'Nothing has to be paid for this application now. Go back to it and go on.',
    ar: 'لا رسم مستحق على هذا الطلب الآن. عُد إليه وتابع.',
  },
  'fee-not-known': {
    status: 409,
    en: 'What you pay depends on answers and evidence that are not there yet. Complete the application first; nothing is asked of you before.',
    ar: 'ما تدفعه يتوقف على إجابات وإثباتات لم تكتمل بعد. أكمل الطلب أولًا؛ لا يُطلب منك شيء قبل ذلك.',
  },
  'already-paid': {
    status: 409,
    en: 'The fee of this application is paid already. Nothing was taken again.',
    ar: 'رسم هذا الطلب مدفوع من قبل. لم يُحصَّل شيء مرة أخرى.',
  },
  'provider-unknown': {
    status: 404,
    en: 'No payment provider of that name is connected here.',
    ar: 'لا يوجد مزوّد دفع بهذا الاسم هنا.',
  },
  'provider-missing': {
    status: 503,
    en: 'Payments are not taken here at the moment. Your application is kept; try again later.',
    ar: 'لا تُستقبل المدفوعات هنا حاليًا. طلبك محفوظ؛ أعد المحاولة لاحقًا.',
  },
  'provider-unreachable': {
    status: 502,
    origin: 'registry',
    en: 'The payment provider did not answer. If you have paid, we find out by ourselves; do not pay again, try in a few minutes.',
    ar: 'لم يجب مزوّد الدفع. إن كنت قد دفعت فسنتحقق من ذلك تلقائيًا؛ لا تدفع مرة أخرى، وأعد المحاولة بعد دقائق.',
  },
  'provider-refused': {
    status: 502,
    origin: 'registry',
    en: 'The payment provider refused this ({why}). Nothing was taken; tell the office if it goes on.',
    ar: 'رفض مزوّد الدفع هذا الطلب ({why}). لم يُحصَّل شيء؛ أبلغ الجهة إن تكرر ذلك.',
  },
  'message-not-authentic': {
    status: 401,
    en: 'The signature of this message is wrong or too old, so it was not heard.',
    ar: 'توقيع هذه الرسالة غير صحيح أو قديم، فلم يُؤخذ بها.',
  },
  'refund-not-possible': {
    status: 409,
    en: 'There is nothing to give back: the fee is not paid, or it is being given back already.',
    ar: 'لا يوجد ما يُرد: الرسم غير مدفوع، أو رده جارٍ بالفعل.',
  },
  'refund-amount-refused': {
    status: 422,
    en: 'This amount cannot be given back. Name more than nothing, no more than is left, and an amount that the payment provider can move.',
    ar: 'لا يمكن رد هذا المبلغ. اكتب مبلغًا أكبر من صفر ولا يتجاوز المتبقي، ويستطيع مزوّد الدفع تحويله.',
  },
  'refund-reason-missing': {
    status: 422,
    en: 'Choose a reason from the list. The person reads it.',
    ar: 'اختر سببًا من القائمة، فصاحب الطلب يقرؤه.',
  },
  'refund-words-refused': {
    status: 422,
    en: 'Write your own words in both languages, or leave both empty: plain text, 500 characters at most.',
    ar: 'اكتب كلماتك باللغتين أو اترك الحقلين فارغين: نص عادي لا يزيد على 500 حرف.',
  },
  'refund-changed': {
    status: 409,
    en: 'A part of this fee was ordered back after you opened the page. Nothing was ordered now; look at what is left and decide again.',
    ar: 'طُلب رد جزء من هذا الرسم بعد أن فتحت الصفحة. لم يُطلب شيء الآن؛ راجع المبلغ المتبقي ثم قرّر.',
  },
  'refund-unknown': {
    status: 404,
    en: 'There is no such refund, or it is not of your office.',
    ar: 'لا توجد عملية رد كهذه، أو ليست من جهتك.',
  },
  'second-officer-needed': {
    status: 403,
    en: 'You asked for this refund yourself. A colleague has to agree to it.',
    ar: 'أنت من طلب رد هذا الرسم. يلزم أن يوافق عليه زميل آخر.',
  },
  'refund-role-needed': {
    status: 403,
    en: 'Your roles do not allow giving back fees. You would need one of these roles: {roles}. Ask your supervisor.',
    ar: 'لا تسمح أدوارك برد الرسوم. تحتاج إلى أحد هذه الأدوار: {roles}. راجع مشرفك.',
  },
  'own-payment': {
    status: 403,
    en: 'This payment is yours, or you had a part in its application. A colleague has to decide on it.',
    ar: 'هذه دفعتك أنت، أو شاركت في طلبها. يقرر فيها زميل آخر.',
  },
  'settlement-unreadable': {
    status: 422,
    en: 'This is not a settlement file as it is expected: {why}. Nothing was compared.',
    ar: 'هذا ليس ملف تسوية بالصيغة المتوقعة: {why}. لم تُجرَ أي مقارنة.',
  },
});
