import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { type Static, type TSchema, Type } from 'typebox';
import type { JWK } from '#kernel/keys';
import { Text } from '#kernel/languages';

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
});

export const Office = Type.Object({
  id: Type.String({ pattern: '^[a-z][a-z0-9-]*$' }),
  names: Text,
  xRoadClient: Type.String(),
  provides: Type.Array(Type.String()),
  grants: Type.Array(Grant),
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
  };
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
