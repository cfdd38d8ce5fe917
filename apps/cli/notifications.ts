import { join } from 'node:path';
import { languages } from '#kernel/languages';
import { loadServices } from '#modules/catalogue';
import {
  checkOwnWords,
  type DeadSending,
  fillTemplate,
  measureSms,
  readTemplates,
  type SendingCount,
} from '#modules/notifications';
import type { CliConfig } from './config.ts';
import { asOperator } from './operator.ts';

const usage = `jisr notifications: the words of messages, and notices that could not be delivered

  npm run jisr -- notifications check                  checks the words, the services' own too, and counts text messages
  npm run jisr -- notifications <node> list            how many left on which way, and what could not be delivered
  npm run jisr -- notifications <node> retry <id> <email|sms|push>   tries one of those once more

  <node> is its address, its node.json or its folder below JISR_DATA. The node has to run.
`;

/** Exit code 1 when words are wrong, 2 when the command is not complete or the node is not here. */
export async function operateNotifications(config: CliConfig, words: string[]): Promise<number> {
  const [node, action = 'list', id, way] = words;
  if (node === 'check') return checkWords(config);
  if (!node || !['list', 'retry'].includes(action) || (action === 'retry' && !(id && way))) {
    console.error(usage);
    return 2;
  }
  return asOperator(config, node, async (access) => {
    if (action === 'list')
      return list((await access.send('GET', '/operator/notifications')) as Parameters<typeof list>[0]);
    await access.send('POST', `/operator/notifications/${encodeURIComponent(id!)}/${encodeURIComponent(way!)}/retry`);
    console.log('It is sent again within seconds.');
    return 0;
  });
}

function list({ counts, dead }: { counts: SendingCount[]; dead: DeadSending[] }): number {
  if (counts.length === 0) console.log('No notice has left in the last seven days.');
  for (const { way, outcome, count } of counts)
    console.log(`${String(count).padStart(8)}  ${way.padEnd(6)} ${outcome}`);
  for (const { messageId, way, topic, code, attempts, at } of dead)
    console.log(`  dead  ${messageId}  ${way}, ${topic}: ${code} after ${attempts} tries, since ${at}`);
  return 0;
}

/** A link as long as a portal's: text messages are counted with it. */
const link = 'https://services.example.gov/messages';
const state = { ar: 'السعودية', en: 'Saudi Arabia' };

async function checkWords(config: CliConfig): Promise<number> {
  const templates = readTemplates();
  const { published } = await loadServices(join(config.root, 'services'));
  const services = published.flatMap(({ service }) => service ?? []);
  const findings = services.flatMap(({ id, notifications }) => checkOwnWords(id, notifications, templates.kinds));
  for (const finding of findings) console.error(finding);
  if (findings.length > 0) {
    console.error(`${findings.length} to mend.`);
    return 1;
  }
  console.log('The longest text message of each kind, over all services: parts, alphabet, length');
  for (const kind of Object.keys(templates.kinds))
    for (const language of languages) {
      const lengths = services.map(({ definition, notifications }) => {
        const own = notifications[kind]?.short?.[language] ?? templates.words[language].kinds[kind]!.short;
        const short = fillTemplate(own, { service: definition.title }, language, false);
        const { sms } = templates.words[language].outside;
        return measureSms(fillTemplate(sms, { state, short, link }, language, false));
      });
      const longest = lengths.sort((one, other) => other.units - one.units)[0];
      if (longest)
        console.log(`  ${kind.padEnd(28)} ${language}  ${longest.parts}  ${longest.alphabet}  ${longest.units}`);
    }
  console.log('The words are complete.');
  return 0;
}
