import type { Text } from '#kernel/languages';
import type { Opening } from '#modules/offers';
import { Button, Card, LinkButton, Notice, OfficeLine, SummaryList, Tag } from '../components/blocks.tsx';
import { PageHead } from '../components/head.tsx';
import { Icon } from '../components/marks.tsx';
import { Code, DateOf, Medal, type OfficeName, OfficeOf, type StateName, TimeOf } from '../components/values.tsx';
import { definePage } from '../page.tsx';
import { useSay, useTable, useTexts } from '../reader.tsx';
import { appTexts } from '../texts/apps.ts';
import { Openings } from './offers.tsx';

/** One question about the person that reached a registry, answered or not, which they may read whole. */
export type WholeDataUse = {
  shown: 'all';
  useId: string;
  askedAt: string;
  asker: OfficeName;
  holder: OfficeName;
  purpose: Text;
  ground: Text;
  fields: Text[];
  wasGiven: boolean;
  /** Documents among the fields that were fetched: they leave when the office takes them, and perhaps not whole. */
  documents?: Array<{ names: Text; at: string; isWhole: boolean }>;
  /** Why nothing was given, when nothing was. */
  refusal?: Text;
};

export type DataUse =
  | WholeDataUse
  /** It tells about somebody else too: office, hour and purpose are left out. */
  | {
      shown: 'part';
      useId: string;
      on: string;
      askerState: StateName;
      evidence: Text;
      fields: Text[];
      wasGiven: boolean;
    }
  /** Shown from a day on: until then only that it happened. */
  | { shown: 'later'; useId: string; shownFrom: string };

export type GivenConsent = {
  consentId: string;
  requester: OfficeName;
  purpose: Text;
  fields: Text[];
  givenAt: string;
  /** Somebody else gave it in the person's name: as what. */
  givenBy?: Text;
  endsOn: string;
  state: 'active' | 'used' | 'withdrawn' | 'expired';
};

export type MyDataView = {
  /** The state whose log holds these entries. */
  logState: Text;
  uses: DataUse[];
  consents: GivenConsent[];
  /** What others did in the person's name, latest first. */
  acts: Array<{ actId: string; by: Text; kind: Text; at: string; did: 'began' | 'consented'; towards: OfficeName }>;
  /** Applications, of here and seen here, of which what they held is erased, the latest first. */
  erased: Array<{ caseId: string; isHere: boolean; reference: string; serviceTitle: Text; at: string }>;
  /** What the person asked to be told of, once it opens; empty while they act for another. */
  openings: Opening[];
  /** When offices read the person's applications, latest first. */
  readings: Array<{
    caseId: string;
    reference: string;
    serviceTitle: Text;
    officeNames: Text;
    at: string;
    /** What the office's information system is called, where it was one. */
    system?: string;
  }>;
  /** Names of the witnesses' keys and the state each speaks for; the page's script says who co-signed with them. */
  witnessNames: Record<string, Text>;
  /** Where a person of another state has their records here found. */
  linkingHref?: string;
  notice?: Text;
};

const consentTones = { active: 'good', used: 'plain', withdrawn: 'bad', expired: 'plain' } as const;

