import { type Static, Type } from 'typebox';

export const CaseState = Type.Enum([
  'draft',
  'submitted',
  'in-review',
  'waiting-for-person',
  'to-confirm',
  'approved',
  'refused',
  'under-appeal',
  'cancelled',
  'withdrawn',
  'expired',
  'stopped',
]);
export type CaseState = Static<typeof CaseState>;
