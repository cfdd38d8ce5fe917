import type { Text } from '#kernel/languages';
import type { Finding, TestedCase } from '#modules/catalogue';
import { Button, Card, LinkButton, Notice, SummaryList, Tag } from '../components/blocks.tsx';
import { FieldOf } from '../components/fields.tsx';
import { FindingList } from '../components/findings.tsx';
import { PageHead } from '../components/head.tsx';
import { Code, MoneyOf } from '../components/values.tsx';
import { definePage } from '../page.tsx';
import { type FiredRule, Rules } from '../pages/case.tsx';
import type { Fee } from '../pages/service-rows.tsx';
import { useSay, useTable } from '../reader.tsx';
import { previewTexts } from '../texts/preview.ts';

/** Where a preview begins: what can be looked at, as whom, and what is wrong. */
export type PreviewHomeView = {
  at: string;
  title: Text;
  version?: string;
  findings: Finding[];
  /** Absent where the service cannot be read yet. */
  /** `eligibilityTests`: of a service with a check before one applies. */
  shown?: { tests: TestedCase[]; eligibilityTests?: TestedCase[]; testId?: string; hasAnswers: boolean };
};

export const previewHome = definePage<PreviewHomeView>({
  name: 'preview',
  title: (view, { say }) => say(view.title),
  Body: ({ view }) => {
    const say = useSay();
    const t = useTable(previewTexts);
    const { at, shown } = view;
    return (
      <div className="stack">
        <PageHead
          eyebrow={view.version ? <Code>{view.version}</Code> : undefined}
          title={say(view.title)}
          lead={t('lead')}
        />
        {view.findings.length > 0 ? (
          <Notice tone={shown ? 'warn' : 'bad'} title={shown ? t('problems', { n: view.findings.length }) : t('none')}>
            {shown ? null : <p>{t('noneWords')}</p>}
            <FindingList findings={view.findings} />
          </Notice>
        ) : (
          <Notice tone="good">
            <p>{t('whole')}</p>
          </Notice>
        )}
        {shown ? (
          <>
            <Card title={t('see')}>
              <ul className="plain stack-s">
                <li>
                  <a href={`${at}/service`}>{t('page')}</a>
                </li>
                {shown.eligibilityTests ? (
                  <li>
                    <a href={`${at}/eligibility`}>{t('eligibility')}</a>
                  </li>
                ) : null}
                {shown.hasAnswers ? (
                  <li>
                    <a href={`${at}/form`}>{t('goOn')}</a>
                  </li>
                ) : null}
                <li>
                  <a href={`${at}/check`}>{t('check')}</a>
                </li>
                <li>
                  <a href={`${at}/outcome`}>{t('outcome')}</a>
                </li>
                <li>
                  <a href={`${at}/document.pdf`}>{t('document')}</a>
                </li>
              </ul>
              <form method="post" action={`${at}/start`}>
                <Button>{t('begin')}</Button>
              </form>
            </Card>
            <section className="card">
              <h2>{t('evidence')}</h2>
              <form method="post" action={`${at}/evidence`} className="stack-s">
                <p>{t('evidenceWords')}</p>
                <FieldOf
                  field={{
                    name: 'test',
                    kind: 'choice',
                    label: { ar: previewTexts.ar.testCase, en: previewTexts.en.testCase },
                    value: shown.testId ?? '',
                    choices: shown.tests.map(({ id, title }) => ({ value: id, label: title })),
                  }}
                />
                <FieldOf
                  field={{
                    name: 'fill',
                    kind: 'checkbox',
                    label: { ar: previewTexts.ar.fill, en: previewTexts.en.fill },
                  }}
                />
                <Button look="ghost">{t('choose')}</Button>
              </form>
            </section>
            <TestList tests={shown.tests} />
            {shown.eligibilityTests ? (
              <TestList tests={shown.eligibilityTests} caption={t('eligibilityTests')} />
            ) : null}
          </>
        ) : null}
      </div>
    );
  },
});

/** Test cases with what came of them. */
export function TestList({
  tests,
  hrefOf,
  caption,
}: {
  tests: TestedCase[];
  hrefOf?: (id: string) => string;
  caption?: string;
}) {
  const say = useSay();
  const t = useTable(previewTexts);
  return (
    <section className="card flush scroll">
      <table>
        <caption>{caption ?? t('tests')}</caption>
        <tbody>
          {tests.map(({ id, title, differences }) => (
            <tr key={id}>
              <th scope="row">
                {hrefOf ? <a href={hrefOf(id)}>{say(title)}</a> : say(title)}
                <br />
                <Code>{id}</Code>
              </th>
              <td>
                <Tag tone={differences.length === 0 ? 'good' : 'bad'}>
                  {t(differences.length === 0 ? 'passed' : 'failed')}
                </Tag>
                {differences.map(({ what, expected, came }) => (
                  <p key={`${what} ${came}`}>
                    <Code>{what}</Code> {t('expected', { expected: expected || '–', came: came || '–' })}
                  </p>
                ))}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

export type PreviewOutcomeView = {
  at: string;
  title: Text;
  /** How many answers keep it from being sent. */
  openCount: number;
  outcome: 'approve' | 'review' | 'refuse';
  rules: FiredRule[];
  fee: Fee | null;
};

export const previewOutcome = definePage<PreviewOutcomeView>({
  name: 'preview-outcome',
  title: (_view, { reader }) => previewTexts[reader.language].outcome,
  crumbs: ({ at, title }, { say }) => [{ href: at, words: say(title) }],
  Body: ({ view }) => {
    const t = useTable(previewTexts);
    const tone = { approve: 'good', refuse: 'bad', review: 'sand' } as const;
    return (
      <div className="stack measure">
        <PageHead title={t('outcome')} />
        {view.openCount > 0 ? (
          <Notice tone="warn">
            <p>{t('notSent', { n: view.openCount })}</p>
          </Notice>
        ) : null}
        <p>
          <Tag tone={tone[view.outcome]}>{t(view.outcome)}</Tag>
        </p>
        <Card title={t('rules')}>
          <Rules rules={view.rules} />
        </Card>
        <SummaryList
          rows={[
            {
              term: t('fee'),
              value: view.fee ? <MoneyOf amountMinor={view.fee.amountMinor} currency={view.fee.currency} /> : t('free'),
            },
          ]}
        />
        <div className="acts">
          <LinkButton href={`${view.at}/document.pdf`}>{t('document')}</LinkButton>
          <LinkButton look="ghost" href={view.at}>
            {t('again')}
          </LinkButton>
        </div>
      </div>
    );
  },
});
