import { Card, Notice, SummaryList } from '../components/blocks.tsx';
import { PageHead } from '../components/head.tsx';
import { Code, Medal, NumberOf, Raw, type StateName, TimeOf } from '../components/values.tsx';
import { definePage } from '../page.tsx';
import { useSay, useTexts } from '../reader.tsx';

export type LogView = {
  state: StateName;
  origin: string;
  size: number;
  rootHash: string;
  checkpointAt?: string;
  cosignatures: Array<{ state: StateName; signedAt: string }>;
  /** Co-signatures a reader asks for before believing this log. */
  quorum: number;
  pendingEntries: number;
  checkpoint: string;
  logKey: string;
  others: Array<{ state: StateName; href: string }>;
};

export const log = definePage<LogView>({
  name: 'log',
  title: (view, { t, say }) => t('log.title', { state: say(view.state.names) }),
  crumbs: (_view, { t }) => [{ href: '/', words: t('crumb.home') }],
  Body: ({ view }) => {
    const say = useSay();
    const t = useTexts();
    const enough = view.cosignatures.length >= view.quorum;
    return (
      <div className="stack">
        <PageHead title={t('log.title', { state: say(view.state.names) })} lead={t('log.lead')} />
        <Notice tone={enough ? 'good' : 'warn'} title={t(enough ? 'log.enough' : 'log.notEnough')}>
          <p>{t('log.sentence', { size: view.size, n: view.cosignatures.length, quorum: view.quorum })}</p>
        </Notice>
        <div className="two">
          <div className="stack">
            <Card title={t('log.head')}>
              <SummaryList
                rows={[
                  { term: t('log.origin'), value: <Code>{view.origin}</Code> },
                  { term: t('log.size'), value: <NumberOf value={view.size} /> },
                  { term: t('log.root'), value: <Code>{view.rootHash}</Code> },
                  ...(view.checkpointAt ? [{ term: t('log.at'), value: <TimeOf at={view.checkpointAt} /> }] : []),
                  { term: t('log.pending'), value: <NumberOf value={view.pendingEntries} /> },
                  { term: t('log.key'), value: <Code>{view.logKey}</Code> },
                ]}
              />
            </Card>
            <section className="card">
              <h2>{t('log.checkpointText')}</h2>
              <p className="muted">{t('log.checkpointWords')}</p>
              <Raw>{view.checkpoint}</Raw>
              <p>
                <a href="/ledger/checkpoint">{t('log.raw')}</a>
              </p>
            </section>
          </div>
          <aside className="stack">
            <Card title={t('log.witnesses')}>
              <ul className="plain">
                {view.cosignatures.map((one) => (
                  <li key={one.state.code} className="from">
                    <Medal state={one.state} />
                    <span>
                      <b>{say(one.state.names)}</b>
                      <br />
                      <span className="muted">
                        <TimeOf at={one.signedAt} />
                      </span>
                    </span>
                  </li>
                ))}
              </ul>
            </Card>
            <Card title={t('log.others')}>
              <ul className="plain">
                {view.others.map((one) => (
                  <li key={one.state.code}>
                    <a href={one.href}>{say(one.state.names)}</a>
                  </li>
                ))}
              </ul>
            </Card>
          </aside>
        </div>
      </div>
    );
  },
});
