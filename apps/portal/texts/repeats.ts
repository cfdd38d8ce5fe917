const en = {
  title: 'You have already applied for this',
  words: 'So this one cannot be sent. What you wrote here is kept as a draft. The other application has the number',
  open: 'Open that application',
  led: 'You have already applied for this. This is that application: go on with it here, or withdraw it first to apply anew.',
};

const ar: typeof en = {
  title: 'سبق أن قدّمت هذا الطلب',
  words: 'لذا لا يمكن إرسال هذا. يبقى ما كتبته هنا مسودةً. رقم الطلب السابق:',
  open: 'فتح الطلب السابق',
  led: 'سبق أن قدّمت هذا الطلب، وهذا هو: أكمله هنا، أو اسحبه أولًا إن أردت طلبًا جديدًا.',
};

export const repeatTexts = { ar, en };
