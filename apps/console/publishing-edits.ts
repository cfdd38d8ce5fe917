import { type PageAnswer, type PageContext, type PageRoute, type PortalNeeds, textOf } from '#apps/portal';
import type { Text } from '#kernel/languages';
import { kernelProblem } from '#kernel/problem';
import { type DecisionTable, type Finding, readDecisions, type ServiceFiles, type TableRow } from '#modules/catalogue';
import {
  type Draft,
  listTextsOf,
  putRows,
  putTerms,
  putTexts,
  type RowEdit,
  tableFileOf,
  textFiles,
} from '#modules/publishing';
import { consolePages } from './pages/index.ts';
import { words } from './pages/publishing/words.ts';
import type { DraftPages, Told } from './publishing-drafts.ts';
import { eligibilityEditRoutes } from './publishing-eligibility.ts';
import { factRoutes } from './publishing-facts.ts';
import { formRoutes } from './publishing-form.ts';
import { templateRoutes } from './publishing-template.ts';
import { exemptionGroups, readTerms, termsFields } from './publishing-terms.ts';
import { testRoutes } from './publishing-tests.ts';

const officer = 'officer' as const;
const ofDraft = '/office/drafts/:draftId';
/** A page of texts as its browser sends it, in several parts. */
const textsBytesMax = 512 * 1024;
const textMax = 4000;

