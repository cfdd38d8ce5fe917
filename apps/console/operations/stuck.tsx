import { Announcement, Button, Card, Code, definePage, NumberOf, PageHead, TimeOf, useSay, write } from '#apps/portal';
import type { Text } from '#kernel/languages';
import { consoleTexts, useConsoleTexts } from '../texts/index.ts';

export type StuckPart = 'events' | 'unheard' | 'letters' | 'jobs';

/** GET /stuck of the operator's address: what no machine tries again. Ids and codes, and nothing of whom it is about. */
export type StuckView = {
  /** Events on their way, which are tried by themselves. */
  waiting: number;
  waitingSince?: string;
  events: Array<Item & { eventType: string; subscriber: string; code: string; words?: Text; heldBack: number }>;
  unheard: Array<Item & { eventType: string }>;
  letters: Array<Item & { kind: string; to: string; code: string; mayRetry: boolean }>;
  jobs: Array<Item & { queue: string; reason: string }>;
  problem?: Text;
};
type Item = { id: string; attempts: number; at: string };

export const stuck = definePage<StuckView>({
  name: 'operator-stuck',
  area: 'operator',
  title: (_view, { reader }) => write(consoleTexts, reader, 'stuck.title'),
  hasErrors: (view) => view.problem !== undefined,
  Body: ({ view }) => {
    const t = useConsoleTexts();
    const say = useSay();
    const { waiting, waitingSince, events, unheard, letters, jobs } = view;
    return (
      <div className="stack">
        <p>
          <a href="/">{t('members.back')}</a>
        </p>
        <PageHead title={t('stuck.title')} lead={t('stuck.lead')} />
        <Announcement tone="bad" title={t('members.problem')} words={view.problem} />
        <h2>{t('stuck.events')}</h2>
        <p className="muted">
          {t('stuck.waiting', { n: waiting })} {waitingSince ? <TimeOf at={waitingSince} /> : null}
        </p>
        <Nothing of={events} />
        {events.map((item) => (
          <Stuck key={item.id} part="events" item={item} name={item.eventType}>
            <p>
              {t('stuck.to')} <Code>{item.subscriber}</Code>
            </p>
            <p>
              {item.words ? <bdi>{say(item.words)}</bdi> : null} <Code>{item.code}</Code>
            </p>
            {item.heldBack > 0 ? <p>{t('stuck.heldBack', { n: item.heldBack })}</p> : null}
          </Stuck>
        ))}
        <h2>{t('stuck.unheard')}</h2>
        <Nothing of={unheard} />
        {unheard.map((item) => (
          <Stuck key={item.id} part="unheard" item={item} name={item.eventType}>
            <p>{t('stuck.unheardWords')}</p>
          </Stuck>
        ))}
        <h2>{t('stuck.jobs')}</h2>
        <Nothing of={jobs} />
        {jobs.map((item) => (
          <Stuck key={item.id} part="jobs" item={item} name={item.queue}>
            <p>
              {t('stuck.jobWords', { line: 'job failed' })} <Code>{item.reason || '?'}</Code>
            </p>
          </Stuck>
        ))}
        <h2>{t('stuck.letters')}</h2>
        <Nothing of={letters} />
        {letters.map((item) => (
          <Stuck key={item.id} part="letters" item={item} name={item.kind} may={item.mayRetry ? ['retry'] : []}>
            <p>
              {t('stuck.to')} <Code>{item.to}</Code>
            </p>
            <p>
              <Code>{item.code}</Code>
            </p>
            {item.mayRetry ? null : <p>{t('stuck.ended')}</p>}
          </Stuck>
        ))}
      </div>
    );
  },
});

function Nothing({ of }: { of: unknown[] }) {
  const t = useConsoleTexts();
  return of.length === 0 ? <p className="muted">{t('operations.none')}</p> : null;
}

function Stuck(props: {
  part: StuckPart;
  item: Item;
  name: string;
  may?: ReadonlyArray<'retry' | 'drop'>;
  children: React.ReactNode;
}) {
  const { part, item, name, may = ['retry', 'drop'], children } = props;
  const t = useConsoleTexts();
  const named = (
    <span className="hide">
      {': '}
      <Code>{item.id}</Code>
    </span>
  );
  const hidden = (
    <>
      <input type="hidden" name="part" value={part} />
      <input type="hidden" name="id" value={item.id} />
    </>
  );
  return (
    <Card as="div" title={<Code>{name}</Code>}>
      <p className="muted">
        <TimeOf at={item.at} /> · {t('stuck.tries')} <NumberOf value={item.attempts} /> · <Code>{item.id}</Code>
      </p>
      {children}
      {may.includes('retry') ? (
        <form method="post" action="/stuck">
          {hidden}
          <Button name="outcome" value="retry" look="main">
            {t('stuck.retry')}
            {named}
          </Button>
        </form>
      ) : null}
      {may.includes('drop') ? (
        <details>
          <summary>{t('stuck.giveUp')}</summary>
          <form method="post" action="/stuck" className="stack-s" noValidate>
            {hidden}
            <div>
              <label htmlFor={`reason-${item.id}`}>{t('members.reason')}</label>
              <p className="hint" id={`hint-${item.id}`}>
                {t('members.reasonHint')}
              </p>
              <input
                className="input"
                id={`reason-${item.id}`}
                name="reason"
                required
                minLength={3}
                maxLength={300}
                dir="auto"
                aria-describedby={`hint-${item.id}`}
              />
            </div>
            <p>
              <Button name="outcome" value="drop" look="ghost">
                {t('stuck.drop')}
                {named}
              </Button>
            </p>
          </form>
        </details>
      ) : null}
    </Card>
  );
}
