/** What restoring access refuses with. */
export const recoveryProblems = {
  'recovery-not-accepted': {
    status: 401,
    en: 'The number and the code do not belong together, or the code was used or is too old. Check both, or go to the counter.',
    ar: 'الرقم والرمز غير متطابقين، أو استُخدم الرمز أو انتهت مدته. تحقّق منهما أو راجع المكتب.',
  },
  'recovery-too-early': {
    status: 403,
    en: 'For your safety this code works from {from} UTC. Come back then; until then it can be cancelled on your devices.',
    ar: 'حمايةً لك يعمل هذا الرمز من {from} بالتوقيت العالمي. عُد حينها، ويمكن قبلها إلغاؤه من أجهزتك.',
  },
  'recovery-unconfirmed': {
    status: 403,
    en: 'A second officer has not confirmed this code yet. It works three days after that; ask at the counter.',
    ar: 'لم يؤكد موظف ثانٍ هذا الرمز بعد. يعمل بعد ثلاثة أيام من التأكيد؛ اسأل في المكتب.',
  },
  'recovery-person-unknown': {
    status: 404,
    en: 'No person of this state has this number. Check it against the document.',
    ar: 'لا يوجد شخص بهذا الرقم في هذه الدولة. تحقّق منه في الوثيقة.',
  },
  'recovery-of-oneself': {
    status: 403,
    en: 'Nobody restores their own access. Ask another officer.',
    ar: 'لا يستعيد أحد دخوله بنفسه. اطلب ذلك من موظف آخر.',
  },
  'recovery-by-two': {
    status: 403,
    en: 'You began this yourself. Another officer of the office has to look at the document and confirm it.',
    ar: 'أنت من بدأ هذه الاستعادة. يلزم أن يطّلع موظف آخر من الجهة على الوثيقة ويؤكدها.',
  },
  'recovery-unknown': {
    status: 404,
    en: 'Your office has begun no such recovery. Open the list of the office and choose from it.',
    ar: 'لم تبدأ جهتك استعادة كهذه. افتح قائمة الجهة واختر منها.',
  },
  'recovery-settled': {
    status: 409,
    en: 'This no longer waits for confirmation: it was settled, cancelled or replaced, or its time is over. Load the list again.',
    ar: 'لم تعد هذه الاستعادة تنتظر تأكيدًا: بُتّ فيها أو أُلغيت أو حلّت أخرى محلها أو انتهت مدتها. حمّل القائمة من جديد.',
  },
  'recovery-reason-missing': {
    status: 400,
    en: 'Choose whether to confirm or to refuse, and why where you refuse.',
    ar: 'اختر التأكيد أو الرفض، وسبب الرفض إن رفضت.',
  },
  'document-not-checked': {
    status: 400,
    en: 'Say which document you checked, type its number, and say that the person before you is the one in it.',
    ar: 'حدّد الوثيقة التي تحقّقت منها واكتب رقمها، وأكّد أن الشخص الحاضر هو صاحبها.',
  },
  'document-number-differs': {
    status: 409,
    en: 'This is not the number that the first officer read. Look at the document again; if it is another one, refuse.',
    ar: 'ليس هذا الرقم الذي قرأه الموظف الأول. راجع الوثيقة، وإن كانت غيرها فارفض.',
  },
  'person-deceased': {
    status: 403,
    en: 'By the register of this state this person has died, so access is not restored. Mistakes are corrected in the register.',
    ar: 'صاحب هذه الهوية متوفى في سجل الدولة، فلا يُستعاد الدخول إليها. تُصحَّح الأخطاء في السجل.',
  },
  'password-too-weak': {
    status: 400,
    en: 'Choose a password of at least {length} characters that does not hold your number.',
    ar: 'اختر كلمة مرور من {length} حرفًا على الأقل لا تحتوي على رقمك.',
  },
} as const;
