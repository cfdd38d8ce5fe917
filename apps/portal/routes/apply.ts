import type { Text } from '#kernel/languages';
import { Problem } from '#kernel/problem';
import type { CaseView } from '#modules/cases';
import { applicantOf } from '../acting.ts';
import type { Draw } from '../frame.ts';
import { officeOfService, type PortalNeeds } from '../needs.ts';
import type { CaseHead, CheckView } from '../pages/index.ts';
import { pages } from '../pages/index.ts';
import type { PageAnswer, PageContext, PageRoute } from '../routing.ts';
import type { ShowVisit } from './apps.ts';
import { attachmentRoutes, type ShowPage, soughtIn } from './attachments.ts';
import { evidenceRoutes, receivedEvidence } from './evidence.ts';
import { fieldsOf } from './fields.ts';
import { createKept, keptAgain } from './kept.ts';
import { listOwnRecordTasks, ownRecordRoutes } from './own-record.ts';
import { feeOfCase, owedOf } from './payments.ts';
import { stillOpenOf } from './still-open.ts';
import { toldOf } from './told.ts';
import { answersShown } from './words.ts';

export type ShowTasks = (
  context: PageContext,
  view: CaseView,
  notice?: { tone?: 'good' | 'bad'; title: Text; words: Text },
) => Promise<PageAnswer>;

type Notice = Parameters<ShowTasks>[2];

/** What happened just now, or what the draft waits for; and that nobody has to come back to find out. */
function noticeOf({ awaitsSourceSince }: CaseView, given: Notice): Notice | { tone: 'warn'; title: Text; words: Text } {
  if (awaitsSourceSince === undefined) return given;
  if (!given) return { tone: 'warn', title: awaited.title, words: awaited.told };
  const words = { ar: `${given.words.ar} ${awaited.told.ar}`, en: `${given.words.en} ${awaited.told.en}` };
  return { ...given, words };
}

const awaited = {
  title: { ar: 'جهة تحفظ بياناتك لا تجيب', en: 'A source of your data does not answer' },
  told: {
    ar: 'حين تعود تجيب نخبرك مرة واحدة في صندوق رسائلك، وحيث اخترت أن نخبرك. ما كتبته محفوظ.',
    en: 'When it answers again we tell you once, in your mailbox and wherever you chose to be told. What you wrote is kept.',
  },
};

