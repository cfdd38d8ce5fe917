import { type Static, Type } from 'typebox';
import { Text } from '#kernel/languages';
import { closed } from '../descriptions/contract.ts';

const QuestionId = Type.String({ pattern: '^[A-Za-z][A-Za-z0-9_-]*$' });

/** To whom a service is offered when something has happened to them. */
export const OfferedTo = Type.Enum(['own-people', 'people-of-other-states', 'everybody']);
export type OfferedTo = Static<typeof OfferedTo>;

/** What makes of an event in a person's life an offer of this service. */
export const OfferRule = Type.Object(
  {
    to: OfferedTo,
    /** What happened, and why the person is shown the service; in words to them. */
    event: Text,
    why: Text,
    /** The offer ends so many days after the day of the event. */
    forDays: Type.Integer({ minimum: 1, maximum: 730 }),
    /** Who answers "not now" is shown it once more, so many days later. */
    againAfterDays: Type.Integer({ minimum: 1, maximum: 180 }),
    /** Questions of the form that are filled from the event: question to field. */
    fills: Type.Record(QuestionId, Type.String({ pattern: '^[a-z][a-z0-9_]*$' })),
    /** A question of the form that is filled with the person's own confirmed address. */
    contact: Type.Optional(Type.Object({ email: QuestionId }, closed)),
  },
  closed,
);
export type OfferRule = Static<typeof OfferRule>;

/** offers.json, which a service may leave out: by type of event (`protocol/events/`), what it is an offer for. */
export const OfferRules = Type.Record(Type.String({ pattern: '^[a-z][a-z0-9-]{2,63}$' }), OfferRule, {
  minProperties: 1,
});
export type OfferRules = Static<typeof OfferRules>;
