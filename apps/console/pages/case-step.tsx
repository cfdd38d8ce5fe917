import { Button, Card, Code, definePage, ErrorSummary, type Field, FieldOf, Notice, useSay, write } from '#apps/portal';
import type { Text } from '#kernel/languages';
import { consoleTexts } from '../texts/index.ts';

/** One thing that an officer does with a case beside deciding it. Posts `version`, what was looked at, and the fields. */
export type OfficeStepView = {
  caseId: string;
  reference: string;
  serviceTitle: Text;
  title: Text;
  lead: Text;
  /** What it answers, in the words of the person. */
  quote?: string;
  fields: Field[];
  action: string;
  version: number;
  submit: Text;
  /** What was refused and is not about one field. */
  problem?: Text;
  /** What stands in the fields was written before, and is not sent. */
  notice?: Text;
};

export const officeStep = definePage<OfficeStepView>({
  name: 'office-step',
  scripts: ['line'],
  area: 'office',
  nav: 'office',
  title: (view, { say }) => `${view.reference} · ${say(view.title)}`,
  hasErrors: (view) => view.problem !== undefined || view.fields.some(({ error }) => error),
  crumbs: (view, { reader }) => [
    { href: '/office', words: write(consoleTexts, reader, 'queue.title') },
    { href: `/office/cases/${view.caseId}`, words: view.reference },
  ],
  Body: ({ view }) => {
    const say = useSay();
    return (
      <div className="stack measure">
        <ErrorSummary fields={view.fields} />
        <header className="stack-s">
          <p className="eyebrow">
            <Code>{view.reference}</Code>
            <span>{say(view.serviceTitle)}</span>
          </p>
          <h1>{say(view.title)}</h1>
          <p className="lead">{say(view.lead)}</p>
        </header>
        {view.problem ? (
          <div role="alert">
            <Notice tone="bad">
              <p>{say(view.problem)}</p>
            </Notice>
          </div>
        ) : null}
        {view.notice ? (
          <div role="status">
            <Notice tone="info">
              <p>{say(view.notice)}</p>
            </Notice>
          </div>
        ) : null}
        {view.quote ? (
          <Card>
            <p dir="auto">{view.quote}</p>
          </Card>
        ) : null}
        <form method="post" action={view.action} className="stack" noValidate>
          <input type="hidden" name="version" value={view.version} />
          {view.fields.map((field) => (
            <FieldOf key={field.name} field={field} />
          ))}
          <Button big>{say(view.submit)}</Button>
        </form>
      </div>
    );
  },
});
