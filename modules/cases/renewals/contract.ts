import { type Static, Type } from 'typebox';
import { CaseState } from '../states.ts';

/** How long what was approved holds, and whether it can be renewed. Dates are days of the deciding state, ISO 8601. */
export const Validity = Type.Object({
  /** The last day on which it holds. */
  until: Type.String(),
  hasEnded: Type.Boolean(),
  /** The first day on which it can be renewed. */
  renewableFrom: Type.String(),
  mayRenew: Type.Boolean(),
  /** The application that renews it, if there is one that still counts. */
  renewedBy: Type.Optional(Type.Object({ caseId: Type.String({ format: 'uuid' }), state: CaseState })),
});
export type Validity = Static<typeof Validity>;
