import type { Break } from './breaks.ts';

/** What can be broken of a node itself and of the machine that it runs on. */
export const machineBreaks = {
  'node-silent': {
    finding: { en: 'No node answers at {url} ({reason}).', ar: 'لا تجيب أي عقدة على العنوان {url} ({reason}).' },
    fix: {
      en: 'Start the node, and check that its address leads to this machine and that no firewall is in between.',
      ar: 'شغّل العقدة، وتأكد من أن عنوانها يقود إلى هذا الجهاز ومن عدم وجود جدار حماية بينهما.',
    },
  },
  'node-stopped': {
    finding: {
      en: 'No node answers at {url}, and everything that a start needs is there.',
      ar: 'لا تجيب أي عقدة على العنوان {url}، وكل ما يلزم لتشغيلها موجود.',
    },
    fix: {
      en: 'Start it with {file}. If it ends again, its last line says why.',
      ar: 'شغّلها بالملف {file}. وإن توقفت من جديد فسطرها الأخير يذكر السبب.',
    },
  },
  'node-hung': {
    finding: {
      en: 'The process {pid} has the data folder of this node, and does not answer.',
      ar: 'العملية {pid} تمسك مجلد بيانات هذه العقدة ولا تجيب.',
    },
    fix: {
      en: 'If it has only just been started, wait a minute; otherwise end that process and start the node again.',
      ar: 'إن شُغّلت قبل لحظات فانتظر دقيقة، وإلا فأنهِ تلك العملية وشغّل العقدة من جديد.',
    },
  },
  'config-invalid': {
    finding: {
      en: 'The node cannot be started with its configuration: {reason}.',
      ar: 'لا يمكن تشغيل العقدة بإعدادها: {reason}.',
    },
    fix: { en: 'Correct that, and start the node again.', ar: 'صحّح ذلك ثم شغّل العقدة من جديد.' },
  },
  'port-taken': {
    finding: {
      en: 'Another program has port {port} of {host}, so this node cannot listen there.',
      ar: 'المنفذ {port} على {host} لدى برنامج آخر، فلا تستطيع هذه العقدة الاستماع عليه.',
    },
    fix: {
      en: 'Find it with: ss -ltnp "sport = :{port}". Stop it, or choose another port in node.json, and start the node.',
      ar: 'ابحث عنه بالأمر: ss -ltnp "sport = :{port}". أوقفه أو اختر منفذًا آخر في node.json ثم شغّل العقدة.',
    },
  },
  'port-unusable': {
    finding: {
      en: 'The node cannot listen on port {port} of {host} ({reason}).',
      ar: 'لا تستطيع العقدة الاستماع على المنفذ {port} من {host} ({reason}).',
    },
    fix: {
      en: 'Set listen in node.json to an address of this machine and a port that this account may use.',
      ar: 'اجعل listen في node.json عنوانًا لهذا الجهاز ومنفذًا يحق لهذا الحساب استخدامه.',
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
  'database-missing': {
    finding: {
      en: 'The database server answers, and has no database of the name in databaseUrl.',
      ar: 'خادم قاعدة البيانات يجيب، وليس فيه قاعدة بالاسم المذكور في databaseUrl.',
    },
    fix: {
      en: 'Correct the name in node.json; create the database only if this is the first start of the node.',
      ar: 'صحّح الاسم في node.json؛ ولا تُنشئ القاعدة إلا إن كان هذا أول تشغيل للعقدة.',
    },
  },
  'database-refuses': {
    finding: {
      en: 'The database server refuses the account in databaseUrl ({reason}).',
      ar: 'خادم قاعدة البيانات يرفض الحساب المذكور في databaseUrl ({reason}).',
    },
    fix: {
      en: 'Correct user and password in databaseUrl of node.json, or allow the account in pg_hba.conf.',
      ar: 'صحّح المستخدم وكلمة المرور في databaseUrl في node.json، أو اسمح للحساب في pg_hba.conf.',
    },
  },
  'database-newer': {
    finding: {
      en: 'The database was upgraded by a newer version of this software ({change}).',
      ar: 'رُقّيت قاعدة البيانات بإصدار أحدث من هذا البرنامج ({change}).',
    },
    fix: {
      en: 'Start the newer version, or put the backup from before the upgrade back.',
      ar: 'شغّل الإصدار الأحدث، أو أعد النسخة الاحتياطية السابقة للترقية.',
    },
  },
  'database-crowded': {
    finding: {
      en: 'The database server takes no further connections.',
      ar: 'خادم قاعدة البيانات لا يقبل اتصالات أخرى.',
    },
    fix: {
      en: 'Raise max_connections of PostgreSQL, or lower databaseConnectionsMax or workers in node.json.',
      ar: 'ارفع max_connections في PostgreSQL، أو اخفض databaseConnectionsMax أو workers في node.json.',
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
} as const satisfies Record<string, Break>;
