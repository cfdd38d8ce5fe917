import { type Static, Type } from 'typebox';
import { Text } from '#kernel/languages';
import { Moment } from '#protocol/text';

/** A service of which somebody is told, once, when it takes applications again. */
export const Opening = Type.Object({
  serviceId: Type.String(),
  serviceTitle: Text,
  askedAt: Moment,
  /** Nothing is kept beyond it, opened or not. */
  keptUntil: Moment,
  /** When it should open, where that is known. */
  opensAt: Type.Optional(Moment),
});
export type Opening = Static<typeof Opening>;
const Openings = Type.Object({ openings: Type.Array(Opening) });
const one = Type.Object({ serviceId: Type.String({ minLength: 1, maxLength: 100 }) });

export const openingEndpoints = {
  listOpenings: {
    method: 'GET',
    path: '/api/openings',
    summary: 'Services of which I am told when they take applications again',
    access: 'person',
    answer: Openings,
    refusals: [],
  },
  awaitOpening: {
    method: 'PUT',
    path: '/api/openings/:serviceId',
    summary: 'Tell me once when this paused service takes applications again',
    access: 'person',
    params: one,
    answer: Openings,
    refusals: ['service-unknown', 'service-open'],
  },
  dropOpening: {
    method: 'DELETE',
    path: '/api/openings/:serviceId',
    summary: 'Do not tell me of it any more. Nothing of that is kept',
    access: 'person',
    params: one,
    answer: Openings,
    refusals: [],
  },
} as const;
