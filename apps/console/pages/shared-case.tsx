import {
  Button,
  Card,
  Clocks,
  Code,
  DateOf,
  definePage,
  ErrorSummary,
  type Field,
  FieldOf,
  Messages,
  Notice,
  OfficeLine,
  type OfficeName,
  Said,
  type SaidMessage,
  type StateClock,
  SummaryList,
  Tag,
  Timeline,
  type TimelineStep,
  TimeOf,
  useSay,
  write,
} from '#apps/portal';
import type { Text } from '#kernel/languages';
import { consoleTexts } from '../texts/index.ts';
import { sharedTexts, useSharedTexts } from '../texts/sharing.ts';
import type { UnsentView } from '../unsent.ts';
import { Unsent } from './live-news.tsx';

type Ended = 'consent-withdrawn' | 'case-withdrawn' | 'time-over' | 'not-taken';

/** GET /office/shared/:shareId, and POST …/answer when something is missing. */
export type OfficeSharedView = {
  shareId: string;
  reference: string;
  serviceTitle: Text;
  stands: Text;
  deciding: OfficeName;
  dueOn?: string;
  clocks: StateClock[];
  ground: Text;
  facts: Array<{ id: string; label: Text; value: Text }>;
  documents: Array<{ documentId: string; label: Text; name: string; sha256: string }>;
  steps: TimelineStep[];
  task?: {
    question: Text;
    choices: Array<{ value: string; label: Text }>;
    by?: string;
    workingDaysLeft?: number;
    isOpen: boolean;
    values: { outcome?: string; wordsAr?: string; wordsEn?: string };
    problem?: Text;
  };
  answer?: { words: Text; ownWords?: Text; at: string };
  waitingSince?: string;
  notes: SaidMessage[];
  endedBecause?: Ended;
  /** What was written and could not be sent. */
  unsent?: UnsentView;
};

const noteLabel: Text = { ar: sharedTexts.ar.noteLabel, en: sharedTexts.en.noteLabel };
const both = (key: 'outcome' | 'wordsAr' | 'wordsEn' | 'wordsHint'): Text => ({
  ar: sharedTexts.ar[key],
  en: sharedTexts.en[key],
});

function fieldsOf({ choices, values, problem }: NonNullable<OfficeSharedView['task']>): Field[] {
  return [
    {
      name: 'outcome',
      kind: 'radios',
      label: both('outcome'),
      required: true,
      choices,
      value: values.outcome,
      error: values.outcome ? undefined : problem,
    },
    {
      name: 'words-ar',
      kind: 'textarea',
      label: both('wordsAr'),
      hint: both('wordsHint'),
      value: values.wordsAr,
      error: values.outcome ? problem : undefined,
      lengthMax: 2000,
    },
    { name: 'words-en', kind: 'textarea', label: both('wordsEn'), value: values.wordsEn, lengthMax: 2000 },
  ];
}

export const officeShared = definePage<OfficeSharedView>({
  name: 'office-shared',
  area: 'office',
  nav: 'office',
  title: (view, { say }) => `${view.reference} · ${say(view.serviceTitle)}`,
  hasErrors: (view) => view.task?.problem !== undefined,
  crumbs: (_view, { reader }) => [
    { href: '/office', words: write(consoleTexts, reader, 'queue.title') },
    { href: '/office/shared', words: write(sharedTexts, reader, 'title') },
  ],
  Body: ({ view }) => {
    const say = useSay();
    const t = useSharedTexts();
    return (
      <div className="stack">
        {view.task?.problem ? <ErrorSummary fields={fieldsOf(view.task)} /> : null}
        <header className="stack-s">
          <p className="eyebrow">
            <Code>{view.reference}</Code>
            <Tag tone="sand">{say(view.stands)}</Tag>
          </p>
          <h1>{say(view.serviceTitle)}</h1>
        </header>
        <Unsent unsent={view.unsent} />
        {view.endedBecause ? (
          <Notice tone="warn">
            <p>{t(`ended.${view.endedBecause}`)}</p>
          </Notice>
        ) : null}
        <div className="two">
          <div className="stack">
            {view.task ? <Task view={view} task={view.task} /> : null}
            <Card title={t('facts')}>
              <p className="muted">{say(view.ground)}</p>
              {view.facts.length === 0 ? <p>{t('noFacts')}</p> : null}
              <SummaryList
                rows={view.facts.map(({ label, value }) => ({
                  term: say(label),
                  value: <bdi>{say(value)}</bdi>,
                }))}
              />
            </Card>
            {view.documents.length > 0 ? (
              <Card title={t('documents')}>
                <ul className="plain">
                  {view.documents.map((one) => (
                    <li key={one.documentId}>
                      <a href={`/office/shared/${view.shareId}/documents/${one.documentId}`}>
                        {say(one.label)}: <bdi>{one.name}</bdi>
                      </a>
                      <p className="muted small breakable">
                        {t('hash')} <Code>{one.sha256}</Code>
                      </p>
                    </li>
                  ))}
                </ul>
                <p className="muted small">{t('documentNote')}</p>
              </Card>
            ) : null}
            {view.endedBecause ? null : (
              <Messages
                title={t('notes')}
                action={`/office/shared/${view.shareId}/notes`}
                messages={view.notes}
                label={noteLabel}
              />
            )}
          </div>
          <aside className="stack">
            <Card title={t('decidedBy')}>
              <OfficeLine office={view.deciding} />
            </Card>
            {view.dueOn ? (
              <Card title={t('due')}>
                <Clocks dueOn={view.dueOn} clocks={view.clocks} />
              </Card>
            ) : null}
            <Card title={t('timeline')}>
              <Timeline steps={view.steps} time={(at) => <TimeOf at={at} />} />
            </Card>
          </aside>
        </div>
      </div>
    );
  },
});

