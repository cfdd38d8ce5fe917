import type { Message } from '#modules/notifications';
import { type MessageSettingsView, pages } from '../pages/index.ts';
import { text } from './sample-states.ts';

const leaf = '8f1c0a3b5d7e9f1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6f708192';

const decided: Message = {
  messageId: '01998f3f-0000-7000-8000-0000000000c1',
  kind: 'case-decided',
  topic: 'cases',
  subject: text(
    'صدر القرار في طلبك: الاعتراف بشهادة جامعية من دولة خليجية',
    'A decision on your application: Recognition of a university degree from a Gulf state',
  ),
  text: text(
    'صدر القرار في طلبك رقم \u2068SA-2026-00417\u2069 لخدمة الاعتراف بشهادة جامعية من دولة خليجية. تجد القرار وأسبابه والوثيقة في صفحة الطلب.',
    'Your application \u2068SA-2026-00417\u2069 for Recognition of a university degree from a Gulf state has been decided. The decision, its reasons and the document are on the page of your application.',
  ),
  link: '/cases/01998f3e-7c1a-7b52-9d0e-3f6a1c2b4d5e',
  sentAt: '2026-11-24T09:12:00Z',
  keptUntil: '2028-11-23T09:12:00Z',
  sentLeaf: leaf,
};
const opened: Message = { ...decided, openedAt: '2026-11-24T18:40:00Z', openedLeaf: leaf.replace('8f', '9e') };
const security: Message = {
  ...opened,
  messageId: '01998f3f-0000-7000-8000-0000000000c2',
  kind: 'way-to-sign-in-added',
  topic: 'security',
  subject: text('أُضيفت طريقة دخول', 'A way to sign in was added'),
  link: '/ways',
};

const settings: MessageSettingsView['settings'] = {
  offered: ['email', 'sms', 'push'],
  addresses: [
    { way: 'email', address: 'fatima@example.bh', state: 'confirmed' },
    { way: 'email', address: 'fatima.alhaddad.of.a.very.long.mailbox@post.example.bh', state: 'waiting' },
    { way: 'sms', address: '+97333000000', state: 'broken' },
  ],
  push: {
    publicKey: 'BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8',
    devices: [
      { deviceId: '01998f3f-0000-7000-8000-0000000000d1', name: 'Chrome, Android', addedAt: '2026-11-20T09:00:00Z' },
      { deviceId: '01998f3f-0000-7000-8000-0000000000d2', name: '', addedAt: '2026-11-21T09:00:00Z' },
    ],
  },
  preferences: {
    language: 'ar',
    isDigest: true,
    quietHours: { from: '22:00', until: '07:00' },
    topics: {
      cases: { isWanted: true, ways: ['email'] },
      reminders: { isWanted: false, ways: [] },
      offers: { isWanted: true, ways: ['email'] },
      documents: { isWanted: true, ways: ['email'] },
      security: { isWanted: true, ways: ['email', 'sms'] },
    },
  },
};

/** The pages of messages, with the views they are tested with. */
export const messageExamples = [
  { page: pages.messages, example: 'empty', view: { messages: [] }, stateCode: 'BH', isSignedIn: true },
  {
    page: pages.messages,
    example: 'filled',
    view: {
      messages: [decided, security],
      olderHref: '/messages?before=x',
      notice: text('حُذفت الرسالة، ويبقى تسليمها قابلًا للإثبات.', 'The message was deleted.'),
    },
    stateCode: 'SA',
    isSignedIn: true,
  },
  { page: pages.message, example: 'opened', view: { message: opened }, stateCode: 'SA', isSignedIn: true },
  { page: pages.message, example: 'ahead', view: { message: decided }, stateCode: 'SA', isSignedIn: true },
  { page: pages.messageSettings, example: 'filled', view: { settings }, stateCode: 'BH', isSignedIn: true },
  {
    page: pages.messageSettings,
    example: 'mailbox-only',
    view: { settings: { offered: [], addresses: [], preferences: settings.preferences } },
    stateCode: 'BH',
    isSignedIn: true,
  },
  {
    page: pages.messageSettings,
    example: 'error',
    view: {
      settings,
      typed: { 'address-email': 'fatima', from: '25' },
      errors: {
        'address-email': text('لا يمكننا المراسلة على هذا العنوان.', 'This is not an address that we can write to.'),
        'code-email': text('هذا الرمز غير صحيح.', 'This code does not fit.'),
        from: text('اكتب الساعة هكذا: 22:00', 'Write the hour as 22:00'),
      },
    },
    stateCode: 'BH',
    isSignedIn: true,
  },
  {
    page: pages.stopMail,
    example: 'asking',
    view: { action: '/messages/unsubscribe/x/y', topic: 'reminders', isOfCase: false, isDone: false },
    stateCode: 'BH',
    isSignedIn: false,
  },
  {
    page: pages.stopMail,
    example: 'done',
    view: { action: '', topic: 'reminders', isOfCase: false, isDone: true },
    stateCode: 'BH',
    isSignedIn: false,
  },
  {
    page: pages.stopMail,
    example: 'of-a-case',
    view: { action: '/messages/unsubscribe/x/y', topic: 'cases', isOfCase: true, isDone: false },
    stateCode: 'SA',
    isSignedIn: false,
  },
];
