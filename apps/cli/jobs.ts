import { isUuid } from '#kernel/ids';
import type { CliConfig } from './config.ts';
import { asOperator } from './operator.ts';

type DeadJob = { jobId: string; queue: string; reason: string; tries: number; failedAt: string };

const words = {
  usage: {
    en: `jisr jobs: work of one node that failed at every try

  npm run jisr -- jobs <node> list                 lists it, oldest first
  npm run jisr -- jobs <node> retry <id | all>     tries it once more, at once
  npm run jisr -- jobs <node> drop <id> <reason>   gives it up: it is not done; the reason is in the ledger, so name nobody in it

  <node> is its address, its node.json or its folder below JISR_DATA. The node has to run.
`,
    ar: `jisr jobs: أعمال عقدة فشلت في كل محاولة

  npm run jisr -- jobs <node> list                 يعرضها، الأقدم أولًا
  npm run jisr -- jobs <node> retry <id | all>     يعيد محاولتها مرة أخرى حالًا
  npm run jisr -- jobs <node> drop <id> <reason>   يصرف النظر عنها فلا تُنجز؛ السبب في السجل المفتوح فلا تذكر فيه أحدًا

  ‏<node> عنوان العقدة أو ملفها node.json أو مجلدها تحت JISR_DATA. يجب أن تكون العقدة عاملة.
`,
  },
  id: {
    en: 'Name the id: jisr jobs <node> list shows it.',
    ar: 'اذكر الرقم: يعرضه الأمر jisr jobs <node> list.',
  },
  why: {
    en: 'Say why, in a few words that name nobody: jisr jobs <node> drop <id> "done by hand".',
    ar: 'اذكر السبب بكلمات قليلة لا تذكر أحدًا: jisr jobs <node> drop <id> "أُنجز يدويًا".',
  },
  none: { en: 'No job is dead.', ar: 'لا عمل متروك.' },
  retried: { en: 'They are tried again now:', ar: 'تُعاد محاولتها الآن:' },
  dropped: { en: 'It is given up.', ar: 'صُرف النظر عنه.' },
  after: { en: 'after tries:', ar: 'بعد محاولات:' },
};

/** Asks the running node as its operator. Exit code 2 when the command is not complete or the node is not here. */
export async function operateJobs(config: CliConfig, given: string[]): Promise<number> {
  const { language } = config;
  const [node, action = 'list', id, ...rest] = given;
  const reason = rest.join(' ').trim();
  const complain = (text: { ar: string; en: string }) => {
    console.error(text[language]);
    return 2;
  };
  if (!node || !['list', 'retry', 'drop'].includes(action)) return complain(words.usage);
  if (action !== 'list' && !(id && (isUuid(id) || (id === 'all' && action === 'retry')))) return complain(words.id);
  if (action === 'drop' && reason.length < 3) return complain(words.why);
  return asOperator(config, node, async (access) => {
    const list = async () => ((await access.send('GET', '/operator/jobs')) as { jobs: DeadJob[] }).jobs;
    if (action === 'drop') {
      await access.send('POST', `/operator/jobs/${id}/drop`, { reason });
      console.log(words.dropped[language]);
      return 0;
    }
    if (action === 'retry') {
      const ids = id === 'all' ? (await list()).map(({ jobId }) => jobId) : [id!];
      for (const one of ids) await access.send('POST', `/operator/jobs/${one}/retry`);
      console.log(`${words.retried[language]} ${ids.length}`);
      return 0;
    }
    const jobs = await list();
    if (jobs.length === 0) console.log(words.none[language]);
    for (const { jobId, queue, reason: why, tries, failedAt } of jobs)
      console.log(`  ${jobId}  ${queue}  ${why || '?'}  ${words.after[language]} ${tries}  ${failedAt}`);
    return 0;
  });
}
