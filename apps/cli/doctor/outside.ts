import { setTimeout as sleep } from 'node:timers/promises';
import { BrokenLink, type Check, whyOf } from '#apps/state-node';
import type { HttpClient } from '#kernel/http-client';
import { decodeJws } from '#kernel/jws';
import type { Text } from '#kernel/languages';

type Health = {
  state: string;
  engine: string;
  log: { size: number; pending: number; cosignedBy: string[] };
  registries: Array<{ registryId: string; evidenceType: string; isHealthy: boolean }>;
};

const clockSkewMaxMs = 60_000;

/** Whether the node is there at all, under the name it gives itself. */
export function nodeCheck(node: string, http: HttpClient): Check {
  return {
    link: 'node',
    run: async () => {
      const { state } = (await getJson(http, node, `${node}/api/health`)) as Health;
      const name = (await readStatement(http, node, node)).payload['iss'] as string;
      if (name !== node) throw new BrokenLink('node-misnamed', { url: node, name });
      return { en: `${state} answers at ${node}`, ar: `${state} تجيب على ${node}` };
    },
  };
}

/** What anybody can see of a node, for when its operator address is not to be reached from here. */
export function outsideChecks(node: string, http: HttpClient): Check[] {
  const health = async () => (await getJson(http, node, `${node}/api/health`)) as Health;
  return [
    {
      link: 'clock',
      after: ['node'],
      run: async () => {
        const answer = await get(http, node, `${node}/api/health`);
        const here = performance.timeOrigin + performance.now();
        // The header is cut to whole seconds: half a second later it is right on average.
        const skewMs = Date.parse(answer.headers['date'] ?? '') + 500 - here;
        const seconds = Math.round(Math.abs(skewMs) / 1_000);
        if (Math.abs(skewMs) > clockSkewMaxMs) throw new BrokenLink('clock-off', { seconds });
        return { en: `${seconds} s from this machine`, ar: `الفرق عن هذا الجهاز ${seconds} ثانية` };
      },
    },
    {
      link: 'anchor',
      after: ['node'],
      run: async () => {
        const own = await readStatement(http, node, node);
        const [anchor] = own.payload['authority_hints'] as string[];
        const { payload } = await readStatement(http, anchor!, anchor!).catch((error) => {
          throw new BrokenLink('anchor-silent', { anchor: anchor!, reason: whyOf(error) });
        });
        const endpoint = payload['metadata']['federation_entity']['federation_fetch_endpoint'] as string;
        const url = `${endpoint}?sub=${encodeURIComponent(node)}`;
        const statement = await http.request({ method: 'GET', url });
        if (statement.status !== 200) throw new BrokenLink('not-enrolled', { url: node });
        return { en: `${anchor} vouches for the node`, ar: `تضمن ${anchor} هذه العقدة` };
      },
    },
    {
      link: 'log',
      after: ['node'],
      run: async () => {
        const { size, pending } = (await health()).log;
        return { en: `${size} entries, ${pending} waiting`, ar: `${size} قيدًا، وينتظر ${pending}` };
      },
    },
    {
      link: 'witness',
      after: ['node', 'log'],
      run: async () => {
        const { cosignedBy } = (await health()).log;
        const count = cosignedBy.length || (await waitForCosignature(health));
        if (count === 0) throw new BrokenLink('witness-none');
        return { en: `${count} have cosigned the newest checkpoint`, ar: `شهد ${count} على أحدث رأس للسجل` };
      },
    },
    {
      link: 'registry',
      after: ['node'],
      run: async () => {
        const { registries } = await health();
        const broken = registries.find(({ isHealthy }) => !isHealthy);
        if (broken)
          throw new BrokenLink('registry-broken', {
            registry: broken.registryId,
            evidenceType: broken.evidenceType,
            reason: { en: 'its operator sees why.', ar: 'يرى مشغّلها السبب.' },
          });
        const types = registries.map(({ evidenceType }) => evidenceType).join(', ');
        return { en: types, ar: types };
      },
    },
    {
      link: 'sign-in',
      after: ['node'],
      run: async () => {
        const url = `${node}/eid`;
        const { issuer } = (await getJson(http, node, `${url}/.well-known/openid-configuration`)) as { issuer: string };
        if (issuer !== url) throw new BrokenLink('sign-in-silent', { url, reason: issuer });
        return { en: url, ar: url };
      },
    },
  ];
}

/** A checkpoint that was made just now is cosigned a moment later. */
async function waitForCosignature(health: () => Promise<Health>): Promise<number> {
  for (let attempt = 0; attempt < 10; attempt += 1) {
    await sleep(500);
    const { length } = (await health()).log.cosignedBy;
    if (length > 0) return length;
  }
  return 0;
}

async function get(http: HttpClient, node: string, url: string) {
  let reason: string | number | Text;
  try {
    const answer = await http.request({ method: 'GET', url, timeoutMs: 5_000 });
    if (answer.status === 200) return answer;
    reason = answer.status;
  } catch (error) {
    reason = whyOf(error);
  }
  throw new BrokenLink('node-silent', { url: node, reason });
}

async function getJson(http: HttpClient, node: string, url: string): Promise<unknown> {
  return JSON.parse((await get(http, node, url)).body.toString('utf8'));
}

async function readStatement(http: HttpClient, node: string, entityId: string) {
  return decodeJws((await get(http, node, `${entityId}/.well-known/openid-federation`)).body.toString('utf8'));
}
