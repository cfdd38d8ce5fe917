import type { Text } from '#kernel/languages';
import type { BegunFrom } from '#modules/cases';
import {
  Button,
  Card,
  LabelledList,
  LinkButton,
  Notice,
  OfficeLine,
  SummaryList,
  Tag,
  type Task,
  TaskList,
} from '../components/blocks.tsx';
import { ErrorSummary, type Field, FieldOf } from '../components/fields.tsx';
import { AddressFinder } from '../components/finder.tsx';
import { Announcement, PageHead } from '../components/head.tsx';
import { KeepSays, useKeep } from '../components/keep.tsx';
import { Icon } from '../components/marks.tsx';
import { RegisterPages, RegisterSearch } from '../components/register.tsx';
import { Code, DateOf, type Labelled, NumberOf, type OfficeName, TimeOf } from '../components/values.tsx';
import { definePage, type Speaker } from '../page.tsx';
import { useSay, useTexts } from '../reader.tsx';
import { BegunNotice } from './again.tsx';

/** What every page of one application carries. `at`: of a service that is only looked at, where its pages are; nothing is kept there. */
export type CaseHead = { caseId: string; reference: string; serviceTitle: Text; at?: string };

/** Where the pages of the application are. */
export const caseAt = ({ caseId, at }: CaseHead) => at ?? `/cases/${caseId}`;

/** The way back to the case from its pages. */
export const caseCrumbs = (view: CaseHead, { t, say }: Speaker) => [
  ...(view.at === undefined ? [{ href: '/cases', words: t('nav.cases') }] : []),
  { href: caseAt(view), words: say(view.serviceTitle) },
];

/** The case a page belongs to, above its heading. */
export function Head({ view }: { view: CaseHead }) {
  const say = useSay();
  return (
    <p className="eyebrow">
      <Code>{view.reference}</Code>
      <span>{say(view.serviceTitle)}</span>
    </p>
  );
}

export type TaskListView = CaseHead & {
  office: OfficeName;
  sections: Array<{ title: Text; tasks: Task[] }>;
  /** The draft is kept until this day, YYYY-MM-DD. */
  /** Of a draft: the day on which it is erased. */
  keptUntil?: string;
  notice?: { tone: 'good' | 'warn' | 'bad'; title: Text; words: Text };
  /** It was begun with the answers of an earlier application. */
  begunFrom?: BegunFrom;
};

export const taskList = definePage<TaskListView>({
  name: 'task-list',
  nav: 'cases',
  title: (view, { say }) => say(view.serviceTitle),
  crumbs: (_view, { t }) => [{ href: '/cases', words: t('nav.cases') }],
  Body: ({ view }) => {
    const say = useSay();
    const t = useTexts();
    const tasks = view.sections.flatMap((section) => section.tasks).filter((task) => !task.isOptional);
    const done = tasks.filter((task) => task.status === 'done').length;
    return (
      <div className="stack">
        <PageHead
          eyebrow={
            <>
              <Code>{view.reference}</Code>
              <OfficeLine office={view.office} small />
            </>
          }
          title={say(view.serviceTitle)}
          lead={t('tasks.progress', { done, all: tasks.length })}
        />
        {view.notice ? (
          <Announcement tone={view.notice.tone} title={say(view.notice.title)} words={view.notice.words} />
        ) : null}
        {view.begunFrom ? <BegunNotice begunFrom={view.begunFrom} /> : null}
        <div className="two">
          <div className="stack">
            {view.sections.map((section, at) => (
              <section className="card" key={section.title.en}>
                <h2>
                  <NumberOf value={at + 1} />. {say(section.title)}
                </h2>
                <TaskList tasks={section.tasks} />
              </section>
            ))}
          </div>
          <aside className="stack">
            <Card title={t('tasks.savedTitle')}>
              <p>{t('tasks.saved')}</p>
              {view.keptUntil === undefined ? null : (
                <p className="muted">
                  {t('tasks.keptUntil')} <DateOf on={view.keptUntil} hijri />
                </p>
              )}
            </Card>
            <WithdrawForm caseId={view.caseId} isDraft />
          </aside>
        </div>
      </div>
    );
  },
});

