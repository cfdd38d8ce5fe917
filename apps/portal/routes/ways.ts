import { personOf } from '#kernel/contract';
import type { Text } from '#kernel/languages';
import { Problem } from '#kernel/problem';
import { type AtPage, type MethodEventKind, problem, type StandingRecovery } from '#modules/identity';
import type { Draw } from '../frame.ts';
import type { PortalNeeds } from '../needs.ts';
import { pages } from '../pages/index.ts';
import type { PageAnswer, PageContext, PageRoute } from '../routing.ts';
import { textOf } from './sign-in.ts';

export const eventWords: Record<MethodEventKind, Text> = {
  'passkey-added': { ar: 'أُضيف مفتاح مرور', en: 'A passkey was added' },
  'passkey-removed': { ar: 'حُذف مفتاح مرور', en: 'A passkey was removed' },
  'passkey-used': { ar: 'دخول بمفتاح مرور', en: 'Signed in with a passkey' },
  'passkey-copied': { ar: 'أُوقف مفتاح مرور ربما نُسخ', en: 'A passkey that may have been copied was blocked' },
  'phone-added': { ar: 'صار هاتف يوافق على الدخول', en: 'A phone can approve sign-ins now' },
  'phone-removed': { ar: 'لم يعد هاتف يوافق على الدخول', en: 'A phone no longer approves sign-ins' },
  'approval-unanswered': {
    ar: 'طُلبت موافقتك من الهاتف ولم تجب',
    en: 'Your phone was asked to approve, and you did not answer',
  },
  'approval-given': { ar: 'وافقت من هاتفك', en: 'You approved on your phone' },
  'approval-refused': { ar: 'رفضت من هاتفك', en: 'You refused on your phone' },
  'approval-number-wrong': { ar: 'أُدخل رقم خاطئ فأُغلق الطلب', en: 'A wrong number was entered, and the request ended' },
  'recovery-opened': { ar: 'بدأت استعادة الدخول', en: 'Restoring access began' },
  'recovery-confirmed': { ar: 'أكّد موظف ثانٍ استعادة الدخول', en: 'A second officer confirmed restoring access' },
  'recovery-refused': { ar: 'رفض موظف ثانٍ استعادة الدخول', en: 'A second officer refused to restore access' },
  'recovery-cancelled': { ar: 'أُلغيت استعادة الدخول', en: 'Restoring access was cancelled' },
  'recovery-done': { ar: 'استُعيد الدخول', en: 'Access was restored' },
  'password-changed': { ar: 'تغيّرت كلمة المرور', en: 'The password was changed' },
  'code-app-changed': { ar: 'تغيّر تطبيق الرموز', en: 'The authenticator app was changed' },
};

/** What a page's script asks for; never kept by a browser. */
export function json(value: object): PageAnswer {
  return {
    bytes: JSON.stringify(value),
    contentType: 'application/json; charset=utf-8',
    headers: { 'cache-control': 'no-store' },
  };
}

export const openRecovery = (opened: StandingRecovery) => ({
  openedAt: opened.openedAt.toISOString(),
  ...(opened.usableFrom ? { usableFrom: opened.usableFrom.toISOString() } : {}),
});

const none = (): string[] => [];

