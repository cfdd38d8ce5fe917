import type { Text } from '#kernel/languages';
import { Button, Card, LabelledList, LinkButton, Notice, OfficeLine, SummaryList } from '../components/blocks.tsx';
import { ErrorSummary, type Field, FieldOf } from '../components/fields.tsx';
import { Icon } from '../components/marks.tsx';
import { Code, DateOf, type Labelled, type OfficeName, TimeOf, ValueOf } from '../components/values.tsx';
import { definePage } from '../page.tsx';
import { useSay, useTable, useTexts } from '../reader.tsx';
import { paymentsTexts } from '../texts/payments.ts';
import { repeatTexts } from '../texts/repeats.ts';
import { type CaseHead, caseAt, caseCrumbs, Head, type ReceivedEvidence } from './apply.tsx';
import { FeeOf, type FeeShown } from './fee.tsx';
import { Owed } from './payments.tsx';
import { StillOpenCard, type StillOpenShown } from './still-open.tsx';
import { Told, type ToldShown } from './told.tsx';

/** Posts `declaration` = `yes` when ticked. */
export type CheckView = CaseHead & {
  evidence: ReceivedEvidence[];
  pages: Array<{ title: Text; href: string; answers: Labelled[] }>;
  /** A last box to tick, for services whose form has none. */
  declaration?: Text;
  declarationError?: Text;
  fee: FeeShown | null;
  /** It is not known yet what is to pay. */
  feeNote?: Text;
  /** The button leads to the payment first. */
  mustPay?: boolean;
  told?: ToldShown;
  /** There is an application for the same; this one cannot be sent meanwhile. */
  repeat?: { reference: string; caseId?: string };
  /** What is left to do first, in order; while anything is, there is no button that sends. */
  missing: Array<{ title: Text; href: string }>;
  /** Why it could not be sent, and the page where that is mended. */
  problems: Array<{ message: Text; href?: string }>;
};

export const checkAnswers = definePage<CheckView>({
  name: 'check-answers',
  scripts: ['line'],
  nav: 'cases',
  title: (_view, { t }) => t('check.title'),
  hasErrors: (view) => view.declarationError !== undefined || view.problems.length > 0,
  crumbs: caseCrumbs,
  Body: ({ view }) => {
    const say = useSay();
    const t = useTexts();
    const pay = useTable(paymentsTexts);
    const declaration: Field[] = view.declaration
      ? [
          {
            name: 'declaration',
            kind: 'checkbox',
            label: view.declaration,
            required: true,
            error: view.declarationError,
          },
        ]
      : [];
    const cost = <p>{view.fee ? <FeeOf fee={view.fee} /> : view.feeNote ? say(view.feeNote) : t('check.free')}</p>;
    return (
      <div className="stack measure">
        <ErrorSummary fields={declaration} others={view.problems} />
        <header className="stack-s">
          <Head view={view} />
          <h1>{t('check.title')}</h1>
          <p className="lead">{t('check.lead')}</p>
        </header>
        {view.repeat ? <Repeat repeat={view.repeat} /> : null}
        <Missing missing={view.missing} />
        {view.evidence.map((one) => (
          <section className="card" key={one.exchangeId}>
            <div className="head">
              <h2>{say(one.evidence)}</h2>
              <OfficeLine office={one.from} small />
            </div>
            <LabelledList items={one.items} />
          </section>
        ))}
        {view.pages.map((page) => (
          <section className="card" key={page.href}>
            <div className="head">
              <h2>{say(page.title)}</h2>
              <a href={page.href}>
                {t('check.change')}
                <span className="hide">{`: ${say(page.title)}`}</span>
              </a>
            </div>
            <SummaryList
              rows={page.answers.map((answer) => ({ term: say(answer.label), value: <ValueOf of={answer.value} /> }))}
            />
          </section>
        ))}
        {view.told ? <Told told={view.told} /> : null}
        {view.missing.length > 0 ? (
          cost
        ) : (
          <form method="post" action={`${caseAt(view)}/submit`} className="stack" noValidate>
            {declaration.map((field) => (
              <FieldOf key={field.name} field={field} />
            ))}
            {cost}
            <div className="acts">
              <Button big>{view.mustPay ? pay('payAndSend') : t('check.submit')}</Button>
              <LinkButton look="quiet" href={caseAt(view)}>
                {t('check.later')}
              </LinkButton>
            </div>
          </form>
        )}
      </div>
    );
  },
});

function Missing({ missing }: Pick<CheckView, 'missing'>) {
  const say = useSay();
  const t = useTexts();
  const [first] = missing;
  if (!first) return null;
  return (
    <Notice tone="warn" title={t('check.missing')}>
      <ul>
        {missing.map(({ title, href }) => (
          <li key={title.en}>
            <a href={href}>{say(title)}</a>
          </li>
        ))}
      </ul>
      <p>{t('check.missingThen')}</p>
      <p>
        <LinkButton href={first.href}>{t('check.goOn')}</LinkButton>
      </p>
    </Notice>
  );
}

function Repeat({ repeat: { reference, caseId } }: { repeat: NonNullable<CheckView['repeat']> }) {
  const t = useTable(repeatTexts);
  return (
    <Notice tone="warn" title={t('title')}>
      <p>
        {t('words')} <Code>{reference}</Code>
      </p>
      {caseId === undefined ? null : (
        <p>
          <LinkButton href={`/cases/${caseId}`}>{t('open')}</LinkButton>
        </p>
      )}
    </Notice>
  );
}

export type SubmittedView = CaseHead & {
  submittedAt: string;
  office: OfficeName;
  /** Decided by the published rule at once. */
  isDecided: boolean;
  dueOn?: string;
  next: Text[];
  /** What is to pay before anybody decides. */
  owed?: FeeShown;
  /** Absent once it is decided. */
  stillOpen?: StillOpenShown;
};

export const submitted = definePage<SubmittedView>({
  name: 'submitted',
  nav: 'cases',
  title: (_view, { t }) => t('submitted.title'),
  Body: ({ view }) => {
    const say = useSay();
    const t = useTexts();
    return (
      <div className="stack measure">
        <Panel view={view} />
        {view.owed ? <Owed owed={view.owed} caseId={view.caseId} /> : null}
        <Card title={t('submitted.next')}>
          <ol className="steps">
            {view.next.map((step) => (
              <li key={step.en}>{say(step)}</li>
            ))}
          </ol>
          {view.dueOn ? (
            <p>
              {t('submitted.due')}{' '}
              <b>
                <DateOf on={view.dueOn} weekday hijri />
              </b>
            </p>
          ) : null}
        </Card>
        {view.stillOpen ? <StillOpenCard caseId={view.caseId} open={view.stillOpen} /> : null}
        <div className="acts">
          <LinkButton look={view.owed ? 'ghost' : 'main'} href={`/cases/${view.caseId}`}>
            {t(view.isDecided ? 'submitted.seeDecision' : 'submitted.follow')}
          </LinkButton>
          <LinkButton look="ghost" href="/my-data">
            {t('submitted.myData')}
          </LinkButton>
        </div>
      </div>
    );
  },
});

function Panel({ view }: { view: SubmittedView }) {
  const say = useSay();
  const t = useTexts();
  return (
    <div className="panel">
      <span className="disc">
        <Icon name="check" />
      </span>
      <h1>{t('submitted.title')}</h1>
      <p>
        {t('submitted.reference')}{' '}
        <b>
          <Code>{view.reference}</Code>
        </b>
      </p>
      <p>
        {say(view.serviceTitle)} · <TimeOf at={view.submittedAt} />
      </p>
    </div>
  );
}
