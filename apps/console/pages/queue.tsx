import {
  Card,
  Code,
  DateOf,
  definePage,
  Medal,
  Notice,
  NumberOf,
  Pagination,
  PostedPagination,
  type StateName,
  Tag,
  useSay,
  write,
} from '#apps/portal';
import type { Text } from '#kernel/languages';
import { type SavedView, viewNameMax } from '#modules/cases';
import { useDeskTexts } from '../texts/desk.ts';
import { consoleTexts, useConsoleTexts } from '../texts/index.ts';
import { useSharedTexts } from '../texts/sharing.ts';
import { type QueueFilter, QueueFind } from './queue-find.tsx';

export type { QueueFilter };

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

/**
 * GET /office?show=&service=&q=&page=, and POST /office/search for names. The table posts `case` (several) and `step` to /office/bulk; a view is kept and removed by
 * /office/views. `mark` is what /office/mark answers while the list is as it was drawn.
 */
export type QueueView = {
  officeName: Text;
  counts: { waiting: number; mine: number; overdue: number };
  /** For supervisors of the office: how many cases are due, late or nearly so. */
  escalated?: number;
  /** Present where the office takes part in cases of other states: how many it has to answer. */
  shared?: { toAnswer: number };
  /** For supervisors and for auditors of the office. */
  mayReadWorkload: boolean;
  mayAudit: boolean;
  filter: QueueFilter;
  /** Empty: all. */
  service: string;
  services: Array<{ id: string; title: Text }>;
  search: string;
  /** It is the name of an applicant that is looked for: it stands in no address, so the list is posted for, and stays as it was drawn. */
  isByName: boolean;
  views: SavedView[];
  mark: string;
  /** What was done with the chosen cases, and what was not. */
  notice?: { step: 'take' | 'release'; done: number };
  refused?: Text[];
  rows: QueueRow[];
  page: number;
  pages: number;
  /** What is shown stands behind this case, further than pages have numbers. */
  after?: string;
  /** Behind which case it goes on there; absent at its end. */
  next?: string;
};