/** The person's page on their ways of signing in, at home; a state keeps nothing of this for its visitors. */
export function waysRoutes(needs: PortalNeeds, draw: Draw): PageRoute[] {
  const { methods } = needs.identity;

  const at = (context: PageContext): AtPage => {
    const { sessionId, personId, homeState } = personOf(context.caller);
    if (homeState !== needs.state.code) throw problem('ways-kept-at-home');
    return {
      sessionId,
      personId,
      address: context.raw.req.socket.remoteAddress ?? 'unknown',
      agent: context.facts.headers['user-agent'] ?? '',
    };
  };

  const show = async (context: PageContext, refused?: Problem) => {
    const { passkeys, events, confirmedUntil, recovery } = await methods.list(at(context));
    return draw(
      pages.ways,
      {
        passkeys: passkeys.map(({ createdAt, lastUsedAt, approves, ...passkey }) => ({
          ...passkey,
          createdAt: createdAt.toISOString(),
          approves: approves !== undefined,
          ...(lastUsedAt ? { lastUsedAt: lastUsedAt.toISOString() } : {}),
        })),
        events: events.map(({ kind, subject, at: moment }) => ({
          words: eventWords[kind],
          ...(subject === undefined ? {} : { subject }),
          at: moment.toISOString(),
        })),
        ...(recovery ? { recovery: openRecovery(recovery) } : {}),
        ...(confirmedUntil ? { confirmedUntil: confirmedUntil.toISOString() } : {}),
        errors: refused ? { page: refused.messages } : {},
      },
      context,
      refused ? { status: refused.status } : {},
    );
  };

  /** A change, with the cookies it sets, and the page anew; a refusal is shown on it. */
  const change = (
    path: string,
    work: (at: AtPage, context: PageContext) => Promise<string[]>,
    next = '/ways',
  ): PageRoute[] => [
    {
      method: 'POST',
      path,
      access: 'person',
      handle: async (context) => {
        const place = at(context);
        try {
          return { redirect: next, cookies: await work(place, context) };
        } catch (error) {
          if (!(error instanceof Problem)) throw error;
          return show(context, error);
        }
      },
    },
    { method: 'GET', path, access: 'person', handle: async () => ({ redirect: '/ways' }) },
  ];

  return [
    { method: 'GET', path: '/ways', access: 'person', handle: (context) => show(context) },
    ...change('/ways/confirm', (place, { form }) =>
      methods.confirmByPassword(place, { password: textOf(form['password']), code: textOf(form['code']) }).then(none),
    ),
    {
      method: 'POST',
      path: '/ways/confirm-passkey/options',
      access: 'person',
      handle: async (context) => json(await methods.askToConfirm(at(context))),
    },
    ...change('/ways/confirm-passkey', (place, { form }) =>
      methods.confirmByPasskey(place, textOf(form['answer'])).then(none),
    ),
    {
      method: 'POST',
      path: '/ways/passkeys/options',
      access: 'person',
      handle: async (context) => json(await methods.askToAddPasskey(at(context))),
    },
    {
      method: 'POST',
      path: '/ways/password',
      access: 'person',
      handle: async (context) => {
        try {
          const vouched = await methods.renewPassword(at(context));
          const view = { nationalIdLabel: needs.state.nationalIdNames, ...vouched, isVouchedFor: true, errors: {} };
          return await draw(pages.recovery, view, context);
        } catch (error) {
          if (!(error instanceof Problem)) throw error;
          return show(context, error);
        }
      },
    },
    { method: 'GET', path: '/ways/password', access: 'person', handle: async () => ({ redirect: '/ways' }) },
    ...change('/ways/recovery', (place) => methods.cancelRecovery(place).then(none)),
    ...change('/ways/passkeys', (place, { form }) =>
      methods.addPasskey(place, { answer: textOf(form['answer']), name: textOf(form['name']) }).then(none),
    ),
    ...change('/ways/passkeys/:passkeyId/remove', (place, { params }) =>
      methods.removePasskey(place, params['passkeyId']!).then(none),
    ),
    {
      method: 'POST',
      path: '/ways/phones/options',
      access: 'person',
      handle: async (context) => json(await methods.askToAddPhone(at(context))),
    },
    ...change(
      '/ways/phones',
      (place, { form }) => methods.addPhone(place, textOf(form['answer'])).then(({ cookie }) => [cookie]),
      '/phone',
    ),
    ...change('/ways/phones/:passkeyId/remove', (place, { params }) =>
      methods.removePhone(place, params['passkeyId']!).then(none),
    ),
  ];
}
