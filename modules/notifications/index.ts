import { type Handlers, officerOf, personOf } from '#kernel/contract';
import type { ModuleMigrations, Tx } from '#kernel/database';
import type { Language } from '#kernel/languages';
import { createLoop } from '#kernel/loop';
import { createSealing } from './addresses/sealing.ts';
import { createAddresses } from './addresses/service.ts';
import { createContacts } from './contacts/service.ts';
import { contract, type Preferences, type Settings } from './contract.ts';
import { createDevices } from './devices/service.ts';
import { createMailbox, type Tell } from './mailbox/service.ts';
import { up as notifications } from './migrations/0001-notifications.ts';
import { up as devicesUp } from './migrations/0002-devices.ts';
import { up as contactsUp } from './migrations/0003-contacts.ts';
import type { NotificationNeeds, Senders } from './needs.ts';
import { isKindWanted } from './preferences/rules.ts';
import { createPreferences } from './preferences/service.ts';
import { createSendings } from './sendings/service.ts';
import { readTemplates } from './templates/read.ts';
import { checkOwnWords } from './templates/rules.ts';
import { type AddressWay, type Way, ways } from './ways/contract.ts';
import { createEmailSender } from './ways/email/send.ts';
import { createPushSender } from './ways/push/send.ts';
import { createSmsSender } from './ways/sms/send.ts';

export type { CasePlaces } from './contacts/service.ts';
export {
  type CaseMessage,
  contract as notificationsContract,
  type DeadSending,
  type Message,
  type OwnAddress,
  type OwnDevice,
  Preferences,
  problem as notificationsProblem,
  type SendingCount,
  type Settings,
} from './contract.ts';
export type { Tell } from './mailbox/service.ts';
export type { NotificationNeeds, ToldService } from './needs.ts';
export { type Topic, topics } from './templates/contract.ts';
export { readTemplates } from './templates/read.ts';
export { checkOwnWords, fillTemplate, type OwnWords, type Templates } from './templates/rules.ts';
export { type AddressWay, addressWays, NotificationRules, Subscription, type Way, ways } from './ways/contract.ts';
export type { PushPayload } from './ways/push/send.ts';
export { measureSms, type SmsLength } from './ways/sms/length.ts';

export const notificationsMigrations: ModuleMigrations = {
  module: 'notifications',
  migrations: {
    '0001-notifications': { up: notifications },
    '0002-devices': { up: devicesUp },
    '0003-contacts': { up: contactsUp },
  },
};

const lookEveryMs = 5_000;
const tendEveryMs = 3_600_000;