export const myData = definePage<MyDataView>({
  name: 'my-data',
  nav: 'my-data',
  scripts: ['verify'],
  title: (_view, { t }) => t('myData.title'),
  Body: ({ view }) => {
    const say = useSay();
    const t = useTexts();
    const ofApps = useTable(appTexts);
    const names = Object.fromEntries(Object.entries(view.witnessNames).map(([key, name]) => [key, say(name)]));
    return (
      <div className="stack">
        <PageHead title={t('myData.title')} lead={t('myData.lead')} notice={view.notice} />
        <p>
          <a href="/my-data/sign-ins">{t('signIns.title')}</a>
          {' · '}
          <a href="/my-data/apps">{ofApps('mine.title')}</a>
          {view.linkingHref ? (
            <>
              {' · '}
              <a href={view.linkingHref}>{t('linking.title')}</a>
            </>
          ) : null}
        </p>
        <div className="two">
          <section
            className="stack-s"
            data-proofs=""
            data-witness-names={JSON.stringify(names)}
            data-log={say(view.logState)}
            data-text-checking={t('proof.checking')}
            data-text-good={t('proof.scriptGood')}
            data-text-pending={t('proof.pendingWords')}
            data-text-bad={t('proof.scriptBad')}
            data-text-unreachable={t('proof.scriptUnreachable')}
            data-text-open={t('proof.open')}
            data-text-done={t('proof.checkedHere')}
          >
            <h2>{t('myData.uses')}</h2>
            {view.uses.length === 0 ? (
              <Card>
                <p>{t('myData.noUses')}</p>
              </Card>
            ) : (
              <ul className="card flush rows">
                {view.uses.map((use) => (
                  <Use key={use.useId} use={use} />
                ))}
              </ul>
            )}
          </section>
          <aside className="stack-s">
            <Openings openings={view.openings} />
            {view.erased.length === 0 ? null : (
              <section className="card stack-s">
                <h2>{t('myData.erased')}</h2>
                <ul className="plain stack-s">
                  {view.erased.map((one) => (
                    <li key={one.caseId}>
                      {one.isHere ? (
                        <a href={`/cases/${one.caseId}`}>{say(one.serviceTitle)}</a>
                      ) : (
                        say(one.serviceTitle)
                      )}{' '}
                      · <Code>{one.reference}</Code>
                      <br />
                      <span className="muted small">
                        <TimeOf at={one.at} hijri />
                      </span>
                    </li>
                  ))}
                </ul>
              </section>
            )}
            {view.acts.length === 0 ? null : (
              <section className="card stack-s">
                <h2>{t('myData.acts')}</h2>
                <ul className="plain stack-s">
                  {view.acts.map((act) => (
                    <li key={act.actId}>
                      <b>
                        <bdi>{say(act.by)}</bdi>
                      </b>
                      {` (${say(act.kind)})`}
                      <br />
                      {t(act.did === 'began' ? 'myData.actBegan' : 'myData.actConsented')}:{' '}
                      <OfficeOf office={act.towards} />
                      <br />
                      <span className="muted small">
                        <TimeOf at={act.at} />
                      </span>
                    </li>
                  ))}
                </ul>
              </section>
            )}
            {view.readings.length === 0 ? null : (
              <section className="card stack-s">
                <h2>{t('myData.readings')}</h2>
                <p className="muted">{t('myData.readingsWords')}</p>
                <ul className="plain stack-s">
                  {view.readings.map((reading) => (
                    <li key={`${reading.caseId}${reading.at}`}>
                      <b>{say(reading.officeNames)}</b>
                      {reading.system ? (
                        <>
                          {' · '}
                          {t('myData.readBySystem')} <bdi>{reading.system}</bdi>
                        </>
                      ) : null}
                      <br />
                      <a href={`/cases/${reading.caseId}`}>
                        {say(reading.serviceTitle)} · <Code>{reading.reference}</Code>
                      </a>
                      <br />
                      <span className="muted small">
                        <TimeOf at={reading.at} />
                      </span>
                    </li>
                  ))}
                </ul>
              </section>
            )}
            <h2>{t('myData.consents')}</h2>
            {view.consents.length === 0 ? <p className="muted">{t('myData.noConsents')}</p> : null}
            {view.consents.map((consent) => (
              <section className="card stack-s" key={consent.consentId}>
                <div className="head">
                  <h3>
                    <OfficeOf office={consent.requester} />
                  </h3>
                  <Tag tone={consentTones[consent.state]}>{t(`consentState.${consent.state}`)}</Tag>
                </div>
                <p>{say(consent.purpose)}</p>
                {consent.givenBy ? <p>{t('receipt.representative', { kind: say(consent.givenBy) })}</p> : null}
                <p className="muted">{consent.fields.map((field) => say(field)).join(t('value.comma'))}</p>
                <p className="muted">
                  {t('myData.until')} <DateOf on={consent.endsOn} />
                </p>
                <p className="acts">
                  <a href={`/my-data/consents/${consent.consentId}/receipt`}>
                    {t('myData.receipt')}
                    <span className="hide">{`: ${say(consent.purpose)}`}</span>
                  </a>
                  {consent.state === 'active' || consent.state === 'used' ? (
                    <a href={`/my-data/consents/${consent.consentId}/withdraw`}>
                      {t('myData.withdraw')}
                      <span className="hide">{`: ${say(consent.purpose)}`}</span>
                    </a>
                  ) : null}
                </p>
              </section>
            ))}
          </aside>
        </div>
      </div>
    );
  },
});

