import type { Text } from '#kernel/languages';
import { Button, Card, LinkButton, Notice, OfficeLine, SummaryList, Tag, Ticks } from '../components/blocks.tsx';
import { PageHead } from '../components/head.tsx';
import { Code, Medal, NumberOf, type OfficeName, OfficeOf, type StateName, TimeOf } from '../components/values.tsx';
import { definePage } from '../page.tsx';
import { useSay, useTable, useTexts } from '../reader.tsx';
import { eligibilityTexts } from '../texts/eligibility.ts';
import { processTexts } from '../texts/process.ts';
import { OpeningForm } from './offers.tsx';
import { type Fee, FeeWords, type TimeNeeded, TimeWords } from './service-rows.tsx';

/** One kind of evidence: which office of the chosen home state holds it, and which fields would be asked. */
export type AskedEvidence = {
  evidence: Text;
  why: Text;
  holder?: OfficeName;
  fields: Array<{ label: Text; isRequired: boolean }>;
};

export type ServiceView = {
  serviceId: string;
  /** Of one that is only looked at: where its pages are. */
  at?: string;
  title: Text;
  summary: Text;
  office: OfficeName;
  results: Text[];
  whoMayApply: Text[];
  /** Whether people can find out before applying whether they may. */
  hasEligibilityCheck: boolean;
  asked: AskedEvidence[];
  youAnswer: Text[];
  homeStates: StateName[];
  /** The state whose offices `asked` names; undefined until the person has chosen or signed in. */
  homeStateCode?: string;
  fee: Fee | null;
  /** Who pays less of it, or nothing. */
  exemptions: Text[];
  time: TimeNeeded;
  laws: Array<{ title: Text; href?: string }>;
  /** The mean of one to five stars, of this many people. */
  satisfaction?: { stars: number; count: number };
  /** In how many of the five-minute intervals that the node observed it could be applied for. */
  availability?: { percent: number };
  version: string;
  /** It takes no new applications for now; `endsAt` is when that should end (ISO 8601). */
  pause?: { reason: Text; endsAt?: string };
  /** Of a paused one: whether whoever looks is told when it opens. Absent where nobody can ask for that. */
  opening?: { isAwaited: boolean };
  /** It will take none from `startsAt` on: until then somebody can begin one. */
  nextPause?: { reason: Text; startsAt: string; endsAt?: string };
};

