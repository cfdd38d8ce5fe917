import type { Text } from '#kernel/languages';
import { eventsProblem, type OpenLetters } from '#modules/events';
import type { CliConfig } from './config.ts';
import { asOperator } from './operator.ts';

const words = {
  usage: {
    en: `jisr events: what of one node could not be delivered or heard

  npm run jisr -- events <node> list                 lists it, oldest first
  npm run jisr -- events <node> retry <id>           sends or hears it again
  npm run jisr -- events <node> drop <id> <reason>   gives it up; the reason is in the ledger, so name nobody in it

  <node> is its address, its node.json or its folder below JISR_DATA. The node has to run.
`,
    ar: `jisr events: أحداث عقدة تعذّر تسليمها أو أخذها

  npm run jisr -- events <node> list                 يعرضها، الأقدم أولًا
  npm run jisr -- events <node> retry <id>           يعيد إرسالها أو أخذها
  npm run jisr -- events <node> drop <id> <reason>   يصرف النظر عنها؛ السبب في السجل المفتوح فلا تذكر فيه أحدًا

  ‏<node> عنوان العقدة أو ملفها node.json أو مجلدها تحت JISR_DATA. يجب أن تكون العقدة عاملة.
`,
  },
  id: {
    en: 'Name the id: jisr events <node> list shows it.',
    ar: 'اذكر الرقم: يعرضه الأمر jisr events <node> list.',
  },
  why: {
    en: 'Say why, in a few words that name nobody: jisr events <node> drop <id> "announced by mistake".',
    ar: 'اذكر السبب بكلمات قليلة لا تذكر أحدًا: jisr events <node> drop <id> "أُعلن خطأً".',
  },
  retried: { en: 'It is sent again within seconds.', ar: 'يُعاد إرساله خلال ثوانٍ.' },
  dropped: { en: 'It is given up; later events go on.', ar: 'صُرف النظر عنه؛ وتستمر الأحداث اللاحقة.' },
  to: { en: 'to', ar: 'إلى' },
  tries: { en: 'tries', ar: 'المحاولات' },
  since: { en: 'since', ar: 'منذ' },
  heldBack: { en: 'held back', ar: 'تنتظر خلفه' },
  waiting: { en: 'waiting', ar: 'في الطريق' },
  dead: { en: 'dead', ar: 'متعذّر' },
  unheard: { en: 'unheard', ar: 'لم يؤخذ' },
};

/** Asks the running node as its operator. Exit code 2 when the command is not complete or the node is not here. */
export async function operateEvents(config: CliConfig, given: string[]): Promise<number> {
  const { language } = config;
  const [node, action = 'list', id, ...rest] = given;
  const reason = rest.join(' ').trim();
  const complain = (text: Text) => {
    console.error(text[language]);
    return 2;
  };
  if (!node || !['list', 'retry', 'drop'].includes(action)) return complain(words.usage);
  if (action !== 'list' && !id) return complain(words.id);
  if (action === 'drop' && reason.length < 3) return complain(words.why);
  return asOperator(config, node, async (access) => {
    if (action === 'list') return list((await access.send('GET', '/operator/events')) as OpenLetters, language);
    const path = `/operator/events/${encodeURIComponent(id!)}/${action}`;
    await access.send('POST', path, action === 'drop' ? { reason } : undefined);
    console.log(words[action === 'retry' ? 'retried' : 'dropped'][language]);
    return 0;
  });
}

/** One line each; under a dead letter what its code says, which is what has to be mended. */
function list({ waiting, dead, oldestWaitingAt, deadLetters, unheard }: OpenLetters, language: 'ar' | 'en'): number {
  const say = (key: Exclude<keyof typeof words, 'usage'>) => words[key][language];
  const since = oldestWaitingAt ? ` (${say('since')} ${oldestWaitingAt})` : '';
  console.log(`${waiting} ${say('waiting')}${since}; ${dead} ${say('dead')}; ${unheard.length} ${say('unheard')}`);
  const known: Record<string, Text> = eventsProblem.catalogue;
  for (const { deliveryId, eventType, subscriber, code, attempts, publishedAt, heldBack } of deadLetters) {
    console.log(
      `  ${say('dead')}  ${deliveryId}  ${eventType} ${say('to')} ${subscriber}: ${code}; ${say('tries')} ${attempts}; ${say('since')} ${publishedAt}; ${say('heldBack')} ${heldBack}`,
    );
    if (known[code]) console.log(`      ${known[code][language]}`);
  }
  for (const { eventId, eventType, attempts, receivedAt } of unheard)
    console.log(
      `  ${say('unheard')}  ${eventId}  ${eventType}; ${say('tries')} ${attempts}; ${say('since')} ${receivedAt}`,
    );
  return 0;
}
