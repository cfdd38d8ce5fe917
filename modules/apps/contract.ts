import { type Static, Type } from 'typebox';
import { defineContract } from '#kernel/contract';
import { Text } from '#kernel/languages';
import { Moment, Uuid } from '#protocol/text';
import { problem } from './problems.ts';

export { problem } from './problems.ts';

const ScopeName = Type.String({ maxLength: 64 });

/** What the trust mark of an app says (`jisr_app`): the word of the state that it stands under. */
export const AppMark = Type.Object({
  names: Text,
  tier: Type.String(),
  scopes: Type.Array(ScopeName),
  callsPerMinute: Type.Integer({ minimum: 1 }),
  callsPerDay: Type.Integer({ minimum: 1 }),
  daysMax: Type.Integer({ minimum: 1 }),
});
export type AppMark = Static<typeof AppMark>;

/** What a person has allowed an app. */
export const Authorisation = Type.Object({
  authorisationId: Uuid,
  appId: Type.String(),
  names: Text,
  scopes: Type.Array(ScopeName),
  allowedAt: Moment,
  until: Moment,
  /** The day on which the app last called for the person, ISO 8601. */
  lastUsedOn: Type.Optional(Type.String()),
  endedAt: Type.Optional(Moment),
});
export type Authorisation = Static<typeof Authorisation>;

/** A window of calls: how many there are in it, how many are left, and in how many seconds it begins anew. */
export const QuotaLeft = Type.Object({
  quota: Type.Enum(['minute', 'day']),
  calls: Type.Integer(),
  left: Type.Integer(),
  secondsLeft: Type.Integer(),
});
export type QuotaLeft = Static<typeof QuotaLeft>;

/** `dropped`: the person took back what they had allowed before it was told. */
export const Delivery = Type.Object({
  deliveryId: Uuid,
  type: Type.String(),
  at: Moment,
  state: Type.Enum(['waiting', 'delivered', 'dead', 'dropped']),
  attempts: Type.Integer(),
  nextAt: Type.Optional(Moment),
  /** How the last try ended: a status, or a word of this node. */
  lastOutcome: Type.Optional(Type.String()),
});
export type Delivery = Static<typeof Delivery>;

/** A way to a page of the state and back: consent to evidence is given by the person, at home, and never by an app. */
export const Visit = Type.Object({ visitId: Uuid, personUrl: Type.String(), expiresAt: Moment });
export type Visit = Static<typeof Visit>;

const VisitBody = Type.Object({
  caseId: Uuid,
  returnUri: Type.String({ maxLength: 2048 }),
  /** Comes back as it is: it tells the app which of its own sessions this belongs to. */
  state: Type.Optional(Type.String({ maxLength: 512 })),
});

export const appsContract = defineContract({
  module: 'apps',
  title: { ar: 'التطبيقات', en: 'Apps' },
  problems: problem,
  endpoints: {
    listScopes: {
      method: 'GET',
      path: '/api/apps/scopes',
      summary: 'What a person can allow an app, in the words that they decide by',
      access: 'anyone',
      answer: Type.Object({
        scopes: Type.Array(Type.Object({ scope: ScopeName, names: Text, explanation: Text })),
      }),
      refusals: [],
    },
    listWebhookKeys: {
      method: 'GET',
      path: '/api/apps/webhook-keys',
      summary: 'The keys that sign webhooks (JWK set; RFC 9421, ecdsa-p256-sha256)',
      access: 'anyone',
      answer: Type.Object({ keys: Type.Array(Type.Record(Type.String(), Type.Unknown())) }),
      refusals: [],
    },
    getApp: {
      method: 'GET',
      path: '/api/app',
      summary:
        'How the app stands: its kind, scopes, what is left of its quotas, and webhooks that could not be delivered',
      access: 'app',
      answer: Type.Object({
        appId: Type.String(),
        ...AppMark.properties,
        quotas: Type.Array(QuotaLeft),
        webhookUri: Type.Optional(Type.String()),
        deadDeliveries: Type.Integer(),
      }),
      refusals: ['app-unknown'],
    },
    listDeliveries: {
      method: 'GET',
      path: '/api/app/deliveries',
      summary: 'Webhooks of the last 30 days, latest first, a hundred at most',
      access: 'app',
      query: Type.Object({ state: Type.Optional(Type.Enum(['waiting', 'delivered', 'dead', 'dropped'])) }),
      answer: Type.Object({ deliveries: Type.Array(Delivery) }),
      refusals: ['app-unknown'],
    },
    replayDelivery: {
      method: 'POST',
      path: '/api/app/deliveries/:deliveryId/replay',
      summary: 'Deliver a webhook once more, under the same id',
      access: 'app',
      params: Type.Object({ deliveryId: Uuid }),
      answer: Delivery,
      refusals: ['app-unknown', 'delivery-unknown', 'delivery-taken-back'],
    },
    beginVisit: {
      method: 'POST',
      path: '/api/app/visits',
      summary:
        'A page of the state to send the person to, for consent to the evidence of an application; they come back to the app',
      access: 'person',
      scope: 'cases:write',
      body: VisitBody,
      answer: Visit,
      status: 201,
      refusals: ['app-unknown', 'case-not-found', 'return-address-refused'],
    },
    beginPayment: {
      method: 'POST',
      path: '/api/app/payments',
      summary:
        'A page of the state to send the person to, who pays the fee of an application there; they come back to the app, which then asks whether it is paid',
      access: 'person',
      scope: 'payments:begin',
      body: VisitBody,
      answer: Visit,
      status: 201,
      refusals: ['app-unknown', 'case-not-found', 'return-address-refused', 'no-fee-due'],
    },
    listAuthorisations: {
      method: 'GET',
      path: '/api/authorisations',
      summary: 'Apps that I have allowed something, also those that I took it back from',
      access: 'person',
      answer: Type.Object({ authorisations: Type.Array(Authorisation) }),
      refusals: [],
    },
    withdrawAuthorisation: {
      method: 'POST',
      path: '/api/authorisations/:authorisationId/withdraw',
      summary: 'Take back what I allowed an app: its next call is refused',
      access: 'person',
      params: Type.Object({ authorisationId: Uuid }),
      answer: Authorisation,
      refusals: ['authorisation-unknown'],
    },
  },
});
export type AppsContract = typeof appsContract;
