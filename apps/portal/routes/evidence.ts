import { personOf } from '#kernel/contract';
import { isUuid } from '#kernel/ids';
import type { Text } from '#kernel/languages';
import { kernelProblem, Problem } from '#kernel/problem';
import type { CaseNeeds, CaseView, ReceivedEvidence as KeptEvidence, Person } from '#modules/cases';
import { federationProblem } from '#modules/federation';
import { problem as identityProblem, type SignedIn } from '#modules/identity';
import { findEvidenceType } from '#protocol/catalogue';
import type { EvidenceDetail, GrantedEvidenceDetail } from '#protocol/evidence-detail';
import { applicantOf } from '../acting.ts';
import type { Draw } from '../frame.ts';
import { officeNameOf, type PortalNeeds, stateNameOf } from '../needs.ts';
import type { ReceivedEvidence } from '../pages/index.ts';
import { pages } from '../pages/index.ts';
import type { PageContext, PageRoute } from '../routing.ts';
import type { ShowTasks } from './apply.ts';
import type { ShowVisit } from './apps.ts';
import { flowCookieOf } from './flow-cookie.ts';
import { textOf } from './sign-in.ts';
import { labelledFields } from './words.ts';

const consentDays = 30;
/** What has to stand until a decision is asked for again until then. */
const standingDays = 90;
const dayMs = 86_400_000;

