import { acting, eidRepresent, withdrawMandate } from './acting.tsx';
import { evidence, formPage, taskList } from './apply.tsx';
import { allowApp, appPayment, appVisit, myApps } from './apps.tsx';
import { casePage, myCases } from './case.tsx';
import { caseStep } from './case-step.tsx';
import { consent } from './consent.tsx';
import { copy } from './copy.tsx';
import { describedService } from './described-service.tsx';
import { developers } from './developers.tsx';
import { eidCode, eidLogin } from './eid.tsx';
import { eidEnd } from './eid-end.tsx';
import { eligibility } from './eligibility.tsx';
import { elsewhereService } from './elsewhere-service.tsx';
import { home } from './home.tsx';
import { insightsArea } from './insights/area.tsx';
import { methods as insightsMethods } from './insights/methods.tsx';
import { insights } from './insights/overview.tsx';
import { proposal } from './insights/proposal.tsx';
import { simulator } from './insights/simulator.tsx';
import { linking, removeLink } from './linking.tsx';
import { log } from './log.tsx';
import { messageSettings } from './message-settings.tsx';
import { message, messages, stopMail } from './messages.tsx';
import { myData, withdrawConsent } from './my-data.tsx';
import { offer, offerWishes } from './offers.tsx';
import { myPayments, paymentReceipt, payPage } from './payments.tsx';
import { eidPhone, eidPush, phone, phoneRequest } from './phone.tsx';
import { about, eidError, error, signedOut } from './plain.tsx';
import { processPage } from './process.tsx';
import { proof } from './proof.tsx';
import { eidReceipt, receipt } from './receipt.tsx';
import { eidRecovery, recovered, recovery } from './recovery.tsx';
import { searchResults } from './search-results.tsx';
import { service } from './service.tsx';
import { sharedCase } from './shared-case.tsx';
import { signIn } from './sign-in.tsx';
import { signIns } from './sign-ins.tsx';
import { status } from './status.tsx';
import { checkAnswers, submitted } from './submit.tsx';
import { verify } from './verify.tsx';
import { credential, wallet, walletOffer } from './wallet.tsx';
import { ways } from './ways.tsx';

/** All pages of the portal: `renderPage(pages.home, view, frame)`. The comment names the route that draws each. */
export const pages = {
  /** GET / */
  home,
  /** GET /offers/:offerId */
  offer,
  /** GET|POST /offers/wishes */
  offerWishes,
  /** GET /services?q=&event=&theme=&for=&age=&page= */
  searchResults,
  /** GET /services/:serviceId?home= of a service that is given here */
  service,
  /** GET /services/:serviceId/process?version= */
  process: processPage,
  /** GET|POST /services/:serviceId/eligibility */
  eligibility,
  /** GET /services/:serviceId of a service that only other states give */
  elsewhereService,
  /** GET /services/:serviceId of a service that is only described here */
  describedService,
  /** GET|POST /signin */
  signIn,
  /** after POST /signout */
  signedOut,
  /** GET|POST /eid-pages/interaction/:uid */
  eidLogin,
  /** GET|POST /eid-pages/interaction/:uid/code */
  eidCode,
  /** GET /eid-pages/interaction/:uid when nothing but going back is left */
  eidEnd,
  /** GET|POST /eid-pages/interaction/:uid/represent */
  eidRepresent,
  /** GET|POST /eid-pages/interaction/:uid/consent */
  consent,
  /** GET /eid-pages/receipt/:handle */
  eidReceipt,
  /** any refusal under /eid-pages */
  eidError,
  /** GET /cases */
  myCases,
  /** GET /cases/:caseId while it is a draft */
  taskList,
  /** GET /cases/:caseId/evidence */
  evidence,
  /** GET|POST /cases/:caseId/pages/:pageId */
  formPage,
  /** GET /cases/:caseId/check, and POST /cases/:caseId/submit when something is missing */
  checkAnswers,
  /** after POST /cases/:caseId/submit */
  submitted,
  /** GET /cases/:caseId once submitted */
  casePage,
  /** GET /cases/:caseId/copy */
  copy,
  /** GET|POST /cases/:caseId/pay, and GET /payments/return/:attemptId while nothing is paid */
  payPage,
  /** GET /shared-cases/:shareId */
  sharedCase,
  /** GET /payments */
  myPayments,
  /** GET /payments/:paymentId */
  paymentReceipt,
  /** GET /messages?before= */
  messages,
  /** GET /messages/:messageId */
  message,
  /** GET|POST /messages/settings, and after the forms of addresses */
  messageSettings,
  /** GET|POST /messages/unsubscribe/:messageId/:token */
  stopMail,
  /** GET|POST /cases/:caseId/request and /cases/:caseId/appeal */
  caseStep,
  /** GET /my-data */
  myData,
  /** GET /my-data/uses/:useId/proof */
  proof,
  /** GET /my-data/consents/:consentId/receipt */
  receipt,
  /** GET /my-data/consents/:consentId/withdraw */
  withdrawConsent,
  /** GET /my-data/sign-ins */
  signIns,
  /** GET|POST /apps/allow/:uid */
  allowApp,
  /** GET /my-data/apps, and after withdrawing */
  myApps,
  /** GET /app-visits/:visitId */
  appPayment,
  appVisit,
  /** GET /acting, and after its forms */
  acting,
  /** GET /acting/:mandateId/withdraw */
  withdrawMandate,
  /** GET /linking, and after its forms */
  linking,
  /** GET /linking/links/:linkId/remove */
  removeLink,
  /** GET /wallet */
  wallet,
  /** GET /wallet/:credentialId */
  credential,
  /** GET|POST /wallet/offer */
  walletOffer,
  /** GET /ways, and after every change there */
  ways,
  /** GET /phone, and after every answer there */
  phone,
  /** GET /phone/requests/:requestId */
  phoneRequest,
  /** GET /eid-pages/interaction/:uid while a phone is asked */
  eidPhone,
  eidPush,
  /** GET|POST /recovery, and POST /ways/password */
  recovery,
  /** after POST /recovery/finish */
  recovered,
  /** GET /eid-pages/interaction/:uid/recovery */
  eidRecovery,
  /** GET|POST /verify */
  verify,
  /** GET /log */
  log,
  /** GET /status */
  status,
  /** GET /insights?year= */
  insights,
  /** GET /insights/areas/:area?year=&peer= */
  insightsArea,
  /** GET /insights/simulator */
  simulator,
  /** GET /insights/methods */
  insightsMethods,
  /** GET /insights/proposal?year=&weight= */
  proposal,
  /** GET /developers */
  developers,
  /** GET /about/:page */
  about,
  /** any refusal, and what is not found */
  error,
};

