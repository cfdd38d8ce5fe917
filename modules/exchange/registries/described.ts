import { Type } from 'typebox';
import { Text } from '#kernel/languages';

export const Identifier = Type.String({ pattern: '^[a-z][a-z0-9_]{0,58}$' });
/** The name of a file in the node's secrets folder. */
export const SecretName = Type.String({ pattern: '^[a-z0-9][a-z0-9_-]{0,63}$' });

/** What every registry description begins with: its name, and the office that answers for it. */
export const described = { id: Identifier, officeId: Type.String({ minLength: 1, maxLength: 64 }), names: Text };
