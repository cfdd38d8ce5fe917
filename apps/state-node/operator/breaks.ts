import type { Text } from '#kernel/languages';
import { machineBreaks } from './machine-breaks.ts';

export type Break = { finding: Text; fix: Text };

/** Everything that a doctor can find broken: one plain sentence, and what mends it. */
export const breaks = {
  ...machineBreaks,
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
  'log-put-back': {
    finding: {
      en: 'The database has {size} entries of the log, which has published {seen}: it was put back from an older backup. Nothing has been signed since, so this can be mended.',
      ar: 'في قاعدة البيانات {size} من قيود السجل الذي نشر {seen} قيدًا: أُعيدت من نسخة احتياطية قديمة. لم يُوقَّع شيء منذئذ، ولذلك يمكن إصلاح الأمر.',
    },
    fix: {
      en: 'Stop the node now, and put the newest backup and the archived log of PostgreSQL back. If there is none that is newer, read docs/how-to/answer-a-breach.md before going on.',
      ar: 'أوقف العقدة الآن، وأعد أحدث نسخة احتياطية مع سجل PostgreSQL المؤرشف. وإن لم توجد نسخة أحدث فاقرأ docs/how-to/answer-a-breach.md قبل المتابعة.',
    },
  },
  'log-disputed': {
    finding: {
      en: '{witness} holds this log to have lost or changed entries.',
      ar: 'ترى {witness} أن هذا السجل فقد قيودًا أو غيّرها.',
    },
    fix: {
      en: 'Was the database put back from a backup? Restore the newest one, and speak with the witness before going on.',
      ar: 'هل أُعيدت قاعدة البيانات من نسخة احتياطية؟ استعد أحدث نسخة، وتواصل مع الشاهد قبل المتابعة.',
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
  'witness-ahead': {
    finding: {
      en: 'The witness {host} has seen {seen} entries of this log, which has {size}.',
      ar: 'رأى الشاهد {host} {seen} من قيود هذا السجل، وفيه {size}.',
    },
    fix: {
      en: 'Was the database put back from an older backup? Stop the node and put the newest one back; otherwise ask the operator of the witness.',
      ar: 'هل أُعيدت قاعدة البيانات من نسخة احتياطية قديمة؟ أوقف العقدة وأعد أحدث نسخة، وإلا فراجع مشغّل الشاهد.',
    },
  },
  'witness-refuses': {
    finding: { en: 'The witness {host} refuses this log ({reason}).', ar: 'الشاهد {host} يرفض هذا السجل ({reason}).' },
    fix: {
      en: 'Was a key or the database of this node changed? Put it back. Otherwise ask its operator whether it sees this node in the federation as it is now.',
      ar: 'هل تغيّر مفتاح هذه العقدة أو قاعدة بياناتها؟ أعدهما. وإلا فاسأل مشغّله هل يرى هذه العقدة في الاتحاد كما هي الآن.',
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
      en: 'The registry {registry} does not give {evidenceType}: {reason}',
      ar: 'السجل {registry} لا يعطي {evidenceType}: {reason}',
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
      en: 'Find "job failed" in the log of the node and mend the cause; then retry them with jisr jobs, or under "What is stuck" on the operations page.',
      ar: 'ابحث عن «job failed» في ملف أحداث العقدة وأصلح السبب؛ ثم أعد محاولتها بالأمر jisr jobs أو تحت «ما تعذّر إتمامه» في صفحة التشغيل.',
    },
  },
  'events-dead': {
    finding: {
      en: '{count} events could not be delivered; the oldest is {type} to {host} ({code}).',
      ar: 'تعذّر تسليم {count} من الأحداث؛ أقدمها {type} إلى {host} ({code}).',
    },
    fix: {
      en: 'Mend what the code says, then retry or drop them with jisr events, or under "What is stuck" on the operations page; later events about the same person wait behind.',
      ar: 'أصلح ما يذكره الرمز، ثم أعد محاولتها أو اصرف النظر عنها بالأمر jisr events أو تحت «ما تعذّر إتمامه» في صفحة التشغيل؛ تنتظر خلفها الأحداث اللاحقة عن الشخص نفسه.',
    },
  },
  'events-unheard': {
    finding: {
      en: 'This node could not take an event of the type {type} that came at {since}.',
      ar: 'لم تستطع هذه العقدة أخذ حدث من النوع {type} وصل في {since}.',
    },
    fix: {
      en: 'Find "could not be heard" in the log of the node and mend the cause, then retry or drop it with jisr events or under "What is stuck" on the operations page.',
      ar: 'ابحث عن «could not be heard» في ملف أحداث العقدة وأصلح السبب، ثم أعد محاولته أو اصرف النظر عنه بالأمر jisr events أو تحت «ما تعذّر إتمامه» في صفحة التشغيل.',
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