function Use({ use }: { use: DataUse }) {
  const say = useSay();
  const t = useTexts();
  if (use.shown === 'later') {
    return (
      <li>
        <div className="grow">
          <h3>
            {t('myData.hidden')} <TimeOf at={use.shownFrom} dayOnly />
          </h3>
          <p className="muted">{t('myData.hiddenWords')}</p>
        </div>
        <Tag tone="warn">{t('myData.hiddenTag')}</Tag>
      </li>
    );
  }
  if (use.shown === 'part') {
    return (
      <li>
        <Medal state={use.askerState} />
        <div className="grow">
          <h3>{t('myData.partTitle', { state: say(use.askerState.names) })}</h3>
          <p className="muted">
            {use.wasGiven ? t('myData.partGave') : t('myData.partGaveNothing')}{' '}
            {use.fields.map((field) => say(field)).join(t('value.comma'))}
          </p>
          <p className="muted">{t('myData.partWords')}</p>
          <p className="muted small">
            <DateOf on={use.on} />
          </p>
        </div>
        <Tag>{t('myData.hiddenTag')}</Tag>
      </li>
    );
  }
  return (
    <li>
      <Medal state={use.asker.state} />
      <div className="grow">
        <h3>
          <OfficeOf office={use.asker} />
        </h3>
        <p>{say(use.purpose)}</p>
        <p className="muted">
          {use.wasGiven
            ? t('myData.gave', { office: say(use.holder.names) })
            : t('myData.gaveNothing', { office: say(use.holder.names) })}{' '}
          {use.wasGiven
            ? use.fields.map((field) => say(field)).join(t('value.comma'))
            : use.refusal
              ? say(use.refusal)
              : null}
        </p>
        {use.documents?.map(({ names, at, isWhole }) => (
          <p className="muted small" key={at}>
            {t(isWhole ? 'myData.documentSent' : 'myData.documentBroken', { document: say(names) })} <TimeOf at={at} />
          </p>
        ))}
        <p className="muted small">
          <TimeOf at={use.askedAt} /> · {say(use.ground)}
        </p>
        <div data-proof-answer="" role="status" />
      </div>
      <a
        className="btn ghost"
        href={`/my-data/uses/${use.useId}/proof`}
        data-proof={`/my-data/uses/${use.useId}/proof`}
      >
        <Icon name="shield" />
        <span data-proof-words="">{t('myData.verify')}</span>
        <span className="hide">{`: ${say(use.purpose)}`}</span>
      </a>
    </li>
  );
}

export type WithdrawConsentView = { consent: GivenConsent; effects: Text[] };

export const withdrawConsent = definePage<WithdrawConsentView>({
  name: 'withdraw-consent',
  nav: 'my-data',
  title: (_view, { t }) => t('withdraw.title'),
  crumbs: (_view, { t }) => [{ href: '/my-data', words: t('nav.myData') }],
  Body: ({ view }) => {
    const say = useSay();
    const t = useTexts();
    const { consent } = view;
    return (
      <div className="stack measure">
        <h1>{t('withdraw.title')}</h1>
        <Card>
          <SummaryList
            rows={[
              { term: t('receipt.to'), value: <OfficeLine office={consent.requester} small /> },
              { term: t('consent.why'), value: say(consent.purpose) },
              { term: t('receipt.given'), value: consent.fields.map((field) => say(field)).join(t('value.comma')) },
              { term: t('receipt.at'), value: <TimeOf at={consent.givenAt} hijri /> },
            ]}
          />
        </Card>
        <Notice title={t('withdraw.then')}>
          <ul>
            {view.effects.map((effect) => (
              <li key={effect.en}>{say(effect)}</li>
            ))}
          </ul>
        </Notice>
        <form method="post" action={`/my-data/consents/${consent.consentId}/withdraw`} className="acts">
          <Button look="danger">{t('withdraw.yes')}</Button>
          <LinkButton look="quiet" href="/my-data">
            {t('withdraw.no')}
          </LinkButton>
        </form>
      </div>
    );
  },
});
