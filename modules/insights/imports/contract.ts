import { type Static, Type } from 'typebox';
import { Text } from '#kernel/languages';

/** Which column of somebody's own file is what. `year` may be a number instead of a column. */
export type Mapping = Partial<Record<'year' | 'area' | 'rank' | 'egdi' | 'osi' | 'tii' | 'hci' | 'epi', string>>;

export const ImportFault = Type.Object({
  line: Type.Integer(),
  code: Type.String(),
  words: Text,
});
export type ImportFault = Static<typeof ImportFault>;
