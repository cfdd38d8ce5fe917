import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { type Static, type TSchema, Type } from 'typebox';
import type { JWK } from '#kernel/keys';
import { Text } from '#kernel/languages';
import { AccessRules, AssuranceClasses } from '#modules/exchange';
import { EventGrant } from '#protocol/event-message';

const Holiday = Type.Object({ on: Type.String(), names: Text });

/** `states/<id>/state.json`: what a state is. Nothing in the code knows a state by name. */
export const StateDescription = Type.Object({
  id: Type.String({ pattern: '^[a-z]{2,8}$' }),
  code: Type.String({ pattern: '^[A-Z]{2,8}$' }),
  names: Text,
  shortNames: Text,
  timeZone: Type.String(),
  weekend: Type.Array(Type.Integer({ minimum: 1, maximum: 7 })),
  holidays: Type.Array(Holiday),
  digits: Type.Union([Type.Literal('arab'), Type.Literal('latn')]),
  nationalIdScheme: Type.String(),
  nationalIdNames: Text,
  eid: Type.Object({ names: Text }),
  port: Type.Integer(),
  domainLabel: Type.String(),
});
export type StateDescription = Static<typeof StateDescription>;

export const Look = Type.Object({
  brand: Type.String(),
  brand2: Type.String(),
  onBrand: Type.String(),
  tint: Type.String(),
  sand: Type.String(),
  sandTint: Type.String(),
});
export type Look = Static<typeof Look>;

/** What an office may ask, for which purpose: the content of its trust mark. */
export const Grant = Type.Object({
  purpose: Type.String(),
  evidence_type: Type.String(),
  fields: Type.Array(Type.String()),
  /** The laws under which it may ask without consent; with consent, and only so, when absent. */
  laws: Type.Optional(Type.Array(Type.String())),
});

export const Office = Type.Object({
  id: Type.String({ pattern: '^[a-z][a-z0-9-]*$' }),
  names: Text,
  xRoadClient: Type.String(),
  provides: Type.Array(Type.String()),
  grants: Type.Array(Grant),
  /** Event types that it announces to offices of other states. */
  announces: Type.Optional(Type.Array(Type.String())),
  /** What it may be told of: the content of its trust mark for events. */
  eventGrants: Type.Optional(Type.Array(EventGrant)),
});
export type Office = Static<typeof Office>;

export const Officer = Type.Object({
  personId: Type.String(),
  officeId: Type.String(),
  roles: Type.Array(Type.String()),
});
export type Officer = Static<typeof Officer>;

export const LifeEvent = Type.Object({
  id: Type.String(),
  names: Text,
  summary: Text,
  services: Type.Array(Type.String()),
});
export type LifeEvent = Static<typeof LifeEvent>;

/** A state as a folder of data. */
export type StateFolder = {
  folder: string;
  state: StateDescription;
  look: Look;
  offices: Office[];
  officers: Officer[];
  lifeEvents: LifeEvent[];
  /** What the offices of the state give to whom, and when the person is shown it. */
  access: AccessRules;
  /** What the log of the state owes to which evidence; no class when the state has no such file. */
  assurance: AssuranceClasses;
};

/** Reads and checks a state's folder. Throws one sentence that names the file and what is wrong in it. */
export function readStateFolder(folder: string): StateFolder {
  return {
    folder,
    state: readChecked(join(folder, 'state.json'), StateDescription),
    look: readChecked(join(folder, 'look.json'), Look),
    offices: readChecked(join(folder, 'offices.json'), Type.Array(Office)),
    officers: readChecked(join(folder, 'officers.json'), Type.Array(Officer)),
    lifeEvents: readChecked(join(folder, 'life-events.json'), Type.Array(LifeEvent)),
    access: readChecked(join(folder, 'access.json'), AccessRules),
    assurance: existsSync(join(folder, 'assurance.json'))
      ? readChecked(join(folder, 'assurance.json'), AssuranceClasses)
      : [],
  };
}

/** The colours of the other states, as far as their folders lie beside this one's. */
export function readNeighbourLooks(stateFolder: string): Record<string, Pick<Look, 'brand'>> {
  const looks: Record<string, Pick<Look, 'brand'>> = {};
  const parent = join(stateFolder, '..');
  for (const name of readdirSync(parent)) {
    const file = join(parent, name, 'look.json');
    if (existsSync(file)) looks[name] = readChecked(file, Look);
  }
  return looks;
}

/** Where one node listens, keeps its data, and whom it trusts: the launcher or an operator writes it. */
export const NodeConfig = Type.Object({
  stateFolder: Type.String(),
  servicesFolder: Type.String(),
  publicUrl: Type.String({ pattern: '^https?://[^/]+$' }),
  listen: Type.Object({ host: Type.String(), port: Type.Integer() }),
  dataFolder: Type.String(),
  databaseUrl: Type.Optional(Type.String()),
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
  /** Loads the sample people and registries of the state's folder at first start. */
  loadSamples: Type.Boolean(),
  logLevel: Type.String(),
  /** The operator's own address: diagnosis, metrics, operations page. Off when absent; port 0 takes any that is free. */
  operator: Type.Optional(Type.Object({ listen: Type.Object({ host: Type.String(), port: Type.Integer() }) })),
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
});
export type NodeConfig = Static<typeof NodeConfig>;

export function readNodeConfig(file: string): NodeConfig {
  const config = readChecked(file, NodeConfig);
  const from = (path: string) => resolve(file, '..', path);
  return {
    ...config,
    stateFolder: from(config.stateFolder),
    servicesFolder: from(config.servicesFolder),
    dataFolder: from(config.dataFolder),
  };
}

const ajv = new Ajv2020({ strict: false });
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
    throw new ConfigInvalid(`${file} is not as expected: ${ajv.errorsText(ajv.errors)}`);
  return value as Static<Schema>;
}
