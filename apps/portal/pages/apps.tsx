import type { Text } from '#kernel/languages';
import { Button, Card, LinkButton, Notice, SummaryList, Tag } from '../components/blocks.tsx';
import { ErrorSummary, type Field, FieldOf } from '../components/fields.tsx';
import { Announcement, PageHead } from '../components/head.tsx';
import { Code, DateOf, MoneyOf, TimeOf } from '../components/values.tsx';
import { definePage } from '../page.tsx';
import { useSay, useTable, useTexts, write } from '../reader.tsx';
import { appTexts } from '../texts/apps.ts';

/** Posts `scope` for each that was ticked, `days`, and `decision` = `selected` | `all` | `refuse`. */
export type AllowAppView = {
  action: string;
  app: { names: Text; host: string };
  /** Its people are made up, and so is what it is certified for. */
  isSandbox: boolean;
  scopes: Field;
  days: Field;
};

export const allowApp = definePage<AllowAppView>({
  name: 'allow-app',
  title: (view, { reader, say }) => write(appTexts, reader, 'allow.title', { app: say(view.app.names) }),
  hasErrors: (view) => view.scopes.error !== undefined || view.days.error !== undefined,
  Body: ({ view }) => {
    const say = useSay();
    const t = useTable(appTexts);
    return (
      <form method="post" action={view.action} className="stack" noValidate>
        <ErrorSummary fields={[view.scopes, view.days]} />
        <PageHead title={t('allow.title', { app: say(view.app.names) })} lead={t('allow.lead')} />
        <p>
          <Tag tone={view.isSandbox ? 'warn' : 'good'}>{t(view.isSandbox ? 'allow.sandbox' : 'allow.certified')}</Tag>{' '}
          <span className="muted">
            {t('allow.at')} <Code>{view.app.host}</Code>
          </span>
        </p>
        <div className="two">
          <div className="stack">
            <Card>
              <FieldOf field={view.scopes} />
            </Card>
            <Card>
              <FieldOf field={view.days} />
            </Card>
          </div>
          <aside className="stack">
            <Notice title={t('allow.never')}>
              <ul>
                <li>{t('allow.never1')}</li>
                <li>{t('allow.never2')}</li>
                <li>{t('allow.never3')}</li>
              </ul>
            </Notice>
            <Notice tone="good">
              <p>{t('allow.withdraw')}</p>
            </Notice>
          </aside>
        </div>
        <div className="acts">
          <Button big name="decision" value="selected">
            {t('allow.selected')}
          </Button>
          <Button big look="ghost" name="decision" value="all">
            {t('allow.all')}
          </Button>
          <Button big look="ghost" name="decision" value="refuse">
            {t('allow.refuse')}
          </Button>
        </div>
      </form>
    );
  },
});

export type AllowedApp = {
  authorisationId: string;
  names: Text;
  host: string;
  scopes: Text[];
  allowedAt: string;
  until: string;
  lastUsedOn?: string;
  endedAt?: string;
  state: 'live' | 'over' | 'withdrawn';
};

/** Each that is in force posts to `/my-data/apps/:authorisationId/withdraw`. */
export type MyAppsView = { apps: AllowedApp[]; notice?: Text };

const tones = { live: 'good', over: 'plain', withdrawn: 'bad' } as const;

export const myApps = definePage<MyAppsView>({
  name: 'my-apps',
  nav: 'my-data',
  title: (_view, { reader }) => write(appTexts, reader, 'mine.title'),
  crumbs: (_view, { t }) => [{ href: '/my-data', words: t('nav.myData') }],
  Body: ({ view }) => {
    const t = useTable(appTexts);
    return (
      <div className="stack measure">
        <PageHead title={t('mine.title')} lead={t('mine.lead')} />
        <Announcement words={view.notice} />
        {view.apps.length === 0 ? <p className="muted">{t('mine.none')}</p> : null}
        {view.apps.map((app) => (
          <Allowed key={app.authorisationId} app={app} />
        ))}
      </div>
    );
  },
});

