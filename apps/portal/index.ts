import type { HttpServer } from '#kernel/http';
import { Problem } from '#kernel/problem';
import type { Draw } from './frame.ts';
import type { PortalNeeds } from './needs.ts';
import { actingRoutes } from './routes/acting.ts';
import { createAppPages } from './routes/apps.ts';
import { casesRoutes } from './routes/cases.ts';
import { consentRequestRoutes } from './routes/consent-requests.ts';
import { copyRoutes } from './routes/copy.ts';
import { developersRoutes } from './routes/developers.ts';
import { eidRoutes } from './routes/eid.ts';
import { eligibilityRoutes } from './routes/eligibility.ts';
import { insightsRoutes } from './routes/insights.ts';
import { linkingRoutes } from './routes/linking.ts';
import { messagesRoutes } from './routes/messages.ts';
import { myDataRoutes } from './routes/my-data.ts';
import { offersRoutes } from './routes/offers.ts';
import { openRoutes } from './routes/open.ts';
import { paymentsRoutes } from './routes/payments.ts';
import { phoneRoutes } from './routes/phone.ts';
import { proofRoutes } from './routes/proofs.ts';
import { recoveryRoutes } from './routes/recovery.ts';
import { serviceRoutes } from './routes/services.ts';
import { sharedCaseRoutes } from './routes/shared-cases.ts';
import { signInRoutes } from './routes/sign-in.ts';
import { signInsRoutes } from './routes/sign-ins.ts';
import { walletRoutes } from './routes/wallet.ts';
import { waysRoutes } from './routes/ways.ts';
import { mountPages, type PageRoute } from './routing.ts';

export {
  Button,
  Card,
  LabelledList,
  LinkButton,
  Notice,
  OfficeLine,
  Pagination,
  Panel,
  PostedPagination,
  SummaryList,
  Tag,
  Timeline,
  type TimelineStep,
} from './components/blocks.tsx';
export { ErrorSummary, type Field, FieldOf } from './components/fields.tsx';
export { FindingList } from './components/findings.tsx';
export { Announcement, PageHead } from './components/head.tsx';
export { KeepSays, useKeep } from './components/keep.tsx';
export { type Loss, LossNotice, lossOf } from './components/losses.tsx';
export { Icon } from './components/marks.tsx';
export { ProcessOfCase } from './components/process.tsx';
export {
  Code,
  DateOf,
  type Labelled,
  Medal,
  MoneyOf,
  NumberOf,
  type OfficeName,
  type StateName,
  TimeOf,
  ValueOf,
} from './components/values.tsx';
export {
  type BareDraw,
  bareFrame,
  createBareDraw,
  createDraw,
  createRenderProblem,
  type Draw,
  renderRefusal,
} from './frame.ts';
export type { Frame, PreviewBar } from './layout.tsx';
export { type Assets, buildAssets } from './look/assets.ts';
export { listStateNames, officeNameOf, ownStateName, type PortalNeeds, stateNameOf } from './needs.ts';
export { definePage, type Page, renderPage } from './page.tsx';
export { EvidenceCard, type ReceivedEvidence } from './pages/apply.tsx';
export { type FiredRule, Rules } from './pages/case.tsx';
export {
  AppealCard,
  type AppealedDecision,
  type AskedForMore,
  type ChangedDecision,
  ChangeNotice,
  Messages,
  PastRequest,
  Said,
  type SaidMessage,
} from './pages/case-dealings.tsx';
export { Copy, type CopyView } from './pages/copy.tsx';
export { DecidedItems, itemsShown, type ShownItem } from './pages/items.tsx';
export { Clocks, type StateClock } from './pages/shared-case.tsx';
export { TestList } from './preview/pages.tsx';
export { type Previewed, previewRoutes } from './preview/routes.ts';
export { type Reader, type Tables, useReader, useSay, useTable, write } from './reader.tsx';
export { assetRoutes } from './routes/assets.ts';
export { copyOf } from './routes/copy.ts';
export { receivedEvidence } from './routes/evidence.ts';
export { unsentAgain } from './routes/kept.ts';
export { proofDownload } from './routes/proofs.ts';
export { clocksShown, sharedStateWords } from './routes/shared-cases.ts';
export { textOf } from './routes/sign-in.ts';
export { answersShown, labelledFields, papersShown } from './routes/words.ts';
export { mountPages, type PageAnswer, type PageContext, type PageRoute } from './routing.ts';

/** The pages of a state's portal and of its identity provider. */
export function portalRoutes(needs: PortalNeeds, draw: Draw): PageRoute[] {
  const appPages = createAppPages(needs, draw);
  return [
    ...openRoutes(needs, draw),
    ...developersRoutes(needs, draw),
    ...insightsRoutes(needs, draw),
    ...serviceRoutes(needs, draw),
    ...eligibilityRoutes(needs, draw),
    ...signInRoutes(needs, draw),
    ...actingRoutes(needs, draw),
    ...linkingRoutes(needs, draw),
    ...consentRequestRoutes(needs),
    ...eidRoutes(needs, draw),
    ...appPages.routes,
    ...casesRoutes(needs, draw, appPages.showVisit),
    ...copyRoutes(needs, draw),
    ...offersRoutes(needs, draw),
    ...paymentsRoutes(needs, draw),
    ...sharedCaseRoutes(needs, draw),
    ...myDataRoutes(needs, draw),
    ...messagesRoutes(needs, draw),
    ...signInsRoutes(needs, draw),
    ...proofRoutes(needs),
    ...walletRoutes(needs, draw),
    ...waysRoutes(needs, draw),
    ...phoneRoutes(needs, draw),
    ...recoveryRoutes(needs, draw),
  ];
}

/** Mounts pages under one content security policy. */
export function mountPortal(server: HttpServer, needs: PortalNeeds, routes: PageRoute[]): void {
  // Forms lead to the providers and portals of other states: browsers hold redirects of a form to `form-action` too.
  const formTargets = async () => {
    try {
      const older = await needs.identity.olderClients.listOrigins();
      return [
        ...new Set([
          needs.publicUrl,
          ...(await needs.federation.listOrigins()),
          ...older,
          ...needs.identity.upstreamOrigins,
          ...needs.payments.pageOrigins,
        ]),
      ].join(' ');
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      return [needs.publicUrl, ...needs.identity.upstreamOrigins, ...needs.payments.pageOrigins].join(' ');
    }
  };
  mountPages(
    server,
    routes,
    async (more) =>
      `default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action ${[await formTargets(), ...more].join(' ')}; base-uri 'none'; frame-ancestors 'none'`,
  );
}
