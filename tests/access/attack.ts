import { join } from 'node:path';
import type { Endpoint } from '#kernel/contract';
import type { HttpAnswer } from '#kernel/http-client';
import { kernelProblem } from '#kernel/problem';
import type { Expectation } from './expectations/kinds.ts';
import { endpoints, pages } from './expectations.ts';
import type { Ids, World } from './world.ts';

/** An address of a node with what is expected of it. */
export type Target = {
  key: string;
  method: string;
  path: string;
  access: string;
  /** What an app has to have been allowed. */
  scope?: string;
  isPage: boolean;
  isRaw: boolean;
  isUpload: boolean;
  bodyBytesMax: number;
  /** Codes that its contract allows. */
  codes: Set<string>;
  expected: Expectation;
};

const kernelCodes = Object.keys(kernelProblem.catalogue).filter((code) => code !== 'internal-error');
const root = join(import.meta.dirname, '..', '..');

/** What a running node serves, by contract and page list, and the keys by which expectations name it. */
export function listTargets(world: World, node: string): { targets: Target[]; unknown: string[]; gone: string[] } {
  const running = world.federation.running.get(node)!;
  const served = new Map<string, Omit<Target, 'expected'>>();
  for (const contract of running.contracts)
    for (const [name, endpoint] of Object.entries(contract.endpoints) as Array<[string, Endpoint]>) {
      // One address per hosted entity, all alike.
      const key = `${contract.module}.${name.split(':')[0]}`;
      served.set(key, {
        key,
        method: endpoint.method,
        path: endpoint.path,
        access: endpoint.access,
        ...(endpoint.scope === undefined ? {} : { scope: endpoint.scope }),
        isPage: false,
        isRaw: endpoint.raw === true,
        isUpload: false,
        bodyBytesMax: endpoint.bodyBytesMax ?? 65_536,
        codes: new Set([...endpoint.refusals, ...kernelCodes]),
      });
    }
  const pageCodes = new Set([
    ...running.contracts.flatMap(({ problems }) => Object.keys(problems.catalogue)),
    ...kernelCodes,
  ]);
  for (const page of running.pages)
    served.set(`${page.method} ${page.path}`, {
      key: `${page.method} ${page.path}`,
      method: page.method,
      path: page.path,
      access: page.access,
      isPage: true,
      isRaw: false,
      isUpload: page.uploadBytesMax !== undefined,
      bodyBytesMax: page.uploadBytesMax ?? 65_536,
      codes: pageCodes,
    });
  const expectations = { ...endpoints, ...pages };
  return {
    targets: [...served.values()].flatMap((one) =>
      expectations[one.key] ? [{ ...one, expected: expectations[one.key]! }] : [],
    ),
    unknown: [...served.keys()].filter((key) => !expectations[key]),
    gone: Object.keys(expectations).filter((key) => !served.has(key)),
  };
}

export type Shot = {
  ids: Ids;
  /** Another address of the node than its public one. */
  base?: string;
  cookie?: string | undefined;
  accept?: string;
  headers?: Record<string, string>;
  query?: Record<string, string>;
  /** Instead of the sound body. */
  body?: string | Buffer;
  contentType?: string | undefined;
};

/** Fills the address, and sends a sound body unless told otherwise. */
export async function shoot(world: World, node: string, target: Target, shot: Shot): Promise<HttpAnswer> {
  const { expected } = target;
  const values = { ...shot.ids, ...expected.params };
  const path = target.path
    .replace(/:(\w+)/g, (_whole, name: string) => encodeURIComponent(values[name] ?? 'x'))
    .replace(/\*$/, () => values['*'] ?? 'x');
  const query = new URLSearchParams(shot.query ?? expected.query?.(shot.ids) ?? {}).toString();
  const sound = expected.body?.(shot.ids);
  const isForm = target.isPage || (target.isRaw && typeof sound === 'string');
  const written =
    sound === undefined || typeof sound === 'string'
      ? sound
      : isForm
        ? new URLSearchParams(sound as Record<string, string>).toString()
        : JSON.stringify(sound);
  const body = shot.body ?? written;
  const contentType =
    'contentType' in shot ? shot.contentType : isForm ? 'application/x-www-form-urlencoded' : 'application/json';
  return world.http.request({
    method: target.method,
    url: `${shot.base ?? world.url(node)}${path}${query ? `?${query}` : ''}`,
    headers: {
      accept: shot.accept ?? 'application/json',
      'accept-language': 'en',
      ...(shot.cookie ? { cookie: shot.cookie } : {}),
      ...(body === undefined || contentType === undefined ? {} : { 'content-type': contentType }),
      ...shot.headers,
    },
    ...(body === undefined ? {} : { body }),
  });
}

type Answered = Pick<HttpAnswer, 'status' | 'headers' | 'body'>;

const insides =
  /\n\s+at .+:\d+|node_modules|file:\/\/|[\w-]\.tsx?:\d+|syntax (error|for type)|Kysely|FST_ERR|TypeError/;

/** What must never be in any answer to somebody else: a failure, the program's insides, or a person's data. */
export function faultsOf(world: World, answer: Answered, isOwner = false): string[] {
  const text = answer.body.toString('utf8');
  const headers = JSON.stringify(answer.headers);
  return [
    ...(answer.status >= 500 ? [`failed with ${answer.status}: ${text.slice(0, 300)}`] : []),
    ...(insides.test(text) || text.includes(root) ? ['shows its insides'] : []),
    ...world.markers
      .filter((marker) => !isOwner && (text.includes(marker) || headers.includes(encodeURIComponent(marker))))
      .map((marker) => `tells "${marker}"`),
  ];
}

/** Whether it is a refusal with a code (for a program) or a sentence (for a person), and with nothing else. */
export function refusalFaults(target: Target, answer: HttpAnswer): string[] {
  const { status, headers } = answer;
  const type = headers['content-type'] ?? '';
  const text = answer.body.toString('utf8');
  if (status < 400 || status >= 500) return [`was not refused: ${status}`];
  if (type.startsWith('text/html')) {
    const heading = /<h1[^>]*>([^<]{8,})</.exec(text)?.[1];
    return heading ? [] : [`refused with ${status} without a sentence`];
  }
  try {
    const { code, status: said, messages, title, error } = JSON.parse(text);
    if (target.expected.isOAuth && typeof error === 'string' && /^[a-z_]+$/.test(error)) return [];
    if (!type.startsWith('application/problem+json')) return [`refused as ${type}, not as problem+json`];
    return [
      ...(target.codes.has(code) ? [] : [`refused with ${code}, which its contract does not name`]),
      ...(said === status ? [] : [`says ${said} with status ${status}`]),
      ...(messages?.ar && messages?.en && title ? [] : ['refuses without a sentence in both languages']),
    ];
  } catch {
    return [`refused with ${status} ${type} without a code: ${text.slice(0, 120)}`];
  }
}

/** A person without a session is led to the sign-in page, and nowhere else. */
export function isLedToSignIn(answer: HttpAnswer): boolean {
  return answer.status === 303 && (answer.headers['location'] ?? '').startsWith('/signin?returnTo=');
}

/** What changed in the business data, table by table. */
export function changesBetween(before: Record<string, string>, after: Record<string, string>): string[] {
  return Object.keys({ ...before, ...after })
    .filter((table) => before[table] !== after[table])
    .map((table) => `${table} changed`);
}
