import type { Text } from '#kernel/languages';
import type { Audience, ServiceDefinition } from '#modules/catalogue';

const say = (ar: string, en: string): Text => ({ ar, en });

/** Words of the pages on which a service is begun, and of what it is besides its texts, rules and form. */
export const serviceWords = {
  begin: say('بدء خدمة جديدة', 'Begin a new service'),
  beginLead: say(
    'تبدأ الخدمة مسودةً لا يراها الناس. تذكر صفحتها ما ينقصها، ولا تُنشر حتى تنجح حالات اختبارها ويوافق عليها شخص آخر.',
    'It begins as a draft that nobody sees. Its page says what it still lacks, and it is not published before its test cases pass and somebody else agrees.',
  ),
  start: say('بماذا تبدأ؟', 'What do you begin with?'),
  startHint: say('فارغ: خدمة جديدة تمامًا', 'Empty: a service of its own'),
  choose: say('اختيار', 'Choose'),
  beginIt: say('بدء المسودة', 'Begin the draft'),
  copyOf: say('نسخة من', 'A copy of'),
  blank: say('خدمة جديدة تمامًا', 'A service of its own'),
  office: say('الجهة', 'Office'),
  shortName: say('الاسم المختصر بالحروف اللاتينية', 'Short name, in Latin letters'),
  shortNameHint: say(
    'يبقى في عنوان صفحتها، مثل \u2066parking-permit\u2069',
    'It stays in the address of its page, as parking-permit',
  ),
  nameAr: say('اسم الخدمة بالعربية', 'Name of the service in Arabic'),
  nameEn: say('اسم الخدمة بالإنجليزية', 'Name of the service in English'),
  purpose: say('الغرض الذي تُطلب البيانات من أجله', 'Purpose for which data is asked for'),
  purposeHint: say('الأغراض التي مُنحت لجهتك', 'The purposes that your office was granted'),
  theme: say('المجال', 'Field'),
  lifeEvents: say('أحداث الحياة', 'Events of life'),
  audience: say('لمن هي', 'For whom it is'),
  applicants: say('من يتقدم', 'Who applies'),
  applicantsHint: say('فارغ: كل من في دول الاتحاد', 'Empty: people of every state'),
  homeOnly: say('أهل هذه الدولة فقط', 'Only people of this state'),
  companies: say('من يوقّع عن شركة', 'Whoever signs for a company'),
  channels: say('طرق الحصول عليها', 'Ways by which people get it'),
  addressOf: say('عنوان الطريقة', 'Address'),
  assurance: say('قوة تسجيل الدخول', 'How strongly a person has to be signed in'),
  workingDays: say('أيام العمل حتى القرار', 'Working days to a decision'),
  cost: say('الرسم (فارغ: بلا رسم)', 'Fee (empty: none)'),
  facts: say('تعريف الخدمة', 'What the service is'),
  keywordsAr: say('كلمات يبحث بها الناس بالعربية، كل واحدة في سطر', 'Words people look for in Arabic, one a line'),
  keywordsEn: say('كلمات يبحث بها الناس بالإنجليزية، كل واحدة في سطر', 'Words people look for in English, one a line'),
  kept: say('كم تُحفظ البيانات بعد القرار', 'How long the data is kept after the decision'),
  valid: say('كم يسري ما تُصدره (فارغ: دائمًا)', 'How long what it gives is valid (empty: for ever)'),
  renew: say('قبل كم من نهايته يُعرض التجديد', 'How long before its end a renewal is offered'),
  unit: say('الوحدة', 'Unit'),
  days: say('أيام', 'Days'),
  months: say('أشهر', 'Months'),
  years: say('سنوات', 'Years'),
  laws: say('الأساس القانوني', 'Legal basis'),
  removeLaw: say('حذف هذا القانون', 'Remove this law'),
  addLaw: say('إضافة قانون', 'Add a law'),
  evidence: say('ما يُطلب من جهات أخرى', 'What is asked of other offices'),
  evidenceLead: say('ما يحق لجهتك أن تطلبه لهذا الغرض', 'What your office may ask for this purpose'),
  needed: say('لا قرار من دونها', 'No decision without it'),
  optional: say('يجوز ألا تُرسل', 'It may be left out'),
  notAsked: say('لا تُطلب', 'Not asked for'),
  standing: say('يُتحقق منه مرة أخرى عند القرار', 'It is asked for again at the decision'),
  agreed: say(
    'تقدّم هذه الخدمة عدة دول، وما تطلبه متفق عليه بينها ويأتي مع مجلدها.',
    'Several states give this service. What it asks for is agreed between them, and comes with its folder.',
  ),
  reasons: say('أسباب القرار', 'Reasons of decisions'),
  leadsTo: say('ما يؤدي إليه', 'What it leads to'),
  forOfficer: say('يجوز للموظف أن يختاره', 'An officer may choose it'),
  removeReason: say('حذف هذا السبب', 'Remove this reason'),
  addReason: say('إضافة سبب', 'Add a reason'),
  reasonHint: say(
    'يسميه بعد ذلك صف في القواعد، أو يختاره موظف',
    'A row of the rules names it then, or an officer chooses it',
  ),
  inputs: say('ما تقرؤه القواعد', 'What the rules read'),
  stopReading: say('لا تقرؤه القواعد بعد الآن، ويُحذف عموده', 'The rules read it no more; its column goes'),
  readAlso: say('قراءة قيمة أخرى', 'Read another value'),
  value: say('القيمة', 'Value'),
  inTable: say('الجدول', 'Table'),
  calledInRows: say('اسمه في الصفوف', 'Its name in the rows'),
  shown: say('ما تعرضه الوثيقة والشهادة الرقمية', 'What the document and the credential show'),
  onDocument: say('على الوثيقة', 'On the document'),
  inCredential: say('في الشهادة الرقمية', 'In the credential'),
  readyMade: say('صور جاهزة للوثيقة', 'Ready-made looks'),
  useLook: say('استعمال هذه الصورة', 'Use this look'),
  lookHint: say('تأتي مكان المصدر المكتوب هنا.', 'It takes the place of the source that is written here.'),
  notYet: say('لم تُنشر بعد', 'Not published yet'),
  sinceBegun: say('ما كُتب منذ بدئها', 'What was written since it was begun'),
  whole: say('الخدمة', 'The service'),
} satisfies Record<string, Text>;

export const audienceNames = new Map<Audience, Text>([
  ['citizen', say('المواطنون', 'Citizens')],
  ['resident', say('المقيمون', 'Residents')],
  ['visitor', say('الزوار', 'Visitors')],
  ['business', say('المنشآت', 'Businesses')],
]);

export const channelNames: Record<ServiceDefinition['channels'][number]['kind'], Text> = {
  online: say('عبر هذا الموقع', 'On this site'),
  app: say('تطبيق الجهة', 'The app of the office'),
  phone: say('هاتف', 'Telephone'),
  desk: say('مركز خدمة', 'Service desk'),
};

export const levelNames: Record<NonNullable<ServiceDefinition['assurance']>, Text> = {
  low: say('منخفضة', 'Low'),
  substantial: say('كافية', 'Substantial'),
  high: say('عالية', 'High'),
};