export type { ActingView, EidRepresentView, MandateCard, WithdrawMandateView } from './acting.tsx';
export type { CaseHead, EvidenceView, FormPageView, ReceivedEvidence, TaskListView } from './apply.tsx';
export type { AllowAppView, AllowedApp, AppVisitView, MyAppsView } from './apps.tsx';
export type { CaseView, FiredRule, MyCasesView } from './case.tsx';
export type { AskedForMore, ChangedDecision, SaidMessage } from './case-dealings.tsx';
export type { CaseState } from './case-states.ts';
export type { CaseStepView } from './case-step.tsx';
export type { ConsentField, ConsentGroup, ConsentView } from './consent.tsx';
export type { CopyView } from './copy.tsx';
export type { AppCall, AppKind, DevelopersView } from './developers.tsx';
export type { EidCodeView, EidLoginView, SamplePerson } from './eid.tsx';
export type { EidEndView } from './eid-end.tsx';
export type { EligibilityResult, EligibilityView } from './eligibility.tsx';
export type { HomeView, NodeStatus } from './home.tsx';
export type { InsightsAreaView } from './insights/area.tsx';
export type { MethodsView } from './insights/methods.tsx';
export type { InsightsView } from './insights/overview.tsx';
export type { NamedArea } from './insights/parts.tsx';
export type { ProposalView } from './insights/proposal.tsx';
export type { MeasuredService } from './insights/services.tsx';
export type { Knob, SimulatorView } from './insights/simulator.tsx';
export type { LinkingView, RemoveLinkView } from './linking.tsx';
export type { LogView } from './log.tsx';
export type { MessageSettingsView } from './message-settings.tsx';
export type { MessagesView, MessageView, StopMailView } from './messages.tsx';
export type { DataUse, GivenConsent, MyDataView, WholeDataUse, WithdrawConsentView } from './my-data.tsx';
export type { MyPaymentsView, PaymentReceiptView, PayView } from './payments.tsx';
export type { EidPhoneView, PhoneView, WaitingSignIn } from './phone.tsx';
export type { AboutPageName, AboutView, ErrorView, SignedOutView } from './plain.tsx';
export type { ProofView } from './proof.tsx';
export type { ReceiptView } from './receipt.tsx';
export type { OpenRecovery, RecoveryView } from './recovery.tsx';
export type { SearchResultsView } from './search-results.tsx';
export type { AskedEvidence, ServiceView } from './service.tsx';
export type { ElsewhereRowView, Fee, ServiceRowView, TimeNeeded } from './service-rows.tsx';
export type { SharedCaseView, SharedRow, SharedWith, StateClock } from './shared-case.tsx';
export type { SignInView } from './sign-in.tsx';
export type { SignInRow, SignInsView } from './sign-ins.tsx';
export type { NodeHealth, StatusView } from './status.tsx';
export type { CheckView, SubmittedView } from './submit.tsx';
export type { Verdict, VerifyView } from './verify.tsx';
export type { CredentialCard, CredentialStatus, CredentialView, OfferView, WalletView } from './wallet.tsx';
export type { PasskeyRow, WaysView } from './ways.tsx';