/** Taking a case back, with one confirmation on the same page. */
export function WithdrawForm({ caseId, isDraft = false }: { caseId: string; isDraft?: boolean }) {
  const t = useTexts();
  return (
    <details>
      <summary>{t(isDraft ? 'case.discard' : 'case.withdraw')}</summary>
      <form method="post" action={`/cases/${caseId}/withdraw`} className="card stack-s">
        <p>{t(isDraft ? 'case.discardWords' : 'case.withdrawWords')}</p>
        <Button look="danger">{t(isDraft ? 'case.discardYes' : 'case.withdrawYes')}</Button>
      </form>
    </details>
  );
}

/** Evidence that arrived: what, from whom, and the proof that it is the office's own answer. */
export type ReceivedEvidence = {
  evidence: Text;
  from: OfficeName;
  receivedAt: string;
  items: Labelled[];
  /** Fields the person kept back or the registry does not hold. */
  missing: Text[];
  /** Number of the exchange, for both logs; empty for a record of this state itself, which crossed no border. */
  exchangeId: string;
  digest: string;
  receiptHref?: string;
  /** Proof files of the exchange, for the officer in charge. */
  proofHrefs?: { whole: string; shareable: string };
};

export type EvidenceView = CaseHead & { received: ReceivedEvidence[]; problems: Text[]; continueHref: string };

export const evidence = definePage<EvidenceView>({
  name: 'evidence',
  nav: 'cases',
  title: (_view, { t }) => t('evidence.title'),
  crumbs: caseCrumbs,
  Body: ({ view }) => {
    const say = useSay();
    const t = useTexts();
    return (
      <div className="stack measure">
        <header className="stack-s">
          <Head view={view} />
          <h1>{t(view.received.length > 0 ? 'evidence.title' : 'evidence.noneTitle')}</h1>
          <p className="lead">{t(view.received.length > 0 ? 'evidence.lead' : 'evidence.noneLead')}</p>
        </header>
        {view.problems.map((problem) => (
          <Notice tone="warn" key={problem.en}>
            <p>{say(problem)}</p>
          </Notice>
        ))}
        {view.received.map((one) => (
          <EvidenceCard key={one.evidence.en} one={one} />
        ))}
        {view.received.length > 0 ? <p className="muted">{t('evidence.wrong')}</p> : null}
        <div className="acts">
          <LinkButton big href={view.continueHref}>
            {t('form.continue')}
            <Icon name="arrow" />
          </LinkButton>
        </div>
      </div>
    );
  },
});

export function EvidenceCard({ one }: { one: ReceivedEvidence }) {
  const say = useSay();
  const t = useTexts();
  return (
    <section className="card">
      <div className="head">
        <h2>{say(one.evidence)}</h2>
        <Tag tone="good" icon="check">
          {t('evidence.signed')}
        </Tag>
      </div>
      <p>
        <OfficeLine office={one.from} small />
      </p>
      <LabelledList items={one.items} />
      {one.missing.length > 0 ? (
        <p className="muted">
          {t('evidence.missing')} {one.missing.map((name) => say(name)).join(t('value.comma'))}
        </p>
      ) : null}
      <details>
        <summary>{t('evidence.proof')}</summary>
        <SummaryList
          rows={[
            { term: t('evidence.at'), value: <TimeOf at={one.receivedAt} /> },
            ...(one.exchangeId ? [{ term: t('evidence.exchange'), value: <Code>{one.exchangeId}</Code> }] : []),
            { term: t('evidence.digest'), value: <Code>{one.digest}</Code> },
            ...(one.receiptHref
              ? [{ term: t('evidence.receipt'), value: <a href={one.receiptHref}>{t('evidence.openReceipt')}</a> }]
              : []),
            ...(one.proofHrefs
              ? [
                  {
                    term: t('evidence.proofFile'),
                    value: (
                      <span className="acts">
                        <a href={one.proofHrefs.whole} download>
                          {t('evidence.proofWhole')}
                        </a>
                        <a href={one.proofHrefs.shareable} download>
                          {t('evidence.proofShareable')}
                        </a>
                      </span>
                    ),
                  },
                ]
              : []),
          ]}
        />
      </details>
    </section>
  );
}

