import { createHttpClient, type HttpClient } from '#kernel/http-client';
import { decodeJws } from '#kernel/jws';
import { Problem } from '#kernel/problem';
import type { CliConfig } from './config.ts';
import { findNodeAddress } from './node-address.ts';

type Health = {
  state: string;
  ok: boolean;
  engine: string;
  log: { size: number; pending: number; cosignedBy: string[] };
  federation: { states: number; staleChains: number };
  registries: Array<{ registryId: string; evidenceType: string; isHealthy: boolean }>;
};

/** One link of the chain: what it is, and what to do when it is broken. Throws a sentence. */
type Check = { name: string; run(): Promise<string> };

const clockSkewMaxMs = 60_000;

/**
 * Goes along everything an exchange stands on, in order, and stops at the first broken link with one plain sentence and
 * the way to mend it. Exit code 0 when all hold.
 */
export async function doctor(config: CliConfig, named: string | undefined): Promise<number> {
  const node = findNodeAddress(config, named);
  if (!node) {
    console.error('No node is known here. Start the sample federation (npm start), or name one: jisr doctor https://…');
    return 2;
  }
  const http = createHttpClient({ timeoutMs: 5_000 });
  console.log(`Looking at ${node}`);
  try {
    for (const check of checksOf(node, http)) {
      try {
        console.log(`  ok      ${check.name}: ${await check.run()}`);
      } catch (error) {
        const sentence = error instanceof Problem ? error.messages[config.language] : (error as Error).message;
        console.log(`  BROKEN  ${check.name}: ${sentence}`);
        return 1;
      }
    }
    console.log('Every link holds.');
    return 0;
  } finally {
    await http.close();
  }
}

function checksOf(node: string, http: HttpClient): Check[] {
  let health: Health;
  let anchorId = '';
  const get = async (url: string) => {
    const answer = await http.request({ method: 'GET', url });
    if (answer.status !== 200) throw new Error(`${url} answers ${answer.status}. Look at the log of that node.`);
    return answer;
  };
  return [
    {
      name: 'node',
      run: async () => {
        const answer = await get(`${node}/api/health`);
        health = JSON.parse(answer.body.toString('utf8')) as Health;
        return `${health.state} answers, database ${health.engine}`;
      },
    },
    {
      name: 'clock',
      run: async () => {
        const answer = await get(`${node}/.well-known/openid-federation`);
        const issuedAt = (decodeJws(answer.body.toString('utf8')).payload['iat'] as number) * 1000;
        const served = answer.headers['date'] ? Date.parse(answer.headers['date']) : issuedAt;
        const skewMs = Math.abs(served - performance.timeOrigin - performance.now());
        if (skewMs > clockSkewMaxMs)
          throw new Error(
            `The clock of the node is ${Math.round(skewMs / 1000)} s off. Set it by NTP; messages may differ by 60 s.`,
          );
        return `${Math.round(skewMs / 1000)} s apart`;
      },
    },
    {
      name: 'own statement',
      run: async () => {
        const { payload } = decodeJws((await get(`${node}/.well-known/openid-federation`)).body.toString('utf8'));
        if (payload['iss'] !== node)
          throw new Error(`The node calls itself ${payload['iss']}. Its publicUrl must be ${node}.`);
        anchorId = (payload['authority_hints'] as string[])[0]!;
        return `signed by ${payload['iss']}, under ${anchorId}`;
      },
    },
    {
      name: 'anchor',
      run: async () => {
        const { payload } = decodeJws((await get(`${anchorId}/.well-known/openid-federation`)).body.toString('utf8'));
        const endpoint = payload['metadata']['federation_entity']['federation_fetch_endpoint'] as string;
        const answer = await http.request({ method: 'GET', url: `${endpoint}?sub=${encodeURIComponent(node)}` });
        if (answer.status !== 200)
          throw new Error(`The anchor does not know ${node}. Ask the secretariat to enrol the node's public key.`);
        return `${anchorId} vouches for the node`;
      },
    },
    {
      name: 'trust chains',
      run: async () => {
        if (health.federation.states === 0)
          throw new Error('The node has resolved no other state. Check that it reaches their addresses.');
        return `${health.federation.states} states, ${health.federation.staleChains} stale`;
      },
    },
    {
      name: 'registries',
      run: async () => {
        const broken = health.registries.find((registry) => !registry.isHealthy);
        if (broken)
          throw new Error(
            `The registry ${broken.registryId} does not give ${broken.evidenceType}. Try its file: npm run jisr -- connect check <file>`,
          );
        return health.registries.map((registry) => registry.evidenceType).join(', ');
      },
    },
    {
      name: 'log',
      run: async () => {
        const text = (await get(`${node}/ledger/checkpoint`)).body.toString('utf8');
        return `${text.split('\n')[1]} entries, ${health.log.pending} waiting`;
      },
    },
    {
      name: 'witnesses',
      run: async () => {
        if (health.log.cosignedBy.length === 0)
          throw new Error('No other state has cosigned the log. Check that the neighbours run and reach this node.');
        return `cosigned by ${health.log.cosignedBy.length} states`;
      },
    },
    {
      name: 'sign-in',
      run: async () => {
        const answer = await get(`${node}/eid/.well-known/openid-configuration`);
        const { issuer } = JSON.parse(answer.body.toString('utf8')) as { issuer: string };
        if (issuer !== `${node}/eid`)
          throw new Error(`The provider calls itself ${issuer}. Its publicUrl must be ${node}.`);
        return issuer;
      },
    },
  ];
}
