import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Static, Type } from 'typebox';
import { Text } from '#kernel/languages';
import { CaseRole } from '#modules/cases';
import { AccessRules, AssuranceClasses } from '#modules/exchange';
import { DeskRules } from '#modules/federation';
import { checkFramework, EidFramework } from '#modules/identity';
import { MatchingRules } from '#modules/matching';
import { NotificationRules } from '#modules/notifications';
import { EventGrant } from '#protocol/event-message';
import { ConfigInvalid, readChecked } from './config.ts';

const Holiday = Type.Object({ on: Type.String(), names: Text });

/** `states/<id>/state.json`: what a state is. Nothing in the code knows a state by name. */
export const StateDescription = Type.Object({
  id: Type.String({ pattern: '^[a-z]{2,8}$' }),
  code: Type.String({ pattern: '^[A-Z]{2,8}$' }),
  names: Text,
  shortNames: Text,
  timeZone: Type.String(),
  /** ISO 4217, and how many decimals its smallest unit has. */
  currency: Type.Object({
    code: Type.String({ pattern: '^[A-Z]{3}$' }),
    decimals: Type.Integer({ minimum: 0, maximum: 4 }),
  }),
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

/** An information system of an office that works on its cases, by the id that it is registered under, with roles of `roles.json`. */
export const WorkingSystem = Type.Object(
  { clientId: Type.String({ maxLength: 270 }), roles: Type.Array(Type.String()) },
  { additionalProperties: false },
);
export type WorkingSystem = Static<typeof WorkingSystem>;

/** What the roles of officers let them do with cases, and with which. */
export const Roles = Type.Array(CaseRole);
export type Roles = Static<typeof Roles>;

/** A state as a folder of data. */
export type StateFolder = {
  folder: string;
  state: StateDescription;
  look: Look;
  offices: Office[];
  officers: Officer[];
  roles: Roles;
  /** Life events of the services' vocabulary that the first page shows, in this order. */
  lifeEvents: string[];
  /** What the offices of the state give to whom, and when the person is shown it. */
  access: AccessRules;
  /** What the log of the state owes to which evidence; no class when the state has no such file. */
  assurance: AssuranceClasses;
  /** Which services may join under the state and for what; nobody can when the state has no such file. */
  desk?: DeskRules;
  /** Whose records the state finds for people of other states, and for what; for nobody when the state has no such file. */
  matching?: MatchingRules;
  /** How people are written to; into their mailboxes alone, for two years, when the state has no such file. */
  notifications: NotificationRules;
  /** What the eID of the state is worth. */
  eid: EidFramework;
};

/** Reads and checks a state's folder. Throws one sentence that names the file and what is wrong in it. */
export function readStateFolder(folder: string): StateFolder {
  return {
    folder,
    state: readChecked(join(folder, 'state.json'), StateDescription),
    look: readChecked(join(folder, 'look.json'), Look),
    offices: readChecked(join(folder, 'offices.json'), Type.Array(Office)),
    officers: readChecked(join(folder, 'officers.json'), Type.Array(Officer)),
    roles: readChecked(join(folder, 'roles.json'), Roles),
    lifeEvents: readChecked(join(folder, 'life-events.json'), Type.Array(Type.String())),
    access: readChecked(join(folder, 'access.json'), AccessRules),
    assurance: existsSync(join(folder, 'assurance.json'))
      ? readChecked(join(folder, 'assurance.json'), AssuranceClasses)
      : [],
    ...(existsSync(join(folder, 'desk.json')) ? { desk: readChecked(join(folder, 'desk.json'), DeskRules) } : {}),
    ...(existsSync(join(folder, 'matching.json'))
      ? { matching: readChecked(join(folder, 'matching.json'), MatchingRules) }
      : {}),
    notifications: existsSync(join(folder, 'notifications.json'))
      ? readChecked(join(folder, 'notifications.json'), NotificationRules)
      : { keptDays: 730 },
    eid: readEid(join(folder, 'eid.json')),
  };
}

function readEid(file: string): EidFramework {
  const framework = readChecked(file, EidFramework);
  const [finding] = checkFramework(framework);
  if (finding !== undefined) throw new ConfigInvalid(`${file}: ${finding}`);
  return framework;
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

/** The working days of a state as cases count them: ISO 8601 numbers (Monday 1 … Sunday 7) become JavaScript's. */
export function calendarOf({ weekend, holidays, timeZone }: StateDescription) {
  return { weekend: weekend.map((day) => day % 7), holidays: holidays.map(({ on }) => on), timeZone };
}
