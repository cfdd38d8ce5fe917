import { newId } from '#kernel/ids';
import type { Random } from '#tests/support/random';
import type { Operation, Schema } from './operations.ts';

/** A request as it is sent: over a kept connection by a client, or as these very bytes. */
export type Malformed = {
  operation: Operation;
  /** What was done to it. */
  how: string[];
  method: string;
  /** Path and query as they stand in the request line. */
  target: string;
  headers: Array<[string, string]>;
  body: Buffer | undefined;
  /** A body of this JSON shape was sent as JSON, so that its description can judge it. */
  json?: { value: unknown };
  /** Method or address are no longer those of the operation, so that another one may answer, or none. */
  isElsewhere: boolean;
  /** A word that no answer may hold. */
  mark: string;
};

/** A sound value for a schema; ids and the like come from `known`. */
export function soundValue(schema: Schema, random: Random, known?: unknown): unknown {
  if (known !== undefined) return known;
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return random.pick(schema.enum);
  if (schema.anyOf) return soundValue(random.pick(schema.anyOf), random);
  if (schema.default !== undefined) return schema.default;
  switch (schema.type) {
    case 'object':
      return Object.fromEntries(
        Object.entries(schema.properties ?? {})
          .filter(([name]) => schema.required?.includes(name) || random.next() < 0.5)
          .map(([name, member]) => [name, soundValue(member, random)]),
      );
    case 'array':
      return Array.from({ length: Math.max(1, schema.minItems ?? 0) }, () => soundValue(schema.items ?? {}, random));
    case 'integer':
    case 'number':
      return schema.minimum ?? 1;
    case 'boolean':
      return true;
    default:
      if (schema.format === 'date-time') return '2026-01-01T00:00:00Z';
      return schema.pattern?.includes('[0-9a-f]{8}-') ? newId() : 'x';
  }
}

const texts = (mark: string): string[] => [
  '',
  ' ',
  `${mark}\u0000`,
  `\u202e${mark}\u2066\u2069\u200f`,
  `${mark}\ud83d\ude00`.repeat(40),
  '\ud800',
  `'; drop table cases.cases; --${mark}`,
  `../../../../etc/passwd${mark}`,
  `<script>alert("${mark}")</script>`,
  `"><img src=x onerror=${mark}>`,
  `\${${mark}}{{7*7}}%s%n`,
  '__proto__',
  'constructor',
  'toString',
  mark.repeat(500),
  `${mark}\r\nset-cookie: a=b`,
  '\ufeff',
  '٠١٢٣٤٥',
  '9'.repeat(400),
  '-1',
  'NaN',
  '1e999',
  '9007199254740993',
  '0x10',
  'null',
  'true',
  '[]',
  '2026-02-30T25:61:61Z',
  '+999999-01-01T00:00:00Z',
  '0000-00-00',
  'http://127.0.0.1:1/',
  'gopher://x/',
  `javascript:alert(1)//${mark}`,
  `//${mark}.example/`,
  'urn:x',
  'a.b.c',
  'eyJhbGciOiJub25lIn0.e30.',
  '00000000-0000-0000-0000-000000000000',
  'P999999999999Y',
];

const values = (mark: string): unknown[] => [
  null,
  true,
  0,
  -1,
  1.5,
  1e21,
  Number.MAX_SAFE_INTEGER + 2,
  -1e308,
  [],
  {},
  [[[[mark]]]],
  [null],
  { [mark]: mark },
  { toString: mark, valueOf: null, length: -1 },
  Array.from({ length: 2_000 }, () => mark),
  ...texts(mark),
];

/** JSON that no object of JavaScript holds, put in where a value was. */
const rawJson = (mark: string): string[] => [
  `{"__proto__":{"isAdmin":true,"${mark}":1}}`,
  `{"constructor":{"prototype":{"${mark}":1}}}`,
  `${'['.repeat(10_000)}${']'.repeat(10_000)}`,
  `${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`,
  '1e400',
  '-0',
  '00',
  '"\\ud800"',
  '"\\u0000"',
  `{"a":1,"a":"${mark}"}`,
];

