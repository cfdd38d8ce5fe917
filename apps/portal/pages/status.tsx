import { Card, LabelledList, Tag } from '../components/blocks.tsx';
import { type Labelled, Medal, type StateName, TimeOf } from '../components/values.tsx';
import { definePage } from '../page.tsx';
import { useSay, useTexts } from '../reader.tsx';
import type { NodeStatus } from './home.tsx';

export type NodeHealth = {
  state: StateName;
  status: NodeStatus;
  answerMs?: number;
  trust: 'good' | 'stale' | 'broken';
  trustUntil?: string;
  logSize?: number;
  hasWitnessed: boolean;
};

export type StatusView = { checkedAt: string; nodes: NodeHealth[]; own: Labelled[] };

const trustTones = { good: 'good', stale: 'warn', broken: 'bad' } as const;
const statusTones = { up: 'good', slow: 'warn', down: 'bad' } as const;

export const status = definePage<StatusView>({
  name: 'status',
  title: (_view, { t }) => t('status.title'),
  crumbs: (_view, { t }) => [{ href: '/', words: t('crumb.home') }],
  Body: ({ view }) => {
    const say = useSay();
    const t = useTexts();
    const allUp = view.nodes.every((node) => node.status === 'up');
    return (
      <div className="stack">
        <header className="stack-s">
          <h1>{t(allUp ? 'status.allUp' : 'status.someDown')}</h1>
          <p className="lead">
            {t('status.checked')} <TimeOf at={view.checkedAt} />
          </p>
        </header>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard. */}
        <section className="card flush scroll" tabIndex={0} aria-label={t('status.table')}>
          <table>
            <caption>{t('status.table')}</caption>
            <thead>
              <tr>
                <th scope="col">{t('status.state')}</th>
                <th scope="col">{t('status.node')}</th>
                <th scope="col">{t('status.trust')}</th>
                <th scope="col">{t('status.log')}</th>
                <th scope="col">{t('status.witness')}</th>
              </tr>
            </thead>
            <tbody>
              {view.nodes.map((node) => (
                <tr key={node.state.code}>
                  <th scope="row">
                    <span className="from">
                      <Medal state={node.state} small />
                      {say(node.state.names)}
                    </span>
                  </th>
                  <td>
                    <Tag tone={statusTones[node.status]}>{t(`node.${node.status}`)}</Tag>{' '}
                    {node.answerMs !== undefined ? (
                      <span className="muted">{t('status.ms', { n: node.answerMs })}</span>
                    ) : null}
                  </td>
                  <td>
                    <Tag tone={trustTones[node.trust]}>{t(`trust.${node.trust}`)}</Tag>
                    {node.trustUntil ? (
                      <div className="muted small">
                        {t('status.until')} <TimeOf at={node.trustUntil} />
                      </div>
                    ) : null}
                  </td>
                  <td>
                    {node.logSize !== undefined ? (
                      t('status.entries', { n: node.logSize })
                    ) : (
                      <span className="muted">{t('value.none')}</span>
                    )}
                  </td>
                  <td>{t(node.hasWitnessed ? 'value.yes' : 'status.notYet')}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
        <Card title={t('status.own')}>
          <LabelledList items={view.own} />
        </Card>
      </div>
    );
  },
});