/** Tells people what happened, on the ways they chose. Throws an Error that lists what is wrong with the words of messages. */
export function createNotifications(needs: NotificationNeeds) {
  const { clock, log, rules } = needs;
  const templates = readTemplates();
  const findings = needs.listServices().flatMap(({ id, words = {} }) => checkOwnWords(id, words, templates.kinds));
  if (findings.length > 0) throw new Error(`the words of messages cannot be used:\n  ${findings.join('\n  ')}`);
  const sealing = createSealing(needs.key);
  const senders: Senders = {
    ...(rules.email ? { email: createEmailSender(needs, rules.email, templates) } : {}),
    ...(rules.sms ? { sms: createSmsSender(needs, rules.sms, templates) } : {}),
    ...(rules.push && needs.push
      ? { push: createPushSender({ ...needs, ...needs.push }, rules.push, templates, sealing.hash) }
      : {}),
  };
  const preferences = createPreferences(needs);
  const isWanted = async (tx: Tx, personId: string, kind: string) =>
    isKindWanted(templates.kinds[kind]!, await preferences.find(tx, personId));
  const mailbox = createMailbox(needs, templates, (tx, told) => sendings.plan(tx, told), isWanted);
  const addresses = createAddresses(needs, sealing, senders, templates, mailbox.tell);
  const devices = createDevices(needs, { sealing, templates, preferences }, mailbox.tell);
  const contacts = createContacts(needs, sealing, senders, addresses);
  const nudge = () => loop.nudge();
  const parts = { senders, templates, sealing, addresses, devices, contacts, tell: mailbox.tell, preferences, nudge };
  const sendings = createSendings(needs, parts);

  let tendedAt = 0;
  const tend = async (): Promise<void> => {
    await mailbox.erase();
    await addresses.forget();
    await contacts.forget();
  };
  const work = async (): Promise<boolean> => {
    const now = clock.now().getTime();
    if (now - tendedAt >= tendEveryMs) {
      tendedAt = now;
      await tend();
    }
    return sendings.sendDue();
  };
  const loop = createLoop({ work, everyMs: lookEveryMs, log, failed: 'notices could not be sent' });

  const getSettings = async (personId: string, language: Language): Promise<Settings> => {
    const push = await devices.describe(personId);
    return {
      offered: ways.filter((way) => senders[way]),
      addresses: await addresses.list(personId),
      ...(push ? { push } : {}),
      preferences: await preferences.find(needs.database.db, personId, language),
    };
  };
  const addAddress = async (personId: string, way: AddressWay, address: string, language: Language) => {
    await addresses.add(personId, way, address, language);
    await preferences.settle(personId, language);
  };
  const placesOf = async (caseId: string, personId: string) => (await contacts.find(caseId, personId))?.places ?? [];
  const savePreferences = (personId: string, wanted: Preferences) => preferences.save(personId, wanted);

  return {
    contract,
    handlers: {
      listMessages: ({ caller, query }) => mailbox.list(personOf(caller).personId, query.before),
      openMessage: ({ caller, params }) => mailbox.open(personOf(caller).personId, params.messageId),
      deleteMessage: async ({ caller, params }) => {
        await mailbox.remove(personOf(caller).personId, params.messageId);
        return {};
      },
      getSettings: ({ caller, request }) => getSettings(personOf(caller).personId, request.language),
      savePreferences: async ({ caller, body, request }) => {
        const { personId } = personOf(caller);
        await savePreferences(personId, body);
        return getSettings(personId, request.language);
      },
      addAddress: async ({ caller, body, request }) => {
        const { personId } = personOf(caller);
        await addAddress(personId, body.way, body.address, request.language);
        return getSettings(personId, request.language);
      },
      confirmAddress: async ({ caller, body, request }) => {
        const { personId } = personOf(caller);
        await addresses.confirm(personId, body.way, body.code);
        return getSettings(personId, request.language);
      },
      removeAddress: async ({ caller, params, request }) => {
        const { personId } = personOf(caller);
        await addresses.remove(personId, params.way);
        return getSettings(personId, request.language);
      },
      addDevice: async ({ caller, body, request }) => {
        const { personId } = personOf(caller);
        await devices.add(personId, body, request.headers['user-agent'] ?? '', request.language);
        return getSettings(personId, request.language);
      },
      removeDevice: async ({ caller, params, request }) => {
        const { personId } = personOf(caller);
        await devices.remove(personId, params.deviceId);
        return getSettings(personId, request.language);
      },
      getCasePlaces: async ({ caller, params }) => {
        const { personId, homeState } = personOf(caller);
        await needs.admitPerson({ personId, homeState }, params.caseId);
        return { places: await placesOf(params.caseId, personId) };
      },
      chooseCasePlaces: async ({ caller, params, body }) => {
        const { personId, homeState } = personOf(caller);
        await needs.admitPerson({ personId, homeState }, params.caseId);
        await contacts.choose(params.caseId, body.isWanted);
        return { places: await placesOf(params.caseId, personId) };
      },
      listCaseMessages: async ({ caller, params }) => {
        await needs.admitOfficer(officerOf(caller), params.caseId);
        return { messages: await mailbox.listOfCase(params.caseId) };
      },
      listSendings: () => sendings.overview(),
      retrySending: async ({ params }) => {
        await sendings.retry(params.messageId, params.way);
        return {};
      },
    } satisfies Handlers<typeof contract>,

    /** Tells somebody something, in the transaction that makes it true or in a job that heard of it. Told twice, it is one message. */
    tell: (tx: Tx, told: Tell): Promise<void> => mailbox.tell(tx, told),
    mailbox,
    getSettings,
    savePreferences,
    addAddress,
    confirmAddress: addresses.confirm,
    /** Codes for signing in, to a confirmed number. */
    signInCodes: { findHint: addresses.findHint, send: addresses.sendSignIn },
    removeAddress: addresses.remove,
    /** Where a case's form says that its person is told, and the person's own word on that. */
    findPlaces: contacts.find,
    choosePlaces: contacts.choose,
    addDevice: devices.add,
    removeDevice: devices.remove,
    removeDevices: devices.removeAll,
    readUnsubscribe: sendings.readUnsubscribe,
    unsubscribe: sendings.unsubscribe,
    sendDue: sendings.sendDue,
    overview: sendings.overview,
    lateSeconds: sendings.lateSeconds,
    /** Erases what was kept long enough. */
    tend,
    /** The ways that are configured, each with a try of its connection that throws when it does not stand. */
    checks: (Object.keys(senders) as Way[]).map((way) => ({ way, check: () => senders[way]!.check() })),
    templates,
    start: loop.start,
    stop: loop.stop,
  };
}

export type Notifications = ReturnType<typeof createNotifications>;
