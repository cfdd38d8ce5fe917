import { Button, Card, Code, definePage, NumberOf, Tag, TimeOf, useSay, write } from '#apps/portal';
import type { Text } from '#kernel/languages';
import type { MonitoringSummary, RegistryDrift } from '#modules/exchange';
import type { AssuranceLevel } from '#protocol/assurance';
import { type ConsoleKey, consoleTexts, useConsoleTexts } from '../texts/index.ts';
import { Log, Stamps } from './log.tsx';
import { TableOf } from './table.tsx';

type DriftKind = RegistryDrift['kind'];

/** GET / of the operator's address: the node as it is at this moment. */
export type OperationsView = {
  checkedAt: string;
  /** How much waits for a person under /stuck. */
  stuck: number;
  /** What the doctor found broken, each with the way to mend it. */
  broken: Array<{ key: string; name: Text; finding: Text; fix: Text }>;
  neighbours: Array<{
    host: string;
    names?: Text;
    answerMs?: number;
    isUp: boolean;
    trust?: { until: string; hoursLeft: number; isStale: boolean };
  }>;
  log: {
    size: number;
    pending: number;
    checkpointAt?: string;
    cosignedBy: number;
    quorum: number;
    disputedBy: string[];
    /** `endedAt`: since when the log publishes again what it had lost. */
    breaches: Array<{
      key: string;
      origin: string;
      kind: 'fork' | 'rewind' | 'inconsistent';
      state: 'suspected' | 'confirmed' | 'proven';
      seenAt: string;
      endedAt?: string;
    }>;
  };
  /** How the log stands with its time-stamps, and how long each class of evidence that has a limit may still go on. */
  stamps?: {
    authorities: number;
    failing: string[];
    stampedAt?: string;
    waitedMinutes: number;
    limits: Array<{ classId: string; evidenceTypes: string[]; after: 'warn' | 'refuse'; leftMinutes: number }>;
  };
  queues: Array<{ queue: string; waiting: number; active: number; dead: number }>;
  keys: Array<{ name: string; alg: string; kid: string; days?: number }>;
  registries: Array<{
    registryId: string;
    evidenceType: string;
    isHealthy: boolean;
    /** What is broken, and how to mend it. */
    reason?: Text;
    drift?: Array<{ field: string; kind: DriftKind; since: string }>;
  }>;
  exchanges: Pick<MonitoringSummary, 'flows' | 'refusals'>;
  /** How sign-ins of the last seven days ended, the most frequent first. `isOwnEid`: at this state's eID, else here with any. */
  signIns: Array<{ isOwnEid: boolean; outcome: string; names?: Text; level?: AssuranceLevel; count: number }>;
};

const originKeys: Record<string, ConsoleKey> = {
  caller: 'operations.caller',
  'own-node': 'operations.own-node',
  'other-node': 'operations.other-node',
  registry: 'operations.byRegistry',
};

export const operations = definePage<OperationsView>({
  name: 'operations',
  area: 'operator',
  title: (_view, { reader }) => write(consoleTexts, reader, 'operations.title'),
  Body: ({ view }) => {
    const t = useConsoleTexts();
    const n = view.broken.length;
    return (
      <div className="stack">
        <header className="stack-s">
          <h1>{n === 0 ? t('operations.titleOk') : t('operations.titleBroken', { n })}</h1>
          <p className="lead">
            {t('operations.checked')} <TimeOf at={view.checkedAt} />
          </p>
        </header>
        <p>
          <a href="/members">{t('operations.members')}</a>
        </p>
        <p>
          <a href="/stuck">{t('stuck.title')}</a>{' '}
          {view.stuck > 0 ? (
            <Tag tone="bad">
              <NumberOf value={view.stuck} />
            </Tag>
          ) : null}
        </p>
        <Broken view={view} />
        <Exchanges view={view} />
        <SignIns view={view} />
        <Neighbours view={view} />
        <Log view={view} />
        <Stamps view={view} />
        <Inside view={view} />
        <form method="post" action="/leave">
          <Button look="ghost">{t('operations.leave')}</Button>
        </form>
      </div>
    );
  },
});

type Part = { view: OperationsView };

function Broken({ view }: Part) {
  const say = useSay();
  const t = useConsoleTexts();
  return view.broken.map(({ key, name, finding, fix }) => (
    <div className="note bad" key={key}>
      <b>{say(name)}</b>
      <p>
        <bdi>{say(finding)}</bdi>
      </p>
      <p>
        {t('operations.todo')} <bdi>{say(fix)}</bdi>
      </p>
    </div>
  ));
}

