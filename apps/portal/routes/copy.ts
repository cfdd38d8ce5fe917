import { kernelProblem } from '#kernel/problem';
import type { CaseView } from '#modules/cases';
import { mandateKindNames } from '#protocol/representation';
import { applicantOf } from '../acting.ts';
import type { Draw } from '../frame.ts';
import { officeOfService, type PortalNeeds } from '../needs.ts';
import type { CopyView } from '../pages/index.ts';
import { pages } from '../pages/index.ts';
import type { PageRoute } from '../routing.ts';
import { receivedEvidence } from './evidence.ts';
import { answersShown, papersShown } from './words.ts';

const papersTitle = { ar: 'ما أُرسل بعد أن طلبته الجهة', en: 'Sent when the office asked for it' };

/** What was handed in, for paper. Nothing was, in a draft: there is no copy of it. */
export async function copyOf(
  needs: PortalNeeds,
  view: CaseView & Pick<CopyView, 'applicant'>,
  filesAt: string,
  isForOffice = false,
): Promise<CopyView> {
  if (!view.submittedAt) throw kernelProblem('not-found');
  const byPage = Map.groupBy(view.answers, (answer) => answer.pageId);
  const { decision } = view;
  const papers = view.requests.flatMap(({ isOpen, files }) =>
    isOpen ? [] : files.filter(({ attached }) => attached.length > 0),
  );
  return {
    caseId: view.id,
    reference: view.reference,
    serviceTitle: view.serviceTitle,
    office: officeOfService(needs, view.serviceId, view.officeNames),
    submittedAt: view.submittedAt,
    ...(view.applicant ? { applicant: view.applicant } : {}),
    ...(view.representedBy ? { representedBy: mandateKindNames[view.representedBy] } : {}),
    evidence: await receivedEvidence(needs, view),
    parts: [
      ...view.tasks
        .filter(({ pageId }) => pageId !== undefined && byPage.has(pageId))
        .map(({ title, pageId }) => ({
          title,
          items: answersShown(byPage.get(pageId!)!, filesAt, { isForOffice, withHashes: true }),
        })),
      ...(papers.length > 0 ? [{ title: papersTitle, items: papersShown(papers, filesAt, { isForOffice }) }] : []),
    ],
    ...(decision
      ? { decision: { words: decision.outcomeText, number: decision.number, decidedAt: decision.decidedAt } }
      : {}),
  };
}

export function copyRoutes(needs: PortalNeeds, draw: Draw): PageRoute[] {
  return [
    {
      method: 'GET',
      path: '/cases/:caseId/copy',
      access: 'person',
      handle: async (context) => {
        const view = await needs.cases.getMyCase(applicantOf(context.caller), context.params['caseId']!);
        return draw(pages.copy, await copyOf(needs, view, `/cases/${view.id}/files`), context);
      },
    },
  ];
}
