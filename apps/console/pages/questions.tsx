import { Card, Code, definePage, Tag, TimeOf, useSay, write } from '#apps/portal';
import type { Text } from '#kernel/languages';
import { consoleTexts, useConsoleTexts } from '../texts/index.ts';

/** One question to the officer's office, given or refused. It does not say whom it is about. */
export type QuestionRow = {
  questionId: string;
  at: string;
  /** Absent where the asker was refused before it was known; then only its address is. */
  requesterNames?: Text;
  requester: string;
  evidence: Text;
  purpose: Text;
  ground: Text;
  outcome: 'given' | 'refused';
  /** Hidden from the person until this moment; `isSealed` when nothing of it is shown to them. */
  hiddenUntil?: string;
  isSealed: boolean;
};

/** GET /office/questions */
export type QuestionsView = { officeName: Text; rows: QuestionRow[] };

export const questions = definePage<QuestionsView>({
  name: 'questions',
  area: 'office',
  nav: 'questions',
  title: (_view, { reader }) => write(consoleTexts, reader, 'questions.title'),
  Body: ({ view }) => {
    const say = useSay();
    const t = useConsoleTexts();
    return (
      <div className="stack">
        <header className="stack-s">
          <p className="eyebrow">{say(view.officeName)}</p>
          <h1>{t('questions.title')}</h1>
          <p className="lead">{t('questions.lead')}</p>
        </header>
        {view.rows.length === 0 ? (
          <Card title={t('questions.none')}>
            <p>{t('questions.noneWords')}</p>
          </Card>
        ) : (
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard.
          <section className="card flush scroll" tabIndex={0} aria-label={t('questions.table')}>
            <table>
              <caption>{t('questions.table')}</caption>
              <thead>
                <tr>
                  <th scope="col">{t('questions.asker')}</th>
                  <th scope="col">{t('questions.evidence')}</th>
                  <th scope="col">{t('questions.ground')}</th>
                  <th scope="col">{t('questions.outcome')}</th>
                </tr>
              </thead>
              <tbody>
                {view.rows.map((row) => (
                  <tr key={row.questionId}>
                    <th scope="row">
                      <a href={`/office/questions/${row.questionId}`}>
                        <Asker row={row} />
                      </a>
                      <div className="muted">
                        <TimeOf at={row.at} />
                      </div>
                    </th>
                    <td>
                      {say(row.evidence)}
                      <div className="muted">{say(row.purpose)}</div>
                    </td>
                    <td>{say(row.ground)}</td>
                    <td>
                      <Outcome row={row} />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </section>
        )}
      </div>
    );
  },
});

export function Asker({ row }: { row: QuestionRow }) {
  const say = useSay();
  const t = useConsoleTexts();
  if (row.requesterNames) return <bdi>{say(row.requesterNames)}</bdi>;
  return row.requester ? <Code>{row.requester}</Code> : <span>{t('questions.unknown')}</span>;
}

export function Outcome({ row }: { row: QuestionRow }) {
  const t = useConsoleTexts();
  return (
    <>
      <Tag tone={row.outcome === 'given' ? 'good' : 'bad'}>{t(`questions.${row.outcome}`)}</Tag>
      {row.hiddenUntil ? (
        <div className="muted">
          {t(row.isSealed ? 'questions.sealedUntil' : 'questions.delayedUntil')} <TimeOf at={row.hiddenUntil} dayOnly />
        </div>
      ) : null}
    </>
  );
}
