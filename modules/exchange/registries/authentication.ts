import { type Static, Type } from 'typebox';

const closed = { additionalProperties: false };
/** The name of a file in the node's secrets folder. */
export const SecretName = Type.String({ pattern: '^[a-z0-9][a-z0-9_-]{0,63}$' });
export const ParameterName = Type.String({ pattern: '^[^\\x00-\\x1f\\x7f]{1,100}$' });

/** How a ministry's server knows who asks. */
export const Authentication = Type.Union([
  Type.Object(
    {
      kind: Type.Literal('apiKey'),
      in: Type.Union([Type.Literal('header'), Type.Literal('query')]),
      name: ParameterName,
      secret: SecretName,
    },
    closed,
  ),
  Type.Object({ kind: Type.Literal('bearer'), secret: SecretName }, closed),
  /** The secret is `user:password`. */
  Type.Object({ kind: Type.Literal('basic'), secret: SecretName }, closed),
  /** OAuth 2.0 client credentials (RFC 6749 section 4.4). The secret is `client id:client secret`. */
  Type.Object(
    {
      kind: Type.Literal('oauth'),
      tokenUrl: Type.String({ pattern: '^https?://[^#\\s]+$', maxLength: 1_000 }),
      secret: SecretName,
      scope: Type.Optional(Type.String({ minLength: 1, maxLength: 1_000 })),
      /** For token servers that give tokens for one service of several. */
      audience: Type.Optional(Type.String({ minLength: 1, maxLength: 1_000 })),
      /** Where the token server wants the client's secret: in the header `authorization` when absent. */
      sentIn: Type.Optional(Type.Literal('body')),
    },
    closed,
  ),
]);
export type Authentication = Static<typeof Authentication>;
