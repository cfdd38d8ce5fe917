import {
  Announcement,
  Button,
  Card,
  Code,
  definePage,
  ErrorSummary,
  EvidenceCard,
  type Field,
  FieldOf,
  LinkButton,
  Notice,
  PageHead,
  type ReceivedEvidence,
  Tag,
  TimeOf,
  useSay,
  write,
} from '#apps/portal';
import type { Text } from '#kernel/languages';
import { consoleTexts, useConsoleTexts } from '../texts/index.ts';

/** What the office may ask: one law, one purpose, one kind of evidence. */
export type InquiryChoice = { href: string; law: Text; article: Text; purpose: Text; evidence: Text };

export type InquiryRow = {
  questionId: string;
  at: string;
  state: Text;
  evidence: Text;
  law: Text;
  caseId: string;
  reason: string;
  outcome: 'open' | 'given' | 'refused';
  refusal?: Text;
};

/** GET /office/inquiries */
export type InquiriesView = { officeName: Text; choices: InquiryChoice[]; rows: InquiryRow[] };

export const inquiries = definePage<InquiriesView>({
  name: 'inquiries',
  area: 'office',
  nav: 'inquiries',
  title: (_view, { reader }) => write(consoleTexts, reader, 'inquiries.title'),
  Body: ({ view }) => {
    const say = useSay();
    const t = useConsoleTexts();
    return (
      <div className="stack">
        <PageHead eyebrow={say(view.officeName)} title={t('inquiries.title')} lead={t('inquiries.lead')} />
        {view.choices.length === 0 ? (
          <Card title={t('inquiries.noChoice')}>
            <p>{t('inquiries.noChoiceWords')}</p>
          </Card>
        ) : null}
        {view.choices.map(({ href, law, article, purpose, evidence }) => (
          <Card key={href} title={say(purpose)}>
            <p>{say(evidence)}</p>
            <p>
              <b>{say(law)}</b>
            </p>
            <p className="muted">{say(article)}</p>
            <p>
              <LinkButton href={href}>
                {t('inquiries.ask')}
                <span className="hide">{`: ${say(purpose)}`}</span>
              </LinkButton>
            </p>
          </Card>
        ))}
        <Asked rows={view.rows} />
      </div>
    );
  },
});

function Asked({ rows }: { rows: InquiryRow[] }) {
  const say = useSay();
  const t = useConsoleTexts();
  if (rows.length === 0) return null;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard.
    <section className="card flush scroll" tabIndex={0} aria-label={t('inquiries.table')}>
      <table>
        <caption>{t('inquiries.table')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('inquiries.case')}</th>
            <th scope="col">{t('inquiries.asked')}</th>
            <th scope="col">{t('inquiries.reason')}</th>
            <th scope="col">{t('questions.outcome')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.questionId}>
              <th scope="row">
                <Code>{row.caseId}</Code>
                <div className="muted">
                  <TimeOf at={row.at} />
                </div>
              </th>
              <td>
                {say(row.evidence)} · {say(row.state)}
                <div className="muted">{say(row.law)}</div>
              </td>
              <td>
                <bdi>{row.reason}</bdi>
              </td>
              <td>
                <Tag tone={row.outcome === 'given' ? 'good' : row.outcome === 'refused' ? 'bad' : 'warn'}>
                  {t(row.outcome === 'open' ? 'inquiries.open' : `questions.${row.outcome}`)}
                </Tag>
                {row.refusal ? <div className="muted">{say(row.refusal)}</div> : null}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** GET /office/inquiries/new?law=&purpose=&evidence=, and POST when something is missing or was refused */
export type InquiryFormView = {
  officeName: Text;
  law: Text;
  article: Text;
  purpose: Text;
  evidence: Text;
  hidden: Record<string, string>;
  fields: Field[];
  /** Why the question was refused, by the other node or by this one. */
  refusal?: Text;
};

export const inquiryForm = definePage<InquiryFormView>({
  name: 'inquiry-form',
  area: 'office',
  nav: 'inquiries',
  title: (view, { say }) => say(view.purpose),
  hasErrors: (view) => view.refusal !== undefined || view.fields.some(({ error }) => error !== undefined),
  crumbs: (_view, { reader }) => [{ href: '/office/inquiries', words: write(consoleTexts, reader, 'inquiries.title') }],
  Body: ({ view }) => {
    const say = useSay();
    const t = useConsoleTexts();
    return (
      <div className="stack measure">
        <ErrorSummary fields={view.fields} />
        <Announcement tone="bad" title={t('inquiries.refused')} words={view.refusal} />
        <PageHead eyebrow={say(view.officeName)} title={say(view.purpose)} lead={say(view.evidence)} />
        <Notice title={say(view.law)}>
          <p>{say(view.article)}</p>
          <p>{t('inquiries.shown')}</p>
        </Notice>
        <form method="post" action="/office/inquiries/new" className="stack" noValidate>
          {Object.entries(view.hidden).map(([name, value]) => (
            <input type="hidden" key={name} name={name} value={value} />
          ))}
          {view.fields.map((field) => (
            <FieldOf key={field.name} field={field} />
          ))}
          <p>
            <Button big>{t('inquiries.submit')}</Button>
          </p>
        </form>
      </div>
    );
  },
});

/** after POST /office/inquiries/new: shown this once */
export type InquiryAnswerView = { purpose: Text; law: Text; caseId: string; received: ReceivedEvidence };

export const inquiryAnswer = definePage<InquiryAnswerView>({
  name: 'inquiry-answer',
  area: 'office',
  nav: 'inquiries',
  title: (view, { say }) => say(view.purpose),
  crumbs: (_view, { reader }) => [{ href: '/office/inquiries', words: write(consoleTexts, reader, 'inquiries.title') }],
  Body: ({ view }) => {
    const say = useSay();
    const t = useConsoleTexts();
    return (
      <div className="stack measure">
        <PageHead
          eyebrow={<Code>{view.caseId}</Code>}
          title={t('inquiries.answered')}
          lead={`${say(view.purpose)} · ${say(view.law)}`}
        />
        <Notice tone="warn">
          <p>{t('inquiries.once')}</p>
        </Notice>
        <EvidenceCard one={view.received} />
        <p>
          <LinkButton look="ghost" href="/office/inquiries">
            {t('inquiries.back')}
          </LinkButton>
        </p>
      </div>
    );
  },
});
