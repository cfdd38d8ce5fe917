import type { Draw, PageRoute, PortalNeeds } from '#apps/portal';
import { officerOf } from '#kernel/contract';
import { consolePages } from './pages/index.ts';

/** What the person of a case was told about it: for the office in charge, without the words of the messages. */
export function messageRoutes(needs: PortalNeeds, draw: Draw): PageRoute[] {
  return [
    {
      method: 'GET',
      path: '/office/cases/:caseId/told',
      access: 'officer',
      handle: async (context) => {
        const caseId = context.params['caseId']!;
        const { reference } = await needs.cases.getCaseForOfficer(officerOf(context.caller), caseId);
        const messages = await needs.notifications.mailbox.listOfCase(caseId);
        return draw(consolePages.caseMessages, { caseId, reference, messages }, context);
      },
    },
  ];
}
