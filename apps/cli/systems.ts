import { createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { AddedSystem, InformationSystem } from '#modules/exchange';
import type { CliConfig } from './config.ts';
import { asOperator, type OperatorAccess } from './operator.ts';

const usage = `Information systems of the offices of a node, run on the machine of the node while it runs:

  jisr systems add <office> <client id> <name>   a secret is made and shown once; --key <file> registers a public key instead
  jisr systems list
  jisr systems rotate <client id>                a new secret, or --key <file>; the old one ends after --overlap <hours> (24)
  jisr systems remove <client id>                its next call is refused

  --days <n>     how long the secret or key is valid (a secret: 365)
  --calls <n>    calls a minute (600)
  --return <url> where a person returns after a consent that the system asked for
  --node <node>  by its address, its node.json or its folder below JISR_DATA
`;

const text = { type: 'string' } as const;
type Choices = { key?: string; days?: string; calls?: string; overlap?: string; return?: string };

/** Exit code 0 when it was done, 2 when the command is not complete or the node is not here. A refusal of the node is thrown. */
export async function manageSystems(config: CliConfig, args: string[]): Promise<number> {
  const options = { key: text, days: text, calls: text, overlap: text, return: text, node: text };
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
  const [action = '', ...names] = positionals;
  const needed: Record<string, number> = { add: 3, list: 0, rotate: 1, remove: 1 };
  if (needed[action] !== names.length) {
    console.log(usage);
    return 2;
  }
  return asOperator(config, values.node, (access, { publicUrl }) => order(access, publicUrl, action, names, values));
}

async function order(
  access: OperatorAccess,
  publicUrl: string,
  action: string,
  names: string[],
  values: Choices,
): Promise<number> {
  const choice = {
    ...(values.key ? { key: readPublicKey(values.key) } : {}),
    ...(values.days ? { daysValid: Number(values.days) } : {}),
  };
  if (action === 'add') {
    const [officeId, clientId, name] = names;
    const calls = {
      ...(values.calls ? { callsPerMinute: Number(values.calls) } : {}),
      ...(values.return ? { returnUrl: values.return } : {}),
    };
    const add = { officeId, clientId, name, ...calls, ...choice };
    show((await access.send('POST', '/operator/systems', add)) as AddedSystem);
    return 0;
  }
  const systems = (await access.send('GET', '/operator/systems')) as InformationSystem[];
  if (action === 'list') {
    for (const system of systems) console.log(describe(system));
    if (systems.length === 0) console.log('No system is registered at this node.');
    return 0;
  }
  const system = systems.find(({ clientId, systemId }) => clientId === names[0] || systemId === names[0]);
  if (!system) {
    console.error(`No system ${names[0]} is registered at ${publicUrl}. See: jisr systems list`);
    return 1;
  }
  if (action === 'remove') {
    await access.send('DELETE', `/operator/systems/${system.systemId}`);
    console.log(`${system.clientId} is removed; its next call is refused.`);
    return 0;
  }
  const overlap = values.overlap ? { overlapHours: Number(values.overlap) } : {};
  const path = `/operator/systems/${system.systemId}/credentials`;
  show((await access.send('POST', path, { ...choice, ...overlap })) as AddedSystem);
  return 0;
}

function show({ system, secret }: AddedSystem): void {
  console.log(describe(system));
  if (secret)
    console.log(`\nIts secret, shown this once:\n\n  ${secret}\n\nIt is sent as: Authorization: Bearer <secret>`);
}

function describe(system: InformationSystem): string {
  const credentials = system.credentials.map(
    ({ kind, id, expiresAt, lastUsedOn }) =>
      `  ${kind} ${id}, ${expiresAt ? `ends ${expiresAt.slice(0, 10)}` : 'without end'}, ${
        lastUsedOn ? `last used ${lastUsedOn}` : 'not used yet'
      }`,
  );
  const head = `${system.clientId}  ${system.name}  (office ${system.officeId}, ${system.callsPerMinute} calls a minute)`;
  return [head, ...credentials].join('\n');
}

/** A public key as PEM or JWK. A private one is taken for its public half, and nothing else of it leaves this machine. */
function readPublicKey(file: string): object {
  const content = readFileSync(file, 'utf8');
  const key = content.trimStart().startsWith('{')
    ? createPublicKey({ key: JSON.parse(content), format: 'jwk' })
    : createPublicKey(content);
  const { kty, crv, x, y } = key.export({ format: 'jwk' });
  return { kty, crv, x, ...(y ? { y } : {}) };
}