function Allowed({ app }: { app: AllowedApp }) {
  const say = useSay();
  const t = useTable(appTexts);
  const texts = useTexts();
  return (
    <Card>
      <div className="head">
        <h2>
          <bdi>{say(app.names)}</bdi>
        </h2>
        <Tag tone={tones[app.state]}>{t(`mine.${app.state}`)}</Tag>
      </div>
      <p className="muted">
        <Code>{app.host}</Code>
      </p>
      <SummaryList
        rows={[
          { term: t('mine.may'), value: app.scopes.map((scope) => say(scope)).join(texts('value.comma')) },
          { term: t('mine.since'), value: <TimeOf at={app.allowedAt} /> },
          app.endedAt
            ? { term: t('mine.ended'), value: <TimeOf at={app.endedAt} /> }
            : { term: t('mine.until'), value: <TimeOf at={app.until} /> },
          { term: t('mine.used'), value: app.lastUsedOn ? <DateOf on={app.lastUsedOn} /> : t('mine.notUsed') },
        ]}
      />
      {app.state === 'live' ? (
        <form method="post" action={`/my-data/apps/${app.authorisationId}/withdraw`} className="acts">
          <Button look="danger">
            {t('mine.withdraw')}
            <span className="hide">{`: ${say(app.names)}`}</span>
          </Button>
        </form>
      ) : null}
    </Card>
  );
}

/** Posts nothing to `/app-visits/:visitId/pay`, which leads to the payment provider; whoever has paid is led back to the app. */
export type AppPaymentView = {
  app: Text;
  visitId: string;
  reference: string;
  service: Text;
  amountMinor: number;
  currency: string;
  isPlayMoney: boolean;
  problem?: Text;
};

export const appPayment = definePage<AppPaymentView>({
  name: 'app-payment',
  title: (_view, { reader }) => write(appTexts, reader, 'pay.title'),
  hasErrors: (view) => view.problem !== undefined,
  Body: ({ view }) => {
    const say = useSay();
    const t = useTable(appTexts);
    return (
      <div className="stack measure">
        <PageHead title={t('pay.title')} lead={t('pay.lead', { app: say(view.app) })} />
        <Announcement tone="bad" words={view.problem} />
        {view.isPlayMoney ? (
          <Notice tone="warn">
            <p>{t('pay.playMoney')}</p>
          </Notice>
        ) : null}
        <Card>
          <SummaryList
            rows={[
              { term: t('visit.service'), value: say(view.service) },
              { term: t('visit.case'), value: <Code>{view.reference}</Code> },
              {
                term: t('pay.amount'),
                value: (
                  <b>
                    <MoneyOf amountMinor={view.amountMinor} currency={view.currency} />
                  </b>
                ),
              },
            ]}
          />
        </Card>
        <ul>
          <li>{t('pay.next1')}</li>
          <li>{t('pay.next2')}</li>
          <li>{t('pay.next3')}</li>
        </ul>
        <form method="post" action={`/app-visits/${view.visitId}/pay`} className="acts">
          <Button big>{t('pay.go')}</Button>
          <LinkButton big look="ghost" href={`/app-visits/${view.visitId}/done`}>
            {t('visit.back')}
          </LinkButton>
        </form>
      </div>
    );
  },
});

/** Posts `visit` to `/cases/:caseId/evidence`, which leads to the home state. */
export type AppVisitView = {
  app: Text;
  visitId: string;
  caseId: string;
  reference: string;
  service: Text;
  problem?: Text;
};

export const appVisit = definePage<AppVisitView>({
  name: 'app-visit',
  title: (_view, { reader }) => write(appTexts, reader, 'visit.title'),
  hasErrors: (view) => view.problem !== undefined,
  Body: ({ view }) => {
    const say = useSay();
    const t = useTable(appTexts);
    return (
      <div className="stack measure">
        <PageHead title={t('visit.title')} lead={t('visit.lead', { app: say(view.app) })} />
        <Announcement tone="bad" words={view.problem} />
        <Card>
          <SummaryList
            rows={[
              { term: t('visit.service'), value: say(view.service) },
              { term: t('visit.case'), value: <Code>{view.reference}</Code> },
            ]}
          />
        </Card>
        <ul>
          <li>{t('visit.next1')}</li>
          <li>{t('visit.next2')}</li>
          <li>{t('visit.next3')}</li>
        </ul>
        <form method="post" action={`/cases/${view.caseId}/evidence`} className="acts">
          <input type="hidden" name="visit" value={view.visitId} />
          <Button big>{t('visit.go')}</Button>
          <LinkButton big look="ghost" href={`/app-visits/${view.visitId}/done`}>
            {t('visit.back')}
          </LinkButton>
        </form>
      </div>
    );
  },
});
