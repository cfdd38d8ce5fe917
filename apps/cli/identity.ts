import { readFileSync } from 'node:fs';
import { suspensionReasons } from '#modules/identity';
import type { CliConfig } from './config.ts';
import { asOperator } from './operator.ts';

const usage = `jisr identity: ends what was given to a person by mistake, by theft or by order

  npm run jisr -- identity <node> suspend <reason>      suspends a digital identity; every session and token ends, in every state
  npm run jisr -- identity <node> restore <reason>      lifts the suspension
  npm run jisr -- identity <node> revoke                revokes the credential of a reference, as its document shows it

  The national number, or the reference, is read from standard input, so that it stands in no list of commands.
  <reason> is one of: ${suspensionReasons.join(', ')}
  <node> is its address, its node.json or its folder below JISR_DATA. The node has to run.
`;

/** Orders of the operator about identities and credentials. Exit code 2 when the command is not complete or the node is not here. */
export async function operateIdentity(
  config: CliConfig,
  words: string[],
  readInput: () => string = () => readFileSync(0, 'utf8'),
): Promise<number> {
  const [node, action = '', reason = ''] = words;
  const isIdentity = action === 'suspend' || action === 'restore';
  if (!node || !(isIdentity || action === 'revoke')) return tell(usage, 2);
  if (isIdentity && !(suspensionReasons as readonly string[]).includes(reason))
    return tell(`Name the reason: ${suspensionReasons.join(', ')}.`, 2);
  const input = readInput().trim();
  if (input === '') return tell(`Give the ${isIdentity ? 'national number' : 'reference'} on standard input.`, 2);
  return asOperator(config, node, async (access) => {
    if (!isIdentity) {
      await access.send('POST', '/operator/credentials/revoke', { reference: input });
      return tell('Revoked: wallet, document and code are no longer valid anywhere.', 0);
    }
    const body = { nationalId: input, reason };
    const { changed } = (await access.send('POST', `/operator/identities/${action}`, body)) as { changed: boolean };
    if (!changed) return tell('It was so already; nothing changed.', 0);
    return tell(
      action === 'suspend'
        ? 'Suspended. Sessions here ended at once; the other states end theirs within seconds.'
        : 'Restored. The person can sign in again; what had ended stays ended.',
      0,
    );
  });
}

function tell(words: string, code: number): number {
  (code === 0 ? console.log : console.error)(words);
  return code;
}
