import type { Tone } from '../components/blocks.tsx';

export type CaseState =
  | 'draft'
  | 'submitted'
  | 'in-review'
  | 'waiting-for-person'
  | 'granted'
  | 'granted-in-part'
  | 'refused'
  | 'under-appeal'
  | 'cancelled'
  | 'withdrawn'
  | 'expired'
  | 'stopped';

export const caseTones: Record<CaseState, Tone> = {
  draft: 'plain',
  submitted: 'info',
  'in-review': 'sand',
  'waiting-for-person': 'warn',
  granted: 'good',
  'granted-in-part': 'sand',
  refused: 'bad',
  'under-appeal': 'sand',
  cancelled: 'bad',
  withdrawn: 'plain',
  expired: 'plain',
  stopped: 'plain',
};