/** From "start" to "sent": task list, evidence, form pages, check, submit. */
export function createApply(
  needs: PortalNeeds,
  draw: Draw,
  showVisit: ShowVisit,
): { routes: PageRoute[]; showTasks: ShowTasks } {
  const { cases } = needs;
  const me = (context: PageContext) => applicantOf(context.caller);
  const head = (view: CaseView): CaseHead => ({
    caseId: view.id,
    reference: view.reference,
    serviceTitle: view.serviceTitle,
  });
  const officeOf = (view: CaseView) => officeOfService(needs, view.serviceId, view.officeNames);

  const showTasks: ShowTasks = async (context, view, given) => {
    const notice = noticeOf(view, given);
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
            title: { ar: 'من هويتك وسجلاتك', en: 'From your identity and your records' },
            tasks: [...prepared.map(toTask), ...(await listOwnRecordTasks(needs, context, view))],
          },
          { title: { ar: 'ما نسألك عنه', en: 'What we ask you' }, tasks: asked.map(toTask) },
          { title: { ar: 'المراجعة والإرسال', en: 'Check and send' }, tasks: last.map(toTask) },
        ],
        ...(view.keptUntil === undefined ? {} : { keptUntil: view.keptUntil }),
        ...(view.begunFrom ? { begunFrom: view.begunFrom } : {}),
        ...(notice ? { notice: { tone: 'bad' as const, ...notice } } : {}),
      },
      context,
    );
  };

  const showPage: ShowPage = (context, view, model, { status, notice } = {}) => {
    const at = `/cases/${view.id}/pages/${model.pageId}`;
    const fields = fieldsOf(model, {
      files: `/cases/${view.id}/files`,
      entries: `${at}/entries`,
      tasks: `/cases/${view.id}`,
    });
    const back = model.previousPageId ? `/cases/${view.id}/pages/${model.previousPageId}` : `/cases/${view.id}`;
    return draw(
      pages.formPage,
      {
        ...head(view),
        // Files come as a form of several parts, which has an address of its own.
        action: fields.some(({ kind }) => kind === 'file') ? `${at}/files` : at,
        title: both(model.title),
        ...(model.intro ? { lead: both(model.intro) } : {}),
        fields,
        step: { number: model.step.number, count: model.step.of },
        backHref: back,
        ...(notice ? { notice } : {}),
        // Pieces that are answered one by one are saved one by one.
        ...(fields.some(({ kind }) => kind === 'file' || kind === 'group') ? {} : { keepAt: `${at}/kept` }),
      },
      context,
      status === undefined ? {} : { status },
    );
  };

  const showCheck = async (context: PageContext, view: CaseView, problems: CheckView['problems'] = []) => {
    const told = await toldOf(needs, context, view.id);
    const repeat = await cases.findRepeatOf(me(context), view.id);
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
            answers: answersShown(byPage.get(task.pageId!) ?? [], `/cases/${view.id}/files`),
          })),
        ...(await feeOfCase(needs, context, view.id)),
        ...(told ? { told } : {}),
        ...(repeat ? { repeat } : {}),
        // The consent begins on the list of steps, where it says what it is for.
        missing: view.tasks
          .filter(({ id, status }) => id !== 'check' && status !== 'done')
          .map(({ title, pageId }) => ({
            title,
            href: pageId === undefined ? `/cases/${view.id}` : `/cases/${view.id}/pages/${pageId}`,
          })),
        problems,
      },
      context,
      problems.length > 0 ? { status: 422 } : {},
    );
  };

  const kept = createKept(needs).ofPage;
  const attachments = attachmentRoutes(needs, draw, showPage);
  const routes: PageRoute[] = [
    ...attachments.routes,
    {
      method: 'POST',
      path: '/services/:serviceId/start',
      access: 'person',
      handle: async (context) => {
        try {
          const view = await cases.startCase(me(context), context.params['serviceId']!);
          return { redirect: `/cases/${view.id}` };
        } catch (error) {
          // The application there is, in place of one that could not be sent.
          const other = error instanceof Problem && error.code === 'application-repeated' && error.params['caseId'];
          if (!other) throw error;
          return { redirect: `/cases/${String(other)}?notice=repeated` };
        }
      },
    },
    {
      // Whoever had to sign in first comes back here by a link.
      method: 'GET',
      path: '/services/:serviceId/start',
      access: 'person',
      handle: async (context) => ({ redirect: `/services/${encodeURIComponent(context.params['serviceId']!)}` }),
    },
    ...evidenceRoutes(needs, draw, showTasks, showVisit),
    ...ownRecordRoutes(needs, showTasks),
    {
      method: 'GET',
      path: '/cases/:caseId/pages/:pageId',
      access: 'person',
      handle: async (context) => {
        const { caseId, pageId } = context.params as { caseId: string; pageId: string };
        const posted = await kept.find(context);
        const typed = posted && { posted, errors: [] };
        const model = await cases.openPage(me(context), caseId, pageId, context.language, typed);
        const view = await cases.getMyCase(me(context), caseId);
        return showPage(context, view, model, posted ? { notice: keptAgain } : {});
      },
    },
    {
      method: 'POST',
      path: '/cases/:caseId/pages/:pageId',
      access: 'person',
      keep: kept.keep,
      handle: async (context) => {
        const { caseId, pageId } = context.params as { caseId: string; pageId: string };
        if (context.form['remove'] !== undefined) return attachments.removeEntry(context, caseId, pageId);
        return kept.drop(context, await attachments.goOn(context, caseId, pageId, context.form));
      },
    },
    {
      method: 'POST',
      path: '/cases/:caseId/pages/:pageId/kept',
      access: 'person',
      keep: kept.keepTyped,
      handle: kept.keepTyped,
    },
    {
      // What is looked for is posted: it belongs into no address.
      method: 'POST',
      path: '/cases/:caseId/pages/:pageId/search',
      access: 'person',
      handle: async (context) => {
        const { caseId, pageId } = context.params as { caseId: string; pageId: string };
        const sought = soughtIn(context.form);
        const model = await cases.openPage(me(context), caseId, pageId, context.language, undefined, sought);
        return showPage(context, await cases.getMyCase(me(context), caseId), model);
      },
    },
    {
      // The language switch of a page with results comes by here.
      method: 'GET',
      path: '/cases/:caseId/pages/:pageId/search',
      access: 'person',
      handle: async (context) => {
        const { caseId, pageId } = context.params as { caseId: string; pageId: string };
        return { redirect: `/cases/${caseId}/pages/${encodeURIComponent(pageId)}` };
      },
    },
    {
      method: 'GET',
      path: '/cases/:caseId/check',
      access: 'person',
      handle: async (context) => {
        const view = await cases.getMyCase(me(context), context.params['caseId']!);
        if (view.state === 'draft') return showCheck(context, view);
        // After the last page that was corrected for a request comes the answer to it.
        return { redirect: view.state === 'waiting-for-person' ? `/cases/${view.id}/request` : `/cases/${view.id}` };
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
          if (error.code === 'fee-due') return { redirect: `/cases/${caseId}/pay` };
          const view = await cases.getMyCase(me(context), caseId);
          if (error.code === 'second-signature-needed') {
            const title = { ar: 'سُجّل توقيعك', en: 'Your signature is on record' };
            return showTasks(context, view, { tone: 'good', title, words: error.messages });
          }
          if (view.state !== 'draft') return { redirect: `/cases/${caseId}` };
          const { pageId } = error.params;
          const where = pageId === undefined ? {} : { href: `/cases/${caseId}/pages/${pageId}` };
          return showCheck(context, view, [{ message: error.messages, ...where }]);
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
        const owed = await owedOf(needs, context, view);
        return draw(
          pages.submitted,
          {
            ...head(view),
            submittedAt: view.submittedAt,
            office: officeOf(view),
            isDecided,
            ...(view.dueOn && !isDecided && !owed.owed ? { dueOn: view.dueOn } : {}),
            ...owed,
            ...(await stillOpenOf(needs, context, view)),
            next: isDecided ? [view.decision!.outcomeText] : [service.texts.whatHappensNext],
          },
          context,
        );
      },
    },
  ];
  return { routes, showTasks };
}

function both(text: string): Text {
  return { ar: text, en: text };
}