/** The way to the home state's consent page and back, and the page of what arrived. */
export function evidenceRoutes(
  needs: PortalNeeds,
  draw: Draw,
  showTasks: ShowTasks,
  showVisit: ShowVisit,
): PageRoute[] {
  const { cases, identity, federation, exchange } = needs;
  const flowCookie = flowCookieOf(needs.publicUrl);
  const me = (context: PageContext) => applicantOf(context.caller);

  const showEvidence = async (context: PageContext, view: CaseView, problems: Text[] = []) =>
    draw(
      pages.evidence,
      {
        caseId: view.id,
        reference: view.reference,
        serviceTitle: view.serviceTitle,
        received: await receivedEvidence(needs, view),
        problems,
        continueHref: visitIn(context.query['visit']) ? `/app-visits/${context.query['visit']}/done` : nextHref(view),
      },
      context,
    );

  return [
    {
      method: 'POST',
      path: '/cases/:caseId/evidence',
      access: 'person',
      handle: async (context) => {
        const asked = await cases.describeNeeds(me(context), context.params['caseId']!);
        const visit = visitIn(textOf(context.form['visit']));
        const client = await needs.officeClient(asked.officeId);
        const endOf = (days: number) => new Date(needs.clock.now().getTime() + days * dayMs).toISOString();
        const details: EvidenceDetail[] = asked.asked.map((item) => ({
          type: 'evidence',
          evidence_type: item.evidenceType,
          fields: item.fields.map((field) => field.name),
          essential_fields: item.fields.filter((field) => field.essential).map((field) => field.name),
          purpose: asked.purpose,
          case_id: asked.reference,
          requester: client.entityId,
          retention: asked.retention,
          until: endOf(item.isStanding ? standingDays : consentDays),
          use: item.isStanding ? 'until' : 'once',
        }));
        const { homeState, actingFor } = personOf(context.caller);
        try {
          const started = await identity.signin.start({
            begunBefore: flowCookie.read(context.cookies),
            client,
            providerEntityId: await federation.findProvider(homeState),
            redirectUri: `${needs.publicUrl}/evidence/callback`,
            // Whoever was sent here by an app goes back to it.
            returnTo: `/cases/${asked.caseId}/evidence${visit === undefined ? '' : `?visit=${visit}`}`,
            authorizationDetails: details,
            level: asked.level,
            resource: await exchangeAudience(federation, homeState),
            language: context.language,
            ...(actingFor ? { representation: { mandate: actingFor.mandate } } : {}),
          });
          const cookie = flowCookie.set(started.stateCookieValue);
          return { redirect: started.redirectUrl, cookies: [cookie] };
        } catch (error) {
          // The home state as a whole is away. Anything else is told as any refusal is.
          if (!(await cases.noteSilence(me(context), asked.caseId, { providerState: homeState }, error))) throw error;
          return showFailure(context, asked.caseId, visit, error as Problem);
        }
      },
    },
    {
      method: 'GET',
      path: '/evidence/callback',
      access: 'person',
      handle: async (context) => {
        const flow = flowCookie.read(context.cookies) ?? '';
        const returnTo = (await identity.signin.findFlow(flow, context.facts.url))?.returnTo;
        // A browser without a flow, or with one that was begun to sign in, did not come from a consent page.
        const [, caseId, visit] =
          /^\/cases\/([0-9a-f-]{36})\/evidence(?:\?visit=([0-9a-f-]{36}))?$/.exec(returnTo ?? '') ?? [];
        if (returnTo === undefined || caseId === undefined) throw kernelProblem('not-found');
        const asked = await cases.describeNeeds(me(context), caseId);
        try {
          const signedIn = await identity.signin.complete({
            client: await needs.officeClient(asked.officeId),
            callbackUrl: context.facts.url,
            stateCookieValue: flow,
          });
          await refuseOtherPerson(needs, context, signedIn);
          const granted = (signedIn.authorizationDetails ?? []) as unknown as GrantedEvidenceDetail[];
          await holdStanding(me(context), asked, signedIn.accessToken ?? '', granted);
          await gatherEvidence(context, asked, signedIn.accessToken ?? '', granted);
          return { redirect: returnTo };
        } catch (error) {
          if (!(error instanceof Problem)) throw error;
          return showFailure(context, caseId, visit, error);
        }
      },
    },
    {
      method: 'GET',
      path: '/cases/:caseId/evidence',
      access: 'person',
      handle: async (context) => showEvidence(context, await cases.getMyCase(me(context), context.params['caseId']!)),
    },
  ];

  async function showFailure(context: PageContext, caseId: string, visit: string | undefined, { messages }: Problem) {
    if (visit !== undefined) return showVisit(context, visit, messages);
    const title = { ar: 'لم تصل البيانات', en: 'The evidence did not arrive' };
    return showTasks(context, await cases.getMyCase(me(context), caseId), { title, words: messages });
  }

  /** Keeps the consent for evidence that is asked for again before the case is sent and decided. */
  async function holdStanding(
    { personId, homeState }: Person,
    { officeId, asked }: CaseNeeds,
    accessToken: string,
    granted: GrantedEvidenceDetail[],
  ) {
    const standing = new Set(asked.filter(({ isStanding }) => isStanding).map(({ evidenceType }) => evidenceType));
    const details = granted.filter((detail) => standing.has(detail.evidence_type));
    if (details.length === 0) return;
    await exchange.holdConsent({ officeId, providerState: homeState, accessToken, details, personId });
  }

  /**
   * Asks for everything that was granted; what arrived is kept even when a later question fails. That nothing is on record stops nobody
   * where nothing of it is needed.
   */
  async function gatherEvidence(
    context: PageContext,
    { officeId, caseId, asked }: CaseNeeds,
    accessToken: string,
    granted: GrantedEvidenceDetail[],
  ) {
    const person = me(context);
    for (const detail of granted) {
      const source = { providerState: person.homeState, evidenceType: detail.evidence_type };
      const isNeeded = asked.some(
        ({ evidenceType, fields }) => evidenceType === source.evidenceType && fields.some(({ essential }) => essential),
      );
      const evidence = await exchange
        .ask({
          officeId,
          ...source,
          fields: detail.fields,
          purpose: detail.purpose,
          caseId: detail.case_id,
          consentId: detail.consent_id,
          accessToken,
          personId: person.personId,
        })
        .catch(async (error: unknown) => {
          if (!isNeeded && error instanceof Problem && error.code === 'evidence-not-found') return undefined;
          await cases.noteSilence(person, caseId, source, error);
          throw error;
        });
      if (!evidence) continue;
      const kept: KeptEvidence = {
        evidenceType: evidence.evidenceType,
        providerState: evidence.provider.state,
        providerOffice: evidence.provider.entityId,
        values: evidence.fields,
        consentId: detail.consent_id,
        questionId: evidence.questionId,
        receipts: { own: evidence.ownReceipt, theirs: evidence.theirReceipt, signatures: evidence.signatures },
      };
      await cases.recordEvidence(person, caseId, [kept]);
    }
  }

  function nextHref(view: CaseView): string {
    const next = view.tasks.find((task) => task.status === 'next');
    return next?.pageId
      ? `/cases/${view.id}/pages/${next.pageId}`
      : next?.id === 'check'
        ? `/cases/${view.id}/check`
        : `/cases/${view.id}`;
  }
}

