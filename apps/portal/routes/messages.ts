import { Value } from 'typebox/value';
import { personOf } from '#kernel/contract';
import { isUuid } from '#kernel/ids';
import type { Text } from '#kernel/languages';
import { kernelProblem, Problem } from '#kernel/problem';
import {
  type AddressWay,
  addressWays,
  notificationsProblem,
  type Preferences,
  Subscription,
  type Topic,
  topics,
  ways,
} from '#modules/notifications';
import type { Draw } from '../frame.ts';
import type { PortalNeeds } from '../needs.ts';
import type { MessageSettingsView } from '../pages/index.ts';
import { pages } from '../pages/index.ts';
import type { Form, PageContext, PageRoute } from '../routing.ts';
import { textOf } from './sign-in.ts';

const pageSize = 50;
const stopPath = '/messages/unsubscribe/:messageId/:token';

const removed = {
  ar: 'حُذفت الرسالة، ويبقى تسليمها قابلًا للإثبات.',
  en: 'The message was deleted. That it was delivered can still be proved.',
};
const notices: Record<string, Text> = {
  code: { ar: 'أرسلنا الرمز. اكتبه هنا خلال 15 دقيقة.', en: 'We have sent the code. Enter it here within 15 minutes.' },
  confirmed: { ar: 'تأكّد العنوان، وسنراسلك عليه.', en: 'It is confirmed; we write to you there from now on.' },
  removed: { ar: 'حُذف، ولن نراسلك عليه.', en: 'It is removed; we no longer write to you there.' },
  device: { ar: 'فُعّلت الإشعارات في هذا المتصفح.', en: 'Notices are on in this browser.' },
  'device-removed': {
    ar: 'أُزيل المتصفح، ولن تظهر فيه إشعارات.',
    en: 'The browser is taken away; no more notices come there.',
  },
  saved: { ar: 'حُفظت اختياراتك.', en: 'Your choices are saved.' },
};

/** The person's mailbox, and how they are told that something is in it. */
export function messagesRoutes(needs: PortalNeeds, draw: Draw): PageRoute[] {
  const { notifications } = needs;
  const { mailbox } = notifications;
  const me = (context: PageContext) => personOf(context.caller).personId;
  const idOf = (context: PageContext) => {
    const id = context.params['messageId']!;
    if (!isUuid(id)) throw kernelProblem('not-found');
    return id;
  };
  const wayOf = (context: PageContext): AddressWay => {
    const way = addressWays.find((one) => one === context.params['way']);
    if (!way) throw kernelProblem('not-found');
    return way;
  };

  type Extra = Omit<MessageSettingsView, 'settings'> & { preferences?: Preferences };
  const showSettings = async (context: PageContext, extra: Extra = {}, status = 200) => {
    const { preferences, ...more } = extra;
    const settings = await notifications.getSettings(me(context), context.language);
    const view = { settings: preferences ? { ...settings, preferences } : settings, ...more };
    return draw(pages.messageSettings, view, context, { status });
  };

  /** A change, and the page anew; what is refused stands beside the field it is about. */
  const change = (
    path: string,
    done: string,
    fieldOf: (way: AddressWay) => string,
    work: (context: PageContext, way: AddressWay) => Promise<void>,
  ): PageRoute[] => [
    {
      method: 'POST',
      path,
      access: 'person',
      handle: async (context) => {
        const way = wayOf(context);
        try {
          await work(context, way);
          return { redirect: `/messages/settings?done=${done}` };
        } catch (error) {
          if (!(error instanceof Problem)) throw error;
          const field = fieldOf(way);
          const isOfField = ['address-invalid', 'code-wrong', 'code-not-sent', 'codes-too-many'].includes(error.code);
          const typed = field.startsWith('address') ? { [field]: textOf(context.form[field]).slice(0, 254) } : {};
          return showSettings(
            context,
            isOfField ? { typed, errors: { [field]: error.messages } } : { problem: error.messages },
            error.status,
          );
        }
      },
    },
    { method: 'GET', path, access: 'person', handle: async () => ({ redirect: '/messages/settings' }) },
  ];

  return [
    {
      method: 'GET',
      path: '/messages',
      access: 'person',
      handle: async (context) => {
        const { before } = context.query;
        const listed = await mailbox.list(me(context), before !== undefined && isUuid(before) ? before : undefined);
        const last = listed.messages.at(-1);
        return draw(
          pages.messages,
          {
            messages: listed.messages,
            ...(listed.messages.length === pageSize ? { olderHref: `/messages?before=${last!.messageId}` } : {}),
            ...(context.query['done'] === 'deleted' ? { notice: removed } : {}),
          },
          context,
        );
      },
    },
    {
      method: 'GET',
      path: '/messages/settings',
      access: 'person',
      handle: (context) => {
        const notice = notices[context.query['done'] ?? ''];
        return showSettings(context, notice ? { notice } : {});
      },
    },
    {
      method: 'POST',
      path: '/messages/settings',
      access: 'person',
      handle: async (context) => {
        const before = (await notifications.getSettings(me(context), context.language)).preferences;
        const { preferences, errors } = readPreferences(context.form, before);
        const typed = {
          from: textOf(context.form['from']).slice(0, 5),
          until: textOf(context.form['until']).slice(0, 5),
        };
        if (errors) return showSettings(context, { errors, typed, preferences }, 422);
        try {
          await notifications.savePreferences(me(context), preferences);
          return { redirect: '/messages/settings?done=saved' };
        } catch (error) {
          if (!(error instanceof Problem)) throw error;
          return showSettings(context, { errors: { from: error.messages }, typed, preferences }, error.status);
        }
      },
    },
    {
      method: 'GET',
      path: '/messages/:messageId',
      access: 'person',
      handle: async (context) => {
        // A browser that fetches ahead of its person has not opened anything.
        const isAhead = (context.facts.headers['sec-purpose'] ?? '').includes('prefetch');
        const found = await (isAhead ? mailbox.get : mailbox.open)(me(context), idOf(context));
        return draw(pages.message, { message: found }, context);
      },
    },
    {
      method: 'POST',
      path: '/messages/:messageId/delete',
      access: 'person',
      handle: async (context) => {
        await mailbox.remove(me(context), idOf(context));
        return { redirect: '/messages?done=deleted' };
      },
    },
    ...change(
      '/messages/addresses/:way',
      'code',
      (way) => `address-${way}`,
      (context, way) =>
        notifications.addAddress(
          me(context),
          way,
          textOf(context.form[`address-${way}`]).slice(0, 254),
          context.language,
        ),
    ),
    ...change(
      '/messages/addresses/:way/confirm',
      'confirmed',
      (way) => `code-${way}`,
      (context, way) =>
        notifications.confirmAddress(me(context), way, textOf(context.form[`code-${way}`]).slice(0, 20)),
    ),
    ...change(
      '/messages/addresses/:way/remove',
      'removed',
      (way) => `address-${way}`,
      (context, way) => notifications.removeAddress(me(context), way),
    ),
    {
      method: 'POST',
      path: '/messages/devices',
      access: 'person',
      handle: async (context) => {
        try {
          const agent = context.facts.headers['user-agent'] ?? '';
          await notifications.addDevice(me(context), readSubscribed(context.form), agent, context.language);
        } catch (error) {
          if (!(error instanceof Problem)) throw error;
          return showSettings(context, { problem: error.messages }, error.status);
        }
        return { redirect: '/messages/settings?done=device' };
      },
    },
    {
      method: 'POST',
      path: '/messages/devices/:deviceId/remove',
      access: 'person',
      handle: async (context) => {
        await notifications.removeDevice(me(context), context.params['deviceId']!);
        return { redirect: '/messages/settings?done=device-removed' };
      },
    },
    {
      // Under a name that stays, at the root: a service worker speaks for the pages below its own address.
      method: 'GET',
      path: '/push-worker.js',
      access: 'anyone',
      handle: async () => {
        const { bytes, contentType } = needs.assets.files.get(needs.assets.links.scripts['push-worker'])!;
        return { bytes, contentType, headers: { 'cache-control': 'no-cache' } };
      },
    },
    {
      method: 'GET',
      path: stopPath,
      access: 'anyone',
      handle: async (context) => {
        const token = context.params['token']!;
        const { topic, caseId } = await notifications.readUnsubscribe(idOf(context), token);
        const action = `/messages/unsubscribe/${idOf(context)}/${encodeURIComponent(token)}`;
        return draw(pages.stopMail, { action, topic, isOfCase: caseId !== undefined, isDone: false }, context);
      },
    },
    {
      // RFC 8058 section 3.2: a mail program posts here by itself, without a cookie; asking alone (GET) changes nothing.
      method: 'POST',
      path: stopPath,
      access: 'anyone',
      uploadBytesMax: 4_096,
      handle: async (context) => {
        const stopped = await notifications.unsubscribe(idOf(context), context.params['token']!);
        return draw(pages.stopMail, { action: '', ...stopped, isDone: true }, context);
      },
    },
  ];
}

