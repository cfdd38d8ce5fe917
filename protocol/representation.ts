import { type Static, Type } from 'typebox';
import { Moment, Name, Text } from './text.ts';

/** By what somebody acts for another: a register of guardians, a register of companies, or the person's own word. */
export const MandateKind = Type.Union([Type.Literal('guardian'), Type.Literal('signatory'), Type.Literal('agent')]);
export type MandateKind = Static<typeof MandateKind>;

/** Whether a signatory signs for a company alone, or only together with another one. */
export const SigningPower = Type.Union([Type.Literal('sole'), Type.Literal('joint')]);
export type SigningPower = Static<typeof SigningPower>;

export const signingPowerNames: Record<SigningPower, Text> = {
  sole: { ar: 'توقيع منفرد', en: 'Signs alone' },
  joint: { ar: 'توقيع مجتمع مع مفوَّض آخر', en: 'Signs together with another signatory' },
};

export const mandateKindNames: Record<MandateKind, Text> = {
  guardian: { ar: 'وليّ', en: 'Guardian' },
  signatory: { ar: 'مفوَّض بالتوقيع', en: 'Authorised signatory' },
  agent: { ar: 'وكيل', en: 'Representative by mandate' },
};

/**
 * The `representation` claim of an ID token: for whom the person who signed in acts now. `sub` is the represented person as
 * the client knows them, pairwise like any other. An access token says the same in the form of RFC 8693 section 4.1: its
 * `sub` is the represented person, `act.sub` whoever acts, `mandate` by what.
 */
export const Representation = Type.Object(
  {
    /** The mandate by the name that it has towards this client; another state hears another. */
    mandate: Type.String({ minLength: 1, maxLength: 255 }),
    kind: MandateKind,
    sub: Type.String({ minLength: 1, maxLength: 255 }),
    /** What the represented person is called, told by whoever acts when they choose for whom. */
    names: Text,
    /** Of a signatory, as the register has it now. */
    power: Type.Optional(SigningPower),
    /** The purposes of the catalogue that the mandate is for; all when absent. */
    purposes: Type.Optional(Type.Array(Name, { minItems: 1, maxItems: 64, uniqueItems: true })),
    /** The mandate ends by itself. */
    until: Type.Optional(Moment),
  },
  { additionalProperties: false },
);
export type Representation = Static<typeof Representation>;
