import { defineProblems } from '#kernel/problem';

/** Settings of a form that make no form: said to the official who typed them, with nothing of the page saved. */
export const refuse = defineProblems({
  'question-name-wrong': {
    status: 422,
    en: '“{id}” cannot be the short name of a question: a small Latin letter first, then Latin letters and digits.',
    ar: '«{id}» لا يصلح اسمًا مختصرًا لسؤال: يبدأ بحرف لاتيني صغير، ثم حروف لاتينية وأرقام فقط.',
  },
  'question-name-taken': {
    status: 409,
    en: 'There is a question “{id}” already. Give this one another short name.',
    ar: 'يوجد سؤال باسم «{id}». اختر اسمًا مختصرًا آخر.',
  },
  'question-unknown': {
    status: 404,
    en: 'There is no question “{id}” there any more.',
    ar: 'لم يعد هناك سؤال باسم «{id}» في هذا الموضع.',
  },
  'reason-name-wrong': {
    status: 422,
    en: '“{id}” cannot be the short name of a reason: a small Latin letter first, then small letters, digits and dashes.',
    ar: '«{id}» لا يصلح اسمًا مختصرًا لسبب: يبدأ بحرف لاتيني صغير، ثم حروف صغيرة وأرقام وشرطات فقط.',
  },
  'reason-name-taken': {
    status: 409,
    en: 'There is a reason “{id}” already. Give this one another short name.',
    ar: 'يوجد سبب باسم «{id}». اختر اسمًا مختصرًا آخر.',
  },
  'page-name-wrong': {
    status: 422,
    en: '“{id}” cannot be the short name of a page: a small Latin letter first, then small letters, digits and dashes.',
    ar: '«{id}» لا يصلح اسمًا مختصرًا لصفحة: يبدأ بحرف لاتيني صغير، ثم حروف صغيرة وأرقام وشرطات فقط.',
  },
  'page-name-taken': {
    status: 409,
    en: 'There is a page “{id}” already. Give this one another short name.',
    ar: 'توجد صفحة باسم «{id}». اختر اسمًا مختصرًا آخر.',
  },
  'page-unknown': {
    status: 404,
    en: 'There is no page “{id}” in the form. Choose where it is asked.',
    ar: 'لا توجد صفحة باسم «{id}» في النموذج. اختر موضع السؤال.',
  },
  'page-for-itself': {
    status: 422,
    en: 'The question on the page “{page}” has its page for itself. Choose another page.',
    ar: 'السؤال الذي في صفحة «{page}» ينفرد بصفحته. اختر صفحة أخرى.',
  },
  'kind-unknown': {
    status: 422,
    en: 'Choose what kind of question it is.',
    ar: 'اختر نوع السؤال.',
  },
  'kind-fixed': {
    status: 422,
    en: 'Files, groups and look-ups keep their kind. Remove the question and add one of the other kind.',
    ar: 'أسئلة الملفات والمجموعات والبحث في السجلات لا يتغير نوعها. احذف السؤال وأضف آخر من النوع المطلوب.',
  },
  'choices-too-few': {
    status: 422,
    en: 'Give at least two values to choose from, one a line and each once.',
    ar: 'اكتب قيمتين على الأقل للاختيار منهما، كل واحدة في سطر ودون تكرار.',
  },
  'condition-empty': {
    status: 422,
    en: 'Write which answers to the other question lead to this one, one a line.',
    ar: 'اكتب الإجابات عن السؤال الآخر التي تؤدي إلى هذا السؤال، كل واحدة في سطر.',
  },
  'condition-number-wrong': {
    status: 422,
    en: '“{typed}” is not what a number is compared with: one number, or two, one a line, where it is from one to another.',
    ar: 'لا يُقارن عدد بـ«{typed}»: اكتب عددًا واحدًا، أو عددين كل واحد في سطر إن كانت المقارنة من عدد إلى عدد.',
  },
  'condition-day-wrong': {
    status: 422,
    en: '“{typed}” is not what a day is compared with: one day, as 2026-12-01, or two, one a line, where it is from one to another.',
    ar: 'لا يُقارن يوم بـ«{typed}»: اكتب يومًا واحدًا مثل 2026-12-01، أو يومين كل واحد في سطر إن كانت المقارنة من يوم إلى يوم.',
  },
  'currency-unknown': {
    status: 422,
    en: 'Choose the currency of the amount.',
    ar: 'اختر عملة المبلغ.',
  },
  'form-state-unknown': {
    status: 422,
    en: 'Choose whose numbers and addresses are meant, or the state that offers the service.',
    ar: 'اختر الدولة التي يتبعها شكل الرقم أو العنوان، أو اتركها لدولة الخدمة.',
  },
  'file-types-missing': {
    status: 422,
    en: 'Choose at least one type of file: PDF, PNG or JPEG.',
    ar: 'اختر نوعًا واحدًا على الأقل من الملفات: PDF أو PNG أو JPEG.',
  },
  'file-size-wrong': {
    status: 422,
    en: 'The largest size of a file is from 0.1 to {most} megabytes, as 5 or 2.5.',
    ar: 'أكبر حجم للملف من 0.1 إلى {most} ميغابايت، مثل 5 أو 2.5.',
  },
  'file-count-wrong': {
    status: 422,
    en: 'The most files of a question are a whole number from 1 to {most}.',
    ar: 'أكثر عدد من الملفات لسؤال واحد عدد صحيح من 1 إلى {most}.',
  },
  'group-size-wrong': {
    status: 422,
    en: 'The fewest entries of a group are a whole number from 0, the most one from 1 to {most}, and not below the fewest.',
    ar: 'أقل عدد من البنود في المجموعة عدد صحيح من 0، وأكثره من 1 إلى {most} ولا ينزل عن الأقل.',
  },
  'group-unknown': {
    status: 404,
    en: 'There is no group “{id}” in the form.',
    ar: 'لا توجد مجموعة باسم «{id}» في النموذج.',
  },
  'group-needs-question': {
    status: 422,
    en: 'A group asks at least one question. Add another one first, or remove the whole group.',
    ar: 'لا بد أن تسأل المجموعة سؤالًا واحدًا على الأقل. أضف غيره أولًا، أو احذف المجموعة كلها.',
  },
  'group-takes-no-such': {
    status: 422,
    en: 'Within a group no files, no look-ups and no other group can be asked for.',
    ar: 'لا تُسأل داخل المجموعة ملفات ولا بحث في سجل ولا مجموعة أخرى.',
  },
  'group-takes-no-condition': {
    status: 422,
    en: '“{id}” is asked only under a condition, and within a group every question is always asked. Take the condition away first.',
    ar: 'يُسأل «{id}» بشرط، وأسئلة المجموعة تُسأل دائمًا. أزل الشرط أولًا.',
  },
  'group-takes-no-first-value': {
    status: 422,
    en: '“{id}” is filled in from evidence, and within a group nothing is. It stays where it is.',
    ar: 'يُملأ «{id}» من الإثباتات، ولا يُملأ شيء داخل المجموعة. يبقى السؤال في موضعه.',
  },
  'question-depended-on': {
    status: 422,
    en: '“{by}” is asked only after an answer to “{id}”, so it has to have one answer. Take that condition away first.',
    ar: 'لا يُسأل «{by}» إلا بحسب إجابة «{id}»، فلا بد له من جواب واحد. أزل ذلك الشرط أولًا.',
  },
  'register-unknown': {
    status: 422,
    en: 'Choose one of the registers that this state offers for look-ups.',
    ar: 'اختر واحدًا من السجلات التي تتيحها هذه الدولة للبحث فيها.',
  },
  'days-wrong': {
    status: 422,
    en: 'The working days to a decision are a whole number of up to three digits.',
    ar: 'أيام العمل حتى القرار عدد صحيح لا يزيد على ثلاث خانات.',
  },
  'amount-wrong': {
    status: 422,
    en: '“{typed}” is no amount in {currency}.',
    ar: '«{typed}» ليس مبلغًا بعملة {currency}.',
  },
  'percent-wrong': {
    status: 422,
    en: 'What an exemption takes off is a part of a hundred above 0 and up to 100, with at most two decimals.',
    ar: 'ما يخصمه الإعفاء نسبة مئوية فوق الصفر وحتى 100، وبمنزلتين عشريتين على الأكثر.',
  },
  'exemption-name-wrong': {
    status: 422,
    en: '“{id}” cannot be the short name of an exemption: a small Latin letter first, then small letters, digits and dashes.',
    ar: '«{id}» لا يصلح اسمًا مختصرًا لإعفاء: يبدأ بحرف لاتيني صغير، ثم حروف صغيرة وأرقام وشرطات فقط.',
  },
  'exemption-name-taken': {
    status: 409,
    en: 'There is an exemption “{id}” already. Give this one another short name.',
    ar: 'يوجد إعفاء باسم «{id}». اختر اسمًا مختصرًا آخر.',
  },
  'exemption-needs-table': {
    status: 422,
    en: 'The rules of this service have no table of exemptions. It has to come with the folder of the service.',
    ar: 'ليس في قواعد هذه الخدمة جدول للإعفاءات. لا بد أن يأتي مع مجلد الخدمة.',
  },
  'template-too-long': {
    status: 422,
    en: 'The look of the document has at most {most} characters.',
    ar: 'لا تزيد صورة الوثيقة على {most} حرف.',
  },
  'template-word': {
    status: 422,
    en: 'Line {line}: “{word}” is not for the look of a document. It loads and reads nothing; what it shows is handed to it.',
    ar: 'السطر {line}: لا تُستعمل «{word}» في صورة الوثيقة. فهي لا تحمّل ولا تقرأ شيئًا، وما تعرضه يُسلَّم إليها.',
  },
  'template-faulty': {
    status: 422,
    en: 'The typesetter refuses line {line}, column {column}: {why}. Nothing was saved.',
    ar: 'يرفض برنامج إعداد الوثائق السطر {line}، العمود {column}: {why}. لم يُحفظ شيء.',
  },
  'template-unsettable': {
    status: 422,
    en: 'The document cannot be set: {why}. Nothing was saved.',
    ar: 'تعذّر إعداد الوثيقة: {why}. لم يُحفظ شيء.',
  },
  'template-too-heavy': {
    status: 422,
    en: 'Setting the document takes too long or too much memory, or others are being set. Nothing was saved; make it simpler, or try again.',
    ar: 'يستغرق إعداد الوثيقة وقتًا أو ذاكرة أكثر من المسموح، أو تُعدّ وثائق أخرى الآن. لم يُحفظ شيء؛ بسّطها أو أعد المحاولة.',
  },
  'template-untried': {
    status: 422,
    en: 'Mend what else is wrong with the draft first: the document cannot be tried before that. Nothing was saved.',
    ar: 'أصلح باقي الملاحظات في المسودة أولًا، فلا يمكن تجربة الوثيقة قبل ذلك. لم يُحفظ شيء.',
  },
  'service-name-wrong': {
    status: 422,
    en: '“{id}” cannot be the short name of a service: a small Latin letter first, then small letters, digits and dashes.',
    ar: '«{id}» لا يصلح اسمًا مختصرًا لخدمة: يبدأ بحرف لاتيني صغير، ثم حروف صغيرة وأرقام وشرطات فقط.',
  },
  'service-name-taken': {
    status: 409,
    en: 'There is a service “{id}” already, or somebody is writing one. Give this one another short name.',
    ar: 'توجد خدمة باسم «{id}»، أو يكتبها شخص آخر الآن. اختر اسمًا مختصرًا آخر.',
  },
  'title-missing': {
    status: 422,
    en: 'Write what the service is called, in Arabic and in English.',
    ar: 'اكتب اسم الخدمة بالعربية وبالإنجليزية.',
  },
  'theme-unknown': {
    status: 422,
    en: 'Choose the field to which the service belongs.',
    ar: 'اختر المجال الذي تنتمي إليه الخدمة.',
  },
  'life-event-missing': {
    status: 422,
    en: 'Choose at least one event of life in which people look for the service.',
    ar: 'اختر حدثًا واحدًا على الأقل من أحداث الحياة التي يُبحث فيها عن الخدمة.',
  },
  'audience-missing': {
    status: 422,
    en: 'Choose at least one kind of people for whom the service is.',
    ar: 'اختر فئة واحدة على الأقل ممن تُقدَّم لهم الخدمة.',
  },
  'channel-missing': {
    status: 422,
    en: 'Choose at least one way by which people get the service.',
    ar: 'اختر طريقة واحدة على الأقل للحصول على الخدمة.',
  },
  'channel-address-wrong': {
    status: 422,
    en: 'The address of a way to the service begins with https:// and has at most 300 characters.',
    ar: 'يبدأ عنوان طريقة الحصول على الخدمة بـ https:// ولا يزيد على 300 حرف.',
  },
  'time-wrong': {
    status: 422,
    en: 'Give each time as a whole number from 1 to 9999, with days, months or years.',
    ar: 'اكتب كل مدة عددًا صحيحًا من 1 إلى 9999، بالأيام أو الأشهر أو السنوات.',
  },
  'law-missing': {
    status: 422,
    en: 'A service stands on at least one law. Add another one first.',
    ar: 'لا بد للخدمة من أساس قانوني واحد على الأقل. أضف غيره أولًا.',
  },
  'law-name-wrong': {
    status: 422,
    en: '“{id}” cannot be the short name of a law: a small Latin letter first, then small letters, digits and dashes.',
    ar: '«{id}» لا يصلح اسمًا مختصرًا لقانون: يبدأ بحرف لاتيني صغير، ثم حروف صغيرة وأرقام وشرطات فقط.',
  },
  'law-name-taken': {
    status: 409,
    en: 'There is a law “{id}” already. Give this one another short name.',
    ar: 'يوجد قانون باسم «{id}». اختر اسمًا مختصرًا آخر.',
  },
  'purpose-not-granted': {
    status: 422,
    en: 'Choose a purpose for which your office may ask people. Which ones these are is granted by the federation.',
    ar: 'اختر غرضًا يحق لجهتك أن تطلب البيانات من أجله. تمنح هذه الأغراض منظومة الدول.',
  },
  'evidence-not-granted': {
    status: 422,
    en: 'Your office may not ask for this for that purpose. Choose among what is offered.',
    ar: 'لا يحق لجهتك طلب ذلك لهذا الغرض. اختر مما هو معروض.',
  },
  'evidence-missing': {
    status: 422,
    en: 'A service asks for one kind of evidence at least, so that it is known who applies.',
    ar: 'تطلب الخدمة نوعًا واحدًا من الإثباتات على الأقل، ليُعرف من يتقدم.',
  },
  'evidence-incomplete': {
    status: 422,
    en: '“{field}” is needed for this evidence to prove anything: ask for it, and not as something that may be left out.',
    ar: 'لا يثبت هذا الإثبات شيئًا من دون «{field}»: اطلبه، ولا تجعله اختياريًا.',
  },
  'reason-in-use': {
    status: 422,
    en: '“{reason}” is still given by a row of the rules or by the law. Change that first.',
    ar: 'ما زال «{reason}» يعطيه صف في القواعد أو ينص عليه القانون. غيّر ذلك أولًا.',
  },
  'reason-unsaid': {
    status: 422,
    en: 'Write the new reason in Arabic and in English, as people read it.',
    ar: 'اكتب السبب الجديد بالعربية وبالإنجليزية، كما يقرؤه الناس.',
  },
  'outcome-missing': {
    status: 422,
    en: 'Choose what the reason leads to.',
    ar: 'اختر ما يؤدي إليه السبب.',
  },
  'document-empty': {
    status: 422,
    en: 'The document has to show one value at least.',
    ar: 'لا بد أن تعرض الوثيقة قيمة واحدة على الأقل.',
  },
  'value-unknown': {
    status: 422,
    en: 'Choose a value that the service has.',
    ar: 'اختر قيمة متاحة في الخدمة.',
  },
  'table-unknown': {
    status: 422,
    en: 'Choose the table that reads it.',
    ar: 'اختر الجدول الذي يقرؤها.',
  },
  'agreed-elsewhere': {
    status: 409,
    en: 'Several states give this service. What it asks for is agreed between them, and comes with its folder.',
    ar: 'تقدّم هذه الخدمة عدة دول، وما تطلبه متفق عليه بينها ويأتي مع مجلدها.',
  },
  'nothing-asked': {
    status: 422,
    en: 'Press the button of what is to be done.',
    ar: 'اضغط زر ما تريد فعله.',
  },
});
