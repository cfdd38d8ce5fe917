import { type Static, Type } from 'typebox';
import type { Endpoint } from '#kernel/contract';
import { Name, Uuid } from '#protocol/text';

const Moment = Type.String({ format: 'date-time' });
const Flag = Type.Union([Type.Literal('yes'), Type.Literal('no')]);

/** Which exchanges: from `since` (an hour ago unless told otherwise) until `until`, latest first, at most `limit`. */
export const MonitoringQuery = Type.Object({
  since: Type.Optional(Moment),
  until: Type.Optional(Moment),
  side: Type.Optional(Type.Union([Type.Literal('asking'), Type.Literal('answering')])),
  office: Type.Optional(Type.String({ maxLength: 64 })),
  evidenceType: Type.Optional(Name),
  code: Type.Optional(Name),
  given: Type.Optional(Flag),
  /** The other node, as host and port. */
  peer: Type.Optional(Type.String({ maxLength: 255 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000 })),
});
export type MonitoringQuery = Static<typeof MonitoringQuery>;

const Milliseconds = Type.Integer({ minimum: 0 });

/**
 * One exchange as one of its two nodes saw it, in the words of X-Road's operational data (PR-OPMON, annex B), so that what
 * reads those reads these. `messageUserId` and `messageIssue` are never there: they would say whose exchange it was. What
 * X-Road does not say is added under `jisr`.
 */
export const OperationalRecord = Type.Object({
  /** Unix time in seconds at which the record was taken. */
  monitoringDataTs: Type.Integer(),
  /** `Client`: this node asked. `Producer`: it was asked. */
  securityServerType: Type.Union([Type.Literal('Client'), Type.Literal('Producer')]),
  /** Unix times in milliseconds: question received, sent on (to the other node or to the registry), answer received, sent back. */
  requestInTs: Milliseconds,
  requestOutTs: Type.Optional(Milliseconds),
  responseInTs: Type.Optional(Milliseconds),
  responseOutTs: Milliseconds,
  /** Of a question that was refused, the client is what the question claims. */
  clientXRoadInstance: Type.Optional(Type.String()),
  clientMemberClass: Type.Optional(Type.String()),
  clientMemberCode: Type.Optional(Type.String()),
  clientSecurityServerAddress: Type.Optional(Type.String()),
  serviceXRoadInstance: Type.Optional(Type.String()),
  serviceMemberClass: Type.Optional(Type.String()),
  serviceMemberCode: Type.Optional(Type.String()),
  serviceSubsystemCode: Type.Optional(Type.String()),
  serviceCode: Type.Optional(Type.String()),
  serviceType: Type.Literal('REST'),
  serviceSecurityServerAddress: Type.Optional(Type.String()),
  messageId: Type.Optional(Uuid),
  /** Bytes of the bodies. */
  requestSize: Type.Optional(Type.Integer()),
  responseSize: Type.Optional(Type.Integer()),
  succeeded: Type.Boolean(),
  /** The refusal's code. */
  faultCode: Type.Optional(Type.String()),
  statusCode: Type.Integer(),
  jisr: Type.Object({
    officeId: Type.Optional(Type.String()),
    /** Who failed: `caller`, `own-node`, `other-node` or `registry`. */
    origin: Type.Optional(Type.String()),
    totalMs: Type.Number(),
  }),
});
export type OperationalRecord = Static<typeof OperationalRecord>;

const Records = Type.Object({ records: Type.Array(OperationalRecord) });

/** Durations in milliseconds, from the question's arrival to the answer's departure. */
export const MonitoringSummary = Type.Object({
  since: Moment,
  until: Moment,
  flows: Type.Array(
    Type.Object({
      side: Type.Union([Type.Literal('asking'), Type.Literal('answering')]),
      evidenceType: Type.Optional(Type.String()),
      count: Type.Integer(),
      given: Type.Integer(),
      p50Ms: Type.Number(),
      p99Ms: Type.Number(),
      maxMs: Type.Number(),
    }),
  ),
  refusals: Type.Array(
    Type.Object({
      side: Type.Union([Type.Literal('asking'), Type.Literal('answering')]),
      code: Type.String(),
      origin: Type.String(),
      count: Type.Integer(),
    }),
  ),
  /** Records of this process that were thrown away because the database could not take them in time. */
  dropped: Type.Integer(),
});
export type MonitoringSummary = Static<typeof MonitoringSummary>;

export const monitoringEndpoints = {
  listExchanges: {
    method: 'GET',
    path: '/operator/exchanges',
    summary: 'Exchanges of this node, latest first, in the words of X-Road operational data',
    access: 'operator',
    query: MonitoringQuery,
    answer: Records,
    refusals: [],
  },
  summariseExchanges: {
    method: 'GET',
    path: '/operator/exchanges/summary',
    summary: 'How many exchanges were given and refused, how long they took, and which codes refused them',
    access: 'operator',
    query: Type.Omit(MonitoringQuery, ['limit']),
    answer: MonitoringSummary,
    refusals: [],
  },
  listOfficeExchanges: {
    method: 'GET',
    path: '/api/office/exchanges',
    summary: "Exchanges of the officer's own office, latest first, in the words of X-Road operational data",
    access: 'officer',
    query: Type.Omit(MonitoringQuery, ['office']),
    answer: Records,
    refusals: [],
  },
} satisfies Record<string, Endpoint>;
