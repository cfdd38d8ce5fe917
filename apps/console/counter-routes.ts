import { type Draw, type PageContext, type PageRoute, type PortalNeeds, stateNameOf, textOf } from '#apps/portal';
import { officerOf } from '#kernel/contract';
import type { Text } from '#kernel/languages';
import { kernelProblem, Problem } from '#kernel/problem';
import { problemOfReason } from '#modules/identity';
import type { CounterView } from './pages/index.ts';
import { consolePages } from './pages/index.ts';

const counterRole = 'counter';

/** How it ended, to the officer: what a code says elsewhere is said to the person. */
const refusals: Partial<Record<string, Text>> = {
  [problemOfReason.user_cancelled]: { ar: 'رفض صاحب الهاتف.', en: 'The person said no on the phone.' },
  [problemOfReason.number_mismatch]: {
    ar: 'كُتب على الهاتف رقم غير الرقم الظاهر هنا. اسأل الهاتف من جديد وأعد ذكر الرقم.',
    en: 'Another number was typed on the phone than the one shown here. Ask anew, and tell the number again.',
  },
  [problemOfReason.timeout]: {
    ar: 'لم يُجب الهاتف في الوقت المحدد. اسأله من جديد.',
    en: 'The phone did not answer in time. Ask anew.',
  },
  [problemOfReason.loa_unmet]: {
    ar: 'لا يثبت هذا الهاتف الهوية بالقدر المطلوب هنا. اطّلع على وثيقة بدلًا من ذلك.',
    en: 'This phone does not show who somebody is as surely as it takes here. Look at a document instead.',
  },
  [problemOfReason.suspended]: {
    ar: 'أوقفت الدولة الأم هوية الحاضر الرقمية. اطّلع على وثيقة بدلًا من ذلك.',
    en: 'The home state has suspended this person’s digital identity. Look at a document instead.',
  },
};
const notConfirmed: Text = {
  ar: 'لم تؤكد الدولة الأم الهوية. اطّلع على وثيقة بدلًا من ذلك.',
  en: 'The home state did not confirm who this is. Look at a document instead.',
};

/** The counter: an officer with that role asks the phone of whoever stands there, and sees by which cases the office knows them. */
export function counterRoutes(needs: PortalNeeds, draw: Draw): PageRoute[] {
  const { counter } = needs.identity;

  const officerAt = ({ caller }: PageContext) => {
    const officer = officerOf(caller);
    const office = needs.offices.find(({ id }) => id === officer.officeId);
    if (!office || !officer.roles.includes(counterRole)) throw kernelProblem('not-permitted');
    return { officer, office };
  };

  const listStates = async () =>
    Promise.all(
      (await needs.federation.listStates()).map(async ({ state }) => ({
        value: state,
        label: (await stateNameOf(needs, state)).names,
      })),
    );

  const show = async (context: PageContext, more: Partial<CounterView> = {}, status = 200) =>
    draw(
      consolePages.counter,
      { officeName: officerAt(context).office.names, states: await listStates(), ...more },
      context,
      status === 200 ? {} : { status },
    );

  const lookAt = async (context: PageContext) => {
    const { officer } = officerAt(context);
    return counter.look(context.params['visitId']!, officer.personId, await needs.officeClient(officer.officeId));
  };

  return [
    { method: 'GET', path: '/office/counter', access: 'officer', handle: (context) => show(context) },
    {
      method: 'POST',
      path: '/office/counter',
      access: 'officer',
      handle: async (context) => {
        const { officer } = officerAt(context);
        const homeState = textOf(context.form['state']);
        const nationalId = textOf(context.form['nationalId']).trim();
        const states = await listStates();
        if (nationalId === '' || !states.some(({ value }) => value === homeState))
          return show(context, { homeState, errors: { state: homeState === '', nationalId: nationalId === '' } }, 422);
        try {
          const { visitId } = await counter.ask({
            client: await needs.officeClient(officer.officeId),
            officeId: officer.officeId,
            officerId: officer.personId,
            homeState,
            providerEntityId: await needs.federation.findProvider(homeState),
            nationalId,
          });
          return { redirect: `/office/counter/${visitId}` };
        } catch (error) {
          if (!(error instanceof Problem)) throw error;
          return show(context, { homeState, problem: error.messages }, error.status);
        }
      },
    },
    {
      method: 'GET',
      path: '/office/counter/:visitId',
      access: 'officer',
      handle: async (context) => {
        const { officer, office } = officerAt(context);
        const visit = await lookAt(context);
        return draw(
          consolePages.counterVisit,
          {
            officeName: office.names,
            visitId: visit.visitId,
            homeState: (await stateNameOf(needs, visit.homeState)).names,
            number: visit.number,
            until: visit.until.toISOString(),
            state: visit.state,
            ...(visit.state === 'refused' ? { refusal: refusals[visit.code] ?? notConfirmed } : {}),
            ...(visit.state === 'present'
              ? {
                  present: {
                    level: visit.level,
                    at: visit.at.toISOString(),
                    cases: (await needs.cases.listCasesAtOffice(officer, visit.personId)).map(
                      ({ id, reference, serviceTitle, stateText }) => ({ id, reference, serviceTitle, stateText }),
                    ),
                  },
                }
              : {}),
          },
          context,
        );
      },
    },
    {
      // Whether the phone has answered, for the page's script.
      method: 'GET',
      path: '/office/counter/:visitId/state',
      access: 'officer',
      handle: async (context) => {
        const { state } = await lookAt(context);
        return {
          bytes: JSON.stringify({ state: state === 'waiting' ? 'waiting' : 'answered' }),
          contentType: 'application/json',
          headers: { 'cache-control': 'no-store' },
        };
      },
    },
    {
      // What the script presses when the phone has answered, and the officer without it.
      method: 'POST',
      path: '/office/counter/:visitId',
      access: 'officer',
      handle: async (context) => {
        const { visitId } = await lookAt(context);
        return { redirect: `/office/counter/${visitId}` };
      },
    },
  ];
}
