import type { Caller } from '#kernel/contract';
import type { ProblemFacts } from '#kernel/http';
import { isUuid } from '#kernel/ids';
import { chooseLanguage, type Language, type Text } from '#kernel/languages';
import type { Problem } from '#kernel/problem';
import type { Frame, PreviewBar } from './layout.tsx';
import { ownStateName, type PortalNeeds, stateNameOf } from './needs.ts';
import { type Page, renderPage } from './page.tsx';
import { pages } from './pages/index.ts';
import { type MessageKey, portalTexts } from './reader.tsx';
import type { PageAnswer, PageContext } from './routing.ts';
import { paymentsTexts } from './texts/payments.ts';

export type Draw = <View>(
  page: Page<View>,
  view: View,
  context: PageContext,
  options?: { status?: number; cookies?: string[]; language?: Language; preview?: PreviewBar },
) => Promise<PageAnswer>;

/** Draws pages in the frame of this request: language, state, and who is signed in. */
export function createDraw(needs: PortalNeeds): Draw {
  return async (page, view, context, options = {}) => {
    const caller = await callerOf(needs, context);
    const frame: Frame = {
      ...(options.preview ? { preview: options.preview } : {}),
      ...bareFrame(
        needs,
        options.language ?? context.language,
        context.facts.url.slice(needs.publicUrl.length),
        context.cookies['digits'],
      ),
      ...(caller.kind === 'person'
        ? { person: { name: await nameOf(needs, caller), isAtHome: caller.homeState === needs.state.code } }
        : {}),
      ...(caller.kind === 'person' ? { unread: await needs.notifications.mailbox.countUnread(caller.personId) } : {}),
      ...(caller.kind === 'person' && caller.actingFor ? { actingFor: caller.actingFor.names } : {}),
      ...(caller.kind === 'person' && caller.officer
        ? {
            officeHref: officeHrefOf(needs, caller.officer.roles),
            isReader: needs.cases.mayDo(caller.officer, 'read'),
            isAuditor: caller.officer.roles.includes('auditor'),
            isInquirer: caller.officer.roles.includes('inquirer'),
            isAtCounter: caller.officer.roles.includes('counter'),
            isAtDesk: caller.officer.roles.includes('identity-desk'),
            isMatcher: caller.officer.roles.includes('matching-desk'),
            isAssessing: caller.officer.roles.some((role) => role.startsWith('index-')),
            isPublishing: caller.officer.roles.some((role) => role.startsWith('service-')),
            isRegistrar: caller.officer.roles.includes('registrar'),
          }
        : {}),
    };
    return {
      html: renderPage(page, view, frame),
      ...(options.status === undefined ? {} : { status: options.status }),
      ...(options.cookies === undefined ? {} : { cookies: options.cookies }),
    };
  };
}

/** Draws pages for whoever is known by something else than a session: the operator. */
export function createBareDraw(needs: PortalNeeds) {
  return <View>(page: Page<View>, view: View, context: PageContext): { html: string } => ({
    html: renderPage(page, view, bareFrame(needs, context.language, context.facts.path)),
  });
}
export type BareDraw = ReturnType<typeof createBareDraw>;

/** What a frame is made of, where nobody is signed in. */
export type FrameNeeds = Pick<PortalNeeds, 'state' | 'assets' | 'isSample'>;

/** `digits`: what somebody chose for Arabic pages (`arab` or `latn`); those of the state for anybody else. */
export function bareFrame(needs: FrameNeeds, language: Language, path: string, digits?: string): Frame {
  const chosen = digits === 'arab' || digits === 'latn' ? digits : needs.state.digits;
  return {
    language,
    digits: language === 'ar' ? chosen : 'latn',
    timeZone: needs.state.timeZone,
    path,
    state: ownStateName(needs.state),
    assets: needs.assets.links,
    ...(needs.isSample ? { isSample: true } : {}),
  };
}

/** Pages open to anyone still greet whoever is signed in. */
export async function callerOf(needs: PortalNeeds, context: PageContext): Promise<Caller> {
  if (context.caller.kind === 'person') return context.caller;
  return needs.identity.sessions.identify({ headers: context.facts.headers, cookies: context.cookies });
}