function Task({ view, task }: { view: OfficeSharedView; task: NonNullable<OfficeSharedView['task']> }) {
  const say = useSay();
  const t = useSharedTexts();
  return (
    <section className="card stack-s">
      <h2>{t('task')}</h2>
      <p className="lead">{say(task.question)}</p>
      {view.answer ? (
        <Notice tone="good" title={t('answered')}>
          <p>
            <b>{say(view.answer.words)}</b> · <TimeOf at={view.answer.at} />
          </p>
          {view.answer.ownWords ? <p>{say(view.answer.ownWords)}</p> : null}
        </Notice>
      ) : null}
      {view.waitingSince ? (
        <Notice tone="warn">
          <p>
            {t('onItsWay')} <TimeOf at={view.waitingSince} />
          </p>
        </Notice>
      ) : null}
      {task.isOpen ? (
        <>
          {task.by && task.workingDaysLeft !== undefined ? (
            <p>
              {t('answerBy')}{' '}
              <b>
                <DateOf on={task.by} weekday hijri />
              </b>{' '}
              <Tag tone={task.workingDaysLeft < 0 ? 'bad' : task.workingDaysLeft <= 1 ? 'warn' : 'plain'}>
                {task.workingDaysLeft < 0
                  ? t('daysLate', { n: -task.workingDaysLeft })
                  : t('daysLeft', { n: task.workingDaysLeft })}
              </Tag>
            </p>
          ) : null}
          <form method="post" action={`/office/shared/${view.shareId}/answer`} className="stack" noValidate>
            {fieldsOf(task).map((field) => (
              <FieldOf key={field.name} field={field} />
            ))}
            <Button big>{t('send')}</Button>
          </form>
        </>
      ) : null}
    </section>
  );
}

/** An office of the home state that takes part in a case, for the officer who decides it. */
export type Partner = {
  role: string;
  office?: OfficeName;
  toState: Text;
  fields: Text[];
  question?: Text;
  heardAt?: string;
  waitingSince?: string;
  answerBy?: string;
  clock?: StateClock;
  isSilent: boolean;
  answer?: { words: Text; ownWords?: Text; at: string; isConfirmed: boolean };
  endedBecause?: Ended;
  notes: SaidMessage[];
};

export function Partners({ caseId, partners, mayWrite }: { caseId: string; partners: Partner[]; mayWrite: boolean }) {
  const say = useSay();
  const t = useSharedTexts();
  return (
    <>
      {partners.map((one) => (
        <section className="card stack-s" key={one.role} id={`partner-${one.role}`}>
          <h2>{t('partner')}</h2>
          {one.office ? <OfficeLine office={one.office} /> : <p>{t('notYet', { state: say(one.toState) })}</p>}
          {one.question ? <p>{`${t('asked')}: ${say(one.question)}`}</p> : null}
          {one.answer ? (
            <Notice tone={one.answer.isConfirmed ? 'good' : 'bad'} title={t('partnerAnswer')}>
              <p>
                <b>{say(one.answer.words)}</b> · <TimeOf at={one.answer.at} />
              </p>
              {one.answer.ownWords ? <p>{say(one.answer.ownWords)}</p> : null}
            </Notice>
          ) : null}
          {one.waitingSince ? (
            <Notice tone="warn">
              <p>
                {t('waiting', { state: say(one.toState) })} <TimeOf at={one.waitingSince} />
              </p>
            </Notice>
          ) : null}
          {one.isSilent ? (
            <Notice tone="warn">
              <p>{t('silent')}</p>
            </Notice>
          ) : null}
          {one.endedBecause ? (
            <Notice tone="warn">
              <p>{t(`partnerEnded.${one.endedBecause}`)}</p>
            </Notice>
          ) : null}
          <SummaryList
            rows={[
              ...(one.fields.length > 0 ? [{ term: t('sees'), value: one.fields.map(say).join(' · ') }] : []),
              ...(one.heardAt ? [{ term: t('arrived'), value: <TimeOf at={one.heardAt} /> }] : []),
              ...(one.answerBy && one.clock
                ? [
                    {
                      term: t('hasUntil'),
                      value: (
                        <>
                          <DateOf on={one.answerBy} weekday hijri />{' '}
                          <Tag tone={one.clock.workingDaysLeft <= 1 ? 'warn' : 'plain'}>
                            {t('daysLeft', { n: one.clock.workingDaysLeft })}
                          </Tag>
                        </>
                      ),
                    },
                  ]
                : []),
            ]}
          />
          <h3>{t('notes')}</h3>
          <Said messages={one.notes} />
          {one.endedBecause || !mayWrite ? null : (
            <form
              method="post"
              action={`/office/cases/${caseId}/shares/${one.role}/notes`}
              className="stack-s"
              noValidate
            >
              <FieldOf
                field={{
                  name: `note-${one.role}`,
                  kind: 'textarea',
                  label: noteLabel,
                  required: true,
                  lengthMax: 2000,
                }}
              />
              <Button look="ghost">{t('sendNote')}</Button>
            </form>
          )}
        </section>
      ))}
    </>
  );
}
