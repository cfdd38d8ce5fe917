import type { Process, ProcessState, ProcessStep } from '#modules/cases';
import { Card, Tag } from '../components/blocks.tsx';
import { PageHead } from '../components/head.tsx';
import { ProcessDrawing } from '../components/process.tsx';
import { Code } from '../components/values.tsx';
import { definePage } from '../page.tsx';
import { useSay, useTable, write } from '../reader.tsx';
import { processTexts } from '../texts/process.ts';

/** GET /services/:serviceId/process, with `version` of one that is not in force. */
export type ProcessView = { process: Process; jsonHref: string };

export const processPage = definePage<ProcessView>({
  name: 'process',
  nav: 'services',
  title: ({ process }, { say, reader }) => `${write(processTexts, reader, 'title')}: ${say(process.title)}`,
  crumbs: ({ process }, { say }) => [{ href: `/services/${process.serviceId}`, words: say(process.title) }],
  Body: ({ view: { process, jsonHref } }) => {
    const say = useSay();
    const t = useTable(processTexts);
    return (
      <div className="stack">
        <PageHead
          eyebrow={
            <>
              <span>{say(process.title)}</span>
              <span>
                {t('version')} <Code>{process.versionLabel}</Code>
              </span>
            </>
          }
          title={t('title')}
          lead={t('lead')}
        />
        <section className="card">
          <ProcessDrawing process={process} />
          <p className="muted small">{t('notDrawn')}</p>
        </section>
        <h2>{t('list')}</h2>
        {process.states.map((state) => (
          <Card key={state.id} title={say(state.text)}>
            <p>
              <Tag tone={state.whoseTurn === 'person' ? 'warn' : state.whoseTurn === 'office' ? 'info' : 'plain'}>
                {t(`turn.${state.whoseTurn}`)}
              </Tag>{' '}
              <TimeOfStep time={state.time} />
              {state.isFinal ? t(stepsShown(state).length > 0 ? 'ends' : 'end') : null}
            </p>
            {stepsShown(state).length > 0 ? (
              <ul>
                {stepsShown(state).map((step) => (
                  <li key={step.event}>
                    <b>{t(`by.${step.by}`)}</b>: {say(step.text)} <TimeOfStep time={step.time} />
                    <span className="muted">
                      {step.target === state.id
                        ? t('stays')
                        : `${t('to')} ${say(process.states.find(({ id }) => id === step.target)!.text)}`}
                    </span>
                  </li>
                ))}
              </ul>
            ) : null}
          </Card>
        ))}
        <p>
          <a href={jsonHref}>{t('json')}</a>
        </p>
      </div>
    );
  },
});

/** What leads on, and a correction, which makes a new document; what only notes something is in the JSON. */
const stepsShown = ({ id, steps }: ProcessState) =>
  steps.filter(({ target, event }) => target !== id || event === 'correct');

function TimeOfStep({ time }: { time: ProcessStep['time'] }) {
  const t = useTable(processTexts);
  if (!time) return null;
  const most = time.max !== undefined && time.max > time.days ? t('max', { n: time.max }) : '';
  return <>{`(${t(`time.${time.unit}`, { n: time.days })}${most}) `}</>;
}
