import type { Text } from '#kernel/languages';
import {
  Button,
  Card,
  LinkButton,
  Notice,
  OfficeLine,
  SummaryList,
  Tag,
  Timeline,
  type TimelineStep,
} from '../components/blocks.tsx';
import { PageHead } from '../components/head.tsx';
import { Icon } from '../components/marks.tsx';
import { Code, DateOf, type OfficeName, type StateName, TimeOf } from '../components/values.tsx';
import { definePage } from '../page.tsx';
import { useSay, useTable, useTexts } from '../reader.tsx';
import { sharedTexts } from '../texts/sharing.ts';
import { type CaseState, caseTones } from './case-states.ts';

const useWords = () => useTable(sharedTexts);

/** What a state has left until the legal day, by its own weekend and holidays. */
export type StateClock = { state: StateName; workingDaysLeft: number; weekend: Text };

export type SharedRow = {
  shareId: string;
  reference: string;
  serviceTitle: Text;
  state: CaseState;
  office: OfficeName;
  turn: 'person' | 'office' | 'nobody';
  changedAt: string;
};

/** GET /shared-cases/:shareId */
export type SharedCaseView = SharedRow & {
  dueOn?: string;
  stoppedWorkingDaysLeft?: number;
  clocks: StateClock[];
  steps: TimelineStep[];
  pageUrl: string;
};

/** The time until the legal day by the calendars of both states. */
export function Clocks({ dueOn, clocks }: { dueOn: string; clocks: StateClock[] }) {
  const say = useSay();
  const w = useWords();
  return (
    <>
      <p>
        {w('due')}{' '}
        <b>
          <DateOf on={dueOn} weekday hijri />
        </b>
      </p>
      {clocks.length > 0 ? (
        <ul className="plain">
          {clocks.map(({ state, workingDaysLeft, weekend }) => (
            <li key={state.code}>
              {w(workingDaysLeft < 0 ? 'late' : 'clock', { state: say(state.names), n: Math.abs(workingDaysLeft) })}{' '}
              <span className="muted">({w('weekend', { days: say(weekend) })})</span>
            </li>
          ))}
        </ul>
      ) : null}
      <p className="muted small">{w('counts')}</p>
    </>
  );
}

export const sharedCase = definePage<SharedCaseView>({
  name: 'shared-case',
  nav: 'cases',
  title: (view, { say }) => `${say(view.serviceTitle)} · ${view.reference}`,
  crumbs: (_view, { t }) => [{ href: '/cases', words: t('nav.cases') }],
  Body: ({ view }) => {
    const say = useSay();
    const t = useTexts();
    const w = useWords();
    const state = say(view.office.state.names);
    return (
      <div className="stack">
        <PageHead
          eyebrow={
            <>
              <Code>{view.reference}</Code>
              <Tag tone={caseTones[view.state]}>{t(`state.${view.state}`)}</Tag>
            </>
          }
          title={say(view.serviceTitle)}
          lead={w('lead')}
        />
        <div className="card turn">
          <span className="ico">
            <Icon name={view.turn === 'person' ? 'person' : 'office'} />
          </span>
          <div className="grow">
            <b>{w(`turn.${view.turn}`, { office: say(view.office.names) })}</b>
            {view.stoppedWorkingDaysLeft === undefined ? null : (
              <p>{w('stopped', { n: view.stoppedWorkingDaysLeft })}</p>
            )}
          </div>
        </div>
        <div className="two">
          <div className="stack">
            <Card title={w('timeline')}>
              <Timeline steps={view.steps} time={(at) => <TimeOf at={at} />} />
            </Card>
          </div>
          <aside className="stack">
            <Card>
              <div className="stack-s">
                <LinkButton href={view.pageUrl}>{w('open', { state })}</LinkButton>
                <p className="muted">{w('openWords')}</p>
              </div>
            </Card>
            {view.dueOn ? (
              <Card title={w('clocks')}>
                <Clocks dueOn={view.dueOn} clocks={view.clocks} />
              </Card>
            ) : null}
            <Card title={w('about')}>
              <SummaryList
                rows={[
                  { term: w('number'), value: <Code>{view.reference}</Code> },
                  { term: w('decides'), value: <OfficeLine office={view.office} small /> },
                ]}
              />
            </Card>
          </aside>
        </div>
      </div>
    );
  },
});