export const service = definePage<ServiceView>({
  name: 'service',
  title: (view, { say }) => say(view.title),
  nav: 'services',
  crumbs: (_view, { t }) => [
    { href: '/', words: t('crumb.home') },
    { href: '/services', words: t('nav.services') },
  ],
  Body: ({ view }) => {
    const say = useSay();
    const t = useTexts();
    const checkWords = useTable(eligibilityTexts);
    const processWords = useTable(processTexts);
    const at = view.at ?? `/services/${view.serviceId}`;
    const home = view.homeStates.find((state) => state.code === view.homeStateCode);
    return (
      <div className="stack">
        <PageHead
          eyebrow={
            <>
              <OfficeLine office={view.office} small />
              {view.pause ? <Tag tone="warn">{t('service.paused')}</Tag> : null}
            </>
          }
          title={say(view.title)}
          lead={say(view.summary)}
        />
        <p className="jump">
          <a href="#begin">{t(view.pause ? 'service.toPause' : 'service.toStart')}</a>
        </p>
        <div className="two">
          <div className="stack">
            <Card title={t('service.youGet')}>
              <Ticks items={view.results} />
            </Card>
            <Card title={t('service.whoMay')}>
              <Ticks items={view.whoMayApply} />
              {view.hasEligibilityCheck ? (
                <p>
                  <LinkButton look="ghost" href={`${at}/eligibility`}>
                    {checkWords('open')}
                  </LinkButton>
                </p>
              ) : null}
            </Card>
            <section className="card" id="asked">
              <h2>{t('service.asked')}</h2>
              <p className="muted">{t('service.askedLead')}</p>
              {view.homeStates.length === 0 ? null : (
                <form className="filters" method="get" action={`${at}#asked`}>
                  <div>
                    <label htmlFor="home">{t('service.homeState')}</label>
                    <select id="home" name="home" defaultValue={view.homeStateCode ?? ''}>
                      <option value="">{t('field.choose')}</option>
                      {view.homeStates.map((state) => (
                        <option key={state.code} value={state.code}>
                          {say(state.names)}
                        </option>
                      ))}
                    </select>
                  </div>
                  <Button look="ghost">{t('service.show')}</Button>
                </form>
              )}
              <div className="asks">
                {view.asked.map((ask) => (
                  <div key={ask.evidence.en} className="stack-s">
                    <div className="head">
                      <h3>{say(ask.evidence)}</h3>
                      {ask.holder ? (
                        <OfficeLine office={ask.holder} small />
                      ) : (
                        <span className="muted">{t('service.holderLater')}</span>
                      )}
                    </div>
                    <p>{say(ask.why)}</p>
                    <ul className="facts">
                      {ask.fields.map((field) => (
                        <li key={field.label.en}>
                          <Tag tone={field.isRequired ? 'info' : 'sand'}>
                            {say(field.label)}
                            {field.isRequired ? null : ` · ${t('field.optional')}`}
                          </Tag>
                        </li>
                      ))}
                    </ul>
                  </div>
                ))}
              </div>
              <Notice>
                <p>{home ? t('service.homeNote', { state: say(home.names) }) : t('service.consentNote')}</p>
              </Notice>
            </section>
            {view.youAnswer.length > 0 ? (
              <Card title={t('service.youAnswer')}>
                <Ticks items={view.youAnswer} />
              </Card>
            ) : null}
          </div>
          <aside className="stack">
            <div className="card" id="begin">
              {view.pause ? (
                <Notice tone="warn" title={t('service.paused')}>
                  <p>{say(view.pause.reason)}</p>
                  {view.pause.endsAt ? (
                    <p>
                      {t('service.pausedUntil')} <TimeOf at={view.pause.endsAt} />
                    </p>
                  ) : null}
                  {view.nextPause ? (
                    <p>
                      {t('service.thenUntil')} <TimeOf at={view.nextPause.startsAt} />
                    </p>
                  ) : null}
                  <p className="muted small">{t('service.pausedBegun')}</p>
                  {view.opening ? <OpeningForm at={at} isAwaited={view.opening.isAwaited} /> : null}
                </Notice>
              ) : (
                <form method="post" action={`${at}/start`} className="stack-s">
                  <Button big>{t('service.start')}</Button>
                  <p className="muted small">{t('service.startNote')}</p>
                </form>
              )}
              {view.nextPause && !view.pause ? (
                <Notice title={t('service.closesTitle')}>
                  <p>
                    <TimeOf at={view.nextPause.startsAt} hijri />
                  </p>
                  <p>{say(view.nextPause.reason)}</p>
                  {view.nextPause.endsAt ? (
                    <p>
                      {t('service.opensAgain')} <TimeOf at={view.nextPause.endsAt} />
                    </p>
                  ) : null}
                  <p className="muted small">{t('service.closesBegun')}</p>
                </Notice>
              ) : null}
              <hr />
              <SummaryList
                rows={[
                  { term: t('service.fee'), value: <FeeWords fee={view.fee} /> },
                  ...(view.exemptions.length > 0
                    ? [
                        {
                          term: t('service.exemptions'),
                          value: (
                            <ul>
                              {view.exemptions.map((one) => (
                                <li key={one.en}>{say(one)}</li>
                              ))}
                            </ul>
                          ),
                        },
                      ]
                    : []),
                  {
                    term: t('service.time'),
                    value: (
                      <>
                        <TimeWords time={view.time} />
                        {view.time.medianWorkingDays === undefined ? null : (
                          <span className="muted small">
                            {' '}
                            {t('service.timeLimit', { days: view.time.promisedWorkingDays })}
                          </span>
                        )}
                      </>
                    ),
                  },
                  ...(view.time.p90WorkingDays === undefined || view.time.halfWorkingDays === undefined
                    ? []
                    : [
                        {
                          term: t('service.measured'),
                          value: t('service.p90', { half: view.time.halfWorkingDays, days: view.time.p90WorkingDays }),
                        },
                      ]),
                  ...(view.satisfaction
                    ? [
                        {
                          term: t('service.satisfaction'),
                          value: t('service.stars', {
                            stars: view.satisfaction.stars,
                            most: 5,
                            n: view.satisfaction.count,
                          }),
                        },
                      ]
                    : []),
                  ...(view.availability
                    ? [
                        {
                          term: t('service.available'),
                          value: (
                            <>
                              <NumberOf
                                value={view.availability.percent / 100}
                                style={{ style: 'percent', maximumFractionDigits: 1 }}
                              />{' '}
                              <a className="small" href="/insights#measured">
                                {t('service.availableHow')}
                              </a>
                            </>
                          ),
                        },
                      ]
                    : []),
                  { term: t('service.decides'), value: <OfficeOf office={view.office} /> },
                  {
                    term: t('service.law'),
                    value: (
                      <ul className="plain">
                        {view.laws.map((law) => (
                          <li key={law.title.en}>
                            {law.href ? <a href={law.href}>{say(law.title)}</a> : say(law.title)}
                          </li>
                        ))}
                      </ul>
                    ),
                  },
                  { term: t('service.version'), value: <Code>{view.version}</Code> },
                ]}
              />
            </div>
            <div className="card">
              <h2>{t('service.steps')}</h2>
              <ol className="steps">
                {(['service.step1', 'service.step2', 'service.step3', 'service.step4'] as const).map((key) => (
                  <li key={key}>{t(key)}</li>
                ))}
              </ol>
              {view.serviceId && view.at === undefined ? (
                <p>
                  <a href={`${at}/process`}>{processWords('link')}</a>
                </p>
              ) : null}
              {home ? (
                <p className="from">
                  <Medal state={home} small />
                  <span className="muted">{t('service.signInFrom', { state: say(home.names) })}</span>
                </p>
              ) : null}
            </div>
          </aside>
        </div>
      </div>
    );
  },
});