const brokenJson = (mark: string): Buffer[] => [
  Buffer.from('{'),
  Buffer.from(`{"${mark}":`),
  Buffer.from(`{${mark}:1}`),
  Buffer.from(`{"a":1,}${mark}`),
  Buffer.from("{'a':1}"),
  Buffer.from('{"a":undefined}'),
  Buffer.from('{"a":NaN}'),
  Buffer.from('//x\n{}'),
  Buffer.from(`\ufeff{"${mark}":1}`),
  Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]),
  Buffer.from([0xc0, 0x80]),
  Buffer.from([0xed, 0xa0, 0x80]),
  Buffer.from('{"a":1}', 'utf16le'),
  Buffer.alloc(300, 0),
  Buffer.alloc(70_000, 0x78),
  Buffer.from(`"${mark}"`),
  Buffer.from('null'),
  Buffer.from('[1,2,3]'),
  Buffer.from(''),
];

const contentTypes = [
  ...['text/plain', 'text/xml', 'application/xml', 'multipart/form-data', 'multipart/form-data; boundary=x', 'x', '/'],
  ...[
    'application/json; charset=utf-16',
    'application/json;;;',
    'application/JSON ',
    'application/x-www-form-urlencoded',
  ],
  ...['application/json, text/plain', '*/*', 'application/vnd.api+json', ';', 'application/\u00ff'],
];

const pathTexts = (mark: string): string[] => [
  '%00',
  '%',
  '%f',
  '%zz',
  '%ff%fe',
  '%c0%ae%c0%ae',
  '%ed%a0%80',
  '..%2f..%2f',
  '%2e%2e/%2e%2e',
  '..;/',
  '.',
  '%5c..%5c',
  '%25%30%30',
  `%0d%0aset-cookie:${mark}`,
  `${mark}%e2%80%ae`,
  `%3Cscript%3E${mark}`,
  '__proto__',
  'constructor',
  `${mark}'--`,
  'x'.repeat(1_900),
  'x'.repeat(3_000),
  '%F0%9F%98%80'.repeat(20),
  '\u00ff\u00fe',
  '-1',
  '0',
  '1e9',
  '9'.repeat(60),
  '%20',
  '*',
  ':x',
  'a/b/c/d/e',
  '//',
  '000.p/0',
  '000.p/257',
  'x000/x000/x000',
  newId(),
  newId().toUpperCase(),
];

const headerChanges = (mark: string): Array<[string, string]> => [
  ...['signature', 'signature-input', 'content-digest', 'authorization', 'x-road-client', 'x-road-id', 'dpop'].flatMap(
    (name): Array<[string, string]> => [
      [name, ''],
      [name, mark],
      [name, `question=:${mark}:`],
      [name, 'question=("@method" "@target-uri");created=1;expires=2;nonce="x";keyid="y";alg="z";tag="jisr-question"'],
      [name, `sig=(${'"a" '.repeat(300)})`],
      [name, 'sha-256=:AAAA:, sha-256=:AAAA:'],
      [name, 'Basic Og=='],
      [name, 'Bearer a.b.c'],
      [name, 'DPoP eyJhbGciOiJub25lIn0.e30.'],
      [name, '\u00ff\u00fe\u0080'],
      [name, '('.repeat(2_000)],
      [name, 'BH/GOV/moe/x/y/z'],
      [name, '__proto__'],
    ],
  ),
  ...['jisr-requester', 'jisr-consent', 'x-road-issue', 'x-road-userid', 'x-road-represented-party'].flatMap(
    (name): Array<[string, string]> => [
      [name, `http://127.0.0.1:1/${mark}`],
      [name, `${'x'.repeat(5_000)}`],
      [name, '\u00e9\u00ff'],
      [name, newId()],
    ],
  ),
  ['accept', 'text/html'],
  ['accept', 'image/png'],
  ['accept', '*/*;q=nan'],
  ['accept', `${'a/b,'.repeat(1_000)}`],
  ['accept-language', `${'ar,'.repeat(1_000)}${mark}`],
  ['accept-language', '*;q=-1'],
  ['accept-encoding', 'br;q=9, zstd, \u00ff'],
  ['cookie', `jisr_session=${mark}; jisr_session=; =; ;; lang=${mark}`],
  ['cookie', `jisr_session=%00; lang=%`],
  ['cookie', `lang=__proto__; jisr_flow=${'x'.repeat(4_000)}`],
  ['origin', `http://${mark}.example`],
  ['origin', 'null'],
  ['sec-fetch-site', 'cross-site'],
  ['host', `${mark}.example`],
  ['host', '[::1'],
  ['x-forwarded-for', '127.0.0.1'],
  ['x-forwarded-host', mark],
  ['x-http-method-override', 'DELETE'],
  ['range', 'bytes=9999999999-1'],
  ['if-none-match', '*'],
  ['if-modified-since', 'never'],
  ['content-encoding', 'gzip'],
  ['content-encoding', mark],
  ['traceparent', '00-zz-zz-zz'],
  ['traceparent', `00-${'f'.repeat(32)}-${'f'.repeat(16)}-ff-${mark}`],
  ['expect', '200-ok'],
  ['x-request-id', `${mark}\u00ff`],
  [mark, mark],
  ['__proto__', mark],
  ['x-long', 'x'.repeat(20_000)],
];

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND', 'PURGE', 'QUERY'];

