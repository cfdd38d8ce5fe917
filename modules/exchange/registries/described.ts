import { Type } from 'typebox';
import { Text } from '#kernel/languages';
import { DocumentStore } from './document-store.ts';

export const Identifier = Type.String({ pattern: '^[a-z][a-z0-9_]{0,58}$' });

/** What every registry description begins with: its name, the office that answers for it, and where its documents are. */
export const described = {
  id: Identifier,
  officeId: Type.String({ minLength: 1, maxLength: 64 }),
  names: Text,
  documents: Type.Optional(DocumentStore),
};
