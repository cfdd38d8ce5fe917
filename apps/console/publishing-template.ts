import { type PageAnswer, type PageContext, type PageRoute, textOf } from '#apps/portal';
import { kernelProblem, Problem } from '#kernel/problem';
import { type Draft, looks, type Publishing, refusalOf, refuseSetting, templateFile } from '#modules/publishing';
import { consolePages } from './pages/index.ts';
import type { DraftTemplateView } from './pages/publishing/template.tsx';
import { words } from './pages/publishing/words.ts';
import { type DraftPages, isHidden, revisionIn, type Told } from './publishing-drafts.ts';

const officer = 'officer' as const;
const path = '/office/drafts/:draftId/template';
/** A page with a template as its browser sends it, in several parts. */
const templateBytesMax = 256 * 1024;

/** The look of a draft's document: its source, pictures of what a test case brings about, and the PDF. */
export function templateRoutes(
  { draftIn, headOf, officialIn, drawn }: DraftPages,
  publishing: Pick<Publishing, 'drawDraft' | 'editTemplate' | 'getDraft'>,
): PageRoute[] {
  const typedIn = ({ form }: PageContext): string | undefined =>
    form['source'] === undefined ? undefined : textOf(form['source']).replace(/\r\n?/g, '\n');
  const caseIn = ({ form, query }: PageContext) => textOf(form['case']) || query['case'] || undefined;

  const show = async (context: PageContext, draft: Draft, told: Told = {}): Promise<PageAnswer> => {
    const source = typedIn(context);
    const testId = caseIn(context);
    const pictures: DraftTemplateView['pictures'] = [];
    let { problem } = told;
    // What was refused just now is not set once more.
    for (const first of problem ? [] : (['ar', 'en'] as const)) {
      try {
        const of = { testId, first, as: 'picture' as const, ...(source === undefined ? {} : { source }) };
        const answer = await publishing.drawDraft(officialIn(context), draft.draftId, of);
        if (answer && 'picture' in answer) pictures.push({ first, src: dataAddress(answer.picture) });
        else if (answer && !('pdf' in answer)) problem = refusalOf(answer);
        else problem = refuseSetting('template-untried');
      } catch (error) {
        if (!(error instanceof Problem) || isHidden(error)) throw error;
        problem = error;
      }
      if (problem) break;
    }
    const shown = source ?? draft.files[templateFile] ?? '';
    const line = Number(problem?.params['line']);
    const lineText = shown.split('\n')[line - 1]?.trim();
    const tests = (draft.opened.service?.tests?.cases ?? []).filter(({ expect }) => !expect.refused);
    return drawn(
      consolePages.draftTemplate,
      {
        ...headOf(draft, { ...told, ...(problem ? { problem } : {}) }),
        source: shown,
        isTyped: source !== undefined,
        ...(lineText ? { fault: { line, text: lineText.slice(0, 200) } } : {}),
        cases: tests.map(({ id, title }) => ({ value: id, label: title })),
        testId: testId ?? '',
        pictures,
        others: draft.opened.findings.filter(({ file }) => file === templateFile),
      },
      context,
      { ...told, ...(problem ? { problem } : {}) },
    );
  };

  const save = async (context: PageContext): Promise<PageAnswer> => {
    const draft = await draftIn(context);
    const asked = textOf(context.form['do']);
    const look = looks.find(({ id }) => asked === `look:${id}`);
    const source = look?.source ?? typedIn(context);
    const isSaving = asked === 'save' || look !== undefined;
    if (!isSaving || source === undefined) return show(context, draft);
    try {
      await publishing.editTemplate(officialIn(context), draft.draftId, { revision: revisionIn(context), source });
    } catch (error) {
      if (!(error instanceof Problem) || isHidden(error)) throw error;
      return show(context, draft, { problem: error });
    }
    const { source: _, ...form } = context.form;
    return show({ ...context, form }, await draftIn(context), { notice: words.saved });
  };

  return [
    { method: 'GET', path, access: officer, handle: async (context) => show(context, await draftIn(context)) },
    { method: 'POST', path, access: officer, uploadBytesMax: templateBytesMax, handle: save },
    {
      method: 'GET',
      path: `${path}/document.pdf`,
      access: officer,
      handle: async (context) => {
        const { draftId } = await draftIn(context);
        const of = { testId: caseIn(context), first: 'ar', as: 'pdf' } as const;
        const answer = await publishing.drawDraft(officialIn(context), draftId, of);
        if (!answer || 'picture' in answer) throw kernelProblem('not-found');
        if (!('pdf' in answer)) throw refusalOf(answer);
        const headers = { 'content-disposition': 'inline', 'cache-control': 'private, no-store' };
        return { bytes: answer.pdf, contentType: 'application/pdf', headers };
      },
    },
  ];
}

/** A picture within the page: as an image it runs nothing and loads nothing. */
const dataAddress = (svg: string) => `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`;
