import {
  Button,
  Card,
  Code,
  definePage,
  ErrorSummary,
  type Field,
  FieldOf,
  LinkButton,
  TestList,
  useSay,
} from '#apps/portal';
import type { Text } from '#kernel/languages';
import type { Finding, TestResult } from '#modules/catalogue';
import { type DraftHead, DraftTop, draftCrumbs, draftHref, Problems } from './parts.tsx';
import { words } from './words.ts';

/** A page of a draft that is one form: posts `revision` and its fields to `action`; `removeValue` adds a button that posts `do` = `remove`. */
export type DraftFieldsView = DraftHead & {
  heading: Text;
  action: string;
  groups: Array<{ title?: Text; fields: Field[] }>;
  others: Finding[];
  mayRemove?: boolean;
  result?: TestResult;
};

export const draftFields = definePage<DraftFieldsView>({
  name: 'publishing-fields',
  area: 'office',
  nav: 'publishing',
  title: ({ heading }, { say }) => say(heading),
  crumbs: draftCrumbs,
  hasErrors: (view) =>
    view.problem !== undefined || view.groups.some(({ fields }) => fields.some(({ error }) => error)),
  Body: ({ view }) => {
    const say = useSay();
    return (
      <div className="stack measure">
        <ErrorSummary fields={view.groups.flatMap(({ fields }) => fields)} />
        <DraftTop view={view} title={say(view.heading)} />
        <Problems findings={view.others} />
        {view.result ? <TestList tests={[view.result]} /> : null}
        <form method="post" action={view.action} className="stack" noValidate>
          <input type="hidden" name="revision" value={view.revision} />
          {view.groups.map(({ title, fields }, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: groups have no name and never move.
            <section className="stack-s" key={at}>
              {title ? <h2>{say(title)}</h2> : null}
              {fields.map((field) => (
                <FieldOf key={field.name} field={field} />
              ))}
            </section>
          ))}
          <p className="acts">
            {view.mayEdit ? (
              <Button name="do" value="save">
                {say(words.save)}
              </Button>
            ) : null}
            {view.mayEdit && view.mayRemove ? (
              <Button look="danger" name="do" value="remove">
                {say(words.remove)}
              </Button>
            ) : null}
            <LinkButton look="quiet" href={draftHref(view.draftId)}>
              {say(words.back)}
            </LinkButton>
          </p>
        </form>
      </div>
    );
  },
});

/** GET /office/drafts/:draftId/tests */
export type DraftTestsView = DraftHead & { tests: TestResult[]; others: Finding[] };

export const draftTests = definePage<DraftTestsView>({
  name: 'publishing-tests',
  area: 'office',
  nav: 'publishing',
  title: (_view, { say }) => say(words.tests),
  crumbs: draftCrumbs,
  Body: ({ view }) => {
    const say = useSay();
    const at = draftHref(view.draftId);
    return (
      <div className="stack">
        <DraftTop view={view} title={say(words.tests)} />
        <Problems findings={view.others} />
        {view.mayEdit ? (
          <p>
            <LinkButton href={`${at}/tests/new`}>{say(words.addTest)}</LinkButton>
          </p>
        ) : null}
        <TestList tests={view.tests} hrefOf={(id) => `${at}/tests/${id}`} />
      </div>
    );
  },
});

/**
 * GET|POST /office/drafts/:draftId/form: each card is a form of its own. A question posts `question`, its fields and `do`: `save`, `remove`, `up`,
 * `down`; a page `page` and `do`: `page-up`, `page-down`; the last two `do`: `add-question`, `add-page`.
 */
export type DraftFormView = DraftHead & {
  pages: Array<{
    id: string;
    title: Text;
    questions: Array<{ id: string; label: Text; fields: Field[]; problems: Finding[] }>;
  }>;
  others: Finding[];
  addQuestion: Field[];
  addPage: Field[];
};

export const draftForm = definePage<DraftFormView>({
  name: 'publishing-form',
  area: 'office',
  nav: 'publishing',
  title: (_view, { say }) => say(words.form),
  crumbs: draftCrumbs,
  hasErrors: ({ problem }) => problem !== undefined,
  Body: ({ view }) => {
    const say = useSay();
    const at = `${draftHref(view.draftId)}/form`;
    const revision = <input type="hidden" name="revision" value={view.revision} />;
    const button = (what: string, label: Text, about: string, look: 'main' | 'quiet' | 'danger' = 'quiet') => (
      <Button key={what} look={look} name="do" value={what}>
        {say(label)}
        <span className="hide">{`: ${about}`}</span>
      </Button>
    );
    return (
      <div className="stack">
        <DraftTop view={view} title={say(words.form)} />
        <Problems findings={view.others} />
        {view.pages.map((page) => (
          <section className="card" key={page.id}>
            <h2>
              {say(page.title)} <Code>{page.id}</Code>
            </h2>
            {view.mayEdit ? (
              <form method="post" action={at} className="acts">
                {revision}
                <input type="hidden" name="page" value={page.id} />
                {button('page-up', words.up, say(page.title))}
                {button('page-down', words.down, say(page.title))}
              </form>
            ) : null}
            {page.questions.map((question) => (
              <details key={question.id} open={question.problems.length > 0 || undefined}>
                <summary>
                  {say(question.label)} <Code>{question.id}</Code>
                </summary>
                <form method="post" action={at} className="stack-s" noValidate>
                  {revision}
                  <input type="hidden" name="question" value={question.id} />
                  <Problems findings={question.problems} />
                  {question.fields.map((field) => (
                    <FieldOf key={field.name} field={field} />
                  ))}
                  {view.mayEdit ? (
                    <p className="acts">
                      {button('save', words.save, say(question.label), 'main')}
                      {button('up', words.up, say(question.label))}
                      {button('down', words.down, say(question.label))}
                      {button('remove', words.remove, say(question.label), 'danger')}
                    </p>
                  ) : null}
                </form>
              </details>
            ))}
          </section>
        ))}
        {view.mayEdit
          ? (
              [
                ['add-question', words.addQuestion, view.addQuestion],
                ['add-page', words.addPage, view.addPage],
              ] as const
            ).map(([what, label, fields]) => (
              <Card title={say(label)} key={what}>
                <form method="post" action={at} className="stack-s" noValidate>
                  {revision}
                  {fields.map((field) => (
                    <FieldOf key={field.name} field={field} />
                  ))}
                  <Button look="ghost" name="do" value={what}>
                    {say(label)}
                  </Button>
                </form>
              </Card>
            ))
          : null}
        <p>
          <LinkButton look="quiet" href={draftHref(view.draftId)}>
            {say(words.back)}
          </LinkButton>
        </p>
      </div>
    );
  },
});
