import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Static, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { Text } from '#kernel/languages';

const Id = Type.String({ pattern: '^[a-z][a-z0-9-]{0,39}$' });
const Path = Type.String({ pattern: '^/[A-Za-z0-9/._-]*$' });
const closed = { additionalProperties: false };

/** What a claim says: of the sample person, of how they signed in, or the same of everybody. */
export const claimSources = [
  'nationalId',
  'uuid',
  'nameAr',
  'nameEn',
  'firstNameAr',
  'firstNameEn',
  'familyNameAr',
  'familyNameEn',
  'nameFieldsAr',
  'nameFieldsEn',
  'birthDate',
  'sex',
  'nationality',
  'mobile',
  'subscriber',
  'email',
  'proofing',
  'method',
  'level',
] as const;
export type ClaimSource = (typeof claimSources)[number];

const Claim = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 60 }),
    from: Type.Enum([...claimSources]),
    /** Stands before the value. */
    prefix: Type.Optional(Type.String({ minLength: 1, maxLength: 20 })),
    /** What this eID writes instead of a value; others stay as they are. */
    words: Type.Optional(Type.Record(Type.String(), Type.String())),
    /** Only where a service asks for this scope. */
    scope: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
    /** Only of persons proofed like this; of everybody when absent. */
    proofings: Type.Optional(Type.Array(Id, { minItems: 1 })),
  },
  closed,
);
export type Claim = Static<typeof Claim>;

/** A simulator knows a client by what a real one would be given at onboarding; these are public and worth nothing. */
const Client = Type.Object(
  {
    id: Type.String(),
    secret: Type.String(),
    /** Where its proofs are sent until it registers another address; the port moves with those of the simulators. */
    callback: Type.Optional(Type.Object({ host: Type.String(), port: Type.Integer(), path: Path }, closed)),
  },
  closed,
);

const OAuthError = Type.Object({ error: Type.String(), description: Type.Optional(Type.String()) }, closed);

const OpenId = Type.Object(
  {
    paths: Type.Object({ authorize: Path, token: Path, userinfo: Path, jwks: Path, logout: Path }, closed),
    scopes: Type.Array(Type.String(), { minItems: 1 }),
    /** An authorization code can be used for so many seconds. */
    codeSeconds: Type.Integer({ minimum: 1, maximum: 600 }),
    /** Whether the answer names its issuer (RFC 9207). */
    namesIssuer: Type.Boolean(),
    /** Whether the ID token carries the claims too, or the userinfo endpoint alone. */
    claimsInIdToken: Type.Boolean(),
    /** Stands before `sub` of persons proofed like this. */
    subject: Type.Optional(Type.Object({ prefix: Type.String(), proofings: Type.Array(Id, { minItems: 1 }) }, closed)),
    /** The parameter by which a service says whom it expects. */
    hintParameter: Type.String(),
    /** What a service asks for by `acr_values` when its app and the eID's are on one device, and the scheme of the eID's app. */
    onDevice: Type.Optional(
      Type.Object({ acr: Type.String(), scheme: Type.String({ pattern: '^[a-z][a-z0-9+.-]{1,60}$' }) }, closed),
    ),
    /** A method that is offered only where the request carries this parameter. */
    methodsByParameter: Type.Optional(Type.Record(Id, Type.String())),
    errors: Type.Object(
      { rejected: OAuthError, expired: OAuthError, suspended: OAuthError, levelUnmet: OAuthError },
      closed,
    ),
    /** Other errors that mean the same as `errors.rejected`: a service has to know them all. */
    rejectedToo: Type.Optional(Type.Array(OAuthError, { minItems: 1 })),
  },
  closed,
);

const Refusal = Type.Object(
  { status: Type.Integer({ minimum: 400, maximum: 599 }), body: Type.Record(Type.String(), Type.Unknown()) },
  closed,
);

const Push = Type.Object(
  {
    /** Digits of the number that the service shows, and among how many the person chooses it; absent where there is none. */
    numberMatching: Type.Optional(
      Type.Object(
        { digits: Type.Integer({ minimum: 1, maximum: 6 }), choices: Type.Integer({ minimum: 2, maximum: 9 }) },
        closed,
      ),
    ),
    paths: Type.Object({ request: Path, status: Path, jwks: Path }, closed),
    headers: Type.Object({ clientId: Type.String(), secret: Type.String() }, closed),
    /** Names of what is sent and answered. */
    names: Type.Object(
      {
        nationalId: Type.String(),
        service: Type.String(),
        requestId: Type.String(),
        number: Type.String(),
        status: Type.String(),
        proof: Type.String(),
      },
      closed,
    ),
    states: Type.Object(
      { waiting: Type.String(), approved: Type.String(), rejected: Type.String(), expired: Type.String() },
      closed,
    ),
    seconds: Type.Integer({ minimum: 5, maximum: 900 }),
    /** Where the signed proof comes: to the client's callback alone, or with the status as well. */
    proofIn: Type.Enum(['callback', 'status']),
    refusals: Type.Object(
      {
        clientUnknown: Refusal,
        malformed: Refusal,
        personUnknown: Refusal,
        suspended: Refusal,
        busy: Refusal,
        requestUnknown: Refusal,
      },
      closed,
    ),
  },
  closed,
);

