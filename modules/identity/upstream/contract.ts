import { type Static, Type } from 'typebox';
import { Text } from '#kernel/languages';
import { assuranceLevels } from '#protocol/assurance';
import { type RefusalReason, refusalReasons } from '../contract.ts';

const Id = Type.String({ pattern: '^[a-z][a-z0-9-]{0,39}$' });
const closed = { additionalProperties: false };

/** Where something stands in a proof. A list there is read as its members, one blank between two. */
const Place = Type.Object(
  { in: Type.Enum(['id-token', 'userinfo']), claim: Type.String({ minLength: 1, maxLength: 80 }) },
  closed,
);

/**
 * An eID that a state has already and signs its people in with: what its proofs mean here, as data. Where it is and which client this
 * node is there is configuration, not part of it.
 */
export const EidUpstream = Type.Object(
  {
    id: Id,
    names: Text,
    /** The protocol: the code flow of OpenID Connect Core 1.0, with PKCE. */
    shape: Type.Literal('openid'),
    scope: Type.String({ minLength: 1, maxLength: 300 }),
    /** `acr_values` to send when a level is needed; nothing is sent for a level without one. */
    asks: Type.Partial(
      Type.Record(Type.Enum([...assuranceLevels]), Type.String({ minLength: 1, maxLength: 300 }), closed),
    ),
    nationalId: Place,
    proofing: Place,
    method: Place,
    /** What stands there, and which proofing or method of the framework it is. What is not named signs nobody in. */
    proofings: Type.Record(Type.String({ minLength: 1, maxLength: 80 }), Id),
    methods: Type.Record(Type.String({ minLength: 1, maxLength: 80 }), Id),
    /** Its errors (RFC 6749 section 4.1.2.1) and why a sign-in ends with each; the first that fits counts. */
    refusals: Type.Array(
      Type.Object(
        {
          error: Type.String({ minLength: 1, maxLength: 80 }),
          /** Fits any description when absent. */
          description: Type.Optional(Type.String({ maxLength: 200 })),
          reason: Type.Unsafe<RefusalReason>(Type.Enum([...refusalReasons])),
        },
        closed,
      ),
    ),
  },
  closed,
);
export type EidUpstream = Static<typeof EidUpstream>;

/** Where the eID of that id is, and who this node is there: an operator's configuration, with a secret in it. */
export type UpstreamConnection = {
  id: string;
  issuer: string;
  clientId: string;
  clientSecret: string;
  /** Of an eID that has no discovery document. */
  endpoints?: { authorization: string; token: string; userinfo: string; jwks: string };
};
