import { type Static, Type } from 'typebox';
import { Text } from '#kernel/languages';
import { assuranceLevels } from '#protocol/assurance';
import { type RefusalReason, refusalReasons } from '../outcomes/reasons.ts';

const Id = Type.String({ pattern: '^[a-z][a-z0-9-]{0,39}$' });
const closed = { additionalProperties: false };

const Words = Type.String({ minLength: 1, maxLength: 80 });
const Path = Type.String({ pattern: '^/[A-Za-z0-9/._~-]{1,200}$' });

/** What every eID is described by, whatever its protocol. */
const common = <In extends string>(places: readonly In[]) => {
  /** Where something stands in a proof. A list there is read as its members, one blank between two. */
  const Place = Type.Object({ in: Type.Enum([...places]), claim: Words }, closed);
  return {
    id: Id,
    names: Text,
    /** `acr_values` to send when a level is needed; nothing is sent for a level without one. */
    asks: Type.Partial(
      Type.Record(Type.Enum([...assuranceLevels]), Type.String({ minLength: 1, maxLength: 300 }), closed),
    ),
    nationalId: Place,
    proofing: Place,
    method: Place,
    /** What stands there, and which proofing or method of the framework it is. What is not named signs nobody in. */
    proofings: Type.Record(Words, Id),
    methods: Type.Record(Words, Id),
  };
};

/** The code flow of OpenID Connect Core 1.0, with PKCE: the person goes to the eID's page and comes back. */
export const OpenidUpstream = Type.Object(
  {
    ...common(['id-token', 'userinfo']),
    shape: Type.Literal('openid'),
    scope: Type.String({ minLength: 1, maxLength: 300 }),
    /**
     * How it confirms somebody whom it has shown already, more strongly: asked again with their national number in this parameter, by this
     * method of the framework.
     */
    confirms: Type.Optional(Type.Object({ parameter: Words, method: Id }, closed)),
    /** Its errors (RFC 6749 section 4.1.2.1) and why a sign-in ends with each; the first that fits counts. */
    refusals: Type.Array(
      Type.Object(
        {
          error: Words,
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
export type OpenidUpstream = Static<typeof OpenidUpstream>;

/** A push to the eID's app: the person gives the number here, approves there, and stays on this page meanwhile. */
export const PushUpstream = Type.Object(
  {
    ...common(['proof']),
    shape: Type.Literal('push'),
    /** What it is asked for. */
    service: Type.String({ minLength: 1, maxLength: 200 }),
    paths: Type.Object({ request: Path, status: Path, jwks: Path }, closed),
    /** Names of the headers in which this node says who it is. */
    headers: Type.Object({ clientId: Words, secret: Words }, closed),
    /** Names of the fields of requests and answers. */
    fields: Type.Object(
      { nationalId: Words, service: Words, requestId: Words, number: Words, status: Words, proof: Words },
      closed,
    ),
    states: Type.Object({ waiting: Words, approved: Words, rejected: Words, expired: Words }, closed),
    /** How long the app asks. */
    seconds: Type.Integer({ minimum: 30, maximum: 600 }),
    /** Digits of the number that is shown here and picked in the app; absent where there is none. */
    numberDigits: Type.Optional(Type.Integer({ minimum: 1, maximum: 4 })),
    /** Whether the proof comes with the status, or is sent to `/api/upstreams/{id}/answers`. */
    proofIn: Type.Enum(['status', 'callback']),
    /** Refusals of the request, by a field of their bodies. `busy`: the app asks this person already. */
    refusals: Type.Array(
      Type.Object({ field: Words, value: Words, means: Type.Enum(['busy', 'not_matched', 'suspended']) }, closed),
    ),
  },
  closed,
);
export type PushUpstream = Static<typeof PushUpstream>;

/** A card, or a SIM, with a PIN at the eID's page: it signs a challenge, and certificate and signature are judged here. */
export const CardUpstream = Type.Object(
  {
    ...common(['certificate']),
    shape: Type.Literal('card'),
    /** Where sessions begin, and where the authority's certificate and its list of revoked ones are, both DER. */
    paths: Type.Object({ sessions: Path, ca: Path, crl: Path }, closed),
    /** States in which a session can end without a signature, and why the sign-in then ends. */
    ends: Type.Record(Words, Type.Unsafe<RefusalReason>(Type.Enum([...refusalReasons]))),
  },
  closed,
);
export type CardUpstream = Static<typeof CardUpstream>;

/**
 * An eID that a state has already and signs its people in with: what its proofs mean here, as data. Where it is and which client this
 * node is there is configuration, not part of it.
 */
export const EidUpstream = Type.Union([OpenidUpstream, PushUpstream, CardUpstream]);
export type EidUpstream = Static<typeof EidUpstream>;

/** Where an eID that pushes sends its proofs to. */
export const upstreamAnswers = {
  method: 'POST',
  path: '/api/upstreams/:id/answers',
  summary: 'An eID of the state, which asked somebody in its app, tells what they answered: a proof that it has signed',
  access: 'signed-message',
  raw: true,
  bodyBytesMax: 32_768,
  params: Type.Object({ id: Id }),
  answer: Type.Object({}),
  refusals: ['upstream-unknown', 'upstream-answer-invalid'],
} as const;

/** Where the eID of that id is, and who this node is there: an operator's configuration, with a secret in it. */
export type UpstreamConnection = {
  id: string;
  issuer: string;
  clientId: string;
  clientSecret: string;
  /** Of an eID that has no discovery document. */
  endpoints?: { authorization: string; token: string; userinfo: string; jwks: string };
};
