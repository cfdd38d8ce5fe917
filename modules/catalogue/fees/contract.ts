import { type Static, Type } from 'typebox';
import { Text } from '#kernel/languages';
import { currencyCodes } from '#protocol/states';
import { ValuePath } from '../contract.ts';
import { closed, Id, State } from '../descriptions/contract.ts';

/** The currencies of the federation, ISO 4217. */
export const FeeCurrency = Type.Enum([...currencyCodes]);
export type FeeCurrency = Static<typeof FeeCurrency>;

/** `before-decision`: the case can be sent unpaid, and nobody decides it until it is paid. */
const FeeDue = Type.Enum(['before-sending', 'before-decision']);

/** What one state asks for the service. A state that is not named asks nothing. */
export const FeeAmount = Type.Object(
  {
    state: State,
    /** Whole minor units (fils, baisa, halala, dirham). */
    amountMinor: Type.Integer({ minimum: 1, maximum: 100_000_000 }),
    currency: FeeCurrency,
    /** When it is due in this state, where that differs from the others. */
    due: Type.Optional(FeeDue),
    /** The most that one officer gives back alone; above it a second one has to agree. */
    refundAloneMinorMax: Type.Integer({ minimum: 0 }),
  },
  closed,
);
export type FeeAmount = Static<typeof FeeAmount>;

/**
 * What an exemption takes off: `basisPoints` of the fee (5000 is half), or whole minor units for each state, in which a state that is not named
 * takes off nothing.
 */
export const FeeReduction = Type.Union([
  Type.Object({ basisPoints: Type.Integer({ minimum: 1, maximum: 10_000 }) }, closed),
  Type.Object({ amountsMinor: Type.Record(State, Type.Integer({ minimum: 1, maximum: 100_000_000 })) }, closed),
]);
export type FeeReduction = Static<typeof FeeReduction>;

/** Who pays less, or nothing. The table that `decision` of the fee names gives the ids of those that a case fulfils. */
export const FeeExemption = Type.Object(
  {
    id: Id,
    /** Why, as the person reads it before paying. */
    text: Text,
    /** The whole fee where it does not say. */
    off: Type.Optional(FeeReduction),
    /** Of versions from before there were tables of fees: a FEEL expression over `inputs` that has to be true. */
    when: Type.Optional(Type.String({ minLength: 1, maxLength: 500 })),
    inputs: Type.Optional(Type.Record(Type.String(), ValuePath)),
  },
  closed,
);
export type FeeExemption = Static<typeof FeeExemption>;

const RefundOccasion = Type.Enum(['withdrawn-before-taken', 'withdrawn-after-taken', 'refused']);
export type RefundOccasion = Static<typeof RefundOccasion>;

/**
 * When a fee goes back by itself. A word alone gives back the whole of it. A share is `basisPoints` of what was paid (5000 is half), or
 * whole minor units for each state (`amountsMinor`), in which a state that is not named gives back nothing.
 */
export const RefundRule = Type.Union([
  RefundOccasion,
  Type.Object({ when: RefundOccasion, basisPoints: Type.Integer({ minimum: 1, maximum: 10_000 }) }, closed),
  Type.Object(
    { when: RefundOccasion, amountsMinor: Type.Record(State, Type.Integer({ minimum: 1, maximum: 100_000_000 })) },
    closed,
  ),
]);
export type RefundRule = Static<typeof RefundRule>;

/** Why an officer gives back a fee or a part of it, as the person reads it. */
export const RefundReasonChoice = Type.Object({ id: Id, text: Text }, closed);
export type RefundReasonChoice = Static<typeof RefundReasonChoice>;

/** fee.json: what the service costs, when it is due, and when it is given back by itself. */
export const FeeDefinition = Type.Object(
  {
    /** What one pays for, in words. */
    text: Text,
    amounts: Type.Array(FeeAmount, { minItems: 1 }),
    due: FeeDue,
    exemptions: Type.Array(FeeExemption),
    /** The decision of the service's rules that says which exemptions a case fulfils, and where its inputs stand. */
    decision: Type.Optional(
      Type.Object(
        { name: Type.String({ minLength: 1, maxLength: 100 }), inputs: Type.Record(Type.String(), ValuePath) },
        closed,
      ),
    ),
    /** Besides these it is always given back when the case never reached the office, or when it was paid twice. */
    refunds: Type.Array(RefundRule, { uniqueItems: true }),
    /** Reasons of this service from which an officer chooses, before the common ones. */
    refundReasons: Type.Optional(Type.Array(RefundReasonChoice, { maxItems: 20 })),
  },
  closed,
);
export type FeeDefinition = Static<typeof FeeDefinition>;
