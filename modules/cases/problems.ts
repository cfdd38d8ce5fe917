import { defineProblems } from '#kernel/problem';
import { lookUpProblems } from '#modules/exchange';
import { decisionProblems } from './decisions/problems.ts';
import { systemProblems } from './systems/problems.ts';

export const problem = defineProblems({
  ...systemProblems,
  'stronger-sign-in-needed': {
    status: 401,
    // RFC 9470 section 3: the sign-in was right, and is too weak for this.
    challenge: 'Jisr-Session error="insufficient_user_authentication", acr_values="{acr_values}"',
    en: 'This service needs a stronger sign-in than yours was. Sign in again; your state then asks for what is missing.',
    ar: 'تحتاج هذه الخدمة إلى تسجيل دخول أقوى من دخولك. سجّل الدخول من جديد، وتطلب دولتك عندئذ ما ينقص.',
  },
  'service-unknown': {
    status: 404,
    en: 'This state does not offer such a service. Look for it in the list of services.',
    ar: 'لا تقدّم هذه الدولة خدمة بهذا الاسم. ابحث عنها في قائمة الخدمات.',
  },
  'service-for-own-people': {
    status: 403,
    en: 'Only people whose home is this state can apply for this service here. Apply on the site of your home state.',
    ar: 'هذه الخدمة هنا لأهل هذه الدولة وحدهم. قدّم الطلب في موقع دولتك.',
  },
  'service-for-companies': {
    status: 403,
    en: 'This service is for companies. Choose under "Acting for others" the company that you sign for. If it is not offered there, your home state\'s register of commerce does not name you as its signatory.',
    ar: 'هذه الخدمة للشركات. اختر من «النيابة عن الآخرين» الشركة التي توقّع عنها. فإن لم تجدها هناك فالسجل التجاري في بلدك لا يذكرك مفوَّضًا بالتوقيع عنها.',
  },
  'second-signature-needed': {
    status: 409,
    en: 'You have signed. The company is bound only by two signatories, so nothing was sent yet: another one signs in, chooses the company under "Acting for others", opens this application and sends it.',
    ar: 'سُجّل توقيعك. لا تلتزم الشركة إلا بتوقيع مفوَّضَين، فلم يُرسل الطلب بعد: يسجّل مفوَّض آخر دخوله ويختار الشركة من «النيابة عن الآخرين» ويفتح هذا الطلب ويرسله.',
  },
  'application-repeated': {
    status: 409,
    en: 'There is already application {reference} for the same. Go on with that one; you find it in the list of applications. What you wrote here is kept as a draft. Withdraw the other one first if you want to apply anew.',
    ar: 'يوجد طلب سابق للأمر نفسه برقم {reference}. أكمل ذلك الطلب، وتجده في قائمة الطلبات. يبقى ما كتبته هنا مسودةً. اسحب الطلب الآخر أولًا إن أردت طلبًا جديدًا.',
  },
  'evidence-stands-no-more': {
    status: 409,
    en: 'The home state no longer confirms what this application stands on: whoever applied may no longer stand for the child or sign for the company, the company is no longer active, or the consent has ended. Nothing was sent or decided. Whoever stands for the child or signs for the company now can go on.',
    ar: 'لم تعد الدولة الأم تؤكد ما يقوم عليه هذا الطلب: لم يعد لمن قدّمه أن ينوب عن الطفل أو يوقّع عن الشركة، أو لم تعد الشركة قائمة، أو انتهت الموافقة. لم يُرسل شيء ولم يُتخذ قرار. يستطيع من ينوب عن الطفل أو يوقّع عن الشركة الآن أن يكمل.',
  },
  'consent-lost': {
    status: 409,
    en: 'A consent that this application stands on was withdrawn, so nothing is decided on it: neither approved nor refused. The applicant can consent again until {until}; otherwise it counts as withdrawn.',
    ar: 'سُحبت موافقة يقوم عليها هذا الطلب، فلا يُتخذ فيه قرار، لا بالقبول ولا بالرفض. يستطيع المتقدّم أن يوافق من جديد حتى {until}، وإلا عُدّ الطلب مسحوبًا.',
  },
  'renewal-early': {
    status: 409,
    en: 'This cannot be renewed yet. The earliest day is {from}.',
    ar: 'لم يحن موعد التجديد بعد. أول يوم له {from}.',
  },
  'renewal-begun': {
    status: 409,
    en: 'You have begun to renew this already. Go on with that application, in your list.',
    ar: 'بدأت التجديد من قبل. أكمل ذلك الطلب من قائمة طلباتك.',
  },
  'case-unknown': {
    status: 404,
    en: 'There is no such case, or it is not yours to see. Look for it in your list of applications.',
    ar: 'لا يوجد طلب بهذا الرقم، أو ليس من حقك الاطلاع عليه. ابحث عنه في قائمة طلباتك.',
  },
  'case-erased': {
    status: 409,
    en: 'What this case held has been erased, because the time for which it is kept is over. Its reference, its dates and its outcome remain; nothing can be added to it.',
    ar: 'مُحي ما كان في هذا الطلب لانتهاء مدة حفظه. بقي رقمه وتواريخه ونتيجته، ولا يُضاف إليه شيء.',
  },
  'request-names-missing': {
    status: 422,
    en: 'Name each paper in both languages, as the applicant will read it.',
    ar: 'سمِّ كل مستند باللغتين كما سيقرؤه المتقدّم.',
  },
  'request-files-wrong': {
    status: 422,
    en: 'Say of each paper how many files it may be: 1 to {limit}.',
    ar: 'اكتب لكل مستند عدد الملفات المقبول، من 1 إلى {limit}.',
  },
  'hold-days-wrong': {
    status: 422,
    en: 'Give a day from today on, at most ten years ahead, as year, month and day.',
    ar: 'اكتب يومًا من اليوم فصاعدًا، بعد عشر سنوات على الأكثر: السنة والشهر واليوم.',
  },
  'hold-reason-missing': {
    status: 422,
    en: 'Say which law or which court wants the case to be kept longer.',
    ar: 'اذكر القانون أو المحكمة التي تقتضي حفظ الطلب مدة أطول.',
  },
  'page-unknown': {
    status: 404,
    en: 'This application has no such page, or its questions do not apply to you. Go back to the list of tasks.',
    ar: 'لا توجد صفحة كهذه في الطلب، أو أسئلتها لا تنطبق عليك. عُد إلى قائمة الخطوات.',
  },
  'question-not-asked': {
    status: 422,
    en: 'The form does not ask “{questionId}”, or not with these answers. Nothing was saved; read the page of the form again.',
    ar: 'لا يسأل النموذج عن «{questionId}»، أو لا يسأل عنه مع هذه الإجابات. لم يُحفظ شيء؛ اقرأ صفحة النموذج من جديد.',
  },
  'question-unknown': {
    status: 404,
    en: 'This application takes no file there, or the question does not apply to you. Go back to the list of tasks.',
    ar: 'لا يقبل الطلب ملفًا هنا، أو لا ينطبق السؤال عليك. عُد إلى قائمة الخطوات.',
  },
  'entry-unknown': {
    status: 404,
    en: 'There is no such entry in the list. Go back to the page to see what it holds now.',
    ar: 'لا يوجد بند كهذا في القائمة. عُد إلى الصفحة لترى ما فيها الآن.',
  },
  'entry-changed': {
    status: 409,
    en: 'The list changed since you opened it, perhaps in another window. Nothing was changed now; look at it again.',
    ar: 'تغيّرت القائمة منذ أن فتحتها، ربما في نافذة أخرى. لم يتغير شيء الآن؛ راجعها من جديد.',
  },
  'file-unknown': {
    status: 404,
    en: 'There is no such file in this application. It may have been removed.',
    ar: 'لا يوجد ملف كهذا في هذا الطلب. ربما حُذف.',
  },
  'file-empty': {
    status: 422,
    en: 'The file is empty, or none was chosen. Choose a file and try again.',
    ar: 'الملف فارغ، أو لم يُختر ملف. اختر ملفًا وحاول مرة أخرى.',
  },
  'file-too-large': {
    status: 413,
    en: 'The file is larger than {limit} MB. Make it smaller, for example by scanning in a lower quality, and try again.',
    ar: 'حجم الملف أكبر من {limit} ميغابايت. صغّر حجمه، بمسحه بجودة أقل مثلًا، وحاول مرة أخرى.',
  },
  'file-type-refused': {
    status: 422,
    en: 'This kind of file is not taken here. What counts is what the file holds, not how its name ends. Save it in one of the formats named and try again.',
    ar: 'لا يُقبل هذا النوع من الملفات هنا. العبرة بمحتوى الملف لا بامتداد اسمه. احفظه بإحدى الصيغ المذكورة وحاول مرة أخرى.',
  },
  'file-damaged': {
    status: 422,
    en: 'The file cannot be read: it may be damaged or not whole. Open it on your device, save it anew and try again.',
    ar: 'تتعذر قراءة الملف، فربما كان تالفًا أو ناقصًا. افتحه على جهازك واحفظه من جديد وحاول مرة أخرى.',
  },
  'file-protected': {
    status: 422,
    en: 'The PDF is protected by a password, so nobody at the office could open it. Save it without protection and try again.',
    ar: 'ملف PDF محمي بكلمة سر، فلن يستطيع الموظف فتحه. احفظه من دون حماية وحاول مرة أخرى.',
  },
  'file-active': {
    status: 422,
    en: 'The PDF holds more than pages: scripts, forms that send data, or other files. Print it to a new PDF and try again.',
    ar: 'في ملف PDF أكثر من صفحات: برامج أو نماذج ترسل بيانات أو ملفات أخرى. اطبعه إلى ملف PDF جديد وحاول مرة أخرى.',
  },
  'file-infected': {
    status: 422,
    en: 'The virus scanner found harmful software in this file, so it is not kept. Check your device, and attach a clean file.',
    ar: 'وجد فاحص الفيروسات برنامجًا ضارًا في هذا الملف، فلم نحتفظ به. افحص جهازك وأرفق ملفًا سليمًا.',
  },
  'file-not-scanned': {
    status: 409,
    en: 'The virus scanner has not judged this file yet, so it is held back. Try again in a few minutes.',
    ar: 'لم يفحص فاحص الفيروسات هذا الملف بعد، فهو محجوب الآن. حاول مرة أخرى بعد دقائق.',
  },
  'file-altered': {
    status: 500,
    en: 'The kept file is not the one that was handed in, so it is not given out. The operator has been told.',
    ar: 'الملف المحفوظ ليس هو الذي قُدّم، فلن نعطيه لأحد. أُبلغ مشغّل المنصة.',
  },
  'files-too-many': {
    status: 409,
    en: 'At most {limit} files can be attached here. Remove one to attach another.',
    ar: 'عدد الملفات المقبول هنا {limit} على الأكثر. احذف ملفًا لترفق غيره.',
  },
  'files-too-large': {
    status: 409,
    en: 'All files of one application together may have at most {limit} MB. Remove one, or attach smaller ones.',
    ar: 'لا يتجاوز مجموع ملفات الطلب الواحد {limit} ميغابايت. احذف ملفًا أو أرفق ملفات أصغر.',
  },
  'service-paused': {
    status: 409,
    en: 'No new applications are taken for this service now: {reason} Nothing was begun. What you began before can still be sent.',
    ar: 'لا تُستقبل طلبات جديدة لهذه الخدمة الآن: {reason} لم يبدأ شيء، وما بدأته من قبل ما زال بإمكانك إرساله.',
  },
  'case-not-open': {
    status: 409,
    en: 'This application was already sent, so it cannot be changed here. Open it to see where it stands.',
    ar: 'أُرسل هذا الطلب من قبل، فلا يمكن تغييره هنا. افتحه لترى أين وصل.',
  },
  'case-step-refused': {
    status: 409,
    en: 'This cannot be done in the state the case is in now. Open the case again to see what can be done.',
    ar: 'لا يمكن فعل هذا والطلب في حالته الحالية. افتح الطلب من جديد لترى ما يمكن فعله.',
  },
  'evidence-missing': {
    status: 409,
    en: 'Some evidence that this service cannot do without has not arrived: {missing}. Open the consent step and allow it.',
    ar: 'لم تصل بعد بيانات لا تتم الخدمة من دونها: {missing}. افتح خطوة الموافقة واسمح بها.',
  },
  'evidence-not-asked': {
    status: 422,
    en: 'This service does not ask for evidence of the type {evidenceType}, so it was not kept.',
    ar: 'لا تطلب هذه الخدمة بيانات من النوع {evidenceType}، فلم تُحفظ.',
  },
  'answers-incomplete': {
    status: 409,
    en: 'Some questions are still without a sound answer. Open the page “{page}” and complete it.',
    ar: 'بقيت أسئلة من دون إجابة صحيحة. افتح الصفحة «{page}» وأكملها.',
  },
  'look-up-gone': {
    status: 409,
    en: 'What you chose on the page “{page}” is no longer in its register. Nothing was sent. Open the page and choose again.',
    ar: 'ما اخترته في الصفحة «{page}» لم يعد في السجل. لم يُرسل شيء. افتح الصفحة واختر من جديد.',
  },
  'look-up-unavailable': lookUpProblems['look-up-unavailable'],
  'fee-due': {
    status: 402,
    en: 'The fee of this application is not paid yet. Nothing was sent or decided; pay it first.',
    ar: 'لم يُدفع رسم هذا الطلب بعد. لم يُرسل شيء ولم يُتخذ قرار؛ ادفع الرسم أولًا.',
  },
  'fee-risen': {
    status: 409,
    en: 'The fee was paid for other answers, with which less was to pay. Nothing was sent: change them back, or withdraw the application, get the whole fee back and begin anew.',
    ar: 'دُفع الرسم عن إجابات أخرى كان الرسم معها أقل. لم يُرسل شيء: أعد الإجابات كما كانت، أو اسحب الطلب فيُرد الرسم كله ثم ابدأ من جديد.',
  },
  'case-changed-since': {
    status: 409,
    en: 'The case changed since you opened it. Nothing was saved; open it again and decide on what it holds now.',
    ar: 'تغيّر الطلب منذ أن فتحته. لم يُحفظ شيء؛ افتحه من جديد وقرر على أساس ما فيه الآن.',
  },
  'case-taken': {
    status: 409,
    en: '{who} is working on this case. Talk to them, or take it over if they are away.',
    ar: 'يعمل {who} على هذا الطلب. تواصل معه، أو استلم الطلب منه إن كان غائبًا.',
  },
  'case-not-taken': {
    status: 409,
    en: 'Take the case first, so that nobody else decides it at the same time.',
    ar: 'استلم الطلب أولًا، كي لا يقرر فيه غيرك في الوقت نفسه.',
  },
  'own-case': {
    status: 403,
    en: 'This application is your own, or you act or acted for somebody in it. A colleague has to deal with it.',
    ar: 'هذا طلبك أنت، أو تنوب فيه عن غيرك أو نبت عنه من قبل. يتولاه زميل آخر.',
  },
  'role-needed': {
    status: 403,
    en: 'Your roles do not allow {duty}. You would need one of these roles: {roles}. Ask your supervisor.',
    ar: 'لا تسمح أدوارك بـ{duty}. تحتاج إلى أحد هذه الأدوار: {roles}. راجع مشرفك.',
  },
  'mandate-too-narrow': {
    status: 403,
    en: 'Your mandate does not name this service. Ask the person for whom you act for one that does.',
    ar: 'لا تشمل نيابتك هذه الخدمة. اطلب ممن تنوب عنه نيابة تشملها.',
  },
  'draft-elsewhere': {
    status: 409,
    en: 'The person for whom you act began this application already. It has to be sent or withdrawn first.',
    ar: 'بدأ من تنوب عنه هذا الطلب من قبل. يلزم إرساله أو سحبه أولًا.',
  },
  'document-unknown': {
    status: 404,
    en: 'This case has no such document yet. It appears here a few seconds after the decision.',
    ar: 'لا توجد وثيقة كهذه في هذا الطلب بعد. تظهر هنا بعد القرار بثوانٍ.',
  },
  'text-too-long': {
    status: 422,
    en: 'The text is longer than 2,000 characters, or holds characters that cannot be kept. Shorten it.',
    ar: 'النص أطول من ٢٠٠٠ حرف أو فيه رموز لا يمكن حفظها. يُرجى اختصاره.',
  },
  'request-not-offered': {
    status: 422,
    en: 'This service does not let an officer ask for this, or gives less time for it. Choose from the list on the page.',
    ar: 'لا تتيح هذه الخدمة طلب هذا، أو تتيح له مدة أقصر. اختر من القائمة في الصفحة.',
  },
  'request-empty': {
    status: 422,
    en: 'Say what you ask for: choose something from the list, or write it in Arabic and in English.',
    ar: 'حدّد ما تطلبه: اختر من القائمة، أو اكتبه بالعربية والإنجليزية.',
  },
  'request-answer-empty': {
    status: 422,
    en: 'Write your answer, or correct one of the pages that were opened for you, and then send it.',
    ar: 'اكتب ردك، أو صحّح إحدى الصفحات المفتوحة لك، ثم أرسله.',
  },
  'page-not-opened': {
    status: 409,
    en: 'The office did not ask you to correct this page. Open the case to see which pages you can correct.',
    ar: 'لم تطلب الجهة تصحيح هذه الصفحة. افتح الطلب لترى الصفحات التي يمكنك تصحيحها.',
  },
  'own-decision': {
    status: 403,
    en: 'You had a hand in this decision. Another officer has to confirm it, or to decide on the appeal.',
    ar: 'شاركت في هذا القرار. يؤكده موظف آخر، أو يبتّ موظف آخر في التظلّم.',
  },
  'note-missing': {
    status: 422,
    en: 'Write for your colleague why you send the decision back.',
    ar: 'اكتب لزميلك سبب إعادة القرار إليه.',
  },
  'appeal-not-possible': {
    status: 409,
    en: 'There is no appeal to the office against this decision. The decision says what else you can do.',
    ar: 'لا يمكن التظلّم من هذا القرار لدى الجهة. يبيّن القرار ما يمكنك فعله.',
  },
  'appeal-too-late': {
    status: 409,
    en: 'The time to appeal ended on {until}. The decision says what else you can do.',
    ar: 'انتهت مدة التظلّم في {until}. يبيّن القرار ما يمكنك فعله.',
  },
  'change-not-offered': {
    status: 422,
    en: 'This service does not list this reason, or does not let this value be corrected. Choose from the page.',
    ar: 'هذا السبب غير مدرج في الخدمة، أو لا تتيح تصحيح هذه القيمة. اختر مما في الصفحة.',
  },
  'correction-empty': {
    status: 422,
    en: 'Nothing differs from what the document says now. Write the right value beside the wrong one.',
    ar: 'لا شيء يختلف عما في الوثيقة الآن. اكتب القيمة الصحيحة مكان الخاطئة.',
  },
  'message-empty': {
    status: 422,
    en: 'Write something first.',
    ar: 'اكتب النص أولًا.',
  },
  'messages-too-many': {
    status: 429,
    en: 'There is no room for another message in this case. Call the office instead.',
    ar: 'لا يتسع هذا الطلب لرسائل أخرى. اتصل بالجهة بدلًا من ذلك.',
  },
  'partner-awaited': {
    status: 409,
    en: 'The office of the home state was asked and has not answered yet. Approve when its answer is there; the page shows until when it has time.',
    ar: 'سُئلت الجهة في بلد المتقدّم ولم ترد بعد. وافِق بعد وصول ردها؛ تبيّن الصفحة موعده.',
  },
  'points-open': {
    status: 409,
    en: 'Nothing was decided, as points of the checklist are still open. Mark each as done, or say why it does not apply: {points}.',
    ar: 'لم يُتخذ القرار، ففي قائمة التحقق نقاط لا تزال مفتوحة. علّم كلًّا منها بأنها تمت، أو اذكر لِمَ لا تنطبق: {points}.',
  },
  'point-unknown': {
    status: 404,
    en: 'The checklist of this case has no such point. Read the case again.',
    ar: 'لا توجد نقطة كهذه في قائمة التحقق لهذا الطلب. أعد قراءة الطلب.',
  },
  'point-reason-missing': {
    status: 422,
    en: 'Say why this point does not apply. Colleagues read it, the applicant does not.',
    ar: 'اذكر لِمَ لا تنطبق هذه النقطة. يقرؤه الزملاء ولا يقرؤه المتقدّم.',
  },
  'point-marked-meanwhile': {
    status: 409,
    en: '{who} marked this point meanwhile, so it was left as it is now. Look at it, and mark it again if you see it otherwise.',
    ar: 'علّم {who} هذه النقطة في هذه الأثناء فتُركت على حالها. انظر فيها ثم علّمها من جديد إن رأيت غير ذلك.',
  },
  'colleague-unsuited': {
    status: 422,
    en: 'This colleague cannot be given this case: away, without a role for it, or with a part in it. Choose somebody else.',
    ar: 'لا يمكن إسناد هذا الطلب إلى هذا الزميل: فهو غائب، أو لا دور له فيه، أو شارك فيه. اختر غيره.',
  },
  'colleague-unknown': {
    status: 422,
    en: 'Choose somebody of your office, and somebody else to cover.',
    ar: 'اختر موظفًا في جهتك، وغيره لينوب عنه.',
  },
  'absence-days-wrong': {
    status: 422,
    en: 'Give the first and the last day, the last one not before today, and at most a year.',
    ar: 'اكتب أول يوم وآخر يوم، على ألا يسبق آخرهما اليوم وألا تزيد المدة على سنة.',
  },
  'absence-overlaps': {
    status: 409,
    en: 'Another absence of the same officer is on some of these days. End that one first.',
    ar: 'يتداخل هذا مع غياب مسجل للموظف نفسه. أنهِ ذاك أولًا.',
  },
  'absence-unknown': {
    status: 404,
    en: 'There is no such absence in your office, or it is over.',
    ar: 'لا يوجد غياب كهذا في جهتك، أو أنه انتهى.',
  },
  'view-name-wrong': {
    status: 422,
    en: 'Give the view a name of at most 40 characters.',
    ar: 'سمِّ العرض باسم لا يزيد على 40 حرفًا.',
  },
  'views-too-many': {
    status: 409,
    en: 'You keep 12 views already. Remove one first.',
    ar: 'لديك 12 عرضًا محفوظًا. احذف واحدًا أولًا.',
  },
  ...decisionProblems,
});