/** A visited state knows nobody's name before it was given with consent; it says which state vouches for the person. */
async function nameOf(needs: PortalNeeds, caller: Extract<Caller, { kind: 'person' }>) {
  if (caller.homeState === needs.state.code) {
    const person = await needs.identity.persons.findPerson(caller.personId);
    if (person) return person.names;
  }
  const { names } = await stateNameOf(needs, caller.homeState);
  return { ar: `هوية ${names.ar}`, en: `${names.en} identity` };
}

/** Where the officer's own work begins: the queue, for whoever reads cases; else the first page that a role of theirs opens. */
function officeHrefOf({ cases }: PortalNeeds, roles: string[]): string {
  if (cases.mayDo({ roles }, 'read')) return '/office';
  const [, href] =
    [
      ['matching-desk', '/office/matching'],
      ['identity-desk', '/office/recoveries'],
      ['counter', '/office/counter'],
      ['inquirer', '/office/inquiries'],
      ['registrar', '/office/identities'],
      ['auditor', '/office/questions'],
    ].find(([role]) => roles.includes(role!)) ?? [];
  if (href) return href;
  if (roles.some((role) => role.startsWith('service-'))) return '/office/services';
  return roles.some((role) => role.startsWith('index-')) ? '/office/assessments' : '/office';
}

/** How a refusal looks to a person. A page for which one must sign in leads there and back. */
export function createRenderProblem(needs: () => PortalNeeds | undefined) {
  return (problem: Problem, facts: ProblemFacts): string | { redirect: string } | undefined => {
    const portal = needs();
    if (!portal) return undefined;
    if (problem.code === 'sign-in-needed') {
      return { redirect: `/signin?returnTo=${encodeURIComponent(returnTo(facts))}` };
    }
    if (problem.code === 'stronger-sign-in-needed') {
      const [level = ''] = String(problem.params['acr_values']).split(' ');
      return { redirect: `/signin?returnTo=${encodeURIComponent(returnTo(facts))}&level=${level}` };
    }
    return renderRefusal(problem, facts, portal);
  };
}

/** A refusal as a page for nobody in particular. */
export function renderRefusal(problem: Problem, facts: ProblemFacts, frame: FrameNeeds): string {
  const isEid = facts.path.startsWith('/eid-pages');
  const next = wayOn(problem.code, facts);
  return renderPage(
    isEid ? pages.eidError : pages.error,
    { code: problem.code, status: problem.status, message: problem.messages, reference: facts.instance, ...next },
    bareFrame(frame, chooseLanguage(undefined, facts.language), facts.method === 'GET' ? facts.path : '/'),
  );
}

/** A form that was posted without a session cannot be sent again by a link: begin on its page. */
function returnTo({ method, path, page }: ProblemFacts): string {
  return method === 'GET' ? path : (page ?? '/');
}

const said = (key: MessageKey): Text => ({ ar: portalTexts.ar[key], en: portalTexts.en[key] });
/** Lists of what is somebody's own, by the first part of the address. */
const lists = new Map<string, Text>(
  Object.entries({
    cases: said('nav.cases'),
    messages: said('nav.messages'),
    'my-data': said('nav.myData'),
    payments: { ar: paymentsTexts.ar.mineTitle, en: paymentsTexts.en.mineTitle },
    wallet: said('nav.wallet'),
  }),
);

/** Refusals that are mended by choosing for whom one acts. */
const ofActing = new Set(['service-for-companies', 'offer-for-another', 'acting-not-here', 'mandate-not-in-force']);

/** Where somebody goes on after a refusal: to where it is mended, to the application that the address is part of, or to the list in which they find theirs. */
function wayOn(code: string, { path, method }: ProblemFacts): { next?: { words: Text; href: string } } {
  const [area = '', id = '', ...more] = path.split('?')[0]!.split('/').slice(1);
  if (ofActing.has(code)) return { next: { words: said('acting.title'), href: '/acting' } };
  if (area === 'cases' && isUuid(id) && code !== 'case-unknown' && (more.length > 0 || method !== 'GET'))
    return { next: { words: said('error.toCase'), href: `/cases/${id}` } };
  const words = lists.get(area);
  return words && id !== '' ? { next: { words, href: `/${area}` } } : {};
}
