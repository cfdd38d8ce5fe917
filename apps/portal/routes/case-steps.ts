import type { Text } from '#kernel/languages';
import { Problem } from '#kernel/problem';
import type { CaseView } from '#modules/cases';
import { fileBytesMax } from '#modules/catalogue';
import { applicantOf } from '../acting.ts';
import type { Draw } from '../frame.ts';
import type { PortalNeeds } from '../needs.ts';
import { pages } from '../pages/index.ts';
import type { PageContext, PageRoute } from '../routing.ts';
import { formBytesMax } from './attachments.ts';
import { createKept, unsentAgain } from './kept.ts';
import { textOf } from './sign-in.ts';

/** What a person does with a case after it was sent: answers what the office asks, appeals, writes. */
export function caseStepRoutes(needs: PortalNeeds, draw: Draw): PageRoute[] {
  const { cases } = needs;
  const kept = createKept(needs);
  const [keptAnswer, keptAppeal, keptMessage] = [kept.ofStep('answer'), kept.ofStep('appeal'), kept.ofStep('message')];
  const me = (context: PageContext) => applicantOf(context.caller);
  const caseIdOf = (context: PageContext) => context.params['caseId']!;
  const versionOf = (context: PageContext) => Number(textOf(context.form['version'])) || 1;
  const head = (view: CaseView) => ({
    caseId: view.id,
    reference: view.reference,
    serviceTitle: view.serviceTitle,
    version: view.version,
  });

  /** What was refused because of what was written is said on the page that it was written on. */
  const refusedOn = async (
    context: PageContext,
    error: unknown,
    show: (context: PageContext, view: CaseView, error: Text) => ReturnType<PageRoute['handle']>,
  ) => {
    if (!(error instanceof Problem) || error.status === 404 || error.status === 401) throw error;
    return show(context, await cases.getMyCase(me(context), caseIdOf(context)), error.messages);
  };

  const showRequest = async (context: PageContext, view: CaseView, error?: Text) => {
    const request = view.requests.find(({ isOpen }) => isOpen);
    if (!request) return { redirect: `/cases/${view.id}` };
    return draw(
      pages.caseStep,
      {
        ...head(view),
        title: { ar: 'ما تطلبه الجهة منك', en: 'What the office asks you for' },
        points: [...request.things.map(({ text }) => text), ...(request.ownWords ? [request.ownWords] : [])],
        until: request.answerBy,
        tasks: [
          ...request.files.map((paper, at) => ({
            title: paper.names,
            status: paper.attached.length > 0 ? ('done' as const) : ('todo' as const),
            href: `/cases/${view.id}/request/files/${at + 1}`,
          })),
          ...request.pages.map((page) => ({
            title: page.title,
            status: page.isSaved ? ('done' as const) : ('todo' as const),
            href: `/cases/${view.id}/pages/${page.id}`,
          })),
        ],
        fields: [
          {
            name: 'text',
            kind: 'textarea' as const,
            label: { ar: 'ردك', en: 'Your answer' },
            required: request.pages.length === 0 && request.files.length === 0,
            lengthMax: 2000,
            value: textOf(context.form['text']),
            ...(error ? { error } : {}),
          },
        ],
        action: `/cases/${view.id}/request`,
        ...keeping(context, view, 'request'),
        submit: { ar: 'إرسال الرد', en: 'Send the answer' },
        note: {
          ar: 'بعد الإرسال يعود الطلب إلى الموظف، وتستأنف الجهة مدة القرار.',
          en: 'Once it is sent, the case goes back to the officer and the time to decide goes on.',
        },
      },
      context,
      error ? { status: 422 } : {},
    );
  };

  /** The page of one paper that the office asks for by name, with what was sent of it so far. */
  const showPaper = async (context: PageContext, error?: Text) => {
    const view = await cases.getMyCase(me(context), caseIdOf(context));
    const paper = openPaper(view, context);
    if (!paper) return { redirect: `/cases/${view.id}/request` };
    const { names, attached, accept, bytesMax, filesMax } = paper;
    const shown = attached.map(({ id, name, mediaType, size, scan }) => ({
      ...{ id, name, mediaType, size, scan },
      href: `/cases/${view.id}/files/${id}`,
    }));
    const files = { accept, bytesMax, filesMax, attached: shown };
    return draw(
      pages.formPage,
      {
        ...head(view),
        action: `/cases/${view.id}/request/files/${context.params['number']}`,
        title: names,
        fields: [{ name: 'file', kind: 'file', label: names, required: true, files, ...(error ? { error } : {}) }],
        isPaper: true,
        backHref: `/cases/${view.id}/request`,
      },
      context,
      error ? { status: 422 } : {},
    );
  };

  const openPaper = (view: CaseView, { params }: PageContext) =>
    view.requests.find(({ isOpen }) => isOpen)?.files.find(({ id }) => id === `request.${params['number']}`);

  const showAppeal = async (context: PageContext, view: CaseView, error?: Text) => {
    if (!view.isAppealOpen && !error) return { redirect: `/cases/${view.id}` };
    return draw(
      pages.caseStep,
      {
        ...head(view),
        title: { ar: 'التظلّم من القرار', en: 'Appeal against the decision' },
        ...(view.appealWords ? { lead: view.appealWords.article } : {}),
        points: [],
        tasks: [],
        fields: [
          {
            name: 'words',
            kind: 'textarea' as const,
            label: { ar: 'لماذا تتظلّم من القرار؟', en: 'Why do you appeal against the decision?' },
            hint: {
              ar: 'اكتب ما تراه خطأ في القرار، وما تستند إليه.',
              en: 'Write what you think is wrong with the decision, and what you base that on.',
            },
            required: true,
            lengthMax: 2000,
            value: textOf(context.form['words']),
            ...(error ? { error } : {}),
          },
        ],
        action: `/cases/${view.id}/appeal`,
        ...keeping(context, view, 'appeal'),
        submit: { ar: 'تقديم التظلّم', en: 'Send the appeal' },
        ...(view.appealWords ? { note: view.appealWords.afterwards } : {}),
      },
      context,
      error ? { status: 422 } : {},
    );
  };

  /** A page with what was typed on it before and not sent. */
  const showAgain = async (
    context: PageContext,
    { find }: ReturnType<typeof kept.ofStep>,
    show: (context: PageContext, view: CaseView) => ReturnType<PageRoute['handle']>,
  ) => {
    const view = await cases.getMyCase(me(context), caseIdOf(context));
    return show({ ...context, form: (await find(context)) ?? {} }, view);
  };
  /** Where the page's script sends what is typed; whatever is in the form before anything was refused was typed before. */
  const keeping = ({ form, facts }: PageContext, { id }: CaseView, name: 'request' | 'appeal') => ({
    keepAt: `/cases/${id}/${name}/kept`,
    ...(facts.method === 'GET' && Object.keys(form).length > 0 ? { notice: unsentAgain } : {}),
  });
  const keepingRoute = (name: string, { keepTyped }: ReturnType<typeof kept.ofStep>): PageRoute => ({
    method: 'POST',
    path: `/cases/:caseId/${name}/kept`,
    access: 'person',
    keep: keepTyped,
    handle: keepTyped,
  });

  return [
    {
      method: 'GET',
      path: '/cases/:caseId/request',
      access: 'person',
      handle: (context) => showAgain(context, keptAnswer, showRequest),
    },
    {
      method: 'POST',
      path: '/cases/:caseId/request',
      access: 'person',
      keep: keptAnswer.keep,
      handle: async (context) => {
        const text = textOf(context.form['text']);
        try {
          const given = { text, expectedVersion: versionOf(context) };
          await cases.answerRequest(me(context), caseIdOf(context), given);
        } catch (error) {
          return refusedOn(context, error, showRequest);
        }
        return keptAnswer.drop(context, { redirect: `/cases/${caseIdOf(context)}` });
      },
    },
    keepingRoute('request', keptAnswer),
    {
      method: 'GET',
      path: '/cases/:caseId/request/files/:number',
      access: 'person',
      handle: (context) => showPaper(context),
    },
    {
      method: 'POST',
      path: '/cases/:caseId/request/files/:number',
      access: 'person',
      uploadBytesMax: fileBytesMax + formBytesMax,
      handle: async (context) => {
        const caseId = caseIdOf(context);
        const here = { redirect: `/cases/${caseId}/request/files/${encodeURIComponent(context.params['number']!)}` };
        const view = await cases.getMyCase(me(context), caseId);
        const paper = openPaper(view, context);
        if (!paper) return { redirect: `/cases/${caseId}/request` };
        const remove = textOf(context.form['remove']);
        if (remove) {
          await cases.removeFile(me(context), caseId, remove);
          return here;
        }
        const isAttaching = textOf(context.form['then']) === 'attach';
        // Whoever chose a file and goes on means to send it.
        if (isAttaching || context.upload)
          try {
            await cases.attachFile(
              me(context),
              caseId,
              paper.id,
              context.upload ?? { name: '', bytes: Buffer.alloc(0) },
            );
          } catch (error) {
            if (!(error instanceof Problem) || !/^files?-/.test(error.code)) throw error;
            return showPaper(context, error.messages);
          }
        return isAttaching ? here : { redirect: `/cases/${caseId}/request` };
      },
    },
    {
      method: 'GET',
      path: '/cases/:caseId/appeal',
      access: 'person',
      handle: (context) => showAgain(context, keptAppeal, showAppeal),
    },
    {
      method: 'POST',
      path: '/cases/:caseId/appeal',
      access: 'person',
      keep: keptAppeal.keep,
      handle: async (context) => {
        const filed = { words: textOf(context.form['words']), expectedVersion: versionOf(context) };
        try {
          await cases.appeal(me(context), caseIdOf(context), filed);
        } catch (error) {
          return refusedOn(context, error, showAppeal);
        }
        return keptAppeal.drop(context, { redirect: `/cases/${caseIdOf(context)}` });
      },
    },
    keepingRoute('appeal', keptAppeal),
    {
      method: 'POST',
      path: '/cases/:caseId/messages',
      access: 'person',
      keep: keptMessage.keep,
      handle: async (context) => {
        try {
          await cases.writeMessage(me(context), caseIdOf(context), textOf(context.form['text']));
        } catch (error) {
          // Nothing was written: the page stays as it is, and asks again.
          if (!(error instanceof Problem) || error.code !== 'message-empty') throw error;
        }
        return keptMessage.drop(context, { redirect: `/cases/${caseIdOf(context)}#messages` });
      },
    },
    keepingRoute('messages', keptMessage),
  ];
}
