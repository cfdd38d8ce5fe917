import { type Caller, personOf } from '#kernel/contract';
import { plainName, type Text } from '#kernel/languages';
import { Problem } from '#kernel/problem';
import { type AllowingPerson, type AppRequest, appScopes, appsProblem, isAppScope } from '#modules/apps';
import { isOwed } from '#modules/payments';
import type { Draw } from '../frame.ts';
import type { PortalNeeds } from '../needs.ts';
import { pages } from '../pages/index.ts';
import { write } from '../reader.tsx';
import type { PageAnswer, PageContext, PageRoute } from '../routing.ts';
import { appTexts } from '../texts/apps.ts';
import { textOf } from './sign-in.ts';

const daysOffered = [1, 30, 90];
const taken: Text = {
  ar: 'سُحب السماح. يُرفض أول طلب يرسله التطبيق بعد الآن، وقد أُبلغ بذلك.',
  en: 'It was taken back. The next call of the app is refused, and it has been told.',
};

/** Draws the page of a visit again, with what went wrong; for the way back from the home state. */
export type ShowVisit = (context: PageContext, visitId: string, problem?: Text) => Promise<PageAnswer>;

const named = ({ ar, en }: Text): Text => ({ ar: plainName(ar), en: plainName(en) });

/** Pages about apps of others: what they ask for, what was allowed, and the way from an app to the home state and back. */
export function createAppPages(needs: PortalNeeds, draw: Draw): { routes: PageRoute[]; showVisit: ShowVisit } {
  const { apps, cases, clock, payments } = needs;

  const daysText = (days: number): Text => ({
    ar: write(appTexts, { language: 'ar', digits: needs.state.digits, timeZone: 'UTC' }, 'allow.daysOf', { n: days }),
    en: write(appTexts, { language: 'en', digits: 'latn', timeZone: 'UTC' }, 'allow.daysOf', { n: days }),
  });

  const showRequest = async (context: PageContext, request: AppRequest, error?: Text) => {
    const word = (key: 'allow.scopes' | 'allow.scopesHint' | 'allow.days'): Text => ({
      ar: appTexts.ar[key],
      en: appTexts.en[key],
    });
    const days = [...new Set(daysOffered.map((one) => Math.min(one, request.daysMax)))];
    const answer = await draw(
      pages.allowApp,
      {
        action: `/apps/allow/${request.uid}`,
        app: { names: named(request.names), host: new URL(request.appId).host },
        isSandbox: needs.isSample,
        scopes: {
          name: 'scope',
          kind: 'checkboxes' as const,
          label: word('allow.scopes'),
          hint: word('allow.scopesHint'),
          required: true,
          value: listOf(context.form['scope']),
          choices: request.scopes.map((scope) => ({
            value: scope,
            label: appScopes[scope].names,
            hint: appScopes[scope].explanation,
          })),
        },
        days: {
          name: 'days',
          kind: 'radios' as const,
          label: word('allow.days'),
          required: true,
          value: textOf(context.form['days']),
          choices: days.map((one) => ({ value: String(one), label: daysText(one) })),
          ...(error ? { error } : {}),
        },
      },
      context,
      error ? { status: 400 } : {},
    );
    return { ...answer, formTargets: [request.returnOrigin] };
  };

  const showVisit: ShowVisit = async (context, visitId, problem) => {
    const person = personOf(context.caller);
    const visit = await apps.visits.get(person.personId, visitId);
    const view = await cases.getMyCase(person, visit.caseId);
    if (visit.purpose === 'payment') {
      const fee = await payments.getFee(person, visit.caseId);
      // Paid in the meantime, or nothing to pay any more: the app asks how it stands.
      if (!isOwed(fee)) return { redirect: visit.returnUrl };
      return draw(
        pages.appPayment,
        {
          ...{ app: named(visit.names), visitId, reference: view.reference, service: view.serviceTitle },
          ...{ amountMinor: fee.amountMinor, currency: fee.currency },
          isPlayMoney: payments.provider?.isPlayMoney ?? false,
          ...(problem ? { problem } : {}),
        },
        context,
        problem ? { status: 422 } : {},
      );
    }
    return draw(
      pages.appVisit,
      {
        app: named(visit.names),
        visitId,
        caseId: visit.caseId,
        reference: view.reference,
        service: view.serviceTitle,
        ...(problem ? { problem } : {}),
      },
      context,
    );
  };

  const showMine = async (context: PageContext, notice?: Text) => {
    const now = clock.now().getTime();
    const list = await apps.list(personOf(context.caller).personId);
    return draw(
      pages.myApps,
      {
        apps: list.map(({ appId, scopes, ...one }) => ({
          ...one,
          names: named(one.names),
          host: new URL(appId).host,
          scopes: scopes.filter(isAppScope).map((scope) => appScopes[scope].names),
          state: one.endedAt
            ? ('withdrawn' as const)
            : Date.parse(one.until) > now
              ? ('live' as const)
              : ('over' as const),
        })),
        ...(notice ? { notice } : {}),
      },
      context,
    );
  };

  const routes: PageRoute[] = [
    {
      method: 'GET',
      path: '/apps/allow/:uid',
      access: 'person',
      handle: async (context) => {
        allowingPerson(context.caller);
        return showRequest(context, await apps.requests.get(context.raw.req, context.raw.res));
      },
    },
    {
      method: 'POST',
      path: '/apps/allow/:uid',
      access: 'person',
      handle: async (context) => {
        const { req, res } = context.raw;
        const request = await apps.requests.get(req, res);
        const decision = textOf(context.form['decision']);
        if (decision === 'refuse') return { redirect: (await apps.requests.refuse(req, res)).redirectUrl };
        const scopes = decision === 'all' ? request.scopes : listOf(context.form['scope']);
        try {
          const choice = { scopes, days: Number(textOf(context.form['days']) || Number.NaN) };
          const { redirectUrl } = await apps.requests.allow(req, res, allowingPerson(context.caller), choice);
          return { redirect: redirectUrl };
        } catch (error) {
          if (!(error instanceof Problem) || error.code !== 'choice-missing') throw error;
          return showRequest(context, request, error.messages);
        }
      },
    },
    { method: 'GET', path: '/my-data/apps', access: 'person', handle: (context) => showMine(context) },
    {
      method: 'POST',
      path: '/my-data/apps/:authorisationId/withdraw',
      access: 'person',
      handle: async (context) => {
        await apps.withdraw(personOf(context.caller).personId, context.params['authorisationId']!);
        return showMine(context, taken);
      },
    },
    {
      method: 'GET',
      path: '/app-visits/:visitId',
      access: 'person',
      handle: (context) => showVisit(context, context.params['visitId']!),
    },
    {
      method: 'POST',
      path: '/app-visits/:visitId/pay',
      access: 'person',
      handle: async (context) => {
        const person = personOf(context.caller);
        const visit = await apps.visits.get(person.personId, context.params['visitId']!);
        if (visit.purpose !== 'payment') throw appsProblem('visit-unknown');
        try {
          const { payUrl } = await payments.startPayment(person, visit.caseId);
          await apps.visits.goPaying(visit.visitId);
          return { redirect: payUrl };
        } catch (error) {
          if (!(error instanceof Problem) || error.status === 404) throw error;
          return showVisit(context, visit.visitId, error.messages);
        }
      },
    },
    {
      method: 'GET',
      path: '/app-visits/:visitId/done',
      access: 'person',
      handle: async (context) => {
        const visit = await apps.visits.get(personOf(context.caller).personId, context.params['visitId']!);
        return { redirect: visit.returnUrl };
      },
    },
  ];
  return { routes, showVisit };
}

/** Apps act for the person who is signed in and for nobody that they act for. */
function allowingPerson(caller: Caller): AllowingPerson {
  const { personId, homeState, level, actingFor } = personOf(caller);
  if (actingFor) throw appsProblem('acting-for-another');
  return { personId, homeState, ...(level === undefined ? {} : { level }) };
}

function listOf(value: string | string[] | undefined): string[] {
  return value === undefined ? [] : [value].flat();
}
