import { Card, Code, DateOf, definePage, Medal, Notice, type StateName, Tag, useSay, write } from '#apps/portal';
import type { Text } from '#kernel/languages';
import { consoleTexts } from '../texts/index.ts';
import { sharedTexts, useSharedTexts } from '../texts/sharing.ts';

export type SharedQueueRow = {
  shareId: string;
  reference: string;
  serviceTitle: Text;
  decidingState: StateName;
  /** How it stands with the deciding office. */
  stands: Text;
  hasNews: boolean;
  /** Set while this office has to answer. */
  answer?: { by: string; workingDaysLeft: number };
};

/** GET /office/shared */
export type SharedQueueView = { officeName: Text; rows: SharedQueueRow[] /** For supervisors. */; dueNow?: number };

export const sharedQueue = definePage<SharedQueueView>({
  name: 'shared-queue',
  area: 'office',
  nav: 'office',
  title: (_view, { reader }) => write(sharedTexts, reader, 'title'),
  crumbs: (_view, { reader }) => [{ href: '/office', words: write(consoleTexts, reader, 'queue.title') }],
  Body: ({ view }) => {
    const say = useSay();
    const t = useSharedTexts();
    return (
      <div className="stack">
        <header className="stack-s">
          <p className="eyebrow">{say(view.officeName)}</p>
          <h1>{t('title')}</h1>
          <p className="lead">{t('lead')}</p>
        </header>
        {view.dueNow ? (
          <Notice tone="warn">
            <p>{t('toSupervisor', { n: view.dueNow })}</p>
          </Notice>
        ) : null}
        {view.rows.length === 0 ? (
          <Card>
            <p>{t('none')}</p>
          </Card>
        ) : (
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard.
          <section className="card flush scroll" tabIndex={0} aria-label={t('table')}>
            <table>
              <caption>{t('table')}</caption>
              <thead>
                <tr>
                  <th scope="col">{t('case')}</th>
                  <th scope="col">{t('decides')}</th>
                  <th scope="col">{t('stands')}</th>
                  <th scope="col">{t('yours')}</th>
                </tr>
              </thead>
              <tbody>
                {view.rows.map((row) => (
                  <tr key={row.shareId}>
                    <th scope="row">
                      <a href={`/office/shared/${row.shareId}`}>
                        <Code>{row.reference}</Code>
                      </a>
                      {row.hasNews ? (
                        <>
                          {' '}
                          <Tag tone="info">{t('news')}</Tag>
                        </>
                      ) : null}
                      <div className="muted">{say(row.serviceTitle)}</div>
                    </th>
                    <td>
                      <span className="from">
                        <Medal state={row.decidingState} small />
                        <span>{say(row.decidingState.names)}</span>
                      </span>
                    </td>
                    <td>{say(row.stands)}</td>
                    <td>
                      {row.answer ? (
                        <>
                          <Tag
                            tone={
                              row.answer.workingDaysLeft < 0 ? 'bad' : row.answer.workingDaysLeft <= 1 ? 'warn' : 'sand'
                            }
                          >
                            {t('toAnswer')}
                          </Tag>
                          <div className="muted">
                            <DateOf on={row.answer.by} />
                          </div>
                        </>
                      ) : (
                        <span className="muted">{t('nothingAsked')}</span>
                      )}
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
