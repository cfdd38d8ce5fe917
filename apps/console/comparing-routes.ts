import { answersShown, type Draw, type PageRoute, type PortalNeeds, receivedEvidence, stateNameOf } from '#apps/portal';
import { isUuid } from '#kernel/ids';
import type { Text } from '#kernel/languages';
import { Problem } from '#kernel/problem';
import type { Officer, OfficerCaseView } from '#modules/cases';
import { nameOfDoer, namesOfColleagues, officerIn } from './officers.ts';
import type { ComparedCase } from './pages/index.ts';
import { consolePages } from './pages/index.ts';

/** One case beside another of the same service, and what has changed in a case while somebody looks at it. */
export function comparingRoutes(needs: PortalNeeds, draw: Draw): PageRoute[] {
  const { cases } = needs;

  const describe = async (view: OfficerCaseView): Promise<ComparedCase> => {
    const evidence = await receivedEvidence(
      needs,
      view,
      (questionId, field) => `/office/cases/${view.id}/exchanges/${questionId}/documents/${field}`,
    );
    return {
      caseId: view.id,
      reference: view.reference,
      applicant: view.applicant ?? { ar: 'متقدّم', en: 'Applicant' },
      homeState: await stateNameOf(needs, view.homeState),
      stands: view.decision?.outcomeText ?? view.stateText,
      reasons: view.decision?.reasons.map(({ text }) => text) ?? [],
      items: [
        ...evidence.flatMap((one) => one.items.map((item) => ({ of: one.evidence, item }))),
        ...answersShown(view.answers, `/office/cases/${view.id}/files`, { isForOffice: true }).map((item) => ({
          of: { ar: 'ما ذكره المتقدّم', en: 'What the applicant says' },
          item,
        })),
      ],
      findings: view.findings.map(({ text }) => text),
    };
  };

  /** Whatever is no case of the office, or of another service, is not there to compare with. */
  const findOther = async (officer: Officer, view: OfficerCaseView, otherId: string) => {
    if (!isUuid(otherId) || otherId === view.id) return undefined;
    try {
      const other = await cases.getCaseForOfficer(officer, otherId);
      return other.serviceId === view.serviceId ? other : undefined;
    } catch (error) {
      if (error instanceof Problem && error.code === 'case-unknown') return undefined;
      throw error;
    }
  };

  return [
    {
      method: 'GET',
      path: '/office/cases/:caseId/compare',
      access: 'officer',
      handle: async (context) => {
        const officer = await officerIn(needs, context.caller);
        const view = await cases.getCaseForOfficer(officer, context.params['caseId']!);
        const comparables = await cases.listComparables(officer, view.id);
        const other = await findOther(officer, view, context.query['with'] ?? comparables[0]?.caseId ?? '');
        return draw(
          consolePages.compare,
          {
            serviceTitle: view.serviceTitle,
            own: await describe(view),
            ...(other ? { other: await describe(other) } : {}),
            comparables: comparables.map(({ decidedAt, ...one }) => ({
              ...one,
              ...(decidedAt ? { decidedAt: decidedAt.toISOString() } : {}),
            })),
          },
          context,
        );
      },
    },
    {
      // Asked for again and again while a case is open in a browser; it counts as no visit.
      method: 'GET',
      path: '/office/cases/:caseId/mark',
      access: 'officer',
      handle: async (context) => {
        const officer = await officerIn(needs, context.caller);
        const view = await cases.watchCase(officer, context.params['caseId']!);
        const after = Number(context.query['after']) || 0;
        const steps = view.history.filter(
          ({ sequence, officerId }) => sequence > after && officerId !== officer.personId,
        );
        const colleagues = steps.length > 0 ? await namesOfColleagues(cases, officer) : new Map<string, Text>();
        const news = steps.map((step) => {
          const who = nameOfDoer(step, colleagues)?.[context.language] ?? step.through;
          return { text: step.text[context.language], ...(who ? { who } : {}) };
        });
        return {
          bytes: JSON.stringify({ version: view.version, news }),
          contentType: 'application/json',
          headers: { 'cache-control': 'no-store' },
        };
      },
    },
  ];
}