const Card = Type.Object(
  {
    paths: Type.Object({ sessions: Path, ca: Path, crl: Path }, closed),
    pin: Type.String({ pattern: '^[0-9]{4,8}$' }),
    /** Wrong PINs in a row after which a card is blocked until the simulator is told otherwise. */
    pinTries: Type.Integer({ minimum: 1, maximum: 10 }),
    seconds: Type.Integer({ minimum: 5, maximum: 900 }),
    /** Certificate policy of each proofing (RFC 5280 section 4.2.1.4); OIDs under 2.999 are for examples. */
    policies: Type.Record(Id, Type.String({ pattern: '^[0-2](\\.[0-9]+)+$' })),
  },
  closed,
);

/** `simulators/<id>.json`: everything about one simulator. The engines know no eID by name. */
export const Description = Type.Object(
  {
    id: Id,
    /** The folder below `states/` whose sample people it knows. */
    state: Type.String({ pattern: '^[a-z]{2,8}$' }),
    port: Type.Integer({ minimum: 1, maximum: 65_535 }),
    names: Text,
    about: Text,
    /** Public pages that it was written after. */
    sources: Type.Array(Type.Object({ url: Type.String({ pattern: '^https?://' }), says: Text }, closed)),
    /** What no public page says, and how the simulator does it. */
    assumptions: Type.Array(Text, { minItems: 1 }),
    proofings: Type.Record(Id, Type.Object({ names: Text, value: Type.String() }, closed)),
    methods: Type.Record(
      Id,
      /** `amr`: RFC 8176. */
      Type.Object({ names: Text, value: Type.String(), amr: Type.Array(Type.String(), { minItems: 1 }) }, closed),
    ),
    /** What each pair is worth, the weakest first. `acr`: as requests and proofs name it; several rows may share one. */
    levels: Type.Array(Type.Object({ proofing: Id, method: Id, acr: Type.String(), own: Text }, closed), {
      minItems: 1,
    }),
    people: Type.Object(
      {
        usualProofing: Id,
        /** Sample people who were proofed otherwise, by national number. */
        proofings: Type.Record(Type.String(), Id),
        /** Somebody who has this eID and whom the state's registers do not know. */
        stranger: Type.Object({ nationalId: Type.String(), names: Text, proofing: Id }, closed),
        /** People without a number of this state who have the eID too; `nationalId` is the number that it gives them. */
        visitors: Type.Optional(
          Type.Array(
            Type.Object({ nationalId: Type.String(), names: Text, proofing: Id, nationality: Type.String() }, closed),
          ),
        ),
      },
      closed,
    ),
    clients: Type.Array(Client, { minItems: 1 }),
    claims: Type.Array(Claim, { minItems: 1 }),
    /** Milliseconds: how long every answer of the API takes, and with the fault `slow`. */
    delaysMs: Type.Object(
      { usual: Type.Integer({ minimum: 0 }), slow: Type.Integer({ minimum: 0, maximum: 60_000 }) },
      closed,
    ),
    openid: Type.Optional(OpenId),
    push: Type.Optional(Push),
    card: Type.Optional(Card),
  },
  closed,
);
export type Description = Static<typeof Description>;
export type OpenIdShape = Static<typeof OpenId>;
export type PushShape = Static<typeof Push>;
export type CardShape = Static<typeof Card>;
export type Shape = 'openid' | 'push' | 'card';

export const shapeOf = (description: Description): Shape =>
  description.openid ? 'openid' : description.push ? 'push' : 'card';

const form = Compile(Description);

/** What is wrong in a description that has the right form; nothing in one that can be started. */
export function checkDescription(description: Description): string[] {
  const { levels, methods, proofings, people } = description;
  const findings: string[] = [];
  const shapes = [description.openid, description.push, description.card].filter(Boolean).length;
  if (shapes !== 1) findings.push(`it has ${shapes} shapes; one of openid, push and card is needed`);
  const others = [people.stranger, ...(people.visitors ?? [])].map(({ proofing }) => proofing);
  const named = [people.usualProofing, ...others, ...Object.values(people.proofings)];
  for (const proofing of [...named, ...levels.map((row) => row.proofing)])
    if (!Object.hasOwn(proofings, proofing)) findings.push(`the proofing '${proofing}' is not described`);
  for (const { method } of levels)
    if (!Object.hasOwn(methods, method)) findings.push(`the method '${method}' is not described`);
  return [...new Set(findings)];
}

/** Reads one simulator, or says in a sentence what is wrong with its file. */
export function readDescription(file: string): Description {
  const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
  if (!form.Check(value)) {
    const [first] = form.Errors(value);
    throw new Error(`${file} is not as expected: ${first?.instancePath} ${first?.message}`);
  }
  const [finding] = checkDescription(value);
  if (finding !== undefined) throw new Error(`${file}: ${finding}`);
  return value;
}

/** All simulators of the folder, by id. */
export function readDescriptions(folder: string): Description[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => readDescription(join(folder, name)));
}
