import { type Static, Type } from 'typebox';
import { Text } from '#kernel/languages';

/**
 * What a role can let an officer do with cases. `read`: find and open them; `work`: take, give back, check by hand, ask and write; `decide`:
 * decide, also on an appeal, and change a decision; `confirm`: be the second officer; `refund`: give a fee back, and agree to it;
 * `answer`: take part in cases of other states; `supervise`: workload, absences of colleagues, assigning; `audit`: what colleagues did.
 */
export const Duty = Type.Enum(['read', 'work', 'decide', 'confirm', 'refund', 'answer', 'supervise', 'audit']);
export type Duty = Static<typeof Duty>;

/**
 * A role of a state with its jurisdiction. `services`: of these alone; of all that the office offers, when absent. `states`: only where the
 * other state is one of these, ISO 3166-1 alpha-2: the applicant's home state, or of a case of another state, the state that decides it.
 * Further fields are refused: a limit that is misspelt would be no limit.
 */
export const CaseRole = Type.Object(
  {
    id: Type.String({ pattern: '^[a-z][a-z0-9-]*$' }),
    names: Text,
    may: Type.Array(Duty, { uniqueItems: true }),
    services: Type.Optional(Type.Array(Type.String({ pattern: '^[a-z][a-z0-9-]*$' }), { minItems: 1 })),
    states: Type.Optional(Type.Array(Type.String({ pattern: '^[A-Z]{2,8}$' }), { minItems: 1 })),
  },
  { additionalProperties: false },
);
export type CaseRole = Static<typeof CaseRole>;
