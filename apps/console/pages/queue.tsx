import {
  Card,
  Code,
  DateOf,
  definePage,
  Medal,
  Notice,
  NumberOf,
  Pagination,
  type StateName,
  Tag,
  useSay,
  write,
} from '#apps/portal';
import type { Text } from '#kernel/languages';
import { consoleTexts, useConsoleTexts } from '../texts/index.ts';
import { useSharedTexts } from '../texts/sharing.ts';

/** `escalated`: those of which supervisors were told. */
export type QueueFilter =
  | 'open'
  | 'mine'
  | 'unassigned'
  | 'to-confirm'
  | 'appeals'
  | 'waiting'
  | 'escalated'
  | 'stopped'
  | 'decided';

export type QueueRow = {
  caseId: string;
  reference: string;
  serviceTitle: Text;
  applicant: Text;
  homeState: StateName;
  /** Why the published rule left it to a person. */
  why: Text;
  dueOn: string;
  /** Negative when late. */
  workingDaysLeft: number;
  assignedTo?: { name: Text; isYou: boolean };
  /** Somebody else changed it since this officer looked. */
  hasNews: boolean;
  isEscalated: boolean;
  /** What it waits for, where that is not the decision of an officer. */
  waitsFor?: 'to-confirm' | 'appeal' | 'person';
};

/** GET /office?show=&q=&page= */
export type QueueView = {
  officeName: Text;
  counts: { waiting: number; mine: number; overdue: number };
  /** For supervisors of the office: how many cases are due, late or nearly so. */
  escalated?: number;
  /** Present where the office takes part in cases of other states: how many it has to answer. */
  shared?: { toAnswer: number };
  filter: QueueFilter;
  search: string;
  rows: QueueRow[];
  page: number;
  pages: number;
};

const filters: QueueFilter[] = [
  'open',
  'mine',
  'unassigned',
  'to-confirm',
  'appeals',
  'waiting',
  'escalated',
  'decided',
  'stopped',
];

export const queue = definePage<QueueView>({
  name: 'queue',
  area: 'office',
  nav: 'office',
  title: (_view, { reader }) => write(consoleTexts, reader, 'queue.title'),
  Body: ({ view }) => {
    const say = useSay();
    const t = useConsoleTexts();
    const shared = useSharedTexts();
    return (
      <div className="stack">
        <header className="stack-s">
          <p className="eyebrow">{say(view.officeName)}</p>
          <h1>{t('queue.title')}</h1>
          {view.shared ? (
            <p>
              <a href="/office/shared">{shared('title')}</a>{' '}
              {view.shared.toAnswer > 0 ? (
                <Tag tone="sand">
                  {shared('toAnswer')}: <NumberOf value={view.shared.toAnswer} />
                </Tag>
              ) : null}
            </p>
          ) : null}
        </header>
        <dl className="measures">
          {(['waiting', 'mine', 'overdue'] as const).map((name) => (
            <div className="card" key={name}>
              <dt>{t(`queue.${name}`)}</dt>
              <dd className={name === 'overdue' && view.counts.overdue > 0 ? 'overdue' : undefined}>
                <NumberOf value={view.counts[name]} />
              </dd>
            </div>
          ))}
        </dl>
        {view.escalated ? (
          <Notice tone="warn">
            <p>
              {t('queue.toSupervisor', { n: view.escalated })}{' '}
              <a href="/office?show=escalated">{t('queue.filter.escalated')}</a>
            </p>
          </Notice>
        ) : null}
        <form className="filters" method="get" action="/office">
          <div>
            <label htmlFor="show">{t('queue.filterState')}</label>
            <select id="show" name="show" defaultValue={view.filter}>
              {filters.map((filter) => (
                <option key={filter} value={filter}>
                  {t(`queue.filter.${filter}`)}
                </option>
              ))}
            </select>
          </div>
          <div>
            <label htmlFor="q">{t('queue.search')}</label>
            <input
              className="input"
              id="q"
              name="q"
              type="search"
              dir="auto"
              defaultValue={view.search}
              maxLength={100}
            />
          </div>
          <button type="submit" className="btn ghost">
            {t('queue.apply')}
          </button>
        </form>
        {view.rows.length === 0 ? (
          <Card title={t('queue.none')}>
            <p>{t('queue.noneWords')}</p>
          </Card>
        ) : (
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard.
          <section className="card flush scroll" tabIndex={0} aria-label={t('queue.table')}>
            <table>
              <caption>{t('queue.table')}</caption>
              <thead>
                <tr>
                  <th scope="col">{t('queue.case')}</th>
                  <th scope="col">{t('queue.applicant')}</th>
                  <th scope="col">{t('queue.why')}</th>
                  <th scope="col">{t('queue.due')}</th>
                  <th scope="col">{t('queue.assigned')}</th>
                </tr>
              </thead>
              <tbody>
                {view.rows.map((row) => (
                  <tr key={row.caseId}>
                    <th scope="row">
                      <a href={`/office/cases/${row.caseId}`}>
                        <Code>{row.reference}</Code>
                      </a>
                      {row.hasNews ? (
                        <>
                          {' '}
                          <Tag tone="info">{t('queue.news')}</Tag>
                        </>
                      ) : null}
                      <div className="muted">{say(row.serviceTitle)}</div>
                    </th>
                    <td>
                      <span className="from">
                        <Medal state={row.homeState} small />
                        <span>
                          <bdi>{say(row.applicant)}</bdi>
                          <br />
                          <span className="muted">{say(row.homeState.names)}</span>
                        </span>
                      </span>
                    </td>
                    <td>
                      {row.waitsFor ? <Tag tone="sand">{t(`queue.waitsFor.${row.waitsFor}`)}</Tag> : say(row.why)}
                    </td>
                    <td>
                      {view.filter === 'decided' ? null : row.workingDaysLeft < 0 ? (
                        <Tag tone="bad">{t('queue.late', { n: -row.workingDaysLeft })}</Tag>
                      ) : (
                        <Tag tone={row.workingDaysLeft <= 1 ? 'warn' : 'plain'}>
                          {t('queue.daysLeft', { n: row.workingDaysLeft })}
                        </Tag>
                      )}
                      <div className="muted">{row.dueOn ? <DateOf on={row.dueOn} /> : t('queue.stopped')}</div>
                      {row.isEscalated ? <Tag tone="warn">{t('queue.escalated')}</Tag> : null}
                    </td>
                    <td>
                      {row.assignedTo ? (
                        row.assignedTo.isYou ? (
                          <b>{t('queue.you')}</b>
                        ) : (
                          <bdi>{say(row.assignedTo.name)}</bdi>
                        )
                      ) : (
                        <span className="muted">{t('queue.nobody')}</span>
                      )}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </section>
        )}
        <Pagination
          page={view.page}
          pages={view.pages}
          hrefOf={(page) =>
            `/office?${new URLSearchParams({ show: view.filter, q: view.search, page: String(page) }).toString()}`
          }
        />
      </div>
    );
  },
});
