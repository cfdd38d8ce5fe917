import type { Text } from '#kernel/languages';

type Break = { finding: Text; fix: Text };

/** Everything that a doctor can find broken: one plain sentence, and what mends it. */
export const breaks = {
  'node-silent': {
    finding: { en: 'No node answers at {url} ({reason}).', ar: 'لا تجيب أي عقدة على العنوان {url} ({reason}).' },
    fix: {
      en: 'Start the node, and check that its address leads to this machine and that no firewall is in between.',
      ar: 'شغّل العقدة، وتأكد من أن عنوانها يقود إلى هذا الجهاز ومن عدم وجود جدار حماية بينهما.',
    },
  },
  'node-misnamed': {
    finding: {
      en: 'The node at {url} calls itself {name}.',
      ar: 'العقدة على العنوان {url} تسمّي نفسها {name}.',
    },
    fix: {
      en: 'Set publicUrl in its node.json to the address that others use, and start it again.',
      ar: 'اجعل publicUrl في ملفها node.json العنوان الذي يستخدمه الآخرون، ثم أعد تشغيلها.',
    },
  },
  'operator-address-silent': {
    finding: {
      en: 'The operator address {url} does not answer ({reason}).',
      ar: 'عنوان المشغّل {url} لا يجيب ({reason}).',
    },
    fix: {
      en: 'Restart the node; if it goes on, check operator.listen in its node.json.',
      ar: 'أعد تشغيل العقدة؛ وإن استمر ذلك فراجع operator.listen في ملفها node.json.',
    },
  },
  'operator-secret-refused': {
    finding: {
      en: 'The operator address refuses the secret on this disk.',
      ar: 'عنوان المشغّل يرفض السر الموجود على هذا القرص.',
    },
    fix: {
      en: 'The file operator/secret was changed while the node ran: restart the node.',
      ar: 'تغيّر الملف operator/secret والعقدة تعمل: أعد تشغيل العقدة.',
    },
  },
  'disk-unwritable': {
    finding: { en: 'The data folder cannot be written ({reason}).', ar: 'تتعذر الكتابة في مجلد البيانات ({reason}).' },
    fix: {
      en: 'Free some space on its disk, and check that the folder is there and belongs to the account of the node.',
      ar: 'وفّر مساحة على القرص، وتأكد من وجود المجلد ومن أنه ملك لحساب العقدة.',
    },
  },
  'disk-low': {
    finding: {
      en: 'The disk of the data folder has {free} MB left.',
      ar: 'بقي على قرص مجلد البيانات {free} ميغابايت.',
    },
    fix: {
      en: 'Free at least {least} MB: the log stops when the disk is full.',
      ar: 'وفّر {least} ميغابايت على الأقل: يتوقف السجل المفتوح عند امتلاء القرص.',
    },
  },
  'database-silent': {
    finding: { en: 'The database does not answer ({reason}).', ar: 'قاعدة البيانات لا تجيب ({reason}).' },
    fix: {
      en: 'Start PostgreSQL and check databaseUrl in node.json; the node goes on by itself once it answers.',
      ar: 'شغّل PostgreSQL وراجع databaseUrl في node.json؛ تتابع العقدة عملها وحدها حين تجيب.',
    },
  },
  'database-read-only': {
    finding: {
      en: 'The database takes no writes: it is a standby.',
      ar: 'قاعدة البيانات لا تقبل الكتابة: إنها نسخة احتياطية.',
    },
    fix: {
      en: 'Point databaseUrl at the primary server, or promote this one.',
      ar: 'وجّه databaseUrl إلى الخادم الرئيس، أو رقِّ هذا الخادم.',
    },
  },
  'clock-off': {
    finding: {
      en: 'The clock of this node differs by {seconds} s from the other nodes.',
      ar: 'ساعة هذه العقدة تختلف عن بقية العقد بمقدار {seconds} ثانية.',
    },
    fix: {
      en: 'Set it by NTP: messages that differ by more than 60 s are refused.',
      ar: 'اضبطها عبر NTP: تُرفض الرسائل التي يتجاوز فرقها 60 ثانية.',
    },
  },
  'database-clock-off': {
    finding: {
      en: 'The clock of the database differs by {seconds} s from that of the node.',
      ar: 'ساعة قاعدة البيانات تختلف عن ساعة العقدة بمقدار {seconds} ثانية.',
    },
    fix: { en: 'Set the clock of the database server by NTP.', ar: 'اضبط ساعة خادم قاعدة البيانات عبر NTP.' },
  },
  'key-unreadable': {
    finding: { en: 'The key {name} cannot sign ({reason}).', ar: 'المفتاح {name} لا يستطيع التوقيع ({reason}).' },
    fix: {
      en: 'Put its file in the keys folder back from the backup, and restart the node.',
      ar: 'أعد ملفه إلى مجلد المفاتيح من النسخة الاحتياطية، ثم أعد تشغيل العقدة.',
    },
  },
  'key-exposed': {
    finding: {
      en: 'Other accounts of this machine can read the key {name}.',
      ar: 'يمكن لحسابات أخرى على هذا الجهاز قراءة المفتاح {name}.',
    },
    fix: {
      en: 'Run chmod 600 on its file; if somebody may have read it, replace the key.',
      ar: 'نفّذ chmod 600 على ملفه؛ وإن احتمل أن أحدًا قرأه فاستبدل المفتاح.',
    },
  },
  'anchor-silent': {
    finding: { en: 'The anchor {anchor} does not answer ({reason}).', ar: 'مرساة الثقة {anchor} لا تجيب ({reason}).' },
    fix: {
      en: 'Check the way to it; trust chains hold until they expire, then exchanges stop.',
      ar: 'تحقق من الوصول إليها؛ تبقى سلاسل الثقة صالحة حتى انتهاء مدتها ثم يتوقف التبادل.',
    },
  },
  'anchor-key-differs': {
    finding: {
      en: 'The anchor {anchor} signs with a key that this node was not given.',
      ar: 'توقّع مرساة الثقة {anchor} بمفتاح لم يُعطَ لهذه العقدة.',
    },
    fix: {
      en: 'Ask the secretariat for its key over a second channel, and enter it under anchor.keys in node.json.',
      ar: 'اطلب مفتاحها من الأمانة العامة عبر قناة أخرى، وأدخله تحت anchor.keys في node.json.',
    },
  },
  'not-enrolled': {
    finding: { en: 'The anchor does not know {url}.', ar: 'لا تعرف مرساة الثقة العنوان {url}.' },
    fix: {
      en: "Ask the secretariat to enrol this node's address and public key.",
      ar: 'اطلب من الأمانة العامة تسجيل عنوان هذه العقدة ومفتاحها العام.',
    },
  },
  'enrolled-key-differs': {
    finding: {
      en: 'The anchor has enrolled another key for this node than the one it signs with.',
      ar: 'سجّلت مرساة الثقة لهذه العقدة مفتاحًا غير الذي توقّع به.',
    },
    fix: {
      en: 'Put the key "federation" back from the backup, or have the secretariat enrol the new one.',
      ar: 'أعد المفتاح «federation» من النسخة الاحتياطية، أو اطلب من الأمانة العامة تسجيل المفتاح الجديد.',
    },
  },
  'chain-invalid': {
    finding: {
      en: 'The trust chain of {entity} does not hold ({reason}).',
      ar: 'سلسلة ثقة {entity} غير صحيحة ({reason}).',
    },
    fix: {
      en: 'Mend what the reason names, at this node or at the anchor; others refuse this entity until then.',
      ar: 'أصلح ما يذكره السبب، في هذه العقدة أو لدى مرساة الثقة؛ يرفض الآخرون هذا الكيان حتى ذلك الحين.',
    },
  },
  'neighbour-unknown': {
    finding: {
      en: '{host} is enrolled, but its trust chain cannot be built.',
      ar: '{host} مسجّلة، لكن تعذّر بناء سلسلة ثقتها.',
    },
    fix: {
      en: 'Check that this node reaches {host}, and ask its operator to run the doctor there.',
      ar: 'تأكد من وصول هذه العقدة إلى {host}، واطلب من مشغّلها تشغيل doctor لديه.',
    },
  },
  'neighbour-silent': {
    finding: { en: 'The node {host} does not answer ({reason}).', ar: 'العقدة {host} لا تجيب ({reason}).' },
    fix: {
      en: 'Check the way to it, and tell its operator.',
      ar: 'تحقق من الوصول إليها، وأبلغ مشغّلها.',
    },
  },
  'neighbour-clock-off': {
    finding: { en: 'The clock of {host} is {seconds} s off.', ar: 'ساعة {host} تختلف بمقدار {seconds} ثانية.' },
    fix: { en: 'Tell its operator: its questions are refused.', ar: 'أبلغ مشغّلها: أسئلتها مرفوضة.' },
  },
  'neighbour-stale': {
    finding: {
      en: 'The trust chain of {host} could not be renewed and expires at {at}.',
      ar: 'تعذّر تجديد سلسلة ثقة {host}، وتنتهي في {at}.',
    },
    fix: {
      en: 'Check the way to {host} and to the anchor.',
      ar: 'تحقق من الوصول إلى {host} وإلى مرساة الثقة.',
    },
  },
  'neighbour-forked': {
    finding: {
      en: 'The log of {host} signed two histories; both are kept as evidence.',
      ar: 'وقّع سجل {host} على تاريخين مختلفين؛ وكلاهما محفوظ دليلًا.',
    },
    fix: {
      en: 'Save the evidence (jisr breaches evidence/) and hand it to the secretariat; nothing is exchanged with that state meanwhile.',
      ar: 'احفظ الدليل (jisr breaches evidence/) وسلّمه إلى الأمانة العامة؛ ولا تبادل مع تلك الدولة في هذه الأثناء.',
    },
  },
  'neighbour-rewound': {
    finding: {
      en: 'The log of {host} publishes {seen} entries; this witness has cosigned {witnessed}. Nothing is exchanged with that state.',
      ar: 'ينشر سجل {host} من القيود {seen}، وقد شهدت هذه العقدة على {witnessed}. ولا تبادل مع تلك الدولة.',
    },
    fix: {
      en: 'Tell its operator to restore the newest database; trust comes back by itself once the entries are published again.',
      ar: 'أبلغ مشغّلها ليستعيد أحدث قاعدة بيانات؛ وتعود الثقة وحدها حين تُنشر القيود من جديد.',
    },
  },
  'log-stuck': {
    finding: {
      en: '{pending} entries have waited for a checkpoint since {at}.',
      ar: '{pending} من القيود تنتظر رأس السجل منذ {at}.',
    },
    fix: {
      en: 'Look for errors of the ledger in the log of the node; nothing acknowledged is lost.',
      ar: 'ابحث عن أخطاء السجل المفتوح في ملف أحداث العقدة؛ لم يضع شيء مما أُقرّ به.',
    },
  },
  'log-disputed': {
    finding: {
      en: '{witness} holds this log to have lost or changed entries.',
      ar: 'ترى {witness} أن هذا السجل فقد قيودًا أو غيّرها.',
    },
    fix: {
      en: 'Was the database put back from a backup? Restore the newest one; while a quorum of witnesses objects, this log signs nothing more.',
      ar: 'هل أُعيدت قاعدة البيانات من نسخة احتياطية؟ استعد أحدث نسخة؛ وما دام نصاب الشهود معترضًا لا يوقّع هذا السجل شيئًا جديدًا.',
    },
  },
  'witness-none': {
    finding: {
      en: 'No other state has cosigned the newest checkpoint.',
      ar: 'لم تشهد أي دولة أخرى على أحدث رأس للسجل.',
    },
    fix: {
      en: 'Check that the neighbours run and reach this node.',
      ar: 'تأكد من أن الدول المجاورة تعمل وتصل إلى هذه العقدة.',
    },
  },
  'witness-silent': {
    finding: { en: 'The witness {host} does not answer ({reason}).', ar: 'الشاهد {host} لا يجيب ({reason}).' },
    fix: {
      en: 'Check the way to it; entries are cosigned later, and proofs wait until {quorum} witnesses have signed.',
      ar: 'تحقق من الوصول إليه؛ يُشهد على القيود لاحقًا، وتنتظر البراهين توقيع {quorum} من الشهود.',
    },
  },
  'witness-refuses': {
    finding: { en: 'The witness {host} refuses this log ({reason}).', ar: 'الشاهد {host} يرفض هذا السجل ({reason}).' },
    fix: {
      en: 'Ask its operator; 404 means that it does not know the log, 403 that it knows another key, 422 that it saw another history.',
      ar: 'راجع مشغّله؛ 404 تعني أنه لا يعرف السجل، و403 أنه يعرف مفتاحًا آخر، و422 أنه رأى تاريخًا آخر.',
    },
  },
  'authority-broken': {
    finding: {
      en: 'The time-stamping authority {name} gave no valid token ({reason}).',
      ar: 'لم تعطِ جهة ختم الوقت {name} ختمًا صالحًا ({reason}).',
    },
    fix: {
      en: 'Check the way to it and its certificate; entries are stamped later, by it or by another authority.',
      ar: 'تحقق من الوصول إليها ومن شهادتها؛ تُختم القيود لاحقًا لديها أو لدى جهة أخرى.',
    },
  },
  'stamps-late': {
    finding: {
      en: 'An entry has waited {minutes} min for a time-stamp, longer than its class allows for {evidence}; exchanges go on.',
      ar: 'ينتظر قيد الختم الزمني منذ {minutes} د، وهذا أطول مما تسمح به فئة {evidence}؛ ويستمر التبادل.',
    },
    fix: {
      en: 'Mend the time-stamping authority, or name another under timeStampAuthorities in node.json.',
      ar: 'أصلح جهة ختم الوقت، أو سمِّ جهة أخرى تحت timeStampAuthorities في node.json.',
    },
  },
  'stamps-overdue': {
    finding: {
      en: 'An entry has waited {minutes} min for a time-stamp, so questions for {evidence} are refused.',
      ar: 'ينتظر قيد الختم الزمني منذ {minutes} د، ولذلك تُرفض الأسئلة عن {evidence}.',
    },
    fix: {
      en: 'Mend the time-stamping authority or name another under timeStampAuthorities in node.json; one stamp lets all go on.',
      ar: 'أصلح جهة ختم الوقت أو سمِّ جهة أخرى تحت timeStampAuthorities في node.json؛ ويكفي ختم واحد ليستمر كل شيء.',
    },
  },
  'scanner-silent': {
    finding: {
      en: 'The virus scanner does not answer ({reason}); what people attach is held back from officers.',
      ar: 'لا يجيب فاحص الفيروسات ({reason})؛ وما يرفقه الناس محجوب عن الموظفين.',
    },
    fix: {
      en: 'Start clamd, or correct virusScanner in node.json; waiting files are scanned within a minute.',
      ar: 'شغّل clamd أو صحّح virusScanner في node.json؛ تُفحص الملفات المنتظرة خلال دقيقة.',
    },
  },
  'registry-broken': {
    finding: {
      en: 'The registry {registry} does not give {evidenceType} ({reason}).',
      ar: 'السجل {registry} لا يعطي {evidenceType} ({reason}).',
    },
    fix: {
      en: 'Check its description in the state folder, its tables and its query.',
      ar: 'راجع وصفه في مجلد الدولة وجداوله واستعلامه.',
    },
  },
  'registry-drifted': {
    finding: {
      en: 'The registry {registry} no longer gives the field {field} of {evidenceType} as described ({kind}), since {since}.',
      ar: 'السجل {registry} لم يعد يعطي الحقل {field} من {evidenceType} كما في وصفه ({kind}) منذ {since}.',
    },
    fix: {
      en: 'Correct the registry, or its description in the state folder; it goes by itself at a right answer, ten minutes after it was last seen.',
      ar: 'صحّح السجل أو وصفه في مجلد الدولة؛ يزول وحده عند جواب صحيح بعد عشر دقائق من آخر مرة شوهد فيها.',
    },
  },
  'jobs-dead': {
    finding: {
      en: '{count} jobs in the queue {queue} failed at every try.',
      ar: 'فشل {count} من الأعمال في الطابور {queue} في كل محاولة.',
    },
    fix: {
      en: 'Find "job failed" in the log of the node, mend the cause, then retry them in the table jobs.job.',
      ar: 'ابحث عن «job failed» في ملف أحداث العقدة وأصلح السبب، ثم أعد تشغيلها من الجدول jobs.job.',
    },
  },
  'sign-in-silent': {
    finding: {
      en: 'The provider {url} does not answer as it should ({reason}).',
      ar: 'المزوّد {url} لا يجيب كما ينبغي ({reason}).',
    },
    fix: {
      en: 'Check that the public address of the node leads to it, also from its own machine.',
      ar: 'تأكد من أن عنوان العقدة العام يقود إليها، حتى من جهازها نفسه.',
    },
  },
  'eid-silent': {
    finding: {
      en: 'The eID {id} does not answer as it should ({reason}). Its button leads nowhere; the other ways to sign in work.',
      ar: 'لا تجيب الهوية {id} كما ينبغي ({reason}). زرّها لا يقود إلى شيء، وتعمل طرق الدخول الأخرى.',
    },
    fix: {
      en: 'Check issuer and endpoints under eidUpstreams in node.json, and that the node reaches the eID; then ask whoever runs it.',
      ar: 'راجع issuer و endpoints تحت eidUpstreams في node.json، وتأكد من وصول العقدة إلى الهوية، ثم اسأل من يشغّلها.',
    },
  },
  'notices-refused': {
    finding: {
      en: 'Notices cannot be handed over by {way} ({reason}). They wait, and messages are in the mailboxes all the same.',
      ar: 'تعذّر تسليم الإشعارات عبر {way} ({reason}). هي تنتظر، والرسائل موجودة في صناديقها على كل حال.',
    },
    fix: {
      en: 'Check host, port, user and secret in notifications.json of the state’s folder, and that the node reaches the server.',
      ar: 'تحقق من الخادم والمنفذ والمستخدم والسر في notifications.json داخل مجلد الدولة، ومن أن العقدة تصل إلى الخادم.',
    },
  },
  'check-failed': {
    finding: { en: 'This could not be checked ({reason}).', ar: 'تعذّر فحص هذا ({reason}).' },
    fix: {
      en: 'Look at the log of the node at this moment.',
      ar: 'انظر في ملف أحداث العقدة عند هذه اللحظة.',
    },
  },
} as const satisfies Record<string, Break>;
export type BreakCode = keyof typeof breaks;
