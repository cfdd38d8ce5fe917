import type { Text } from '#kernel/languages';
import { Card, Notice, OfficeLine, SummaryList, Ticks } from '../components/blocks.tsx';
import { PageHead } from '../components/head.tsx';
import { Code, type OfficeName, OfficeOf } from '../components/values.tsx';
import { definePage } from '../page.tsx';
import { useSay, useTexts } from '../reader.tsx';
import { type Fee, FeeWords, type TimeNeeded, TimeWords } from './service-rows.tsx';

/** A service that people find and understand here, and have from its office. */
export type DescribedServiceView = {
  title: Text;
  summary: Text;
  office: OfficeName;
  results: Text[];
  whoMayApply: Text[];
  needed: Array<{ id: string; names: Text; evidence: Text }>;
  channels: Array<{ kind: 'online' | 'app' | 'phone' | 'desk'; text: Text; url?: string }>;
  fee: Fee | null;
  feeText: Text;
  time: TimeNeeded;
  timeText: Text;
  laws: Array<{ title: Text }>;
  version: string;
};

export const describedService = definePage<DescribedServiceView>({
  name: 'described-service',
  title: (view, { say }) => say(view.title),
  nav: 'services',
  crumbs: (_view, { t }) => [
    { href: '/', words: t('crumb.home') },
    { href: '/services', words: t('nav.services') },
  ],
  Body: ({ view }) => {
    const say = useSay();
    const t = useTexts();
    return (
      <div className="stack">
        <PageHead
          eyebrow={<OfficeLine office={view.office} small />}
          title={say(view.title)}
          lead={say(view.summary)}
        />
        <div className="two">
          <div className="stack">
            <Card title={t('service.youGet')}>
              <Ticks items={view.results} />
            </Card>
            <Card title={t('service.whoMay')}>
              <Ticks items={view.whoMayApply} />
            </Card>
            {view.needed.length > 0 ? (
              <Card title={t('service.needed')}>
                <SummaryList rows={view.needed.map((one) => ({ term: say(one.names), value: say(one.evidence) }))} />
              </Card>
            ) : null}
            <Card title={t('service.ways')}>
              <SummaryList
                rows={view.channels.map((channel) => ({
                  term: t(`channel.${channel.kind}`),
                  value: channel.url ? <a href={channel.url}>{say(channel.text)}</a> : say(channel.text),
                }))}
              />
            </Card>
          </div>
          <aside className="stack">
            <div className="card">
              <Notice title={t('service.elsewhere')}>
                <p>{t('service.elsewhereWords')}</p>
              </Notice>
              <SummaryList
                rows={[
                  {
                    term: t('service.fee'),
                    value: (
                      <>
                        <FeeWords fee={view.fee} />{' '}
                        {view.fee ? <span className="muted small">{say(view.feeText)}</span> : null}
                      </>
                    ),
                  },
                  {
                    term: t('service.time'),
                    value: (
                      <>
                        <TimeWords time={view.time} /> <span className="muted small">{say(view.timeText)}</span>
                      </>
                    ),
                  },
                  { term: t('service.decides'), value: <OfficeOf office={view.office} /> },
                  {
                    term: t('service.law'),
                    value: (
                      <ul className="plain">
                        {view.laws.map((law) => (
                          <li key={law.title.en}>{say(law.title)}</li>
                        ))}
                      </ul>
                    ),
                  },
                  { term: t('service.version'), value: <Code>{view.version}</Code> },
                ]}
              />
            </div>
          </aside>
        </div>
      </div>
    );
  },
});
