import type { Text } from '#kernel/languages';
import { Card, Foreign, Notice, SummaryList } from '../components/blocks.tsx';
import { PageHead } from '../components/head.tsx';
import { Code, NumberOf } from '../components/values.tsx';
import { definePage } from '../page.tsx';
import { useSay, useTable, write } from '../reader.tsx';
import { developerTexts } from '../texts/developers.ts';

export type AppKind = {
  id: string;
  names: Text;
  isByRule: boolean;
  scopes: string[];
  callsPerMinute: number;
  callsPerDay: number;
  daysMax: number;
};
export type AppCall = { method: string; path: string; summary: string; scope?: string };

export type DevelopersView = {
  /** Commands of the first exchange; absent where people are real. */
  commands?: { start: string; example: string; travel: string };
  portalAddress: string;
  kinds: AppKind[];
  scopes: Array<{ scope: string; names: Text; explanation: Text }>;
  calls: AppCall[];
  /** Names of the descriptions under `/developers/openapi/`. */
  files: string[];
};

export const developers = definePage<DevelopersView>({
  name: 'developers',
  title: (_view, { reader }) => write(developerTexts, reader, 'title'),
  crumbs: (_view, { t }) => [{ href: '/', words: t('crumb.home') }],
  Body: ({ view }) => {
    const say = useSay();
    const t = useTable(developerTexts);
    return (
      <div className="stack">
        <PageHead title={t('title')} lead={t('lead')} />
        <section className="prose">
          <h2>{t('first.title')}</h2>
          {view.commands ? (
            <>
              <p>{t('first.sample')}</p>
              <ol>
                <li>
                  {t('first.step1')} <Code>{view.commands.start}</Code>
                </li>
                <li>
                  {t('first.step2')} <Code>{view.commands.example}</Code>
                </li>
                <li>{t('first.step3')}</li>
                <li>{t('first.step4')}</li>
                <li>
                  {t('first.travel')} <Code>{view.commands.travel}</Code>
                </li>
              </ol>
            </>
          ) : (
            <Notice tone="warn">
              <p>{t('first.real')}</p>
            </Notice>
          )}
        </section>
        <section className="stack-s">
          <div className="prose">
            <h2>{t('join.title')}</h2>
            <ol>
              <li>{t('join.step1')}</li>
              <li>
                {t('join.step2')} <Code>{`POST ${view.portalAddress}/federation/join`}</Code>
              </li>
              <li>{t('join.step3')}</li>
            </ol>
          </div>
          {view.kinds.length === 0 ? <p className="muted">{t('join.none')}</p> : null}
          <div className="two">
            {view.kinds.map((kind) => (
              <Kind key={kind.id} kind={kind} />
            ))}
          </div>
        </section>
        <section className="prose">
          <h2>{t('sign.title')}</h2>
          <p>{t('sign.words')}</p>
          <p>
            <a href="/apps/oauth/.well-known/openid-configuration">{t('sign.configuration')}</a>
          </p>
          <h2>{t('consent.title')}</h2>
          <p>{t('consent.words')}</p>
          <h2>{t('quota.title')}</h2>
          <p>{t('quota.words')}</p>
          <h2>{t('hook.title')}</h2>
          <p>{t('hook.words')}</p>
          <p>
            <a href="/api/apps/webhook-keys">{t('hook.keys')}</a>
          </p>
        </section>
        <section className="stack-s">
          <h2>{t('join.scopes')}</h2>
          <SummaryList
            rows={view.scopes.map(({ scope, names, explanation }) => ({
              term: <Code>{scope}</Code>,
              value: (
                <>
                  <b>{say(names)}</b> <span className="muted">{say(explanation)}</span>
                </>
              ),
            }))}
          />
        </section>
        <section className="stack-s">
          <h2>{t('api.title')}</h2>
          <p>{t('api.lead')}</p>
          {view.calls.map((call) => (
            <Card key={`${call.method} ${call.path}`} as="div">
              <p>
                <Code>{`${call.method} ${call.path}`}</Code>
              </p>
              <p>
                <Foreign language="en">{call.summary}</Foreign>
              </p>
              <p className="muted small">
                {t('api.scope')}: {call.scope === undefined ? t('api.itself') : <Code>{call.scope}</Code>}
              </p>
            </Card>
          ))}
        </section>
        <section className="prose">
          <h2>{t('api.files')}</h2>
          <ul>
            {view.files.map((file) => (
              <li key={file}>
                <a href={`/developers/openapi/${file}`}>
                  <Code>{file}</Code>
                </a>
              </li>
            ))}
          </ul>
          <p>
            <a href="/about/developers">{t('more')}</a>
          </p>
        </section>
      </div>
    );
  },
});

function Kind({ kind }: { kind: AppKind }) {
  const say = useSay();
  const t = useTable(developerTexts);
  return (
    <Card title={say(kind.names)}>
      <SummaryList
        rows={[
          { term: t('join.kind'), value: <Code>{kind.id}</Code> },
          { term: t('join.decided'), value: t(kind.isByRule ? 'join.byRule' : 'join.byOfficer') },
          { term: t('join.minute'), value: <NumberOf value={kind.callsPerMinute} /> },
          { term: t('join.day'), value: <NumberOf value={kind.callsPerDay} /> },
          { term: t('join.days'), value: t('join.daysOf', { n: kind.daysMax }) },
          { term: t('join.scopes'), value: <Code>{kind.scopes.join(' ')}</Code> },
        ]}
      />
    </Card>
  );
}
