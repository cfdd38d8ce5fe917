import type { Text } from '#kernel/languages';
import type { CaseView } from '#modules/cases';
import type { Clock, SharedCase, SharedSummary } from '#modules/sharing';
import { applicantOf, dataSubjectOf } from '../acting.ts';
import type { Draw } from '../frame.ts';
import { listStateNames, officeNameOf, type PortalNeeds, stateNameOf } from '../needs.ts';
import type { CaseState, SharedRow, SharedWith, StateClock } from '../pages/index.ts';
import { pages } from '../pages/index.ts';
import { portalTexts } from '../reader.tsx';
import type { PageContext, PageRoute } from '../routing.ts';
import { weekendWords } from './words.ts';

const homeRole = 'home';

const sharedStates: Record<SharedSummary['state'], CaseState> = {
  submitted: 'submitted',
  'in-review': 'in-review',
  'waiting-for-person': 'waiting-for-person',
  'under-appeal': 'under-appeal',
  approved: 'granted',
  refused: 'refused',
  cancelled: 'cancelled',
  withdrawn: 'withdrawn',
};

const stateShown = ({ state, isInPart }: Pick<SharedSummary, 'state' | 'isInPart'>): CaseState =>
  isInPart ? 'granted-in-part' : sharedStates[state];

/** How a case of another state stands, for an office that takes part in it. */
export const sharedStateWords = (one: Pick<SharedSummary, 'state' | 'isInPart'>): Text => {
  const key = `state.${stateShown(one)}` as const;
  return { ar: portalTexts.ar[key], en: portalTexts.en[key] };
};

/** 0 for Sunday to 6 for Saturday become ISO 8601's numbers. */
export async function clocksShown(needs: PortalNeeds, clocks: Clock[]): Promise<StateClock[]> {
  return Promise.all(
    clocks.map(async ({ state, workingDaysLeft, weekend }) => ({
      state: await stateNameOf(needs, state),
      workingDaysLeft,
      weekend: weekendWords(weekend.map((day) => (day === 0 ? 7 : day))),
    })),
  );
}

const rowOf = async (needs: PortalNeeds, one: SharedSummary): Promise<SharedRow> => ({
  shareId: one.shareId,
  reference: one.reference,
  serviceTitle: one.serviceTitle,
  state: stateShown(one),
  office: await officeNameOf(needs, one.decidingOffice),
  turn: one.whoseTurn,
  changedAt: one.changedAt,
});

/** The person's applications in other states; nobody's who acts by the person's word alone. */
export async function listElsewhere(needs: PortalNeeds, context: PageContext): Promise<SharedRow[]> {
  const { representative, personId } = applicantOf(context.caller);
  if (representative?.kind === 'agent') return [];
  return Promise.all((await needs.sharing.listForPerson({ personId })).map((one) => rowOf(needs, one)));
}

/** What happened, each step with the state in which it did. */
async function stepsOf(needs: PortalNeeds, { timeline }: Pick<SharedCase, 'timeline'>) {
  const states = await listStateNames(needs);
  return timeline.map(({ at, text, state }) => {
    const names = states.find(({ code }) => code === state)?.names;
    return { title: text, at, progress: 'done' as const, ...(names ? { detail: names } : {}) };
  });
}

/** Who of the home state sees one of the person's cases here. */
export async function listSharedWith(needs: PortalNeeds, context: PageContext, view: CaseView): Promise<SharedWith[]> {
  if (!view.submittedAt || view.homeState === needs.state.code) return [];
  const shares = await needs.sharing.listShares(applicantOf(context.caller), view.id);
  return Promise.all(
    shares.map(async (share) => ({
      role: share.role,
      isHome: share.role === homeRole,
      ...(share.office ? { office: await officeNameOf(needs, share.office) } : {}),
      toState: await stateNameOf(needs, share.toState),
      fields: share.fields,
      ...(share.task ? { question: share.task.question } : {}),
      ...(share.answerBy && !share.answer ? { answerBy: share.answerBy } : {}),
      ...(share.answer ? { answeredAt: share.answer.at } : {}),
      isSilent: share.isSilent,
      ...(share.waitingSince ? { waitingSince: share.waitingSince } : {}),
      hasArrived: share.heardAt !== undefined,
      ...(share.endedBecause ? { endedBecause: share.endedBecause } : {}),
    })),
  );
}

/** A case that another state decides, on the person's own page at home; and ending what the home state sees of one here. */
export function sharedCaseRoutes(needs: PortalNeeds, draw: Draw): PageRoute[] {
  return [
    {
      method: 'GET',
      path: '/shared-cases/:shareId',
      access: 'person',
      handle: async (context) => {
        const { personId } = dataSubjectOf(context.caller);
        const one = await needs.sharing.getForPerson({ personId }, context.params['shareId']!);
        return draw(
          pages.sharedCase,
          {
            ...(await rowOf(needs, one)),
            ...(one.dueOn ? { dueOn: one.dueOn } : {}),
            ...(one.stoppedWorkingDaysLeft === undefined ? {} : { stoppedWorkingDaysLeft: one.stoppedWorkingDaysLeft }),
            clocks: await clocksShown(needs, one.clocks),
            steps: await stepsOf(needs, one),
            pageUrl: one.pageUrl,
          },
          context,
        );
      },
    },
    {
      method: 'POST',
      path: '/cases/:caseId/shares/:role/end',
      access: 'person',
      handle: async (context) => {
        const { caseId, role } = context.params as { caseId: string; role: string };
        await needs.sharing.endSharing(applicantOf(context.caller), caseId, role);
        return { redirect: `/cases/${caseId}#sharing` };
      },
    },
  ];
}
