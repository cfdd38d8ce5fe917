import { type Static, Type } from 'typebox';
import states from './states.json' with { type: 'json' };
import { Name, Text } from './text.ts';

/** One control of an address of the state, in the order in which they are asked: digits, at most so many, or words. */
const AddressPart = Type.Object(
  {
    id: Name,
    label: Text,
    digits: Type.Optional(Type.Integer({ minimum: 1 })),
    optional: Type.Optional(Type.Literal(true)),
  },
  { additionalProperties: false },
);

/** What every state has to know of a state to read what its people type: numbers, addresses, accounts and money. */
export const AgreedState = Type.Object(
  {
    /** ISO 3166-1 alpha-2 and alpha-3. */
    code: Type.String({ pattern: '^[A-Z]{2}$' }),
    alpha3: Type.String({ pattern: '^[A-Z]{3}$' }),
    /** ISO 4217, with the digits behind its point. */
    currency: Type.Object(
      { code: Type.String({ pattern: '^[A-Z]{3}$' }), decimals: Type.Integer({ minimum: 0, maximum: 4 }) },
      { additionalProperties: false },
    ),
    /** Of `national-ids.ts`. */
    nationalIdScheme: Type.String(),
    /** Characters of an IBAN of the state, by the SWIFT IBAN registry. */
    ibanLength: Type.Integer({ minimum: 15, maximum: 34 }),
    address: Type.Array(AddressPart, { minItems: 1 }),
  },
  { additionalProperties: false },
);
export type AgreedState = Static<typeof AgreedState>;

/** The states of the federation, by their codes. Another one is another record of `states.json`. */
export const agreedStates: readonly AgreedState[] = states as AgreedState[];

const byCode = new Map(agreedStates.map((state) => [state.code, state]));

export const stateCodes: readonly string[] = [...byCode.keys()];

/** Currencies of the states, each once. */
export const currencyCodes: readonly string[] = [...new Set(agreedStates.map(({ currency }) => currency.code))];

/** Digits behind the point of a currency; two where no state has it. */
export const decimalsOf = (currency: string): number =>
  agreedStates.find((state) => state.currency.code === currency)?.currency.decimals ?? 2;

export function findAgreedState(code: string): AgreedState | undefined {
  return byCode.get(code);
}
