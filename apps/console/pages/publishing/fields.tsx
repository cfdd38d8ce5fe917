import { Button, definePage, ErrorSummary, type Field, FieldOf, LinkButton, TestList, useSay } from '#apps/portal';
import type { Text } from '#kernel/languages';
import type { Finding, TestedCase } from '#modules/catalogue';
import { type DraftHead, DraftTop, draftCrumbs, draftHref, Problems } from './parts.tsx';
import { words } from './words.ts';

/** A page of a draft that is one form: posts `revision` and its fields to `action`; `removeValue` adds a button that posts `do` = `remove`. */
export type DraftFieldsView = DraftHead & {
  heading: Text;
  action: string;
  groups: Array<{ title?: Text; fields: Field[] }>;
  others: Finding[];
  mayRemove?: boolean;
  result?: TestedCase;
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
export type DraftTestsView = DraftHead & {
  tests: TestedCase[];
  /** Of a service with a check before one applies. */
  eligibilityTests?: TestedCase[];
  others: Finding[];
};

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
        {view.eligibilityTests ? (
          <>
            {view.mayEdit ? (
              <p>
                <LinkButton look="ghost" href={`${at}/eligibility-tests/new`}>
                  {say(words.addEligibilityTest)}
                </LinkButton>
              </p>
            ) : null}
            <TestList
              tests={view.eligibilityTests}
              caption={say(words.eligibilityTests)}
              hrefOf={(id) => `${at}/eligibility-tests/${id}`}
            />
          </>
        ) : null}
      </div>
    );
  },
});
