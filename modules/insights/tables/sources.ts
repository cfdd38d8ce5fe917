import { type Static, Type } from 'typebox';
import { Text } from '#kernel/languages';

/** Whose figures a file holds, and under which terms. Pages cite it. */
export const Source = Type.Object({
  id: Type.String(),
  publisher: Text,
  terms: Text,
  licence: Type.Optional(Type.String()),
  url: Type.String(),
  file: Type.String(),
  title: Text,
});
export type Source = Static<typeof Source>;
