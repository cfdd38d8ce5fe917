import { personOf } from '#kernel/contract';
import type { Language, Text } from '#kernel/languages';
import { kernelProblem, Problem } from '#kernel/problem';
import type { CaseView, ReceivedEvidence as KeptEvidence } from '#modules/cases';
import type { FieldError, PageModel } from '#modules/catalogue';
import { findEvidenceType } from '#protocol/catalogue';
import type { EvidenceDetail, GrantedEvidenceDetail } from '#protocol/evidence-detail';
import type { Draw } from '../frame.ts';
import { officeNameOf, officeOfService, type PortalNeeds, stateNameOf } from '../needs.ts';
import type { CaseHead, ReceivedEvidence } from '../pages/index.ts';
import { pages } from '../pages/index.ts';
import type { PageAnswer, PageContext, PageRoute } from '../routing.ts';
import { fieldsOf } from './fields.ts';
import { flowCookie, textOf } from './sign-in.ts';
import { dateIn, labelledFields } from './words.ts';

export type ShowTasks = (
  context: PageContext,
  view: CaseView,
  notice?: { title: Text; words: Text },
) => Promise<PageAnswer>;

const consentDays = 30;
const draftDays = 90;
const dayMs = 86_400_000;

/** From "start" to "sent": task list, the way to the home state's consent page and back, form pages, check, submit. */
export function createApply(needs: PortalNeeds, draw: Draw): { routes: PageRoute[]; showTasks: ShowTasks } {
  const { cases, identity, federation, exchange } = needs;
  const secure = needs.publicUrl.startsWith('https:') ? '; Secure' : '';
  const me = (context: PageContext) => {
    const { personId, homeState } = personOf(context.caller);
    return { personId, homeState };
  };
  const head = (view: CaseView): CaseHead => ({
    caseId: view.id,
    reference: view.reference,
    serviceTitle: view.serviceTitle,
  });
  const officeOf = (view: CaseView) => officeOfService(needs, view.serviceId, view.officeNames);

  const showTasks: ShowTasks = async (context, view, notice) => {
    const [beginning, ...rest] = view.tasks;
    const prepared = [beginning!, ...rest.filter((task) => task.id === 'evidence')];
    const asked = rest.filter((task) => task.pageId !== undefined);
    const last = rest.filter((task) => task.id === 'check');
    const hrefOf = (task: CaseView['tasks'][number]) =>
      task.pageId
        ? `/cases/${view.id}/pages/${task.pageId}`
        : task.id === 'check'
          ? `/cases/${view.id}/check`
          : task.id === 'evidence' && view.evidence.length > 0
            ? `/cases/${view.id}/evidence`
            : undefined;
    const toTask = (task: CaseView['tasks'][number]) => {
      const isOpen = task.status === 'next' || (task.status === 'later' && task.pageId !== undefined);
      const isPost = task.id === 'evidence' && task.status !== 'done';
      return {
        title: task.title,
        status: task.status === 'done' ? ('done' as const) : isOpen ? ('todo' as const) : ('locked' as const),
        ...(hrefOf(task) && !isPost ? { href: hrefOf(task) } : {}),
        ...(isPost ? { post: `/cases/${view.id}/evidence` } : {}),
      };
    };
    return draw(
      pages.taskList,
      {
        ...head(view),
        office: officeOf(view),
        sections: [
          {
            title: { ar: 'من هويتك وسجلات بلدك', en: 'From your identity and your home records' },
            tasks: prepared.map(toTask),
          },
          { title: { ar: 'ما نسألك عنه', en: 'What we ask you' }, tasks: asked.map(toTask) },
          { title: { ar: 'المراجعة والإرسال', en: 'Check and send' }, tasks: last.map(toTask) },
        ],
        keptUntil: dateIn(new Date(Date.parse(view.updatedAt) + draftDays * dayMs), needs.state.timeZone),
        ...(notice ? { notice: { tone: 'bad' as const, ...notice } } : {}),
      },
      context,
    );
  };

  const showEvidence = async (context: PageContext, view: CaseView, problems: Text[] = []) =>
    draw(
      pages.evidence,
      {
        ...head(view),
        received: await receivedEvidence(needs, view),
        problems,
        continueHref: nextHref(view),
      },
      context,
    );

  const showPage = (context: PageContext, view: CaseView, model: PageModel, status?: number) => {
    const back = model.previousPageId ? `/cases/${view.id}/pages/${model.previousPageId}` : `/cases/${view.id}`;
    return draw(
      pages.formPage,
      {
        ...head(view),
        pageId: model.pageId,
        title: both(model.title),
        ...(model.intro ? { lead: both(model.intro) } : {}),
        fields: fieldsOf(model),
        number: model.step.number,
        count: model.step.of,
        backHref: back,
      },
      context,
      status === undefined ? {} : { status },
    );
  };

  const showCheck = async (context: PageContext, view: CaseView, problems: Text[] = []) => {
    const byPage = Map.groupBy(view.answers, (answer) => answer.pageId);
    return draw(
      pages.checkAnswers,
      {
        ...head(view),
        evidence: await receivedEvidence(needs, view),
        pages: view.tasks
          .filter((task) => task.pageId !== undefined)
          .map((task) => ({
            title: task.title,
            href: `/cases/${view.id}/pages/${task.pageId}`,
            answers: (byPage.get(task.pageId!) ?? []).map(({ label, value }) => ({ label, value })),
          })),
        fee: null,
        problems,
      },
      context,
      problems.length > 0 ? { status: 422 } : {},
    );
  };

  const routes: PageRoute[] = [
    {
      method: 'POST',
      path: '/services/:serviceId/start',
      access: 'person',
      handle: async (context) => {
        const view = await cases.startCase(me(context), context.params['serviceId']!);
        return { redirect: `/cases/${view.id}` };
      },
    },
    {
      // Whoever had to sign in first comes back here by a link.
      method: 'GET',
      path: '/services/:serviceId/start',
      access: 'person',
      handle: async (context) => ({ redirect: `/services/${encodeURIComponent(context.params['serviceId']!)}` }),
    },
    {
      method: 'POST',
      path: '/cases/:caseId/evidence',
      access: 'person',
      handle: async (context) => {
        const asked = await cases.describeNeeds(me(context), context.params['caseId']!);
        const client = await needs.officeClient(asked.officeId);
        const until = new Date(needs.clock.now().getTime() + consentDays * dayMs).toISOString();
        const details: EvidenceDetail[] = asked.asked.map((item) => ({
          type: 'evidence',
          evidence_type: item.evidenceType,
          fields: item.fields.map((field) => field.name),
          essential_fields: item.fields.filter((field) => field.essential).map((field) => field.name),
          purpose: asked.purpose,
          case_id: asked.reference,
          requester: client.entityId,
          retention: asked.retention,
          until,
          use: 'once',
        }));
        const { homeState } = me(context);
        const providerEntityId = await federation.findProvider(homeState);
        const started = await identity.signin.start({
          client,
          providerEntityId,
          redirectUri: `${needs.publicUrl}/evidence/callback`,
          returnTo: `/cases/${asked.caseId}/evidence`,
          authorizationDetails: details,
          resource: await exchangeAudience(homeState),
          language: context.language,
        });
        return {
          redirect: started.redirectUrl,
          cookies: [`${flowCookie}=${started.stateCookieValue}; Path=/; Max-Age=1800; HttpOnly; SameSite=Lax${secure}`],
        };
      },
    },
    {
      method: 'GET',
      path: '/evidence/callback',
      access: 'person',
      handle: async (context) => {
        const flow = context.cookies[flowCookie] ?? '';
        const returnTo = await identity.signin.findReturnTo(flow);
        // A browser without a flow, or with one that was begun to sign in, did not come from a consent page.
        const caseId = /^\/cases\/([0-9a-f-]{36})\/evidence$/.exec(returnTo ?? '')?.[1];
        if (caseId === undefined) throw kernelProblem('not-found');
        const asked = await cases.describeNeeds(me(context), caseId);
        try {
          const signedIn = await identity.signin.complete({
            client: await needs.officeClient(asked.officeId),
            callbackUrl: context.facts.url,
            stateCookieValue: flow,
          });
          const granted = (signedIn.authorizationDetails ?? []) as unknown as GrantedEvidenceDetail[];
          await gatherEvidence(context, asked.officeId, caseId, signedIn.accessToken ?? '', granted);
          return { redirect: `/cases/${caseId}/evidence` };
        } catch (error) {
          if (!(error instanceof Problem)) throw error;
          const title = { ar: 'لم تصل البيانات', en: 'The evidence did not arrive' };
          const view = await cases.getMyCase(me(context), caseId);
          return showTasks(context, view, { title, words: error.messages });
        }
      },
    },
    {
      method: 'GET',
      path: '/cases/:caseId/evidence',
      access: 'person',
      handle: async (context) => showEvidence(context, await cases.getMyCase(me(context), context.params['caseId']!)),
    },
    {
      method: 'GET',
      path: '/cases/:caseId/pages/:pageId',
      access: 'person',
      handle: async (context) => {
        const { caseId, pageId } = context.params as { caseId: string; pageId: string };
        const model = await cases.openPage(me(context), caseId, pageId, context.language);
        return showPage(context, await cases.getMyCase(me(context), caseId), model);
      },
    },
    {
      method: 'POST',
      path: '/cases/:caseId/pages/:pageId',
      access: 'person',
      handle: async (context) => {
        const { caseId, pageId } = context.params as { caseId: string; pageId: string };
        const saved = await cases.saveAnswers(me(context), caseId, pageId, context.form);
        if (!saved.saved) return showRefusedPage(context, caseId, pageId, context.language, saved.errors);
        if (textOf(context.form['then']) === 'later' || !saved.nextPageId)
          return { redirect: textOf(context.form['then']) === 'later' ? `/cases/${caseId}` : `/cases/${caseId}/check` };
        return { redirect: `/cases/${caseId}/pages/${saved.nextPageId}` };
      },
    },
    {
      method: 'GET',
      path: '/cases/:caseId/check',
      access: 'person',
      handle: async (context) => {
        const view = await cases.getMyCase(me(context), context.params['caseId']!);
        return view.state === 'draft' ? showCheck(context, view) : { redirect: `/cases/${view.id}` };
      },
    },
    {
      method: 'POST',
      path: '/cases/:caseId/submit',
      access: 'person',
      handle: async (context) => {
        const caseId = context.params['caseId']!;
        try {
          await cases.submitCase(me(context), caseId);
          return { redirect: `/cases/${caseId}/sent` };
        } catch (error) {
          if (!(error instanceof Problem) || error.status === 404) throw error;
          const view = await cases.getMyCase(me(context), caseId);
          return view.state === 'draft' ? showCheck(context, view, [error.messages]) : { redirect: `/cases/${caseId}` };
        }
      },
    },
    {
      method: 'GET',
      path: '/cases/:caseId/sent',
      access: 'person',
      handle: async (context) => {
        const view = await cases.getMyCase(me(context), context.params['caseId']!);
        if (!view.submittedAt) return { redirect: `/cases/${view.id}` };
        const service = await needs.catalogue.getService(view.serviceId, view.serviceVersion);
        const isDecided = view.decision !== undefined;
        return draw(
          pages.submitted,
          {
            ...head(view),
            submittedAt: view.submittedAt,
            office: officeOf(view),
            isDecided,
            ...(view.dueOn && !isDecided ? { dueOn: view.dueOn } : {}),
            next: isDecided ? [view.decision!.outcomeText] : [service.texts.whatHappensNext],
          },
          context,
        );
      },
    },
  ];
  return { routes, showTasks };

  async function showRefusedPage(
    context: PageContext,
    caseId: string,
    pageId: string,
    language: Language,
    errors: FieldError[],
  ) {
    const refused = { posted: context.form, errors };
    const model = await cases.openPage(me(context), caseId, pageId, language, refused);
    return showPage(context, await cases.getMyCase(me(context), caseId), model, 422);
  }

  /** Which resource an evidence token of that state is for: its exchange endpoint, as its own metadata says. */
  async function exchangeAudience(state: string): Promise<string> {
    const states = await federation.listStates();
    const found = states.find((candidate) => candidate.state === state);
    if (!found) throw new Error(`state ${state} signed somebody in and is not in the federation`);
    return found.node.exchange_endpoint;
  }

  /** Asks for everything that was granted; what arrived is kept even when a later question fails. */
  async function gatherEvidence(
    context: PageContext,
    officeId: string,
    caseId: string,
    accessToken: string,
    granted: GrantedEvidenceDetail[],
  ) {
    const person = me(context);
    for (const detail of granted) {
      const evidence = await exchange.ask({
        officeId,
        providerState: person.homeState,
        evidenceType: detail.evidence_type,
        fields: detail.fields,
        purpose: detail.purpose,
        caseId: detail.case_id,
        consentId: detail.consent_id,
        accessToken,
        personId: person.personId,
      });
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

export async function receivedEvidence(needs: PortalNeeds, view: CaseView): Promise<ReceivedEvidence[]> {
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
        items: labelledFields(type, one.fields),
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

function both(text: string): Text {
  return { ar: text, en: text };
}
