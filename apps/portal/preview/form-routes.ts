import { newId, sha256 } from '#kernel/ids';
import type { Text } from '#kernel/languages';
import { Problem } from '#kernel/problem';
import { createFileJudge, findPrefills } from '#modules/cases';
import {
  type Answer,
  type Answers,
  type AttachedFile,
  type CaseForm,
  describePage,
  type Entry,
  type FieldError,
  type Form,
  fileBytesMax,
  type HeldEntry,
  itemsMax,
  listPages,
  type PageModel,
  type PostedBody,
  putEntry,
  stateOfEntry,
  validatePage,
} from '#modules/catalogue';
import { pages } from '../pages/index.ts';
import { fieldsOf } from '../routes/fields.ts';
import { textOf } from '../routes/sign-in.ts';
import type { PageAnswer, PageContext, PageRoute } from '../routing.ts';
import { previewTexts } from '../texts/preview.ts';
import type { Shown } from './routes.ts';

const both = (text: string): Text => ({ ar: text, en: text });
const tooLong: Text = { ar: previewTexts.ar.tooLong, en: previewTexts.en.tooLong };

/** A preview asks no register: one entry stands for all, and says so. */
const example: HeldEntry = { code: 'example', ar: previewTexts.ar.registerEntry, en: previewTexts.en.registerEntry };
const exampleFound = {
  words: '',
  names: { ar: previewTexts.ar.register, en: previewTexts.en.register },
  isWhole: true,
  entries: [example],
  total: 1,
  isMore: false,
  page: 1,
  pages: 1,
};
const lookUpsOf = (form: Form) =>
  Object.entries(form.definition.questions).flatMap(([id, { lookUp }]) => (lookUp ? [id] : []));

/** A page of the form, as it may stand in the head of an answer whatever was in the address. */
const pageAt = (at: string, pageId: string) => `${at}/pages/${encodeURIComponent(pageId)}`;

type Tools = {
  path: string;
  access: PageRoute['access'];
  /** Runs a handler on the service of this request, or shows why there is none. */
  on(handle: (context: PageContext, shown: Shown) => Promise<PageAnswer>): PageRoute['handle'];
  /** Goes on with these answers, or says that they are too much to carry. */
  keep(context: PageContext, shown: Shown, answers: Answers, to: string): PageAnswer | undefined;
};

