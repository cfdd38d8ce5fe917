import type { OpenLetters } from '#modules/events';
import type { CliConfig } from './config.ts';
import { asOperator } from './operator.ts';

const usage = `jisr events: what of one node could not be delivered or heard

  npm run jisr -- events <node> list                 lists it, oldest first
  npm run jisr -- events <node> retry <id>           sends or hears it again
  npm run jisr -- events <node> drop <id> <reason>   gives it up; the reason is in the ledger, so name nobody in it

  <node> is its address, its node.json or its folder below JISR_DATA. The node has to run.
`;

/** Asks the running node as its operator. Exit code 2 when the command is not complete or the node is not here. */
export async function operateEvents(config: CliConfig, words: string[]): Promise<number> {
  const [node, action = 'list', id, ...rest] = words;
  const reason = rest.join(' ').trim();
  if (!node || !['list', 'retry', 'drop'].includes(action)) return tell(usage, 2);
  if (action !== 'list' && !id) return tell('Name the id: jisr events <node> list shows it.', 2);
  if (action === 'drop' && reason.length < 3)
    return tell('Say why, in a few words that name nobody: jisr events <node> drop <id> "announced by mistake".', 2);
  return asOperator(config, node, async (access) => {
    if (action === 'list') return list((await access.send('GET', '/operator/events')) as OpenLetters);
    const path = `/operator/events/${encodeURIComponent(id!)}/${action}`;
    await access.send('POST', path, action === 'drop' ? { reason } : undefined);
    return tell(action === 'retry' ? 'It is sent again within seconds.' : 'It is given up; later events go on.', 0);
  });
}

function list({ waiting, dead, oldestWaitingAt, deadLetters, unheard }: OpenLetters): number {
  const since = oldestWaitingAt ? `, the oldest since ${oldestWaitingAt}` : '';
  console.log(`${waiting} waiting${since}; ${dead} dead; ${unheard.length} unheard`);
  for (const letter of deadLetters)
    console.log(
      `  dead     ${letter.deliveryId}  ${letter.eventType} to ${letter.subscriber}: ${letter.code} after ${letter.attempts} tries, since ${letter.publishedAt}; ${letter.heldBack} held back`,
    );
  for (const event of unheard)
    console.log(
      `  unheard  ${event.eventId}  ${event.eventType}: a handler failed ${event.attempts} times, since ${event.receivedAt}`,
    );
  return 0;
}

function tell(words: string, code: number): number {
  (code === 0 ? console.log : console.error)(words);
  return code;
}
