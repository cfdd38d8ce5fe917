import type { Text } from '#kernel/languages';
import { Button, Card, Notice, type Task, TaskList } from '../components/blocks.tsx';
import { ErrorSummary, type Field, FieldOf } from '../components/fields.tsx';
import { Announcement, PageHead } from '../components/head.tsx';
import { KeepSays, useKeep } from '../components/keep.tsx';
import { DateOf } from '../components/values.tsx';
import { definePage } from '../page.tsx';
import { useSay, useTexts } from '../reader.tsx';
import { type CaseHead, caseCrumbs, Head } from './apply.tsx';

/** One thing that a person does with a case after it was sent. Posts `version`, what was looked at, and the fields. */
export type CaseStepView = CaseHead & {
  title: Text;
  lead?: Text;
  /** What it is about, line by line. */
  points: Text[];
  until?: string;
  /** Form pages that are open for it. */
  tasks: Task[];
  fields: Field[];
  action: string;
  version: number;
  submit: Text;
  /** What comes of it. */
  note?: Text;
  /** Where its script sends what is typed. */
  keepAt: string;
  /** What is there was typed before, and is not sent yet. */
  notice?: Text;
};

export const caseStep = definePage<CaseStepView>({
  name: 'case-step',
  scripts: ['keep', 'line'],
  nav: 'cases',
  title: (view, { say }) => say(view.title),
  hasErrors: (view) => view.fields.some(({ error }) => error),
  crumbs: caseCrumbs,
  Body: ({ view }) => {
    const say = useSay();
    const t = useTexts();
    const keep = useKeep(view.keepAt, true);
    return (
      <div className="stack measure">
        <ErrorSummary fields={view.fields} />
        <Announcement tone="info" words={view.notice} />
        <Head view={view} />
        <PageHead title={say(view.title)} lead={view.lead ? say(view.lead) : undefined} />
        {view.points.length > 0 ? (
          <Card>
            <ul>
              {view.points.map((point) => (
                <li key={point.en}>{say(point)}</li>
              ))}
            </ul>
            {view.until ? (
              <p>
                {t('request.by')} <DateOf on={view.until} weekday hijri />
              </p>
            ) : null}
          </Card>
        ) : null}
        {view.tasks.length > 0 ? (
          <section className="card">
            <h2>{t('request.pages')}</h2>
            <TaskList tasks={view.tasks} />
          </section>
        ) : null}
        <form method="post" action={view.action} className="stack" noValidate {...keep}>
          <input type="hidden" name="version" value={view.version} />
          {view.fields.map((field) => (
            <FieldOf key={field.name} field={field} />
          ))}
          <KeepSays keepAt={view.keepAt} />
          {view.note ? (
            <Notice>
              <p>{say(view.note)}</p>
            </Notice>
          ) : null}
          <Button big>{say(view.submit)}</Button>
        </form>
      </div>
    );
  },
});