/** The form of a service that is only looked at: drawn by the portal's pages, judged by the form's own code, kept by nobody. */
export function previewFormRoutes({ path, access, on, keep }: Tools): PageRoute[] {
  const judgeFile = createFileJudge();

  const open = (form: CaseForm, answers: Answers, pageId: string) =>
    listPages(form, answers).find((page) => page.id === pageId);

  const showPage = (
    context: PageContext,
    shown: Shown,
    pageId: string,
    refused?: { posted: PostedBody; errors: FieldError[] },
  ) => {
    const { service, carried, at } = shown;
    if (!open(service.form, carried.answers, pageId)) return { redirect: at };
    const model: PageModel = describePage(service.form, pageId, {
      language: context.language,
      answers: carried.answers,
      found: findPrefills(service, shown.evidence),
      lookedUp: Object.fromEntries(lookUpsOf(service.form).map((id) => [id, exampleFound])),
      ...refused,
    });
    const own = pageAt(at, pageId);
    const fields = fieldsOf(model, { files: `${at}/files`, entries: `${own}/entries` });
    return shown.draw(
      pages.formPage,
      {
        ...shown.head,
        action: fields.some(({ kind }) => kind === 'file') ? `${own}/files` : own,
        title: both(model.title),
        ...(model.intro ? { lead: both(model.intro) } : {}),
        fields,
        step: { number: model.step.number, count: model.step.of },
        backHref: model.previousPageId ? `${at}/pages/${model.previousPageId}` : at,
      },
      context,
      refused ? 422 : 200,
    );
  };

  const refuse = (context: PageContext, shown: Shown, pageId: string, posted: PostedBody, message: Text, code = '') => {
    const field = shown.service.form.definition.pages.find(({ id }) => id === pageId)!.questions[0]!;
    return showPage(context, shown, pageId, { posted, errors: [{ field, control: field, code, message }] });
  };

  const goOn = async (context: PageContext, shown: Shown, pageId: string) => {
    const { service, carried, at } = shown;
    const page = open(service.form, carried.answers, pageId);
    if (!page) return { redirect: at };
    const held = Object.fromEntries(lookUpsOf(service.form).map((id) => [id, example]));
    const { answers, errors } = validatePage(service.form, pageId, context.form, carried.answers, held);
    if (errors.length > 0) return showPage(context, shown, pageId, { posted: context.form, errors });
    const others = Object.entries(carried.answers).filter(([id]) => !page.questions.includes(id));
    const all = { ...Object.fromEntries(others), ...answers, ...filesOn(shown, page.questions) };
    const list = listPages(service.form, all);
    const next = list[list.findIndex(({ id }) => id === pageId) + 1];
    const to = textOf(context.form['then']) === 'later' ? at : next ? `${at}/pages/${next.id}` : `${at}/check`;
    return keep(context, shown, all, to) ?? refuse(context, shown, pageId, context.form, tooLong);
  };

  const filesOn = ({ service, carried }: Shown, questions: readonly string[]): Answers =>
    Object.fromEntries(
      questions.flatMap((id) =>
        service.form.definition.questions[id]!.kind === 'file' && carried.answers[id]
          ? [[id, carried.answers[id]]]
          : [],
      ),
    );

  const attach = async (context: PageContext, shown: Shown, pageId: string): Promise<PageAnswer> => {
    const { service, carried, at } = shown;
    const own = pageAt(at, pageId);
    const id = open(service.form, carried.answers, pageId)?.questions.find(
      (question) => service.form.definition.questions[question]!.kind === 'file',
    );
    if (!id) return { redirect: at };
    const attached = (carried.answers[id] ?? []) as unknown as AttachedFile[];
    const put = (files: AttachedFile[]) => ({ ...carried.answers, [id]: files as unknown as Answer });
    const remove = textOf(context.form['remove']);
    const isAttaching = textOf(context.form['then']) === 'attach';
    if (remove) {
      const rest = attached.filter((file) => file.id !== remove);
      return keep(context, shown, put(rest), own) ?? { redirect: own };
    }
    if (!isAttaching && !context.upload) return goOn(context, shown, pageId);
    try {
      const { mediaType, bytes } = await judgeFile(
        context.upload?.bytes ?? Buffer.alloc(0),
        service.form.definition.questions[id]!.files!,
      );
      if (attached.length >= itemsMax(service.form, id)) return { redirect: own };
      const file: AttachedFile = {
        id: newId(),
        name: context.upload!.name.slice(0, 100),
        mediaType,
        size: bytes.length,
        sha256: sha256(bytes).toString('hex'),
        scan: 'unscanned',
      };
      return keep(context, shown, put([...attached, file]), own) ?? refuse(context, shown, pageId, {}, tooLong);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      return refuse(context, shown, pageId, {}, error.messages, error.code);
    }
  };

  const groupOn = ({ service, carried }: Shown, pageId: string) => {
    const { questions } = service.form.definition;
    const id = open(service.form, carried.answers, pageId)?.questions.find((one) => questions[one]!.kind === 'group');
    return id === undefined ? undefined : { id, entries: (carried.answers[id] ?? []) as Entry[] };
  };
  const numberOf = ({ params }: PageContext) => (params['entry'] === 'new' ? undefined : Number(params['entry']) || 0);

  const showEntry = (
    context: PageContext,
    shown: Shown,
    refused?: { posted: PostedBody; errors: FieldError[] },
  ): PageAnswer | Promise<PageAnswer> => {
    const pageId = context.params['pageId']!;
    const back = pageAt(shown.at, pageId);
    const group = groupOn(shown, pageId);
    const number = numberOf(context);
    const entry = number === undefined ? {} : group?.entries[number - 1];
    if (!group || !entry) return { redirect: back };
    const { form } = shown.service;
    const { language } = context;
    const page = describePage(form.entryForms.get(group.id)!, 'entry', { language, answers: entry, ...refused });
    return shown.draw(
      pages.formPage,
      {
        ...shown.head,
        action: `${back}/entries/${number ?? 'new'}`,
        title: form.definition.questions[group.id]!.entry!.name,
        fields: fieldsOf(page),
        ...(number === undefined ? {} : { seen: stateOfEntry(entry) }),
        backHref: back,
      },
      context,
      refused ? 422 : 200,
    );
  };

  const saveEntry = (context: PageContext, shown: Shown) => {
    const pageId = context.params['pageId']!;
    const back = pageAt(shown.at, pageId);
    const group = groupOn(shown, pageId);
    const number = numberOf(context);
    if (!group || (number !== undefined && !group.entries[number - 1])) return { redirect: back };
    const { entries, errors } = putEntry(shown.service.form, group.id, group.entries, context.form, number);
    if (errors.length > 0) return showEntry(context, shown, { posted: context.form, errors });
    const kept = keep(context, shown, { ...shown.carried.answers, [group.id]: entries }, back);
    return kept ?? refuse(context, shown, pageId, {}, tooLong);
  };

  const removeEntry = (context: PageContext, shown: Shown, pageId: string): PageAnswer => {
    const group = groupOn(shown, pageId);
    const back = pageAt(shown.at, pageId);
    const number = Number(textOf(context.form['remove']).split(':')[0]) || 0;
    if (!group || number === 0) return { redirect: back };
    const entries = group.entries.toSpliced(number - 1, 1);
    return keep(context, shown, { ...shown.carried.answers, [group.id]: entries }, back) ?? { redirect: back };
  };

  const own = `${path}/pages/:pageId`;
  return [
    {
      // Nothing was kept that could be had.
      method: 'GET',
      path: `${path}/files/:name`,
      access,
      handle: on(async (_context, { at }) => ({ redirect: at })),
    },
    {
      method: 'GET',
      path: own,
      access,
      handle: on(async (context, shown) => showPage(context, shown, context.params['pageId']!)),
    },
    {
      method: 'POST',
      path: own,
      access,
      handle: on(async (context, shown) => {
        const pageId = context.params['pageId']!;
        return context.form['remove'] === undefined
          ? goOn(context, shown, pageId)
          : removeEntry(context, shown, pageId);
      }),
    },
    {
      // The language switch of a page with a file that was refused comes by here.
      method: 'GET',
      path: `${own}/files`,
      access,
      handle: on(async (context, { at }) => ({
        redirect: pageAt(at, context.params['pageId']!),
      })),
    },
    {
      method: 'POST',
      path: `${own}/files`,
      access,
      uploadBytesMax: fileBytesMax + 65_536,
      handle: on((context, shown) => attach(context, shown, context.params['pageId']!)),
    },
    {
      method: 'GET',
      path: `${own}/entries/:entry`,
      access,
      handle: on(async (context, shown) => showEntry(context, shown)),
    },
    {
      method: 'POST',
      path: `${own}/entries/:entry`,
      access,
      handle: on(async (context, shown) => saveEntry(context, shown)),
    },
  ];
}
