import { isUuid } from '#kernel/ids';
import { kernelProblem, Problem } from '#kernel/problem';
import { exchangeProblem } from '#modules/exchange';
import { matchingProblem } from '#modules/matching';
import { findEvidenceType, findPurpose } from '#protocol/catalogue';
import type { EvidenceDetail, GrantedEvidenceDetail } from '#protocol/evidence-detail';
import { ownerOf } from '../acting.ts';
import type { Draw } from '../frame.ts';
import { officeOf, ownStateName, type PortalNeeds, stateNameOf } from '../needs.ts';
import type { LinkingView } from '../pages/index.ts';
import { pages } from '../pages/index.ts';
import type { PageContext, PageRoute } from '../routing.ts';
import { exchangeAudience, refuseOtherPerson } from './evidence.ts';
import { flowCookieOf } from './flow-cookie.ts';
import { textOf } from './sign-in.ts';

const evidenceType = 'person-identity';
const purpose = 'identity-matching';
const essential = ['full_name_ar', 'full_name_latin', 'birth_date'];
/** They tell namesakes apart; the person may keep them back. */
const optional = ['nationality', 'sex'];
const fields = [...essential, ...optional];
const dayMs = 86_400_000;

/** A person of another state has their record here found, with the home state's evidence and their consent; and ends the link. */
export function linkingRoutes(needs: PortalNeeds, draw: Draw): PageRoute[] {
  const { identity, federation, exchange, matching } = needs;
  const flowCookie = flowCookieOf(needs.publicUrl);
  const typeFields = findEvidenceType(evidenceType)!.fields;

  /** People of this state need no link: their number here is the number of their identity. */
  const visitorOf = (context: PageContext) => {
    const { personId, homeState } = ownerOf(context.caller);
    if (!matching.rules || !matching.isOffered() || homeState === needs.state.code)
      throw matchingProblem('matching-not-offered');
    return { personId, homeState, officeId: matching.rules.office, level: matching.rules.level };
  };
  type Extra = Pick<LinkingView, 'notice' | 'problem'> & { number?: string; status?: number };

  const show = async (context: PageContext, { number, status, ...extra }: Extra = {}) => {
    const { personId, homeState, officeId } = visitorOf(context);
    const own = await matching.own(personId);
    const office = needs.offices.find(({ id }) => id === officeId)!;
    return draw(
      pages.linking,
      {
        here: ownStateName(needs.state).names,
        home: (await stateNameOf(needs, homeState)).names,
        office: officeOf(needs, { id: office.id, names: office.names }),
        compared: essential.map((field) => typeFields[field]!.names),
        mayAdd: optional.map((field) => typeFields[field]!.names),
        ...(own.links[0] && !own.links[0].endedAt ? { link: own.links[0] } : {}),
        ended: own.links.filter(({ endedAt }) => endedAt),
        // What became of a link says its own card.
        attempts: own.attempts.filter(({ state }) => state !== 'linked'),
        reads: own.reads.map((read) => ({
          readId: read.readId,
          at: read.at,
          caseId: read.caseId,
          office: officeOf(needs, {
            id: read.office,
            names: needs.offices.find(({ id }) => id === read.office)?.names ?? { ar: read.office, en: read.office },
          }),
          purpose: findPurpose(read.purpose)?.names ?? { ar: read.purpose, en: read.purpose },
          fields: read.fields.map((field) => findEvidenceType(read.evidenceType)?.fields[field]?.names ?? both(field)),
        })),
        ...(number === undefined ? {} : { number }),
        ...extra,
      },
      context,
      status === undefined ? {} : { status },
    );
  };
  const refused = (context: PageContext, error: unknown, extra: Extra = {}) => {
    if (!(error instanceof Problem) || error.code === 'acting-not-here') throw error;
    return show(context, { ...extra, problem: error.messages, status: error.status });
  };

  return [
    { method: 'GET', path: '/linking', access: 'person', handle: (context) => show(context) },
    {
      method: 'POST',
      path: '/linking/begin',
      access: 'person',
      handle: async (context) => {
        const { personId, homeState, officeId, level } = visitorOf(context);
        const number = textOf(context.form['number']);
        const objectionTo = textOf(context.form['objectionTo']);
        try {
          const begun = await matching.begin(
            { personId, homeState },
            { number, ...(isUuid(objectionTo) ? { objectionTo } : {}) },
          );
          const client = await needs.officeClient(officeId);
          const detail: EvidenceDetail = {
            type: 'evidence',
            evidence_type: evidenceType,
            fields,
            essential_fields: essential,
            purpose,
            case_id: begun.reference,
            requester: client.entityId,
            retention: 'P14D',
            until: new Date(needs.clock.now().getTime() + dayMs).toISOString(),
            use: 'once',
          };
          const started = await identity.signin.start({
            begunBefore: flowCookie.read(context.cookies),
            client,
            providerEntityId: await federation.findProvider(homeState),
            redirectUri: `${needs.publicUrl}/linking/callback`,
            returnTo: `/linking/${begun.attemptId}`,
            authorizationDetails: [detail],
            level,
            resource: await exchangeAudience(federation, homeState),
            language: context.language,
          });
          const cookie = flowCookie.set(started.stateCookieValue);
          return { redirect: started.redirectUrl, cookies: [cookie] };
        } catch (error) {
          return refused(context, error, { number });
        }
      },
    },
    {
      method: 'GET',
      path: '/linking/callback',
      access: 'person',
      handle: async (context) => {
        const { personId, homeState, officeId } = visitorOf(context);
        const flow = flowCookie.read(context.cookies) ?? '';
        const returnTo = (await identity.signin.findFlow(flow, context.facts.url))?.returnTo;
        // A browser whose flow was begun for something else did not come from such a consent.
        const attemptId = /^\/linking\/([0-9a-f-]{36})$/.exec(returnTo ?? '')?.[1];
        if (attemptId === undefined) throw kernelProblem('not-found');
        try {
          const begun = await matching.findBegun(personId, attemptId);
          const signedIn = await identity.signin.complete({
            client: await needs.officeClient(officeId),
            callbackUrl: context.facts.url,
            stateCookieValue: flow,
          });
          await refuseOtherPerson(needs, context, signedIn);
          const [granted] = (signedIn.authorizationDetails ?? []) as unknown as GrantedEvidenceDetail[];
          if (!granted || granted.case_id !== begun.reference) throw exchangeProblem('evidence-not-consented');
          const evidence = await exchange.ask({
            officeId,
            providerState: homeState,
            evidenceType,
            fields: granted.fields,
            purpose,
            caseId: begun.reference,
            consentId: granted.consent_id,
            accessToken: signedIn.accessToken ?? '',
            personId,
          });
          await matching.compare(personId, attemptId, evidence.fields);
          return { redirect: '/linking' };
        } catch (error) {
          return refused(context, error);
        }
      },
    },
    {
      method: 'POST',
      path: '/linking/attempts/:attemptId/proof',
      access: 'person',
      handle: async (context) => {
        const { personId } = visitorOf(context);
        const number = textOf(context.form['number']).trim();
        if (!number) {
          const problem = { ar: 'رقم الوثيقة غير مكتوب.', en: 'Write the number of the document.' };
          return show(context, { problem, status: 422 });
        }
        try {
          await matching.giveProof(personId, context.params['attemptId']!, number);
          return { redirect: '/linking' };
        } catch (error) {
          return refused(context, error);
        }
      },
    },
    {
      method: 'POST',
      path: '/linking/attempts/:attemptId/withdraw',
      access: 'person',
      handle: async (context) => {
        try {
          await matching.takeBack(visitorOf(context).personId, context.params['attemptId']!);
          return { redirect: '/linking' };
        } catch (error) {
          return refused(context, error);
        }
      },
    },
    {
      method: 'GET',
      path: '/linking/links/:linkId/remove',
      access: 'person',
      handle: async (context) => {
        const { personId } = visitorOf(context);
        const link = (await matching.own(personId)).links.find(({ linkId }) => linkId === context.params['linkId']);
        if (!link || link.endedAt) throw matchingProblem('link-unknown');
        return draw(pages.removeLink, { linkId: link.linkId, reference: link.reference }, context);
      },
    },
    {
      method: 'POST',
      path: '/linking/links/:linkId/remove',
      access: 'person',
      handle: async (context) => {
        const why = textOf(context.form['why']) === 'not-me' ? 'not-me' : 'person';
        try {
          await matching.removeLink(visitorOf(context).personId, context.params['linkId']!, why);
          return await show(context, {
            notice: {
              ar: 'انتهى الربط، ولا يُقرأ به شيء بعد الآن.',
              en: 'The link has ended; nothing is read by it any more.',
            },
          });
        } catch (error) {
          return refused(context, error);
        }
      },
    },
  ];
}

const both = (text: string) => ({ ar: text, en: text });