/** The pages on which a draft is changed, each with the problems of its part. */
export function draftEditRoutes(needs: PortalNeeds, pages: DraftPages): PageRoute[] {
  const { state, exchange, publishing } = needs;
  const { draftIn, headOf, seenFiles, save, drawn } = pages;

  const fileIn = ({ params }: PageContext, draft: Draft): string => {
    const file = textFiles.find((name) => name === `${params['file']}.json`);
    if (!file || !(file in draft.files)) throw kernelProblem('not-found');
    return file;
  };

  /** Only what somebody changed themselves, by what they were shown: others' texts stay as they are now. */
  const typedTexts = (form: PageContext['form'], file: string, seen: ServiceFiles): Record<string, Text> =>
    Object.fromEntries(
      listTextsOf(seen, file).flatMap(({ path, value }) => {
        const key = path.join('.');
        if (form[`ar.${key}`] === undefined && form[`en.${key}`] === undefined) return [];
        const read = (name: string) => textOf(form[name]).replace(/\r\n?/g, '\n').trim().slice(0, textMax);
        const typed = { ar: read(`ar.${key}`), en: read(`en.${key}`) };
        return typed.ar === value.ar && typed.en === value.en ? [] : [[key, typed]];
      }),
    );

  const showTexts = async (context: PageContext, draft: Draft, told: Told = {}): Promise<PageAnswer> => {
    const file = fileIn(context, draft);
    const typed = typedTexts(context.form, file, await seenFiles(context, draft));
    const own = draft.opened.findings.filter((finding) => finding.file === file);
    const fields = listTextsOf(draft.files, file).map(({ path, words: name, value }) => {
      const key = path.join('.');
      const problems = own.filter(({ problem }) => problem.startsWith(`${key}: `)).map(({ problem }) => problem);
      return { path: key, words: name, value: typed[key] ?? value, problems };
    });
    const others = own.filter(({ problem }) => !fields.some(({ problems }) => problems.includes(problem)));
    return drawn(consolePages.draftTexts, { ...headOf(draft, told), file, fields, others }, context, told);
  };

  const tableIn = async (
    context: PageContext,
    files: ServiceFiles,
  ): Promise<{ file: string; name: string; logic: DecisionTable }> => {
    const file = await tableFileOf(files, context.params['table']!);
    if (file === undefined) throw kernelProblem('not-found');
    const { decisions } = await readDecisions(files[file]!);
    const found = decisions.find(({ name }) => name === context.params['table'])!;
    return { file, name: found.name, logic: found.logic as DecisionTable };
  };
  const postedRows = (form: PageContext['form'], { inputs, outputs }: DecisionTable): TableRow[] => {
    const rows: TableRow[] = [];
    for (let row = 1; form[`id.${row}`] !== undefined && row <= 500; row += 1)
      rows.push({
        id: textOf(form[`id.${row}`]),
        tests: inputs.map((_, at) => textOf(form[`t.${row}.${at + 1}`]).trim() || '-'),
        results: outputs.map((_, at) => textOf(form[`r.${row}.${at + 1}`]).trim()),
      });
    return rows;
  };

  const showRules = async (context: PageContext, draft: Draft, told: Told = {}): Promise<PageAnswer> => {
    const { file: own, name, logic } = await tableIn(context, draft.files);
    const typed = told.problem ? postedRows(context.form, logic) : [];
    const wrong = draft.opened.findings.filter(({ file }) => file === own);
    const ofRow = (row: number) => wrong.filter(({ problem }) => problem.startsWith(`${name}, row ${row}: `));
    const rows = (typed.length > 0 ? typed : logic.rules).map((row, at) => ({
      ...row,
      problems: ofRow(at + 1).map(({ problem }) => problem),
    }));
    const others: Finding[] = wrong.filter(({ problem }) => !rows.some(({ problems }) => problems.includes(problem)));
    return drawn(
      consolePages.draftRules,
      {
        ...headOf(draft, told),
        table: name,
        hitPolicy: logic.hitPolicy,
        inputs: logic.inputs.map(({ expression }) => expression),
        outputs: logic.outputs.map((output) => output.name),
        rows,
        others,
      },
      context,
      told,
    );
  };

  const showTerms = async (context: PageContext, draft: Draft, told: Told = {}): Promise<PageAnswer> =>
    drawn(
      consolePages.draftFields,
      {
        ...headOf(draft, told),
        heading: words.terms,
        action: `/office/drafts/${draft.draftId}/terms`,
        groups: [
          { fields: termsFields(draft.files, state, context.form) },
          ...exemptionGroups(draft.files, context.form),
        ],
        others: draft.opened.findings.filter(
          ({ file, problem }) => file === 'fee.json' || problem.startsWith('serviceLevel'),
        ),
      },
      context,
      told,
    );

  return [
    {
      method: 'GET',
      path: `${ofDraft}/texts/:file`,
      access: officer,
      handle: async (context) => showTexts(context, await draftIn(context)),
    },
    {
      method: 'POST',
      path: `${ofDraft}/texts/:file`,
      access: officer,
      uploadBytesMax: textsBytesMax,
      handle: async (context) => {
        const draft = await draftIn(context);
        const file = fileIn(context, draft);
        const typed = typedTexts(context.form, file, await seenFiles(context, draft));
        return save(context, file, (files) => putTexts(files, file, typed), showTexts);
      },
    },
    {
      method: 'GET',
      path: `${ofDraft}/rules/:table`,
      access: officer,
      handle: async (context) => showRules(context, await draftIn(context)),
    },
    {
      method: 'POST',
      path: `${ofDraft}/rules/:table`,
      access: officer,
      handle: async (context) => {
        const { file, name, logic } = await tableIn(context, (await draftIn(context)).files);
        const rows = postedRows(context.form, logic);
        return save(
          context,
          file,
          (files) => putRows(files, name, rows, rowEditIn(textOf(context.form['do']))),
          showRules,
        );
      },
    },
    {
      method: 'GET',
      path: `${ofDraft}/terms`,
      access: officer,
      handle: async (context) => showTerms(context, await draftIn(context)),
    },
    {
      method: 'POST',
      path: `${ofDraft}/terms`,
      access: officer,
      handle: async (context) =>
        save(
          context,
          'fee.json',
          (files) =>
            putTerms(files, { code: state.code, currency: state.currency.code }, readTerms(files, context.form, state)),
          showTerms,
        ),
    },
    ...factRoutes(needs, pages),
    ...testRoutes(pages, state),
    ...eligibilityEditRoutes(pages),
    ...templateRoutes(pages, publishing),
    ...formRoutes(pages, { registers: () => exchange.lookUps.list(), currency: state.currency.code }),
  ];
}

function rowEditIn(asked: string): RowEdit {
  const [kind, row] = asked.split(':');
  if (kind === 'add') return { kind };
  if (kind === 'remove' || kind === 'up' || kind === 'down') return { kind, row: Number(row) || 0 };
  return { kind: 'save' };
}
