import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { type Static, type TSchema, Type } from 'typebox';
import type { JWK } from '#kernel/keys';
import { nodeProblem } from './contract.ts';

// No module is imported here: the process that only keeps the others of its node reads this too, and stays small.

/** A name that nobody knows is a slip of the hand, and the setting that was meant would be missing. */
const closed = { additionalProperties: false };
const Listen = Type.Object({ host: Type.String(), port: Type.Integer({ minimum: 0, maximum: 65_535 }) }, closed);

/** Where one node listens, keeps its data, and whom it trusts: the launcher or an operator writes it. */
const settings = {
  stateFolder: Type.String(),
  servicesFolder: Type.String(),
  publicUrl: Type.String({ pattern: '^https?://[^/]+$' }),
  listen: Listen,
  dataFolder: Type.String(),
  databaseUrl: Type.Optional(Type.String({ pattern: '^postgres(ql)?://' })),
  /** Connections to PostgreSQL that one process may hold for its queries; 10 when absent. */
  databaseConnectionsMax: Type.Optional(Type.Integer({ minimum: 2 })),
  /** Processes of this node on this machine, behind its one address; 1 when absent. More than one needs `databaseUrl`. */
  workers: Type.Optional(Type.Integer({ minimum: 1, maximum: 64 })),
  anchor: Type.Object({ entityId: Type.String(), keys: Type.Array(Type.Unsafe<JWK>({ type: 'object' })) }),
  /** Other states whose cosignature this node's log waits for before a proof counts as witnessed. */
  witnessQuorum: Type.Integer({ minimum: 0 }),
  /** Whether messages may share signatures under load; true unless told otherwise. */
  batchSignatures: Type.Optional(Type.Boolean()),
  /** Lets this node's witness cosign by ML-DSA-44 too, which quantum computers do not break; 3 KB more per cosignature. */
  witnessByMlDsa: Type.Optional(Type.Boolean()),
  /** Who time-stamps the log's checkpoints (RFC 3161), in turn. `certificates`: PEM, the root of each or its own. */
  timeStampAuthorities: Type.Optional(
    Type.Array(
      Type.Object({
        name: Type.String({ pattern: '^[a-z0-9][a-z0-9.-]{0,63}$' }),
        url: Type.String({ pattern: '^https?://' }),
        certificates: Type.Array(Type.String({ pattern: '^-----BEGIN CERTIFICATE-----' }), { minItems: 1 }),
        policy: Type.Optional(Type.String({ pattern: '^[0-2](\\.[0-9]+)+$' })),
      }),
    ),
  ),
  /** At most one time-stamp in so many seconds; 60 when absent. */
  stampEverySeconds: Type.Optional(Type.Integer({ minimum: 1 })),
  /**
   * A file that says how far this node's time is ahead (kernel/moved-time.ts), for the sandbox of app makers alone: refused unless
   * `JISR_SANDBOX` is 1, and everything is on this machine and made up.
   */
  movedTime: Type.Optional(Type.Object({ file: Type.String() })),
  /** Loads the sample people and registries of the state's folder at first start. */
  loadSamples: Type.Boolean(),
  logLevel: Type.String({ enum: ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] }),
  /** The operator's own address: diagnosis, metrics, operations page. Off when absent; port 0 takes any that is free. */
  operator: Type.Optional(Type.Object({ listen: Listen }, closed)),
  /** Where the eIDs are that the state has already, and which client this node is there (`upstreams` in the state's eid.json). */
  eidUpstreams: Type.Optional(
    Type.Array(
      Type.Object({
        id: Type.String(),
        issuer: Type.String({ pattern: '^https?://[^?#]+$' }),
        clientId: Type.String(),
        clientSecret: Type.String(),
        /** Of an eID without a discovery document. */
        endpoints: Type.Optional(
          Type.Object({
            authorization: Type.String(),
            token: Type.String(),
            userinfo: Type.String(),
            jwks: Type.String(),
          }),
        ),
      }),
    ),
  ),
  /** Who takes fees: new payments go to the first. Its secrets are `payment-<id>-key` and `payment-<id>-messages` in `secrets`. */
  paymentProviders: Type.Optional(
    Type.Array(
      Type.Object({
        id: Type.String({ pattern: '^[a-z][a-z0-9-]{0,31}$' }),
        protocol: Type.Literal('stripe-checkout'),
        names: Type.Object({ ar: Type.String(), en: Type.String() }),
        apiUrl: Type.String({ pattern: '^https?://[^/]+$' }),
        /** Origins of the pages on which people pay. */
        pageOrigins: Type.Array(Type.String({ pattern: '^https?://[^/]+$' }), { minItems: 1 }),
        /** Nothing that is paid there is worth anything, and every page says so. */
        isPlayMoney: Type.Optional(Type.Boolean()),
      }),
    ),
  ),
  /** Entity ids of services that may make a person's phone ask by themselves (OpenID Connect CIBA); nobody when absent. */
  decoupledClients: Type.Optional(Type.Array(Type.String({ pattern: '^https?://' }))),
  /** The virus scanner for what people attach: ClamAV's clamd, at `tcp://host:port` or `unix:/path`. Files are not scanned when absent. */
  virusScanner: Type.Optional(Type.String({ pattern: '^(tcp://[^/:]+:[0-9]{1,5}|unix:/.+)$' })),
  /** The monitoring of exchanges is dropped after so many days; 30 when absent. */
  monitoringKeptDays: Type.Optional(Type.Integer({ minimum: 1 })),
  /** Where spans are sent by OTLP over HTTP. Off when absent. `sampleRatio`: the same on every node, or traces have gaps. */
  tracing: Type.Optional(
    Type.Object({
      url: Type.String({ pattern: '^https?://' }),
      headers: Type.Optional(Type.Record(Type.String(), Type.String())),
      sampleRatio: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
    }),
  ),
};
export const NodeConfig = Type.Object(settings, closed);
export type NodeConfig = Static<typeof NodeConfig>;

