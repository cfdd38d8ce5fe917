import { fixedClock } from '#kernel/clock';
import { openDatabase } from '#kernel/database';
import { createHttpClient } from '#kernel/http-client';
import { silentLog } from '#kernel/log';
import { createNotifications, type NotificationRules } from '../index.ts';

/** A process that sends what is due and can be killed: `node mortal-sender.ts <database folder> <moment> <rules as JSON>`. */
const [dataDir, at, rules] = process.argv.slice(2) as [string, string, string];
const notifications = createNotifications({
  database: await openDatabase({ dataDir }),
  clock: fixedClock(at),
  log: silentLog,
  http: createHttpClient(),
  ledger: {
    append: () => {
      throw new Error('sending writes nothing into the ledger');
    },
  },
  publicUrl: 'https://sa.example',
  stateNames: { ar: 'السعودية', en: 'Saudi Arabia' },
  timeZone: 'Asia/Riyadh',
  rules: JSON.parse(rules) as NotificationRules,
  key: Buffer.alloc(32, 7),
  readSecret: (name) => `secret of ${name}`,
  listServices: () => [],
  findContact: async () => undefined,
  admitPerson: async () => undefined,
  admitOfficer: async () => undefined,
});
await notifications.sendDue();