/** Applications in other states, below those of this one. */
export function SharedCases({ rows }: { rows: SharedRow[] }) {
  const say = useSay();
  const t = useTexts();
  const w = useWords();
  if (rows.length === 0) return null;
  return (
    <section className="stack-s">
      <h2>{w('elsewhere')}</h2>
      <p className="muted">{w('elsewhereLead')}</p>
      <ul className="card flush rows">
        {rows.map((one) => (
          <li key={one.shareId}>
            <div className="grow">
              <h3>
                <a className="over" href={`/shared-cases/${one.shareId}`}>
                  {say(one.serviceTitle)}
                </a>
              </h3>
              <p className="eyebrow">
                <Code>{one.reference}</Code>
                <OfficeLine office={one.office} small />
              </p>
              <p className="muted">
                {w(`turn.${one.turn}`, { office: say(one.office.names) })} · <TimeOf at={one.changedAt} />
              </p>
            </div>
            <Tag tone={caseTones[one.state]}>{t(`state.${one.state}`)}</Tag>
            <span className="go">
              <Icon name="chevron" />
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Somebody of the home state who sees a case, on its page in the deciding state. */
export type SharedWith = {
  role: string;
  isHome: boolean;
  office?: OfficeName;
  toState: StateName;
  fields: Text[];
  question?: Text;
  answerBy?: string;
  answeredAt?: string;
  isSilent: boolean;
  waitingSince?: string;
  hasArrived: boolean;
  endedBecause?: 'consent-withdrawn' | 'case-withdrawn' | 'time-over' | 'not-taken';
};

export const endedWords = {
  'consent-withdrawn': 'ended',
  'case-withdrawn': 'endedWithdrawn',
  'time-over': 'endedTimeOver',
  'not-taken': 'endedNotTaken',
} as const;

export function SharingCard({ caseId, shares }: { caseId: string; shares: SharedWith[] }) {
  const say = useSay();
  const w = useWords();
  if (shares.length === 0) return null;
  return (
    <section className="card stack-s" id="sharing">
      <h2>{w('sharing')}</h2>
      {shares.map((one) => (
        <div key={one.role} className="stack-s">
          {one.office ? (
            <OfficeLine office={one.office} small />
          ) : (
            <p>{w('notYet', { state: say(one.toState.names) })}</p>
          )}
          {one.isHome ? <p>{w('sharingHome')}</p> : null}
          {one.fields.length > 0 && !one.isHome ? (
            <p>
              {w('sees')}: {one.fields.map(say).join(' · ')}
            </p>
          ) : null}
          {one.question ? (
            <p>
              {w('asked')}: {say(one.question)}
            </p>
          ) : null}
          <ShareState one={one} />
          {one.endedBecause ? null : (
            <form method="post" action={`/cases/${caseId}/shares/${one.role}/end`} className="stack-s">
              <p className="muted small">{w('endWords')}</p>
              <Button look="ghost">
                {w('end')}
                <span className="hide">{`: ${say(one.office?.names ?? one.toState.names)}`}</span>
              </Button>
            </form>
          )}
        </div>
      ))}
      <p className="muted small">{w('myData')}</p>
    </section>
  );
}

function ShareState({ one }: { one: SharedWith }) {
  const say = useSay();
  const w = useWords();
  if (one.endedBecause) return <p className="muted">{w(endedWords[one.endedBecause])}</p>;
  return (
    <>
      {one.answeredAt ? (
        <p>
          <b>{w('answered')}</b> · <TimeOf at={one.answeredAt} />
        </p>
      ) : one.isSilent ? (
        <p>{w('silent')}</p>
      ) : one.answerBy ? (
        <p>
          {w('answerBy')} <DateOf on={one.answerBy} weekday hijri />
        </p>
      ) : null}
      {one.waitingSince ? (
        <Notice tone="warn">
          <p>
            {w('waiting', { state: say(one.toState.names) })} <TimeOf at={one.waitingSince} />
          </p>
        </Notice>
      ) : null}
    </>
  );
}
