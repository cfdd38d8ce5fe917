import { personOf } from '#kernel/contract';
import { dateIn, type Text } from '#kernel/languages';
import { Problem } from '#kernel/problem';
import { type Mandate, mandateProblem } from '#modules/mandates';
import { findEvidenceType, findPurpose } from '#protocol/catalogue';
import { mandateKindNames } from '#protocol/representation';
import { ownerOf } from '../acting.ts';
import type { Field } from '../components/fields.tsx';
import type { Draw } from '../frame.ts';
import { type PortalNeeds, stateNameOf } from '../needs.ts';
import type { ActingView, MandateCard } from '../pages/index.ts';
import { pages } from '../pages/index.ts';
import type { Form, PageContext, PageRoute } from '../routing.ts';
import { flowCookieOf } from './flow-cookie.ts';
import { textOf } from './sign-in.ts';

const dayMs = 86_400_000;
const listOf = (value: Form[string] | undefined) => (Array.isArray(value) ? value : value === undefined ? [] : [value]);
const limitNames = (ids: string[] | undefined, find: (id: string) => { names: Text } | undefined): Text[] =>
  (ids ?? []).map((id) => find(id)?.names ?? { ar: id, en: id });

/** Acting for others: for whom, by what, and the end of it; mandates given, taken up and withdrawn. */
export function actingRoutes(needs: PortalNeeds, draw: Draw): PageRoute[] {
  const { identity, federation, mandates } = needs;
  const flowCookie = flowCookieOf(needs.publicUrl);

  const cardOf = (mandate: Mandate): MandateCard => ({
    mandateId: mandate.mandateId,
    kind: mandateKindNames[mandate.kind],
    ...(mandate.other ? { other: mandate.other } : {}),
    state: mandate.state,
    purposes: limitNames(mandate.purposes, findPurpose),
    evidence: limitNames(mandate.evidenceTypes, findEvidenceType),
    ...(mandate.until ? { endsOn: dateIn(mandate.until, needs.state.timeZone) } : {}),
    isOfRegister: mandate.source === 'register',
  });

  /** Only what some service here is for can be given away: a mandate for everything is not on the list. */
  const formOf = (posted: Form = {}, errors: Record<string, Text> = {}): Field[] => {
    const services = needs.catalogue.listDelivered();
    const purposes = [...new Set(services.map(({ definition }) => definition.purpose))];
    const types = [
      ...new Set(services.flatMap(({ definition }) => definition.requirements.map(({ evidence }) => evidence.type))),
    ];
    return [
      {
        name: 'purpose',
        kind: 'checkboxes',
        label: { ar: 'في أي أمر؟', en: 'For what?' },
        required: true,
        choices: purposes.map((id) => ({ value: id, label: findPurpose(id)!.names })),
        value: listOf(posted['purpose']),
        ...(errors['purpose'] ? { error: errors['purpose'] } : {}),
      },
      {
        name: 'evidence',
        kind: 'checkboxes',
        label: { ar: 'وأي بيانات يوافق على إرسالها عنك؟', en: 'Which of your evidence may they agree to send?' },
        required: true,
        choices: types.map((id) => ({ value: id, label: findEvidenceType(id)!.names })),
        value: listOf(posted['evidence']),
        ...(errors['evidence'] ? { error: errors['evidence'] } : {}),
      },
      {
        name: 'until',
        kind: 'date',
        label: { ar: 'آخر يوم في النيابة', en: 'Last day of the mandate' },
        required: true,
        value: {
          day: textOf(posted['until-day']),
          month: textOf(posted['until-month']),
          year: textOf(posted['until-year']),
        },
        ...(errors['until'] ? { error: errors['until'] } : {}),
      },
    ];
  };

  type Extra = Pick<ActingView, 'offered' | 'notice' | 'problem'> & {
    posted?: Form;
    errors?: Record<string, Text>;
    status?: number;
  };
  const show = async (context: PageContext, { posted, errors, status, ...extra }: Extra = {}) => {
    const { personId, homeState, actingFor } = personOf(context.caller);
    const isHome = homeState === needs.state.code;
    const listed = isHome && !actingFor ? await mandates.list(personId) : [];
    const code: Field = {
      name: 'code',
      kind: 'text',
      label: { ar: 'الرمز الذي وصلك', en: 'The code you were given' },
      required: true,
    };
    const view: ActingView = {
      ...(actingFor ? { actingFor: actingFor.names } : {}),
      ...(isHome ? {} : { elsewhere: await homeOf(homeState) }),
      held: listed.filter(({ side }) => side === 'representative').map(cardOf),
      given: listed.filter(({ side }) => side === 'represented').map(cardOf),
      form: isHome && !actingFor ? formOf(posted, errors) : [],
      codeField: code,
      ...extra,
    };
    return draw(pages.acting, view, context, status === undefined ? {} : { status });
  };

  const homeOf = async (code: string) => {
    const { names } = await stateNameOf(needs, code);
    const home = (await federation.listStates()).find(({ state }) => state === code);
    return { state: names, href: `${home?.entityId ?? ''}/acting` };
  };

  const refused = async (context: PageContext, error: unknown, extra: Extra = {}) => {
    if (!(error instanceof Problem) || error.code === 'acting-not-here') throw error;
    return show(context, { ...extra, problem: error.messages, status: error.status });
  };

  const findOwn = async (context: PageContext): Promise<Mandate | undefined> => {
    const { personId } = ownerOf(context.caller);
    return (await mandates.list(personId)).find(({ mandateId }) => mandateId === context.params['mandateId']);
  };

  return [
    { method: 'GET', path: '/acting', access: 'person', handle: (context) => show(context) },
    {
      method: 'POST',
      path: '/acting/begin',
      access: 'person',
      handle: async (context) => {
        const { homeState } = personOf(context.caller);
        const started = await identity.signin.start({
          begunBefore: flowCookie.read(context.cookies),
          client: needs.portal,
          providerEntityId: await federation.findProvider(homeState),
          redirectUri: `${needs.publicUrl}/signin/callback`,
          returnTo: '/acting',
          language: context.language,
          representation: {},
        });
        const cookie = flowCookie.set(started.stateCookieValue);
        return { redirect: started.redirectUrl, cookies: [cookie] };
      },
    },
    {
      method: 'POST',
      path: '/acting/end',
      access: 'person',
      handle: async (context) => {
        await identity.sessions.stopActing(context.cookies);
        return { redirect: '/acting' };
      },
    },
    {
      method: 'POST',
      path: '/acting/give',
      access: 'person',
      handle: async (context) => {
        const { personId } = ownerOf(context.caller);
        const { form } = context;
        const purposes = listOf(form['purpose']);
        const evidenceTypes = listOf(form['evidence']);
        const until = lastMomentOf(form, needs.state.timeZone);
        const errors: Record<string, Text> = {
          ...(purposes.length > 0 ? {} : { purpose: { ar: 'لم يُختر أمر', en: 'Choose what the mandate is for' } }),
          ...(evidenceTypes.length > 0 ? {} : { evidence: { ar: 'لم تُختر بيانات', en: 'Choose the evidence' } }),
          ...(until ? {} : { until: { ar: 'اليوم غير مكتوب أو غير صحيح', en: 'Write the day, month and year' } }),
        };
        if (!until || Object.keys(errors).length > 0) return show(context, { posted: form, errors, status: 422 });
        try {
          const { code } = await mandates.give(personId, { purposes, evidenceTypes, until: until.toISOString() });
          return await show(context, { offered: { code } });
        } catch (error) {
          return refused(context, error, { posted: form });
        }
      },
    },
    {
      method: 'POST',
      path: '/acting/accept',
      access: 'person',
      handle: async (context) => {
        try {
          await mandates.accept(ownerOf(context.caller).personId, textOf(context.form['code']).slice(0, 60));
          return await show(context, {
            notice: {
              ar: 'صارت النيابة قائمة، ويمكنك العمل بها.',
              en: 'The mandate is in force; you can act under it.',
            },
          });
        } catch (error) {
          return refused(context, error);
        }
      },
    },
    {
      method: 'GET',
      path: '/acting/:mandateId/withdraw',
      access: 'person',
      handle: async (context) => {
        const mandate = await findOwn(context);
        if (!mandate) throw mandateProblem('mandate-unknown');
        if (mandate.source === 'register') throw mandateProblem('mandate-of-register');
        return draw(pages.withdrawMandate, { mandate: cardOf(mandate) }, context);
      },
    },
    {
      method: 'POST',
      path: '/acting/:mandateId/withdraw',
      access: 'person',
      handle: async (context) => {
        try {
          await mandates.withdraw(ownerOf(context.caller).personId, context.params['mandateId']!);
          return await show(context, {
            notice: {
              ar: 'انتهت النيابة، ويُرفض كل سؤال بعدها في كل دولة.',
              en: 'The mandate has ended; every question from now on is refused, in every state.',
            },
          });
        } catch (error) {
          return refused(context, error);
        }
      },
    },
  ];
}

/** The end of the day that was typed, in the state's time; digits may be Arabic. */
function lastMomentOf(form: Form, timeZone: string): Date | undefined {
  const part = (name: string) =>
    Number(textOf(form[`until-${name}`]).replace(/[٠-٩]/g, (digit) => String('٠١٢٣٤٥٦٧٨٩'.indexOf(digit))));
  const [year, month, day] = [part('year'), part('month'), part('day')];
  const start = new Date(Date.UTC(year, month - 1, day));
  const isDay = start.getUTCFullYear() === year && start.getUTCMonth() === month - 1 && start.getUTCDate() === day;
  if (!isDay || year < 2000 || year > 2200) return undefined;
  // Noon of that day at Greenwich is the same day in every state; from there to where the date changes.
  const noonMs = start.getTime() + dayMs / 2;
  const wanted = dateIn(new Date(noonMs), timeZone);
  let endMs = noonMs;
  while (dateIn(new Date(endMs + 900_000), timeZone) === wanted) endMs += 900_000;
  return new Date(endMs + 899_000);
}
