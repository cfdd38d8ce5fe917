import { createPublicKey } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readNodeConfig } from '#apps/state-node';
import { systemClock } from '#kernel/clock';
import { createHttpClient, type HttpClient } from '#kernel/http-client';
import { randomToken } from '#kernel/ids';
import { openKeyFolder, type Signer } from '#kernel/keys';
import { problemFromJson } from '#kernel/problem';
import type { AddedSystem, InformationSystem } from '#modules/exchange';
import { signCall } from '#protocol/system-call';
import type { CliConfig } from './config.ts';

const usage = `Information systems of the offices of a node, run where the node keeps its keys:

  jisr systems add <office> <client id> <name>   a secret is made and shown once; --key <file> registers a public key instead
  jisr systems list
  jisr systems rotate <client id>                a new secret, or --key <file>; the old one ends after --overlap <hours> (24)
  jisr systems remove <client id>                its next call is refused

  --days <n>     how long the secret or key is valid (a secret: 365)
  --calls <n>    calls a minute (600)
  --return <url> where a person returns after a consent that the system asked for
  --config <f>   the node's config file; without it, the first node of the sample federation, or the one JISR_NODE names
`;

type Operator = { http: HttpClient; publicUrl: string; signer: Signer };

/** Exit code 0 when it was done, 2 when the command is not complete. A refusal of the node is thrown. */
export async function manageSystems(config: CliConfig, args: string[]): Promise<number> {
  const options = { key: text, days: text, calls: text, overlap: text, return: text, config: text };
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
  const [action = '', ...names] = positionals;
  const needed: Record<string, number> = { add: 3, list: 0, rotate: 1, remove: 1 };
  if (needed[action] !== names.length) {
    console.log(usage);
    return 2;
  }
  const file = values.config ?? findConfigFile(config);
  if (!file) {
    console.error('No node is known here. Start the sample federation (npm start), or name its config file: --config.');
    return 2;
  }
  const { publicUrl, dataFolder } = readNodeConfig(file);
  const signer = await openKeyFolder(join(dataFolder, 'keys')).signer('operator');
  const http = createHttpClient();
  const operator = { http, publicUrl, signer };
  const choice = {
    ...(values.key ? { key: readPublicKey(values.key) } : {}),
    ...(values.days ? { daysValid: Number(values.days) } : {}),
  };
  try {
    if (action === 'add') {
      const [officeId, clientId, name] = names;
      const calls = {
        ...(values.calls ? { callsPerMinute: Number(values.calls) } : {}),
        ...(values.return ? { returnUrl: values.return } : {}),
      };
      show(
        (await send(operator, 'POST', '/api/systems', {
          officeId,
          clientId,
          name,
          ...calls,
          ...choice,
        })) as AddedSystem,
      );
      return 0;
    }
    const systems = (await send(operator, 'GET', '/api/systems')) as InformationSystem[];
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
      await send(operator, 'DELETE', `/api/systems/${system.systemId}`);
      console.log(`${system.clientId} is removed; its next call is refused.`);
      return 0;
    }
    const overlap = values.overlap ? { overlapHours: Number(values.overlap) } : {};
    const path = `/api/systems/${system.systemId}/credentials`;
    show((await send(operator, 'POST', path, { ...choice, ...overlap })) as AddedSystem);
    return 0;
  } finally {
    await http.close();
  }
}

const text = { type: 'string' } as const;

async function send(
  { http, publicUrl, signer }: Operator,
  method: string,
  path: string,
  body?: object,
): Promise<unknown> {
  const url = `${publicUrl}${path}`;
  const written = body === undefined ? {} : { body: JSON.stringify(body) };
  const headers = await signCall(
    {
      method,
      url,
      headers: { accept: 'application/json', ...(body ? { 'content-type': 'application/json' } : {}) },
      ...written,
    },
    { keyId: signer.kid, alg: 'ecdsa-p256-sha256', sign: (base) => signer.sign(base) },
    { seconds: Math.floor(systemClock.now().getTime() / 1000), nonce: randomToken(16) },
  );
  const answer = await http.request({ method, url, headers, ...written });
  const json: unknown = JSON.parse(answer.body.toString('utf8'));
  if (answer.status >= 400) throw problemFromJson(json, answer.status);
  return json;
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

function findConfigFile(config: CliConfig): string | undefined {
  if (!existsSync(config.dataFolder)) return undefined;
  const files = readdirSync(config.dataFolder)
    .sort()
    .map((name) => join(config.dataFolder, name, 'node.json'))
    .filter((file) => existsSync(file));
  return files.find((file) => {
    const node = JSON.parse(readFileSync(file, 'utf8')) as { publicUrl: string; stateFolder?: string };
    return node.stateFolder !== undefined && (config.nodeUrl === undefined || node.publicUrl === config.nodeUrl);
  });
}