/** What the script of the page put into the form; the module judges what it says. */
function readSubscribed(form: Form): Subscription {
  try {
    const given: unknown = JSON.parse(textOf(form['subscription']).slice(0, 2_000));
    if (Value.Check(Subscription, given)) return given;
  } catch {
    // Not filled by our script.
  }
  throw notificationsProblem('subscription-refused');
}

const chosen = (form: Form, name: string): string[] => [form[name] ?? []].flat();

/** What the form says. Without any way outside the mailbox it asks for no hours and no language; these stay as they were. */
function readPreferences(form: Form, before: Preferences): { preferences: Preferences; errors?: Record<string, Text> } {
  const of = (topic: Topic) => {
    const values = chosen(form, `topic-${topic}`);
    return {
      isWanted: topic === 'security' || values.includes('mailbox'),
      ways: ways.filter((way) => values.includes(way)),
    };
  };
  const byTopic = Object.fromEntries(topics.map((topic) => [topic, of(topic)])) as Preferences['topics'];
  if (form['language'] === undefined) return { preferences: { ...before, topics: byTopic } };
  const hours = { from: hourOf(textOf(form['from'])), until: hourOf(textOf(form['until'])) };
  const isNone = hours.from === '' && hours.until === '';
  const wrong = (['from', 'until'] as const).filter(
    (part) => !isNone && !/^([01]\d|2[0-3]):[0-5]\d$/.test(hours[part]),
  );
  const { quietHours: _, ...rest } = before;
  const preferences: Preferences = {
    ...rest,
    language: form['language'] === 'en' ? 'en' : 'ar',
    isDigest: chosen(form, 'digest').includes('yes'),
    ...(isNone || wrong.length > 0 ? {} : { quietHours: hours }),
    topics: byTopic,
  };
  if (wrong.length === 0) return { preferences };
  const words = { ar: 'اكتب الساعة هكذا: 22:00', en: 'Write the hour as 22:00' };
  return { preferences, errors: Object.fromEntries(wrong.map((part) => [part, words])) };
}

/** An hour as it was typed: Arabic digits and a missing zero are understood. */
function hourOf(typed: string): string {
  const latin = typed.trim().replace(/[٠-٩]/g, (digit) => String('٠١٢٣٤٥٦٧٨٩'.indexOf(digit)));
  return /^\d:\d\d$/.test(latin) ? `0${latin}` : latin;
}
