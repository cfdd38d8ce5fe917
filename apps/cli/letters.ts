import type { GivenUpLetter } from '#modules/sharing';
import type { CliConfig } from './config.ts';
import { asOperator } from './operator.ts';

const usage = `jisr letters: what of one node about shared cases was given up

  npm run jisr -- letters <node> list         lists it, oldest first
  npm run jisr -- letters <node> retry <id>   sends it again, and what has happened since; the ledger says so

  <node> is its address, its node.json or its folder below JISR_DATA. The node has to run.
`;

/** Asks the running node as its operator. Exit code 2 when the command is not complete or the node is not here. */
export async function operateLetters(config: CliConfig, words: string[]): Promise<number> {
  const [node, action = 'list', id] = words;
  if (!node || !['list', 'retry'].includes(action)) return tell(usage, 2);
  if (action === 'retry' && !id) return tell('Name the id: jisr letters <node> list shows it.', 2);
  return asOperator(config, node, async (access) => {
    if (action === 'list')
      return list((await access.send('GET', '/operator/shared-letters')) as { letters: GivenUpLetter[] });
    await access.send('POST', `/operator/shared-letters/${encodeURIComponent(id!)}/retry`);
    return tell('It is sent again within seconds.', 0);
  });
}

function list({ letters }: { letters: GivenUpLetter[] }): number {
  console.log(`${letters.length} given up`);
  for (const letter of letters)
    console.log(
      `  ${letter.letterId}  ${letter.kind} of case ${letter.caseId} to ${letter.peer ?? letter.peerState}: ${letter.code} after ${letter.attempts} tries, since ${letter.writtenAt}${letter.mayRetry ? '' : '; ended by the person since'}`,
    );
  return 0;
}

function tell(words: string, code: number): number {
  (code === 0 ? console.log : console.error)(words);
  return code;
}
