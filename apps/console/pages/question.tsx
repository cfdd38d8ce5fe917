import { Button, Card, definePage, Notice, SummaryList, Tag, TimeOf, useSay, write } from '#apps/portal';
import type { Text } from '#kernel/languages';
import { consoleTexts, useConsoleTexts } from '../texts/index.ts';
import { Asker, Outcome, type QuestionRow } from './questions.tsx';

/** GET /office/questions/:useId; the seal is lifted by POST to .../lift */
export type QuestionView = {
  officeName: Text;
  question: QuestionRow;
  steps: Array<{
    check: 'shape' | 'signature' | 'law' | 'trust-mark' | 'access-rule' | 'consent' | 'record';
    outcome: 'passed' | 'failed' | 'skipped' | 'not-reached';
    words: Text;
  }>;
  /** What would change it, when it was refused. */
  changes: Text[];
  notice?: Text;
};

const tones = { passed: 'good', failed: 'bad', skipped: 'plain', 'not-reached': 'plain' } as const;

export const question = definePage<QuestionView>({
  name: 'question',
  area: 'office',
  nav: 'questions',
  title: (_view, { reader }) => write(consoleTexts, reader, 'question.title'),
  crumbs: (_view, { reader }) => [{ href: '/office/questions', words: write(consoleTexts, reader, 'questions.title') }],
  Body: ({ view }) => {
    const say = useSay();
    const t = useConsoleTexts();
    const { question: row } = view;
    return (
      <div className="stack measure">
        <header className="stack-s">
          <p className="eyebrow">{say(view.officeName)}</p>
          <h1>{t('question.title')}</h1>
        </header>
        {view.notice ? (
          <div role="status">
            <Notice tone="good">
              <p>{say(view.notice)}</p>
            </Notice>
          </div>
        ) : null}
        <Card>
          <SummaryList
            rows={[
              { term: t('questions.asker'), value: <Asker row={row} /> },
              { term: t('questions.at'), value: <TimeOf at={row.at} /> },
              { term: t('questions.evidence'), value: say(row.evidence) },
              { term: t('question.purpose'), value: say(row.purpose) },
              { term: t('questions.ground'), value: say(row.ground) },
              { term: t('questions.outcome'), value: <Outcome row={row} /> },
            ]}
          />
        </Card>
        <section className="stack-s">
          <h2>{t('question.checks')}</h2>
          <SummaryList
            rows={view.steps.map((step) => ({
              term: t(`check.${step.check}`),
              value: (
                <>
                  <Tag tone={tones[step.outcome]}>{t(`step.${step.outcome}`)}</Tag> {say(step.words)}
                </>
              ),
            }))}
          />
        </section>
        {view.changes.length > 0 ? (
          <Notice title={t('question.changes')}>
            <ul>
              {view.changes.map((change) => (
                <li key={change.en}>{say(change)}</li>
              ))}
            </ul>
          </Notice>
        ) : null}
        {row.isSealed ? (
          <section className="stack-s">
            <h2>{t('question.seal')}</h2>
            <p>{t('question.sealWords')}</p>
            <form method="post" action={`/office/questions/${row.questionId}/lift`} className="acts">
              <Button look="danger">{t('question.lift')}</Button>
            </form>
          </section>
        ) : null}
      </div>
    );
  },
});
