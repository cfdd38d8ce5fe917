import type { ReactNode } from 'react';
import { Card, Code, NumberOf, Tag, TimeOf, useSay } from '#apps/portal';
import { findEvidenceType } from '#protocol/catalogue';
import { useConsoleTexts } from '../texts/index.ts';
import type { OperationsView } from './operations.tsx';
import { TableOf } from './table.tsx';

type Part = { view: OperationsView };

/** The node's own log with its witnesses, and what was seen of other logs. */
export function Log({ view }: Part) {
  const t = useConsoleTexts();
  const { size, pending, checkpointAt, cosignedBy, quorum, disputedBy, breaches } = view.log;
  return (
    <>
      <Card title={t('operations.log')}>
        <dl className="list">
          <Fact term={t('operations.size')}>
            <NumberOf value={size} />
          </Fact>
          <Fact term={t('operations.pending')}>
            <NumberOf value={pending} />
          </Fact>
          <Fact term={t('operations.checkpoint')}>
            {checkpointAt ? <TimeOf at={checkpointAt} /> : t('operations.none')}
          </Fact>
          <Fact term={t('operations.cosigned')}>{t('operations.ofQuorum', { n: cosignedBy, quorum })}</Fact>
          <Fact term={t('operations.disputes')}>
            {disputedBy.length === 0
              ? t('operations.none')
              : disputedBy.map((name) => (
                  <Tag tone="bad" key={name}>
                    <Code>{name}</Code>
                  </Tag>
                ))}
          </Fact>
        </dl>
      </Card>
      <TableOf
        title={t('operations.breaches')}
        heads={[
          t('operations.breachedLog'),
          t('operations.breach'),
          t('operations.state'),
          t('operations.seen'),
          t('operations.ended'),
        ]}
        rows={breaches.map(({ key, origin, kind, state, seenAt, endedAt }) => ({
          key,
          cells: [
            <Code key="origin">{origin}</Code>,
            t(`operations.${kind}`),
            <Tag key="state" tone={endedAt ? 'info' : state === 'suspected' ? 'warn' : 'bad'}>
              {t(endedAt ? 'operations.over' : `operations.${state}`)}
            </Tag>,
            <TimeOf key="at" at={seenAt} />,
            endedAt ? <TimeOf key="ended" at={endedAt} /> : '–',
          ],
        }))}
      />
      {breaches.length === 0 ? null : (
        <p className="muted">
          {t('operations.breachesSave')} <Code>npm run jisr -- breaches evidence/</Code>
        </p>
      )}
    </>
  );
}

/** How the log stands with its time-stamps. */
export function Stamps({ view }: Part) {
  const say = useSay();
  const t = useConsoleTexts();
  if (!view.stamps) return null;
  const { authorities, failing, stampedAt, waitedMinutes, limits } = view.stamps;
  return (
    <>
      <Card title={t('operations.stamps')}>
        <dl className="list">
          <Fact term={t('operations.authorities')}>
            <NumberOf value={authorities} />
          </Fact>
          <Fact term={t('operations.failing')}>
            {failing.length === 0
              ? t('operations.none')
              : failing.map((name) => (
                  <Tag tone="warn" key={name}>
                    <Code>{name}</Code>
                  </Tag>
                ))}
          </Fact>
          <Fact term={t('operations.stamped')}>{stampedAt ? <TimeOf at={stampedAt} /> : t('operations.none')}</Fact>
          <Fact term={t('operations.unstamped')}>{t('operations.minutes', { n: waitedMinutes })}</Fact>
        </dl>
      </Card>
      {limits.length === 0 ? null : (
        <TableOf
          title={t('operations.limits')}
          heads={[t('operations.class'), t('operations.evidence'), t('operations.left'), t('operations.after')]}
          rows={limits.map(({ classId, evidenceTypes, after, leftMinutes }) => ({
            key: classId,
            cells: [
              <Code key="class">{classId}</Code>,
              <span className="pair" key="types">
                {evidenceTypes.map((type) => (
                  <bdi key={type}>{say(findEvidenceType(type)?.names ?? { ar: type, en: type })}</bdi>
                ))}
              </span>,
              <Tag key="left" tone={leftMinutes < 0 ? (after === 'refuse' ? 'bad' : 'warn') : 'good'}>
                {leftMinutes < 0
                  ? t('operations.late', { n: -leftMinutes })
                  : t('operations.minutes', { n: leftMinutes })}
              </Tag>,
              t(after === 'refuse' ? 'operations.refuses' : 'operations.warns'),
            ],
          }))}
        />
      )}
    </>
  );
}

function Fact({ term, children }: { term: string; children: ReactNode }) {
  return (
    <div>
      <dt>{term}</dt>
      <dd>{children}</dd>
    </div>
  );
}
