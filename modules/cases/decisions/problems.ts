/** What is refused of a decision because of what it says. */
export const decisionProblems = {
  'reasons-missing': {
    status: 422,
    en: 'Give at least one reason that fits the decision. If you write your own words, write them in Arabic and in English.',
    ar: 'اذكر سببًا واحدًا على الأقل يناسب القرار. وإن كتبت بكلماتك فاكتب بالعربية والإنجليزية.',
  },
  'condition-not-offered': {
    status: 422,
    en: 'Conditions belong to an approval, and this service lists which. Choose from the list on the page.',
    ar: 'تكون الشروط مع الموافقة فقط، ومن الشروط المدرجة في الخدمة. اختر من القائمة في الصفحة.',
  },
  'items-not-decided': {
    status: 422,
    en: 'Nothing was decided. Of an approval, say of each item once whether it is granted; a refusal refuses them all. Not said: {items}.',
    ar: 'لم يُتخذ القرار. عند الموافقة بيّن في كل بند، مرة واحدة، هل يُمنح؛ والرفض يشملها كلها. لم يُبيَّن: {items}.',
  },
  'item-reason-missing': {
    status: 422,
    en: 'Say why this is refused: choose a reason, or write your own in Arabic and in English: {items}.',
    ar: 'اذكر لِمَ رُفض هذا البند: اختر سببًا أو اكتبه بالعربية والإنجليزية: {items}.',
  },
  'items-all-refused': {
    status: 422,
    en: 'Every item is refused, so this is no approval. Grant at least one, or refuse the application.',
    ar: 'رُفضت البنود كلها، فليس هذا موافقة. امنح بندًا واحدًا على الأقل، أو ارفض الطلب.',
  },
  'appeal-takes-nothing': {
    status: 422,
    en: 'What was granted stays granted after an appeal. Uphold the decision, or decide anew on what was refused.',
    ar: 'ما مُنح لا يُسلب بسبب التظلّم. أبقِ القرار، أو ابتّ من جديد فيما رُفض.',
  },
} as const;