/** The visit of an app that brought the person here, if one did. */
const visitIn = (text: string | undefined) => (isUuid(text ?? '') ? text : undefined);

/**
 * Whoever consented at the home state must be the person signed in here: on a shared machine it may be somebody else,
 * whose records would then stand in this person's case. One state's portal and offices know a person by one subject.
 */
export async function refuseOtherPerson(
  { identity, state }: PortalNeeds,
  context: PageContext,
  signedIn: SignedIn,
): Promise<void> {
  const { personId, homeState, actingFor } = personOf(context.caller);
  // Consented for somebody else than the page said, or for oneself instead: the evidence would stand in the wrong case.
  if (signedIn.representation?.mandate !== actingFor?.mandate) throw identityProblem('consent-of-another');
  if (homeState === state.code) {
    if ((await identity.findPersonOfSubject(signedIn.subject)) === personId) return;
  } else {
    const visitor = await identity.sessions.findVisitor(personId);
    if (visitor?.issuer === signedIn.issuer && visitor.subject === signedIn.subject) return;
  }
  throw identityProblem('consent-of-another');
}

/** Which resource an evidence token of that state is for: its exchange endpoint, as its own metadata says. */
export async function exchangeAudience(federation: PortalNeeds['federation'], state: string): Promise<string> {
  const states = await federation.listStates();
  const found = states.find((candidate) => candidate.state === state);
  if (!found) throw federationProblem('provider-unknown', { state });
  return found.node.exchange_endpoint;
}

/** `documentHref` is for whoever may have the documents of an exchange. */
export async function receivedEvidence(
  needs: PortalNeeds,
  view: CaseView,
  documentHref?: (questionId: string, field: string) => string,
): Promise<ReceivedEvidence[]> {
  return Promise.all(
    view.evidence.map(async (one) => {
      const type = findEvidenceType(one.evidenceType)!;
      const held = new Set(one.fields.map((field) => field.name));
      const theirs = (one.receipts as { theirs?: { leafHash?: string } } | undefined)?.theirs;
      return {
        evidence: one.names,
        from: one.providerOffice
          ? await officeNameOf(needs, one.providerOffice)
          : { names: one.names, state: await stateNameOf(needs, one.providerState) },
        receivedAt: one.receivedAt,
        items: labelledFields(
          type,
          one.fields,
          documentHref && one.questionId ? (field) => documentHref(one.questionId!, field) : undefined,
        ),
        missing: (await askedFieldNames(needs, view, one.evidenceType)).flatMap(({ name, names }) =>
          held.has(name) ? [] : [names],
        ),
        exchangeId: one.questionId ?? '',
        digest: theirs?.leafHash ?? '',
      };
    }),
  );
}

async function askedFieldNames(needs: PortalNeeds, view: CaseView, evidenceType: string) {
  const service = await needs.catalogue.getService(view.serviceId, view.serviceVersion);
  const requirement = service.definition.requirements.find((one) => one.evidence.type === evidenceType);
  const type = findEvidenceType(evidenceType)!;
  return (requirement?.evidence.fields ?? []).map(({ name }) => ({ name, names: type.fields[name]!.names }));
}
