import { Type } from 'typebox';
import { Text } from '#kernel/languages';

const end = { endsAt: Type.Optional(Type.String()) };

/** What a summary of a service says of its pauses; moments in ISO 8601. */
export const pauseFields = {
  /** It takes no new applications for now; `endsAt` is when that is expected to end. */
  pause: Type.Optional(Type.Object({ reason: Text, ...end })),
  /** Once it takes applications, it will not from `startsAt` on: until then somebody can begin one. */
  nextPause: Type.Optional(Type.Object({ reason: Text, startsAt: Type.String(), ...end })),
};