/**
 * One page of questions. Posts the fields, then `then` = `continue` | `later` (save and come back). The page of one entry of a group
 * posts `seen` beside its fields: the state that is changed.
 */
export type FormPageView = CaseHead & {
  /** Where it is posted to. */
  action: string;
  title: Text;
  lead?: Text;
  fields: Field[];
  notice?: Text;
  /** Where its script sends what is typed. */
  keepAt?: string;
  /** Which page of how many; the page of an entry is none of them. */
  step?: { number: number; count: number };
  seen?: string;
  /** A paper that the office asked for after the case was sent. */
  isPaper?: boolean;
  backHref: string;
};

export const formPage = definePage<FormPageView>({
  name: 'form-page',
  nav: 'cases',
  scripts: ['keep', 'line'],
  title: (view, { say }) => say(view.title),
  hasErrors: (view) => view.fields.some((field) => field.error),
  crumbs: caseCrumbs,
  Body: ({ view }) => {
    const say = useSay();
    const t = useTexts();
    const keep = useKeep(view.keepAt);
    // A page of one question has that question as its heading; a page of several has its own.
    const sole =
      (view.step !== undefined || view.isPaper) && view.fields.length === 1 && view.fields[0]!.kind !== 'checkbox';
    const lookedUp = view.fields.find((field) => field.register);
    const finding = view.fields.find((field) => field.finder);
    const isUpload = view.fields.some((field) => field.kind === 'file');
    return (
      <div className="stack measure">
        <a className="link back" href={view.backHref}>
          <Icon name="chevron" />
          {t('form.back')}
        </a>
        <ErrorSummary fields={view.fields} />
        <Announcement tone="info" words={view.notice} />
        <p className="eyebrow">
          <Code>{view.reference}</Code>
          {view.step ? <span>{t('form.step', { n: view.step.number, all: view.step.count })}</span> : null}
        </p>
        {lookedUp ? (
          <RegisterSearch field={lookedUp} action={view.action} sought={lookedUp.register!.words !== ''} />
        ) : null}
        {(sole && !finding) || lookedUp ? null : (
          <PageHead title={say(view.title)} lead={view.lead ? say(view.lead) : undefined} />
        )}
        {finding ? <AddressFinder field={finding} action={view.action} /> : null}
        <form
          method="post"
          action={view.action}
          encType={isUpload ? 'multipart/form-data' : undefined}
          className="stack"
          noValidate
          {...keep}
        >
          {finding?.finder?.code ? (
            <input type="hidden" name={finding.finder.codeName} value={finding.finder.code} />
          ) : null}
          {view.seen === undefined ? null : <input type="hidden" name="seen" value={view.seen} />}
          {view.fields.map((field) => (
            <FieldOf key={field.name} field={field} sole={sole && !finding} />
          ))}
          <KeepSays keepAt={view.keepAt} />
          <div className="acts">
            <Button name="then" value="continue">
              {t(view.step ? 'form.saveContinue' : view.isPaper ? 'request.backToAnswer' : 'entries.save')}
            </Button>
            {view.step ? (
              <Button look="quiet" name="then" value="later">
                {t('form.saveLater')}
              </Button>
            ) : null}
          </div>
        </form>
        {lookedUp ? <RegisterPages field={lookedUp} action={view.action} /> : null}
      </div>
    );
  },
});
