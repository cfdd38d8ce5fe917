import { type Static, Type } from 'typebox';
import { Text } from '#kernel/languages';

/** A member state of the United Nations as surveys rank it. The federation's own states are some of them. */
export const Area = Type.Object({
  /** ISO 3166-1 alpha-3, which the tables are joined on. */
  id: Type.String({ pattern: '^[A-Z]{3}$' }),
  iso2: Type.String({ pattern: '^[A-Z]{2}$' }),
  names: Text,
  /** Other names under which sources print it. */
  alsoNamed: Type.Array(Type.String()),
  /** Where a map marks it: degrees east, degrees north. */
  at: Type.Tuple([Type.Number(), Type.Number()]),
  groups: Type.Array(Type.String()),
});
export type Area = Static<typeof Area>;

export type Areas = {
  list: readonly Area[];
  /** By ISO code of three or two letters, or by any name a source prints, padded or not. */
  find(named: string): Area | undefined;
  inGroup(group: string): Area[];
};

export function createAreas(list: readonly Area[]): Areas {
  const byName = new Map(
    list.flatMap((area) =>
      [area.id, area.iso2, area.names.en, area.names.ar, ...area.alsoNamed].map((name) => [keyOf(name), area] as const),
    ),
  );
  return {
    list,
    find: (named) => byName.get(keyOf(named)),
    inGroup: (group) => list.filter(({ groups }) => groups.includes(group)),
  };
}

/** Sources pad names, and write ’ for '. */
function keyOf(name: string): string {
  return name.normalize('NFC').replaceAll('’', "'").replace(/\s+/g, ' ').trim().toLowerCase();
}
