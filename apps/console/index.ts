import type { Draw, PageRoute, PortalNeeds } from '#apps/portal';
import { assessmentRoutes } from './assessment-routes.ts';
import { caseworkRoutes } from './casework-routes.ts';
import { comparingRoutes } from './comparing-routes.ts';
import { counterRoutes } from './counter-routes.ts';
import { decidingRoutes } from './deciding-routes.ts';
import { deskRoutes } from './desk-routes.ts';
import { draftedRoutes } from './drafted-routes.ts';
import { identityRoutes } from './identity-routes.ts';
import { inquiryRoutes } from './inquiry-routes.ts';
import { matchingRoutes } from './matching-routes.ts';
import { messageRoutes } from './message-routes.ts';
import { paymentRoutes } from './payment-routes.ts';
import { publishingRoutes } from './publishing-routes.ts';
import { questionRoutes } from './question-routes.ts';
import { queueRoutes } from './queue-routes.ts';
import { recoveryRoutes } from './recovery-routes.ts';
import { caseRoutes } from './routes.ts';
import { sharedRoutes } from './shared-routes.ts';

export type { OperationsView } from './operations/operations.tsx';
export { operationsRoutes } from './operations/routes.ts';
export type { StuckPart, StuckView } from './operations/stuck.tsx';

/** The pages of officers: the queue, cases, how two of them compare, what the office has to do and has done, those of other states in which the office takes part, the questions put to their office, those it asks under a law, the counters (who is there, and lost access), the desk for records of one person, the assessment of online services, and publishing services. */
export function consoleRoutes(needs: PortalNeeds, draw: Draw): PageRoute[] {
  return [
    ...queueRoutes(needs, draw),
    ...caseRoutes(needs, draw),
    ...decidingRoutes(needs, draw),
    ...comparingRoutes(needs, draw),
    ...deskRoutes(needs, draw),
    ...paymentRoutes(needs, draw),
    ...messageRoutes(needs, draw),
    ...caseworkRoutes(needs, draw),
    ...draftedRoutes(needs),
    ...sharedRoutes(needs, draw),
    ...questionRoutes(needs, draw),
    ...inquiryRoutes(needs, draw),
    ...counterRoutes(needs, draw),
    ...recoveryRoutes(needs, draw),
    ...matchingRoutes(needs, draw),
    ...identityRoutes(needs, draw),
    ...assessmentRoutes(needs, draw),
    ...publishingRoutes(needs, draw),
  ];
}