export function readNodeConfig(file: string): NodeConfig {
  const config = readChecked(file, NodeConfig);
  refuseWorkersEmbedded(config);
  refuseMovedTime({ ...config, anchorId: config.anchor.entityId, isMadeUp: config.loadSamples });
  const from = (path: string) => resolve(file, '..', path);
  return {
    ...config,
    stateFolder: from(config.stateFolder),
    servicesFolder: from(config.servicesFolder),
    dataFolder: from(config.dataFolder),
  };
}

/** Throws `workers-need-server` where several processes would have to share an embedded database. */
export function refuseWorkersEmbedded({ workers = 1, databaseUrl }: Pick<NodeConfig, 'workers' | 'databaseUrl'>): void {
  if (workers > 1 && !databaseUrl) throw nodeProblem('workers-need-server', { workers });
}

const isOnThisMachine = (url: string) => /^http:\/\/([a-z0-9-]+\.)*localhost(:\d+)?$/.test(url);
const loopback = ['127.0.0.1', '::1', 'localhost'];

/**
 * Throws `moved-time-refused` where a configuration has a time that can be moved and is not the sandbox's: the account that starts it says
 * so (`JISR_SANDBOX=1`), addresses of the node and of its anchor end in `.localhost`, it listens on loopback, its people are made up, and its
 * database is embedded, which alone follows the time.
 */
export function refuseMovedTime(
  config: {
    movedTime?: { file: string } | undefined;
    publicUrl: string;
    anchorId: string;
    listen: { host: string };
    isMadeUp: boolean;
    databaseUrl?: string | undefined;
  },
  isSandbox = process.env['JISR_SANDBOX'] === '1',
): void {
  if (!config.movedTime) return;
  const isAllowed =
    isSandbox &&
    config.isMadeUp &&
    isOnThisMachine(config.publicUrl) &&
    isOnThisMachine(config.anchorId) &&
    loopback.includes(config.listen.host) &&
    config.databaseUrl === undefined;
  if (!isAllowed) throw nodeProblem('moved-time-refused');
}

// These schemas are typed; what they are held against is what an operator wrote.
const ajv = new Ajv2020({ strict: false, validateSchema: false, verbose: true, allErrors: true });
addFormats.default(ajv);

/** A file that an operator wrote or named wrongly; its message is the whole of what they need to hear. */
export class ConfigInvalid extends Error {}

export function readChecked<Schema extends TSchema>(file: string, schema: Schema): Static<Schema> {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new ConfigInvalid(`${file} cannot be read as JSON: ${(error as Error).message}`);
  }
  if (!ajv.validate(schema, value))
    throw new ConfigInvalid(`${file} is not as expected: ${(ajv.errors ?? []).map(sentenceOf).join(', ')}`);
  return value as Static<Schema>;
}

function sentenceOf({ instancePath, keyword, message = '', params, parentSchema }: ErrorObject): string {
  const place = instancePath.slice(1).replaceAll('/', '.');
  if (keyword === 'enum') return `${place} must be one of ${(params['allowedValues'] as unknown[]).join(', ')}`;
  if (keyword !== 'additionalProperties') return `${place || 'it'} ${message}`;
  const unknown = String(params['additionalProperty']);
  const known = Object.keys((parentSchema as { properties?: object }).properties ?? {});
  const [near] = known.filter((name) => isNear(name, unknown));
  return `${place ? `${place}.` : ''}${unknown} is no setting${near ? `; ${near} is` : ''}`;
}

/** Whether two names have the same letters but for two, whatever their order: what a slip of the hand leaves. */
function isNear(known: string, typed: string): boolean {
  const letters = [...known.toLowerCase()];
  const strange = [...typed.toLowerCase()].filter((letter) => {
    const at = letters.indexOf(letter);
    if (at >= 0) letters.splice(at, 1);
    return at < 0;
  });
  return strange.length + letters.length <= 2;
}
