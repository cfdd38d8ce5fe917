import type { Language } from '#kernel/languages';

const en = {
  label: 'Search by name, place or number',
  howTo: 'In Arabic or English, in any spelling. The beginnings of words are enough.',
  button: 'Search',
  again: 'Search again',
  found: '{n, plural, =0 {Nothing was found for {words}} one {# result for {words}} other {# results for {words}}}',
  foundMore: 'More than {n, number} results for {words}. Add a word, such as the city, to see fewer.',
  nothing: 'Write fewer words, or another one of the name.',
  whole: 'All that the register has',
  chosen: 'What you chose',
  page: 'Page {page, number} of {pages, number}',
  next: 'More results',
  previous: 'Earlier results',
  unlisted: 'It is not in the register',
  unlistedLabel: 'The name, if it is not in the register',
  unlistedHint: 'The office reads it as unconfirmed and checks it, which may take longer.',
  silentTitle: 'The register does not answer right now',
  silent: 'Your application is kept as it is. Go on with the other pages, and come back to this one in a few minutes.',
  toTasks: 'Go on with the other pages',
};
const ar: typeof en = {
  label: 'ابحث بالاسم أو المكان أو الرقم',
  howTo: 'بالعربية أو الإنجليزية وبأي إملاء، وتكفي بدايات الكلمات.',
  button: 'بحث',
  again: 'بحث من جديد',
  found:
    '{n, plural, =0 {لا نتائج عن {words}} one {نتيجة واحدة عن {words}} two {نتيجتان عن {words}} few {# نتائج عن {words}} many {# نتيجة عن {words}} other {# نتيجة عن {words}}}',
  foundMore: 'أكثر من {n, number} نتيجة عن {words}. أضف كلمة، كاسم المدينة، لتقل النتائج.',
  nothing: 'اكتب كلمات أقل، أو كلمة أخرى من الاسم.',
  whole: 'كل ما في السجل',
  chosen: 'ما اخترته',
  page: 'الصفحة {page, number} من {pages, number}',
  next: 'نتائج أخرى',
  previous: 'النتائج السابقة',
  unlisted: 'ليس في السجل',
  unlistedLabel: 'الاسم، إن لم يكن في السجل',
  unlistedHint: 'تطّلع عليه الجهة على أنه غير مؤكد وتتحقق منه، وقد يستغرق ذلك وقتًا أطول.',
  silentTitle: 'السجل لا يستجيب الآن',
  silent: 'طلبك محفوظ كما هو. تابع في الصفحات الأخرى، وعُد إلى هذه الصفحة بعد دقائق.',
  toTasks: 'المتابعة في الصفحات الأخرى',
};
export const registerTexts: Record<Language, typeof en> = { ar, en };

const finderEn = {
  label: 'Find the address',
  from: 'From the {names}. You can change everything afterwards.',
  button: 'Find',
  found: '{n, plural, one {# address fits {words}. Choose it:} other {# addresses fit {words}. Choose one:}}',
  foundMore: 'More addresses fit {words} than are shown. Choose one, or add a word or a number.',
  nothing: 'The register has no address for {words}. Write less of it, or write the address below.',
  filled: 'The address was filled in below. Check it, add what is missing, and change what is not right.',
  silentTitle: 'The register of addresses does not answer right now',
  silent: 'Write the address below.',
};
const finderAr: typeof finderEn = {
  label: 'ابحث عن العنوان',
  from: 'من {names}. يمكنك تغيير كل شيء بعد ذلك.',
  button: 'بحث',
  found:
    '{n, plural, one {عنوان واحد يطابق {words}. اختره:} two {عنوانان يطابقان {words}. اختر أحدهما:} few {# عناوين تطابق {words}. اختر أحدها:} many {# عنوانًا يطابق {words}. اختر أحدها:} other {# عنوان يطابق {words}. اختر أحدها:}}',
  foundMore: 'العناوين المطابقة لـ {words} أكثر مما يظهر هنا. اختر أحدها، أو أضف كلمة أو رقمًا.',
  nothing: 'لا عنوان في السجل يطابق {words}. اكتب أقل، أو اكتب العنوان في الحقول أدناه.',
  filled: 'مُلئ العنوان في الحقول أدناه. راجعه وأكمل ما ينقص وصحّح ما ليس صحيحًا.',
  silentTitle: 'سجل العناوين لا يستجيب الآن',
  silent: 'اكتب العنوان في الحقول أدناه.',
};
export const finderTexts: Record<Language, typeof finderEn> = { ar: finderAr, en: finderEn };
