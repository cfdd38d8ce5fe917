import { type Static, Type } from 'typebox';
import { Text } from '#kernel/languages';

/** `now`: it is open to the person. `when-asked`: once an officer asks for it. `no`: not any more, or never with this service. */
const How = Type.Enum(['now', 'when-asked', 'no']);

/** What the person can still change about a case that was sent and is not decided, and until when. Days are ISO 8601. */
export const StillOpen = Type.Object({
  /** Correcting answers. `names`: the pages that are open, until `until`. */
  answers: Type.Object({ how: How, until: Type.Optional(Type.String()), names: Type.Array(Text) }),
  /** Handing in papers that an officer asks for. `names`: what is asked for now, until `until`. */
  papers: Type.Object({ how: How, until: Type.Optional(Type.String()), names: Type.Array(Text) }),
  /** Until the decision, which is due by `until`; without it while the office's clock stands still. */
  withdrawal: Type.Object({ how: How, until: Type.Optional(Type.String()) }),
  /** Working days that the person usually has to answer an officer. */
  workingDays: Type.Optional(Type.Integer()),
});
export type StillOpen = Static<typeof StillOpen>;
