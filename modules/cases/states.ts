import { type Static, Type } from 'typebox';

export const CaseState = Type.Enum(['draft', 'submitted', 'in-review', 'approved', 'refused', 'withdrawn', 'expired']);
export type CaseState = Static<typeof CaseState>;
