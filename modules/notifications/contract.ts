import { type Static, Type } from 'typebox';
import { defineContract } from '#kernel/contract';
import { Text } from '#kernel/languages';
import { Moment, Uuid } from '#protocol/text';
import { problem } from './problems.ts';
import { Topic } from './templates/contract.ts';
import { AddressWay, QuietHours, Subscription, Way } from './ways/contract.ts';

export { problem } from './problems.ts';

const closed = { additionalProperties: false } as const;

export const Message = Type.Object({
  messageId: Uuid,
  kind: Type.String(),
  topic: Topic,
  subject: Text,
  text: Text,
  /** The page of this portal that it is about. */
  link: Type.Optional(Type.String()),
  sentAt: Moment,
  openedAt: Type.Optional(Moment),
  keptUntil: Moment,
  /** Ledger leaves, in hex: that it was put into the mailbox, and that it was opened. */
  sentLeaf: Type.String(),
  openedLeaf: Type.Optional(Type.String()),
});
export type Message = Static<typeof Message>;

/** What an office sees of a message about one of its cases: that it was there and when it was opened; not its words. */
export const CaseMessage = Type.Object({
  messageId: Uuid,
  kind: Type.String(),
  subject: Text,
  sentAt: Moment,
  openedAt: Type.Optional(Moment),
  sentLeaf: Type.String(),
  openedLeaf: Type.Optional(Type.String()),
});
export type CaseMessage = Static<typeof CaseMessage>;

export const TopicChoice = Type.Object(
  {
    /** Whether messages that nobody has to have come at all. */
    isWanted: Type.Boolean(),
    /** Beside the mailbox. */
    ways: Type.Array(Way, { uniqueItems: true, maxItems: 3 }),
  },
  closed,
);
export type TopicChoice = Static<typeof TopicChoice>;

const Topics = Type.Object(
  { cases: TopicChoice, reminders: TopicChoice, offers: TopicChoice, documents: TopicChoice, security: TopicChoice },
  closed,
);

export const Preferences = Type.Object(
  {
    /** Of what leaves the node; pages and mailbox are read in the language of the page. */
    language: Type.Enum(['ar', 'en']),
    /** Gathers what is not pressing into one e-mail a day and topic. */
    isDigest: Type.Boolean(),
    quietHours: Type.Optional(QuietHours),
    topics: Topics,
  },
  closed,
);
export type Preferences = Static<typeof Preferences>;

export const OwnAddress = Type.Object({
  way: AddressWay,
  address: Type.String(),
  state: Type.Enum(['confirmed', 'waiting', 'broken']),
});
export type OwnAddress = Static<typeof OwnAddress>;

/** A browser that shows notices. `name`: its kind, such as "Chrome, Android"; may be empty. */
export const OwnDevice = Type.Object({ deviceId: Uuid, name: Type.String(), addedAt: Moment });
export type OwnDevice = Static<typeof OwnDevice>;

export const Settings = Type.Object({
  /** The ways that this state has beside the mailbox. */
  offered: Type.Array(Way),
  addresses: Type.Array(OwnAddress),
  /** Where this state writes to browsers: its key for them (RFC 8292, base64url), and those of the person. */
  push: Type.Optional(Type.Object({ publicKey: Type.String(), devices: Type.Array(OwnDevice) })),
  preferences: Preferences,
});
export type Settings = Static<typeof Settings>;

/** Where the form of a case says that its person is told. `isOwn`: the person has shown by a code that it is theirs. */
export const ContactPlace = Type.Object({
  way: AddressWay,
  address: Type.String(),
  isOwn: Type.Boolean(),
  /** Nothing is sent there: the person or whoever has the address does not want it, or it does not work. */
  stopped: Type.Optional(Type.Enum(['unwanted', 'undeliverable'])),
});
export type ContactPlace = Static<typeof ContactPlace>;

/** How many notices ended how on which way, in the last seven days. */
export const SendingCount = Type.Object({
  way: Way,
  outcome: Type.Enum(['waiting', 'sent', 'undeliverable', 'skipped']),
  count: Type.Integer({ minimum: 0 }),
});
export type SendingCount = Static<typeof SendingCount>;

export const DeadSending = Type.Object({
  messageId: Uuid,
  way: Way,
  topic: Topic,
  /** What the other side said, as a word of this node; never an address. */
  code: Type.String(),
  attempts: Type.Integer(),
  at: Moment,
});
export type DeadSending = Static<typeof DeadSending>;

const one = Type.Object({ messageId: Uuid });

