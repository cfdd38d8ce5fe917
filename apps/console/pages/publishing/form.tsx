import { Button, Card, Code, definePage, type Field, FieldOf, LinkButton, useSay } from '#apps/portal';
import type { Text } from '#kernel/languages';
import type { Finding, QuestionKind } from '#modules/catalogue';
import { type DraftHead, DraftTop, draftCrumbs, draftHref, Problems } from './parts.tsx';
import { words } from './words.ts';

/** `key`: what its fields begin with. `in`: the group whose entries ask it; `entries`: of a group, what its entries ask. */
export type QuestionCard = {
  id: string;
  key: string;
  label: Text;
  kind: Text;
  fields: Field[];
  problems: Finding[];
  isTyped: boolean;
  in?: string;
  entries?: QuestionCard[];
};

/**
 * GET|POST /office/drafts/:draftId/form: each card is a form of its own. A question posts `question`, `in` where a group asks it, its fields and
 * `do`: `save`, `remove`, `up`, `down`; a page `page` and `do`: `page-up`, `page-down`; the last two `do`: `add-question` with `new-kind`,
 * `add-page`. Asked with ?add=<kind>, it has the fields of a new question of that kind.
 */
export type DraftFormView = DraftHead & {
  pages: Array<{ id: string; title: Text; questions: QuestionCard[] }>;
  others: Finding[];
  kindToAdd: Field;
  adding: QuestionKind;
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
                <Act what="page-up" label={words.up} about={page.title} />
                <Act what="page-down" label={words.down} about={page.title} />
              </form>
            ) : null}
            {page.questions.map((question) => (
              <QuestionForm key={question.key} view={view} question={question} />
            ))}
          </section>
        ))}
        {view.mayEdit ? (
          <>
            <Card title={say(words.addQuestion)}>
              <form method="get" action={`${at}#add-question`} className="stack-s" noValidate>
                <FieldOf field={view.kindToAdd} />
                <Button look="quiet">{say(words.chooseKind)}</Button>
              </form>
              <form method="post" action={at} className="stack-s" id="add-question" noValidate>
                {revision}
                <input type="hidden" name="new-kind" value={view.adding} />
                {view.addQuestion.map((field) => (
                  <FieldOf key={field.name} field={field} />
                ))}
                <Button look="ghost" name="do" value="add-question">
                  {say(words.addQuestion)}
                </Button>
              </form>
            </Card>
            <Card title={say(words.addPage)}>
              <form method="post" action={at} className="stack-s" noValidate>
                {revision}
                {view.addPage.map((field) => (
                  <FieldOf key={field.name} field={field} />
                ))}
                <Button look="ghost" name="do" value="add-page">
                  {say(words.addPage)}
                </Button>
              </form>
            </Card>
          </>
        ) : null}
        <p>
          <LinkButton look="quiet" href={draftHref(view.draftId)}>
            {say(words.back)}
          </LinkButton>
        </p>
      </div>
    );
  },
});

function Act({
  what,
  label,
  about,
  look = 'quiet',
}: {
  what: string;
  label: Text;
  about: Text;
  look?: 'main' | 'quiet' | 'danger';
}) {
  const say = useSay();
  return (
    <Button look={look} name="do" value={what}>
      {say(label)}
      <span className="hide">{`: ${say(about)}`}</span>
    </Button>
  );
}

/** A question with its settings; of a group also what each entry asks, each a form of its own behind the group's. */
function QuestionForm({ view, question }: { view: DraftFormView; question: QuestionCard }) {
  const say = useSay();
  const { label, entries = [] } = question;
  const isOpen =
    question.isTyped || question.problems.length > 0 || entries.some((one) => one.isTyped || one.problems.length > 0);
  return (
    <details open={isOpen || undefined}>
      <summary>
        {say(label)} <span className="muted">{say(question.kind)}</span> <Code>{question.id}</Code>
      </summary>
      <form method="post" action={`${draftHref(view.draftId)}/form`} className="stack-s" noValidate>
        <input type="hidden" name="revision" value={view.revision} />
        <input type="hidden" name="question" value={question.id} />
        {question.in === undefined ? null : <input type="hidden" name="in" value={question.in} />}
        <Problems findings={question.problems} />
        {question.fields.map((field) => (
          <FieldOf key={field.name} field={field} />
        ))}
        {view.mayEdit ? (
          <p className="acts">
            <Act what="save" label={words.save} about={label} look="main" />
            <Act what="up" label={words.up} about={label} />
            <Act what="down" label={words.down} about={label} />
            <Act what="remove" label={words.remove} about={label} look="danger" />
          </p>
        ) : null}
      </form>
      {question.entries ? (
        <section className="stack-s">
          <h3>
            {say(words.inEntries)}
            <span className="hide">{`: ${say(label)}`}</span>
          </h3>
          {entries.map((entry) => (
            <QuestionForm key={entry.key} view={view} question={entry} />
          ))}
        </section>
      ) : null}
    </details>
  );
}
