import { existsSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { systemClock } from '#kernel/clock';
import { createHttpClient } from '#kernel/http-client';
import { openKeyFolder } from '#kernel/keys';
import type { Language, Text } from '#kernel/languages';
import {
  changeKey,
  findVouchedKeys,
  isHeldLongEnough,
  makeNextKey,
  nextKeyMadeAt,
  readOwnKeys,
} from '#modules/federation';
import { type Anchor, readAnchorOf } from './anchor.ts';
import type { CliConfig } from './config.ts';

const words = {
  noNode: {
    en: 'Name the node by its node.json or its folder below JISR_DATA: --node <node>. This is done on its own machine.',
    ar: 'سمِّ العقدة بملف node.json أو بمجلدها تحت JISR_DATA: ‎--node <node>. يُنفَّذ هذا على جهازها.',
  },
  inUse: { en: 'in use', ar: 'مستعمل' },
  next: { en: 'next', ar: 'التالي' },
  tell: {
    en: 'Start the node anew, so that it announces this key. Tell it to whoever vouches for the node, over a second channel; then: key change.',
    ar: 'شغّل العقدة من جديد لتعلن هذا المفتاح. بلّغه لمن يضمن العقدة عبر قناة أخرى، ثم: key change.',
  },
  noNext: { en: 'There is no next key. First: key next.', ar: 'لا يوجد مفتاح تالٍ. أولًا: key next.' },
  notVouched: {
    en: 'The anchor does not vouch for the next key yet. Nothing was changed: a node that signs with it would be believed by nobody.',
    ar: 'لا تضمن مرساة الثقة المفتاح التالي بعد. لم يتغير شيء: لن يصدّق أحد عقدة توقّع به.',
  },
  notHeld: {
    en: 'Other nodes believe an anchor’s next key once it was announced for seven days. Nothing was changed. Was the key in use stolen: --lost; then every state has to enter the new one in its node.json.',
    ar: 'تصدّق العقد الأخرى المفتاح التالي للمرساة بعد إعلانه سبعة أيام. لم يتغير شيء. إن سُرق المفتاح المستعمل: ‎--lost، وعلى كل دولة عندئذ إدخال الجديد في node.json.',
  },
  changed: {
    en: 'Changed. Start the node anew now, all of its processes. When the others read the new key, have the old one taken off above, and remove this file:',
    ar: 'تم التغيير. شغّل العقدة من جديد الآن، بكل عملياتها. ومتى قرأ الآخرون المفتاح الجديد فليُحذف القديم عند الجهة الأعلى، واحذف هذا الملف:',
  },
} as const satisfies Record<string, Text>;

type Here = { publicUrl: string; folder: string; anchor?: Anchor };

/** The key of a state's node, or of the anchor. Exit code 1 when it cannot be changed now, 2 when the node is not on this machine. */
export async function manageKey(
  config: CliConfig,
  action: string | undefined,
  { node, isLost }: { node: string | undefined; isLost: boolean },
): Promise<number> {
  const { language } = config;
  const here = findHere(config, node);
  const tell = (code: number, text: Text) => {
    (code === 0 ? console.log : console.error)(text[language]);
    return code;
  };
  if (here === undefined) return tell(2, words.noNode);
  if (action === 'next') {
    await makeNextKey(here.folder);
    await list(here, language);
    return tell(0, words.tell);
  }
  if (action === 'change') {
    const madeAt = nextKeyMadeAt(here.folder);
    if (madeAt === undefined) return tell(1, words.noNext);
    const { kid } = await makeNextKey(here.folder);
    if (here.anchor === undefined) {
      if (!isLost && !isHeldLongEnough(madeAt, systemClock.now())) return tell(1, words.notHeld);
    } else if (!(await vouchedKids({ ...here, anchor: here.anchor })).includes(kid)) return tell(1, words.notVouched);
    const { former } = await changeKey(here.folder, systemClock, isLost);
    await list(here, language);
    tell(0, words.changed);
    console.log(`  ${former}`);
    return 0;
  }
  await list(here, language);
  return 0;
}

async function vouchedKids(here: { publicUrl: string; anchor: Anchor }): Promise<Array<string | undefined>> {
  const http = createHttpClient();
  const entityId = here.publicUrl;
  try {
    const anchor = await readAnchorOf(http, here);
    return (await findVouchedKeys({ http, clock: systemClock, anchor, entityId })).map(({ kid }) => kid);
  } finally {
    await http.close();
  }
}

async function list({ folder }: Here, language: Language): Promise<void> {
  const { signer, nextKeys } = await readOwnKeys(openKeyFolder(folder), folder);
  console.log(`${words.inUse[language]}: ${JSON.stringify(signer.publicJwk)}`);
  for (const key of nextKeys) console.log(`${words.next[language]}: ${JSON.stringify(key)}`);
}

/** A node whose configuration is on this machine; without `anchor` it is the anchor itself. */
function findHere(config: CliConfig, named: string | undefined): Here | undefined {
  if (named === undefined) return undefined;
  const file = basename(named).endsWith('.json') ? resolve(named) : join(config.dataFolder, named, 'node.json');
  if (!existsSync(file)) return undefined;
  const { publicUrl, dataFolder, anchor } = JSON.parse(readFileSync(file, 'utf8')) as Omit<Here, 'folder'> & {
    dataFolder: string;
  };
  const folder = join(resolve(file, '..', dataFolder), 'keys');
  return existsSync(folder) ? { publicUrl, folder, ...(anchor ? { anchor } : {}) } : undefined;
}