export const contract = defineContract({
  module: 'notifications',
  title: { ar: 'الرسائل', en: 'Messages' },
  problems: problem,
  endpoints: {
    listMessages: {
      method: 'GET',
      path: '/api/messages',
      summary: 'The mailbox of the signed-in person, latest first, fifty at a time; listing opens nothing',
      access: 'person',
      scope: 'mailbox:read',
      query: Type.Object({ before: Type.Optional(Uuid) }),
      answer: Type.Object({ unread: Type.Integer({ minimum: 0 }), messages: Type.Array(Message) }),
      refusals: [],
    },
    openMessage: {
      method: 'POST',
      path: '/api/messages/:messageId/open',
      summary: 'Opens a message; the first time is written into the ledger',
      access: 'person',
      params: one,
      answer: Message,
      refusals: ['message-unknown'],
    },
    deleteMessage: {
      method: 'DELETE',
      path: '/api/messages/:messageId',
      summary: 'Takes a message out of the mailbox; its words are erased at once, that it was delivered stays provable',
      access: 'person',
      params: one,
      answer: Type.Object({}),
      refusals: ['message-unknown'],
    },
    getSettings: {
      method: 'GET',
      path: '/api/messages/settings',
      summary: 'On which ways the signed-in person is told of what, and where',
      access: 'person',
      answer: Settings,
      refusals: [],
    },
    savePreferences: {
      method: 'PUT',
      path: '/api/messages/settings',
      summary: 'Chooses ways, quiet hours, digest and language',
      access: 'person',
      body: Preferences,
      answer: Settings,
      refusals: ['quiet-hours-invalid'],
    },
    addAddress: {
      method: 'POST',
      path: '/api/messages/addresses',
      summary: 'Sends a code to an address or number; nothing else is sent there before the code comes back',
      access: 'person',
      body: Type.Object({ way: AddressWay, address: Type.String({ maxLength: 254 }) }, closed),
      answer: Settings,
      refusals: ['way-not-offered', 'address-invalid', 'codes-too-many', 'code-not-sent'],
    },
    confirmAddress: {
      method: 'POST',
      path: '/api/messages/addresses/confirm',
      summary: 'Confirms an address or number by the code that was sent there',
      access: 'person',
      body: Type.Object({ way: AddressWay, code: Type.String({ maxLength: 20 }) }, closed),
      answer: Settings,
      refusals: ['address-unknown', 'code-wrong'],
    },
    removeAddress: {
      method: 'DELETE',
      path: '/api/messages/addresses/:way',
      summary: 'Forgets an address or number; nothing is sent there any more',
      access: 'person',
      params: Type.Object({ way: AddressWay }),
      answer: Settings,
      refusals: ['address-unknown'],
    },
    addDevice: {
      method: 'POST',
      path: '/api/messages/devices',
      summary: 'Shows notices in this browser, by its push subscription',
      access: 'person',
      body: Subscription,
      answer: Settings,
      refusals: ['way-not-offered', 'subscription-refused', 'devices-too-many'],
    },
    removeDevice: {
      method: 'DELETE',
      path: '/api/messages/devices/:deviceId',
      summary: 'Shows no more notices in a browser',
      access: 'person',
      params: Type.Object({ deviceId: Uuid }),
      answer: Settings,
      refusals: ['device-unknown'],
    },
    getCasePlaces: {
      method: 'GET',
      path: '/api/cases/:caseId/told',
      summary: 'Where the form of one of my cases says that I am told about it; empty once it is over',
      access: 'person',
      params: Type.Object({ caseId: Uuid }),
      answer: Type.Object({ places: Type.Array(ContactPlace) }),
      refusals: ['case-unknown'],
    },
    chooseCasePlaces: {
      method: 'PUT',
      path: '/api/cases/:caseId/told',
      summary: 'Turns notices to where the form of one of my cases says off or on, for that case',
      access: 'person',
      params: Type.Object({ caseId: Uuid }),
      body: Type.Object({ isWanted: Type.Boolean() }, closed),
      answer: Type.Object({ places: Type.Array(ContactPlace) }),
      refusals: ['case-unknown'],
    },
    listCaseMessages: {
      method: 'GET',
      path: '/api/office/cases/:caseId/told',
      summary:
        'For the office in charge of a case: which messages its person was sent about it, and when each was opened',
      access: 'officer',
      params: Type.Object({ caseId: Uuid }),
      answer: Type.Object({ messages: Type.Array(CaseMessage) }),
      refusals: ['case-unknown', 'role-needed'],
    },
    listSendings: {
      method: 'GET',
      path: '/operator/notifications',
      summary: 'How many notices ended how on each way, and those that could not be delivered, without whose they are',
      access: 'operator',
      answer: Type.Object({ counts: Type.Array(SendingCount), dead: Type.Array(DeadSending) }),
      refusals: [],
    },
    retrySending: {
      method: 'POST',
      path: '/operator/notifications/:messageId/:way/retry',
      summary: 'Tries once more what could not be delivered',
      access: 'operator',
      params: Type.Object({ messageId: Uuid, way: Way }),
      answer: Type.Object({}),
      refusals: ['sending-unknown'],
    },
  },
});
