import {
  copyOf,
  type Draw,
  type PageContext,
  type PageRoute,
  type PortalNeeds,
  proofDownload,
  textOf,
} from '#apps/portal';
import { kernelProblem, Problem } from '#kernel/problem';
import { downloadOf, type Officer } from '#modules/cases';
import { documentHeaders } from '#modules/exchange';
import { draftedIn } from './drafted-routes.ts';
import { officerIn } from './officers.ts';
import { consolePages } from './pages/index.ts';
import { createReviewPage } from './review-page.ts';

/** One case: read, taken, given back or to a colleague. What an officer may see is decided by the cases module. */
export function caseRoutes(needs: PortalNeeds, draw: Draw): PageRoute[] {
  const { cases } = needs;
  const showReview = createReviewPage(needs, draw);
  /** Only the office in charge of the case gets to see it, and only what came into this case is had here. */
  const receivedIn = async (officer: Officer, { params }: PageContext) => {
    const { evidence } = await cases.getCaseForOfficer(officer, params['caseId']!);
    const one = evidence.find((received) => received.questionId === params['questionId']);
    if (!one) throw kernelProblem('not-found');
    return { one, values: Object.fromEntries(one.fields.map(({ name, value }) => [name, value])) };
  };

  return [
    {
      method: 'GET',
      path: '/office/cases/:caseId',
      access: 'officer',
      handle: async (context) => {
        const officer = await officerIn(needs, context.caller);
        const view = await cases.visitCase(officer, context.params['caseId']!);
        return showReview(context, officer, view, await draftedIn(cases, officer, view));
      },
    },
    ...(['whole', 'shareable'] as const).map(
      (form): PageRoute => ({
        method: 'GET',
        path: `/office/cases/:caseId/exchanges/:questionId/proof-${form}.json`,
        access: 'officer',
        handle: async (context) => {
          const officer = await officerIn(needs, context.caller);
          const { one, values } = await receivedIn(officer, context);
          const of = { officeId: officer.officeId, questionId: one.questionId!, form, values };
          return proofDownload(await needs.exchange.proveQuestion(of));
        },
      }),
    ),
    {
      method: 'GET',
      path: '/office/cases/:caseId/exchanges/:questionId/documents/:field',
      access: 'officer',
      handle: async (context) => {
        const officer = await officerIn(needs, context.caller);
        const { one, values } = await receivedIn(officer, context);
        const field = context.params['field']!;
        if (!Object.hasOwn(values, field)) throw kernelProblem('not-found');
        const of = { officeId: officer.officeId, questionId: one.questionId!, field, fields: values };
        const document = await needs.exchange.fetchDocument(of);
        return { stream: document.stream, contentType: document.mediaType, headers: documentHeaders(document, field) };
      },
    },
    {
      method: 'GET',
      path: '/office/cases/:caseId/files/:fileId',
      access: 'officer',
      handle: async (context) => {
        const officer = await officerIn(needs, context.caller);
        const { caseId, fileId } = context.params as { caseId: string; fileId: string };
        return downloadOf(await cases.readFileForOfficer(officer, caseId, fileId));
      },
    },
    {
      method: 'GET',
      path: '/office/cases/:caseId/copy',
      access: 'officer',
      handle: async (context) => {
        const view = await cases.getCaseForOfficer(await officerIn(needs, context.caller), context.params['caseId']!);
        return draw(consolePages.copy, await copyOf(needs, view, `/office/cases/${view.id}/files`, true), context);
      },
    },
    {
      method: 'POST',
      path: '/office/cases/:caseId/take',
      access: 'officer',
      handle: async (context) => {
        const officer = await officerIn(needs, context.caller);
        const caseId = context.params['caseId']!;
        await cases.takeCase(officer, caseId, { takeOver: textOf(context.form['takeOver']) === 'yes' });
        return { redirect: `/office/cases/${caseId}` };
      },
    },
    {
      method: 'POST',
      path: '/office/cases/:caseId/release',
      access: 'officer',
      handle: async (context) => {
        await cases.releaseCase(await officerIn(needs, context.caller), context.params['caseId']!);
        return { redirect: '/office' };
      },
    },
    {
      method: 'POST',
      path: '/office/cases/:caseId/assign',
      access: 'officer',
      handle: async (context) => {
        const officer = await officerIn(needs, context.caller);
        const caseId = context.params['caseId']!;
        const officerId = textOf(context.form['colleague']);
        try {
          await cases.assignCase(officer, caseId, { officerId, takeOver: textOf(context.form['takeOver']) === 'yes' });
        } catch (error) {
          if (!(error instanceof Problem) || (error.status !== 422 && error.code !== 'case-taken')) throw error;
          const view = await cases.getCaseForOfficer(officer, caseId);
          return showReview(context, officer, view, { assignProblem: error.messages });
        }
        return { redirect: `/office/cases/${caseId}` };
      },
    },
    {
      // The language switch after a press comes by here.
      method: 'GET',
      path: '/office/cases/:caseId/assign',
      access: 'officer',
      handle: async (context) => ({ redirect: `/office/cases/${context.params['caseId']}` }),
    },
  ];
}
