import type { Text } from '#kernel/languages';
import { Problem } from '#kernel/problem';
import { type CaseView, downloadOf, type EntryPlace } from '#modules/cases';
import { type FieldError, fileBytesMax, type PageModel, type PostedBody } from '#modules/catalogue';
import { applicantOf } from '../acting.ts';
import type { Draw } from '../frame.ts';
import type { PortalNeeds } from '../needs.ts';
import { pages } from '../pages/index.ts';
import type { Form, PageAnswer, PageContext, PageRoute } from '../routing.ts';
import { fieldsOf } from './fields.ts';
import { textOf } from './sign-in.ts';

export type ShowPage = (
  context: PageContext,
  view: CaseView,
  model: PageModel,
  options?: { status?: number; notice?: Text },
) => Promise<PageAnswer>;

/** What the form of a page says that was looked for in a register; nothing where it has no such question. */
export function soughtIn(posted: PostedBody): { words: string; page: number; chosen?: string } | undefined {
  const { words, chosen } = posted;
  if (typeof words !== 'string') return undefined;
  return { words, page: Number(posted['at']) || 1, ...(typeof chosen === 'string' ? { chosen } : {}) };
}

/** What the form around a file weighs. */
export const formBytesMax = 65_536;

/** Questions that are answered piece by piece: files one after the other, and the entries of a group, each on a page of its own. */
export function attachmentRoutes(needs: PortalNeeds, draw: Draw, showPage: ShowPage) {
  const { cases } = needs;
  const me = (context: PageContext) => applicantOf(context.caller);
  const pageOf = (context: PageContext) => context.params as { caseId: string; pageId: string };

  /** Saves the page and leads to the next one, or shows it again with what is wrong. */
  const goOn = async (context: PageContext, caseId: string, pageId: string, form: Form): Promise<PageAnswer> => {
    const saved = await cases.saveAnswers(me(context), caseId, pageId, form);
    if (!saved.saved) return showRefused(context, caseId, pageId, form, saved.errors);
    if (textOf(form['then']) === 'later') return { redirect: `/cases/${caseId}` };
    return { redirect: saved.nextPageId ? `/cases/${caseId}/pages/${saved.nextPageId}` : `/cases/${caseId}/check` };
  };

  const showRefused = async (
    context: PageContext,
    caseId: string,
    pageId: string,
    posted: PostedBody,
    errors: FieldError[],
  ): Promise<PageAnswer> => {
    const model = await cases.openPage(
      me(context),
      caseId,
      pageId,
      context.language,
      { posted, errors },
      soughtIn(posted),
    );
    return showPage(context, await cases.getMyCase(me(context), caseId), model, { status: 422 });
  };

  /** Attaches what was sent along; a refusal of the file itself stands on the page, any other on its own. */
  const attach = async (context: PageContext): Promise<PageAnswer | undefined> => {
    const { caseId, pageId } = pageOf(context);
    const { questions } = await cases.openPage(me(context), caseId, pageId, context.language);
    const question = questions.find(({ kind }) => kind === 'file');
    if (!question) return { redirect: `/cases/${caseId}/pages/${pageId}` };
    const given = context.upload ?? { name: '', bytes: Buffer.alloc(0) };
    try {
      await cases.attachFile(me(context), caseId, question.id, given);
      return undefined;
    } catch (error) {
      if (!(error instanceof Problem) || !/^files?-/.test(error.code)) throw error;
      const { code, messages: message } = error;
      return showRefused(context, caseId, pageId, {}, [{ field: question.id, control: question.id, code, message }]);
    }
  };

  const showEntry = async (
    context: PageContext,
    place: EntryPlace,
    refused?: { posted: PostedBody; errors: FieldError[] },
  ): Promise<PageAnswer> => {
    const { caseId, pageId } = pageOf(context);
    const entry = await cases.openEntry(me(context), caseId, place, context.language, refused);
    const view = await cases.getMyCase(me(context), caseId);
    const back = `/cases/${caseId}/pages/${pageId}`;
    const seen = place.seen ?? entry.seen;
    return draw(
      pages.formPage,
      {
        caseId,
        reference: view.reference,
        serviceTitle: view.serviceTitle,
        action: `${back}/entries/${place.number ?? 'new'}`,
        title: both(entry.title),
        fields: fieldsOf(entry.page),
        ...(seen === undefined ? {} : { seen }),
        backHref: back,
      },
      context,
      refused ? { status: 422 } : {},
    );
  };

  const placeOf = (context: PageContext): EntryPlace => {
    const { pageId, entry } = context.params as { pageId: string; entry: string };
    // What is no number names no entry.
    return { pageId, ...(entry === 'new' ? {} : { number: /^[1-9]\d?$/.test(entry) ? Number(entry) : 0 }) };
  };

  const removeEntry = async (context: PageContext, caseId: string, pageId: string): Promise<PageAnswer> => {
    const [number, seen] = textOf(context.form['remove']).split(':');
    await cases.removeEntry(me(context), caseId, { pageId, number: Number(number) || 0, seen });
    return { redirect: `/cases/${caseId}/pages/${pageId}` };
  };

  const routes: PageRoute[] = [
    {
      method: 'POST',
      path: '/cases/:caseId/pages/:pageId/files',
      access: 'person',
      uploadBytesMax: fileBytesMax + formBytesMax,
      handle: async (context) => {
        const { caseId, pageId } = pageOf(context);
        const { form } = context;
        const remove = textOf(form['remove']);
        const isAttaching = textOf(form['then']) === 'attach';
        if (remove) {
          await cases.removeFile(me(context), caseId, remove);
          return { redirect: `/cases/${caseId}/pages/${pageId}` };
        }
        // Whoever chose a file and goes on means to send it.
        const refused = isAttaching || context.upload ? await attach(context) : undefined;
        if (refused) return refused;
        return isAttaching ? { redirect: `/cases/${caseId}/pages/${pageId}` } : goOn(context, caseId, pageId, form);
      },
    },
    {
      // The language switch of a page with a file that was refused comes by here.
      method: 'GET',
      path: '/cases/:caseId/pages/:pageId/files',
      access: 'person',
      handle: async (context) => {
        const { caseId, pageId } = pageOf(context);
        return { redirect: `/cases/${caseId}/pages/${encodeURIComponent(pageId)}` };
      },
    },
    {
      method: 'GET',
      path: '/cases/:caseId/pages/:pageId/entries/:entry',
      access: 'person',
      handle: (context) => showEntry(context, placeOf(context)),
    },
    {
      method: 'POST',
      path: '/cases/:caseId/pages/:pageId/entries/:entry',
      access: 'person',
      handle: async (context) => {
        const { caseId, pageId } = pageOf(context);
        const { seen, ...posted } = context.form;
        const place = { ...placeOf(context), ...(seen === undefined ? {} : { seen: textOf(seen) }) };
        const { saved, errors } = await cases.saveEntry(me(context), caseId, place, posted);
        return saved ? { redirect: `/cases/${caseId}/pages/${pageId}` } : showEntry(context, place, { posted, errors });
      },
    },
    {
      method: 'GET',
      path: '/cases/:caseId/files/:fileId',
      access: 'person',
      handle: async (context) => {
        const { caseId, fileId } = context.params as { caseId: string; fileId: string };
        return downloadOf(await cases.readFile(me(context), caseId, fileId));
      },
    },
  ];
  return { routes, goOn, removeEntry };
}

function both(text: string): Text {
  return { ar: text, en: text };
}