function Exchanges({ view }: Part) {
  const t = useConsoleTexts();
  const { flows, refusals } = view.exchanges;
  if (flows.length === 0)
    return (
      <Card title={t('operations.exchanges')}>
        <p>{t('operations.noExchange')}</p>
      </Card>
    );
  const ms = (value: number) => t('operations.ms', { n: Math.round(value) });
  return (
    <>
      <TableOf
        title={t('operations.exchanges')}
        heads={[
          t('operations.evidence'),
          t('operations.side'),
          t('operations.count'),
          t('operations.given'),
          t('operations.p50'),
          t('operations.p99'),
        ]}
        rows={flows.map(({ side, evidenceType = '?', count, given, p50Ms, p99Ms }) => ({
          key: `${side} ${evidenceType}`,
          cells: [
            <Code key="type">{evidenceType}</Code>,
            t(`operations.${side}`),
            <NumberOf key="count" value={count} />,
            <NumberOf key="given" value={given} />,
            ms(p50Ms),
            ms(p99Ms),
          ],
        }))}
      />
      <TableOf
        title={t('operations.refusals')}
        heads={[t('operations.code'), t('operations.side'), t('operations.origin'), t('operations.count')]}
        rows={refusals.map(({ side, code, origin, count }) => ({
          key: `${side} ${code} ${origin}`,
          cells: [
            <Code key="code">{code}</Code>,
            t(`operations.${side}`),
            t(originKeys[origin] ?? 'operations.other-node'),
            <NumberOf key="count" value={count} />,
          ],
        }))}
      />
    </>
  );
}

function SignIns({ view }: Part) {
  const say = useSay();
  const t = useConsoleTexts();
  return (
    <TableOf
      title={t('operations.signIns')}
      heads={[t('operations.outcome'), t('operations.side'), t('operations.level'), t('operations.count')]}
      rows={view.signIns.map(({ isOwnEid, outcome, names, level, count }) => ({
        key: `${isOwnEid} ${outcome} ${level}`,
        cells: [
          <span className="pair" key="outcome">
            {names ? <bdi>{say(names)}</bdi> : null}
            <Code>{outcome}</Code>
          </span>,
          t(isOwnEid ? 'operations.ownEid' : 'operations.anyEid'),
          level ? t(`operations.level.${level}`) : '–',
          <NumberOf key="count" value={count} />,
        ],
      }))}
    />
  );
}

function Neighbours({ view }: Part) {
  const say = useSay();
  const t = useConsoleTexts();
  return (
    <TableOf
      title={t('operations.neighbours')}
      heads={[t('operations.node'), t('operations.answer'), t('operations.trust')]}
      rows={view.neighbours.map(({ host, names, answerMs, isUp, trust }) => ({
        key: host,
        cells: [
          <span className="pair" key="name">
            {names ? <bdi>{say(names)}</bdi> : null}
            <Code>{host}</Code>
          </span>,
          <span key="answer">
            <Tag tone={isUp ? 'good' : 'bad'}>{t(isUp ? 'operations.up' : 'operations.down')}</Tag>{' '}
            {answerMs === undefined ? null : <span className="muted">{t('operations.ms', { n: answerMs })}</span>}
          </span>,
          trust ? (
            <span key="trust">
              <Tag tone={trust.isStale || trust.hoursLeft < 2 ? 'warn' : 'good'}>
                {t('operations.hours', { n: trust.hoursLeft })}
              </Tag>{' '}
              <span className="muted">
                {trust.isStale ? `${t('operations.stale')} · ` : null}
                <TimeOf at={trust.until} />
              </span>
            </span>
          ) : (
            <Tag key="trust" tone="bad">
              {t('operations.noTrust')}
            </Tag>
          ),
        ],
      }))}
    />
  );
}

function Inside({ view }: Part) {
  const say = useSay();
  const t = useConsoleTexts();
  return (
    <>
      <TableOf
        title={t('operations.registries')}
        heads={[t('operations.registry'), t('operations.evidence'), t('operations.state')]}
        rows={view.registries.map(({ registryId, evidenceType, isHealthy, reason, drift = [] }) => ({
          key: `${registryId} ${evidenceType}`,
          cells: [
            <Code key="id">{registryId}</Code>,
            <Code key="type">{evidenceType}</Code>,
            <span className="pair" key="state">
              <Tag tone={isHealthy ? (drift.length > 0 ? 'warn' : 'good') : 'bad'}>
                {t(isHealthy ? (drift.length > 0 ? 'operations.drifted' : 'operations.holds') : 'operations.broken')}
              </Tag>
              {reason ? <span className="muted">{say(reason)}</span> : null}
              {drift.map(({ field, kind, since }) => (
                <span className="muted" key={`${field} ${kind}`}>
                  <Code>{field}</Code> {t(`operations.${kind}`)} <TimeOf at={since} />
                </span>
              ))}
            </span>,
          ],
        }))}
      />
      <TableOf
        title={t('operations.jobs')}
        heads={[t('operations.queue'), t('operations.waiting'), t('operations.active'), t('operations.dead')]}
        rows={view.queues.map(({ queue, waiting, active, dead }) => ({
          key: queue,
          cells: [
            <Code key="queue">{queue}</Code>,
            <NumberOf key="waiting" value={waiting} />,
            <NumberOf key="active" value={active} />,
            dead > 0 ? (
              <Tag key="dead" tone="bad">
                <NumberOf value={dead} />
              </Tag>
            ) : (
              <NumberOf key="dead" value={0} />
            ),
          ],
        }))}
      />
      <TableOf
        title={t('operations.keys')}
        heads={[t('operations.key'), t('operations.kid'), t('operations.age')]}
        rows={view.keys.map(({ name, alg, kid, days }) => ({
          key: `${name} ${alg}`,
          cells: [
            <Code key="name">{name}</Code>,
            <Code key="kid">{`${alg} ${kid}`}</Code>,
            days === undefined ? t('operations.none') : t('operations.days', { n: days }),
          ],
        }))}
      />
    </>
  );
}