export const queue = definePage<QueueView>({
  name: 'queue',
  area: 'office',
  nav: 'office',
  scripts: ['live'],
  title: (_view, { reader }) => write(consoleTexts, reader, 'queue.title'),
  Body: ({ view }) => {
    const say = useSay();
    const t = useConsoleTexts();
    const shared = useSharedTexts();
    const desk = useDeskTexts();
    const place = { show: view.filter, service: view.service, q: view.search };
    const isChoosing = view.filter !== 'decided' && view.filter !== 'stopped';
    const here: Record<string, string> = {
      ...place,
      page: String(view.page),
      ...(view.after ? { after: view.after } : {}),
    };
    const asked = `?${new URLSearchParams(here).toString()}`;
    const live = { 'data-live': `/office/mark${asked}`, 'data-live-page': `/office${asked}` };
    return (
      <div className="stack" {...(view.isByName ? {} : live)}>
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
          <OfficeTools view={view} />
        </header>
        {view.notice ? (
          <div role="status">
            <Notice tone="good">
              <p>{desk(view.notice.step === 'take' ? 'queue.taken' : 'queue.released', { n: view.notice.done })}</p>
            </Notice>
          </div>
        ) : null}
        {view.refused ? (
          <div role="alert">
            <Notice tone="bad" title={desk('queue.refused')}>
              <ul>
                {view.refused.map((text) => (
                  <li key={text.en}>{say(text)}</li>
                ))}
              </ul>
            </Notice>
          </div>
        ) : null}
        <dl className="measures" id="queue-counts" data-live-mark={view.mark}>
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
        <QueueFind view={view} />
        <Views view={view} />
        {view.isByName ? null : <LiveLine />}
        <form method="post" action="/office/bulk" className="stack-s" id="queue-list">
          {Object.entries(here).map(([name, value]) => (
            <input key={name} type="hidden" name={name} value={value} />
          ))}
          {view.rows.length === 0 ? (
            <Card title={view.search ? desk('queue.notFound') : t('queue.none')}>
              <p>{view.search ? desk('queue.notFoundWords') : t('queue.noneWords')}</p>
            </Card>
          ) : (
            <>
              {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard. */}
              <section className="card flush scroll queue" tabIndex={0} aria-label={t('queue.table')}>
                <table>
                  <caption>{t('queue.table')}</caption>
                  <thead>
                    <tr>
                      {isChoosing ? <th scope="col">{desk('queue.choose')}</th> : null}
                      <th scope="col">{t('queue.case')}</th>
                      <th scope="col">{t('queue.applicant')}</th>
                      <th scope="col">{t('queue.why')}</th>
                      <th scope="col">{t('queue.due')}</th>
                      <th scope="col">{t('queue.assigned')}</th>
                    </tr>
                  </thead>
                  <tbody>
                    {view.rows.map((row) => (
                      <tr key={row.caseId} data-row="">
                        {isChoosing ? (
                          <td>
                            <input type="checkbox" name="case" value={row.caseId} id={`tick-${row.caseId}`} />
                            <label htmlFor={`tick-${row.caseId}`} className="hide">
                              {desk('queue.choose')} <Code>{row.reference}</Code>
                            </label>
                          </td>
                        ) : null}
                        <th scope="row">
                          <a href={`/office/cases/${row.caseId}`} id={`case-${row.caseId}`} data-open="">
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
                        <td data-label={t('queue.assigned')}>
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
              {isChoosing ? (
                <div className="acts">
                  <button type="submit" className="btn ghost" name="step" value="take" data-take="">
                    {desk('queue.take')}
                  </button>
                  <button type="submit" className="btn quiet" name="step" value="release">
                    {desk('queue.release')}
                  </button>
                </div>
              ) : null}
            </>
          )}
        </form>
        {view.after ? null : view.isByName ? (
          <PostedPagination action="/office/search" fields={place} page={view.page} pages={view.pages} />
        ) : (
          <Pagination
            page={view.page}
            pages={view.pages}
            hrefOf={(page) => `/office?${new URLSearchParams({ ...place, page: String(page) }).toString()}`}
          />
        )}
        <Further view={view} place={place} />
      </div>
    );
  },
});

/** Where pages have no numbers any more: on behind the last case, and back to the last page that has one. */
function Further({ view, place }: { view: QueueView; place: Record<string, string> }) {
  const desk = useDeskTexts();
  const ways = [
    ...(view.after ? [{ words: desk('queue.back'), to: { ...place, page: String(view.pages) } }] : []),
    ...(view.next
      ? [{ words: desk('queue.further'), to: { ...place, page: String(view.pages), after: view.next } }]
      : []),
  ];
  if (ways.length === 0) return null;
  return (
    <nav className="acts" aria-label={desk('queue.further')}>
      {ways.map(({ words, to }) =>
        view.isByName ? (
          <form key={words} method="post" action="/office/search">
            {Object.entries(to).map(([name, value]) => (
              <input key={name} type="hidden" name={name} value={value} />
            ))}
            <button type="submit" className="btn quiet">
              {words}
            </button>
          </form>
        ) : (
          <a key={words} href={`/office?${new URLSearchParams(to).toString()}`}>
            {words}
          </a>
        ),
      )}
    </nav>
  );
}

/** What an office has beside its cases. */
function OfficeTools({ view }: { view: QueueView }) {
  const desk = useDeskTexts();
  return (
    <nav className="acts" aria-label={desk('tools.label')}>
      {view.mayReadWorkload ? <a href="/office/workload">{desk('tools.workload')}</a> : null}
      <a href="/office/absences">{desk('tools.absences')}</a>
      {view.mayAudit ? <a href="/office/audit">{desk('tools.audit')}</a> : null}
    </nav>
  );
}

/** Filters under the officer's own names, and a name for the one that is looked at. */
function Views({ view }: { view: QueueView }) {
  const desk = useDeskTexts();
  const hidden = { show: view.filter, service: view.service };
  return (
    <details>
      <summary>
        {desk('views.label')} <NumberOf value={view.views.length} />
      </summary>
      <div className="stack-s">
        <ul className="plain">
          {view.views.map(({ id, name, filters: kept }) => (
            <li key={id} className="acts">
              <a href={`/office?${new URLSearchParams(kept).toString()}`}>
                <bdi>{name}</bdi>
              </a>
              <form method="post" action="/office/views">
                <button type="submit" className="btn quiet" name="remove" value={id}>
                  {desk('views.remove', { name })}
                </button>
              </form>
            </li>
          ))}
        </ul>
        <form className="filters" method="post" action="/office/views">
          {Object.entries(hidden).map(([name, value]) => (
            <input key={name} type="hidden" name={name} value={value} />
          ))}
          <div>
            <label htmlFor="view-name">{desk('views.name')}</label>
            <input className="input" id="view-name" name="name" type="text" dir="auto" maxLength={viewNameMax} />
          </div>
          <button type="submit" className="btn ghost">
            {desk('views.keep')}
          </button>
        </form>
      </div>
    </details>
  );
}

/** Says that the list was refreshed, and lets that be stopped (WCAG 2.2.2). Nothing of it is there without the script. */
function LiveLine() {
  const desk = useDeskTexts();
  return (
    <p className="small muted" data-live-line="" hidden data-text-refreshed={desk('live.refreshed')}>
      <span role="status" data-live-says="" />{' '}
      <button
        type="button"
        className="btn quiet"
        data-live-pause=""
        data-text-pause={desk('live.pause')}
        data-text-resume={desk('live.resume')}
      >
        {desk('live.pause')}
      </button>
    </p>
  );
}