/** Every schema inside a body, with the way to it. */
function placesIn(value: unknown, at: string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [at];
  return [at, ...Object.entries(value).flatMap(([name, member]) => placesIn(member, [...at, name]))];
}

function replaceAt(value: unknown, at: readonly string[], by: unknown): unknown {
  const [first, ...rest] = at;
  if (first === undefined) return by;
  if (Array.isArray(value))
    return value.map((one, index) => (String(index) === first ? replaceAt(one, rest, by) : one));
  return { ...(value as object), [first]: replaceAt((value as Record<string, unknown>)[first], rest, by) };
}

function removeAt(value: unknown, at: readonly string[]): unknown {
  const [first, ...rest] = at;
  if (first === undefined || typeof value !== 'object' || value === null) return undefined;
  if (Array.isArray(value)) return value.filter((_, index) => String(index) !== first);
  const { [first]: one, ...others } = value as Record<string, unknown>;
  return rest.length === 0 ? others : { ...others, [first]: removeAt(one, rest) };
}

/** One to three things wrong with a request that was sound before. */
export function malform(operation: Operation, random: Random, mark: string): Malformed {
  const { sound } = operation;
  const how: string[] = [];
  const params: Record<string, string> = Object.fromEntries(
    Object.entries(operation.params).map(([name, schema]) => [
      name,
      encodePart(name, String(soundValue(schema, random, sound.params[name]))),
    ]),
  );
  const query: Array<[string, string]> = Object.entries(operation.query)
    .filter(() => random.next() < 0.6)
    .map(([name, schema]) => [name, encodeURIComponent(String(soundValue(schema, random, sound.query[name])))]);
  const headers: Array<[string, string]> = [
    ['accept', operation.isPage && random.next() < 0.5 ? 'text/html' : 'application/json'],
  ];
  let method = operation.method;
  let target: string | undefined;
  let value: unknown = operation.kind === 'none' ? undefined : soundBody(operation, random);
  let body: Buffer | undefined;
  let contentType: string | undefined = {
    json: 'application/json',
    form: 'application/x-www-form-urlencoded',
    raw: typeof value === 'string' ? 'application/x-www-form-urlencoded' : 'application/json',
    none: undefined,
  }[operation.kind];
  let isJsonSent = operation.kind === 'json';
  const names = Object.keys(params);

  const changes: Array<[string, () => void]> = [
    [
      'an odd method',
      () => {
        method = random.pick(methods);
      },
    ],
    ['an odd header', () => void headers.push(random.pick(headerChanges(mark)))],
    [
      'an unknown member of the query',
      () => void query.push([mark, mark], ['__proto__', 'x'], ['constructor[a]', 'x']),
    ],
    [
      'an odd query',
      () => {
        const named = Object.keys(operation.query);
        const name = named.length > 0 && random.next() < 0.8 ? random.pick(named) : 'q';
        const text = random.pick(texts(mark));
        const written = random.next() < 0.7 ? encodeURIComponent(text.toWellFormed()) : random.pick(pathTexts(mark));
        query.push([name, written]);
        if (random.next() < 0.3) query.push([name, written], [`${name}[]`, 'x'], [`${name}[a][b]`, 'x']);
      },
    ],
    [
      'a broken address',
      () => {
        const path = fill(operation.path, params);
        target = random.pick([
          `${path}/`,
          `${path}//${mark}`,
          `${path}${random.pick(pathTexts(mark))}`,
          `${path};a=b`,
          `${path}?${'a=1&'.repeat(800)}`,
          `${path}?%`,
          `${path}?=&&==&%00=1`,
          `${path}?${mark}=%ff%fe`,
          path.toUpperCase(),
          `/${random.pick(pathTexts(mark))}${path}`,
          `${path}/../..${path}`,
          `//${mark}.example${path}`,
          path.replace(/\/[^/]*$/, ''),
          `${path}#${mark}`,
        ]);
      },
    ],
    ...(names.length === 0
      ? []
      : [1, 2].map((): [string, () => void] => [
          'an odd part of the path',
          () => {
            const text = random.pick(texts(mark)).toWellFormed();
            params[random.pick(names)] =
              random.next() < 0.5 ? random.pick(pathTexts(mark)) : encodeURIComponent(text) || '%20';
          },
        ])),
    ...(operation.kind === 'none'
      ? [
          [
            'a body where none belongs',
            () => {
              body = random.pick(brokenJson(mark));
              contentType = random.pick(['application/json', ...contentTypes]);
            },
          ] as [string, () => void],
        ]
      : bodyChanges()),
  ];

  function bodyChanges(): Array<[string, () => void]> {
    const inside = () => random.pick(placesIn(value).filter((at) => at.length > 0 || random.next() < 0.1));
    const change: Array<[string, () => void]> = [
      [
        'an odd value',
        () => {
          value = replaceAt(value, inside() ?? [], random.pick(values(mark)));
        },
      ],
      [
        'an odd text',
        () => {
          value = replaceAt(value, inside() ?? [], random.pick(texts(mark)));
        },
      ],
      [
        'a missing member',
        () => {
          value = removeAt(value, inside() ?? []);
        },
      ],
      [
        'a member too many',
        () => {
          if (typeof value === 'object' && value !== null && !Array.isArray(value))
            value = {
              ...value,
              [random.pick([mark, 'toString', 'id', 'personId', 'state'])]: random.pick(values(mark)),
            };
        },
      ],
    ];
    return [
      ...change,
      ...change,
      [
        'JSON that no object holds',
        () => {
          const place = `"${mark}-here"`;
          const whole = JSON.stringify(replaceAt(value, inside() ?? [], `${mark}-here`)) ?? place;
          body = Buffer.from(whole.replace(place, () => random.pick(rawJson(mark))));
        },
      ],
      [
        'a body that is none',
        () => {
          body = random.pick(brokenJson(mark));
        },
      ],
      [
        'a content type of another kind',
        () => {
          contentType = random.pick([undefined, ...contentTypes]);
          isJsonSent = false;
        },
      ],
      [
        'no body',
        () => {
          body = Buffer.alloc(0);
        },
      ],
    ];
  }

  const count = 1 + random.below(3);
  for (let done = 0; done < count; done += 1) {
    const [name, change] = random.pick(changes);
    change();
    how.push(name);
  }

  const isWhole = body === undefined && value !== undefined;
  if (isWhole) body = writeBody(operation, value);
  if (contentType !== undefined && body !== undefined) headers.push(['content-type', contentType]);
  const search = query.map(([name, text]) => `${name}=${text}`).join('&');
  const isBare = method === 'GET' || method === 'HEAD';
  const isElsewhere = method !== operation.method || target !== undefined || how.includes('an odd part of the path');
  return {
    operation,
    how,
    method,
    isElsewhere,
    target: target ?? `${fill(operation.path, params)}${search ? `?${search}` : ''}`,
    headers,
    body: isBare && random.next() < 0.8 ? undefined : body,
    ...(isWhole && isJsonSent && !isElsewhere ? { json: { value } } : {}),
    mark,
  };
}

function soundBody({ body, sound }: Operation, random: Random): unknown {
  if (sound.body !== undefined) return sound.body;
  return body ? soundValue(body, random) : {};
}

function writeBody({ kind }: Operation, value: unknown): Buffer {
  if (typeof value === 'string' && kind !== 'json') return Buffer.from(value);
  if (kind !== 'form' || typeof value !== 'object' || value === null) return Buffer.from(JSON.stringify(value) ?? '');
  const fields = new URLSearchParams();
  for (const [name, member] of Object.entries(value))
    fields.append(name, typeof member === 'string' ? member.toWellFormed() : JSON.stringify(member));
  return Buffer.from(fields.toString());
}

const encodePart = (name: string, text: string) => (name === 'path' ? encodeURI(text) : encodeURIComponent(text));
const fill = (path: string, params: Record<string, string>) =>
  path.replace(/\{(\w+)\}/g, (_whole, name: string) => params[name] ?? 'x');
