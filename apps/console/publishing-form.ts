import { type PageAnswer, type PageContext, type PageRoute, textOf } from '#apps/portal';
import type { Finding, FormDefinition } from '#modules/catalogue';
import { type Draft, editForm, kindNames, questionKinds } from '#modules/publishing';
import { consolePages, type DraftFormView, type DraftHead } from './pages/index.ts';
import type { QuestionCard } from './pages/publishing/form.tsx';
import { evidenceChoices } from './publishing-conditions.ts';
import type { DraftPages, Told } from './publishing-drafts.ts';
import {
  addPageFields,
  addQuestionFields,
  editIn,
  type FormTools,
  keyOf,
  kindField,
  questionFields,
} from './publishing-questions.ts';

const officer = 'officer' as const;
const path = '/office/drafts/:draftId/form';

type FormParts = Omit<DraftFormView, keyof DraftHead>;

/**
 * The cards of a form, each with what is wrong in it. `posted`: what was just sent and refused, which stands in its card again; `asked`: of which
 * kind a question is to be added.
 */
export function formParts(
  form: FormDefinition,
  findings: Finding[],
  { posted, asked }: { posted?: PageContext['form'] | undefined; asked?: string | undefined },
  tools: FormTools,
): FormParts {
  const about = (id: string) => findings.filter(({ problem }) => problem.includes(`'${id}'`));
  const shown = new Set<Finding>();
  const cardsOf = (id: string, group?: string): QuestionCard[] => {
    const question = (group === undefined ? form.questions : form.questions[group]?.entry?.questions)?.[id];
    if (!question) return [];
    const problems = about(id).filter((finding) => !shown.has(finding));
    for (const finding of problems) shown.add(finding);
    const isTyped = posted !== undefined && textOf(posted['question']) === id && textOf(posted['in']) === (group ?? '');
    const { entry } = form.questions[id] ?? {};
    return [
      {
        id,
        key: keyOf(id, group),
        label: question.label,
        kind: kindNames.get(question.kind)!,
        fields: questionFields(form, { id, group }, isTyped ? posted : undefined, tools),
        problems,
        isTyped,
        ...(group === undefined ? {} : { in: group }),
        ...(group === undefined && entry ? { entries: entry.asks.flatMap((one) => cardsOf(one, id)) } : {}),
      },
    ];
  };
  const adding = questionKinds.find((kind) => kind === (posted?.['new-kind'] ?? asked)) ?? 'text';
  const pages = form.pages.map(({ id, title, questions }) => ({
    id,
    title,
    questions: questions.flatMap((one) => cardsOf(one)),
  }));
  return {
    pages,
    others: findings.filter((finding) => !shown.has(finding)),
    kindToAdd: kindField(adding),
    adding,
    addQuestion: addQuestionFields(form, adding, posted ?? {}, tools),
    addPage: addPageFields(posted ?? {}),
  };
}

/** How the form of a draft is built: pages and questions of every kind added, removed, moved, required, under a condition. */
export function formRoutes({ draftIn, headOf, save, drawn }: DraftPages, tools: FormTools): PageRoute[] {
  const show = async (context: PageContext, draft: Draft, told: Told = {}): Promise<PageAnswer> => {
    const form = JSON.parse(draft.files['form.json']!) as FormDefinition;
    const findings = draft.opened.findings.filter(({ file }) => file === 'form.json');
    const given = { posted: told.problem ? context.form : undefined, asked: context.query['add'] };
    return drawn(
      consolePages.draftForm,
      {
        ...headOf(draft, told),
        ...formParts(form, findings, given, { ...tools, evidence: evidenceChoices(draft.files) }),
      },
      context,
      told,
    );
  };

  return [
    { method: 'GET', path, access: officer, handle: async (context) => show(context, await draftIn(context)) },
    {
      method: 'POST',
      path,
      access: officer,
      handle: (context) =>
        save(
          context,
          'form.json',
          (files) =>
            editForm(
              files,
              editIn(context.form, JSON.parse(files['form.json']!)),
              tools.registers().map(({ name }) => name),
            ),
          show,
        ),
    },
  ];
}
