import { type Static, Type } from 'typebox';
import { Text } from '#kernel/languages';

/** What happened in a case, as the office reads it: officers by their names. `isNew`: since this officer looked last. */
export const HistoryEntry = Type.Object({
  sequence: Type.Integer(),
  at: Type.String(),
  kind: Type.String(),
  text: Text,
  /** The point of the checklist that it is about, or the colleague who was given the case. */
  about: Type.Optional(Text),
  /** The officer who did it; the name is as it was told then. */
  officerId: Type.Optional(Type.String()),
  who: Type.Optional(Type.String()),
  /** The information system by which it was done; without `officerId` and `who`, by itself. */
  through: Type.Optional(Type.String()),
  /** The second officer, who confirmed it. */
  confirmedBy: Type.Optional(Type.String()),
  isNew: Type.Boolean(),
});
export type HistoryEntry = Static<typeof HistoryEntry>;
