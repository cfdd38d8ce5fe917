import type { Text } from '#kernel/languages';
import type { AssuranceLevel } from '#protocol/assurance';
import { Button, Card, Notice, OfficeLine, SummaryList, Tag } from '../components/blocks.tsx';
import { Announcement, PageHead } from '../components/head.tsx';
import { type OfficeName, TimeOf } from '../components/values.tsx';
import { definePage } from '../page.tsx';
import { useSay, useTexts } from '../reader.tsx';

export type SignInRow = {
  signInId: string;
  browser?: string;
  system?: string;
  network?: string;
  level?: AssuranceLevel;
  signedInAt: string;
  usedAt: string;
  isCurrent: boolean;
  services: OfficeName[];
};

/** Each row posts to `/my-data/sign-ins/:signInId/end`; everything to `/my-data/sign-ins/all/end`. */
export type SignInsView = {
  rows: SignInRow[];
  /** Set for a visitor: the state whose own page ends the sign-in everywhere. */
  homeState?: Text;
  notice?: Text;
};

export const signIns = definePage<SignInsView>({
  name: 'sign-ins',
  nav: 'my-data',
  title: (_view, { t }) => t('signIns.title'),
  crumbs: (_view, { t }) => [{ href: '/my-data', words: t('nav.myData') }],
  Body: ({ view }) => {
    const say = useSay();
    const t = useTexts();
    return (
      <div className="stack measure">
        <PageHead title={t('signIns.title')} lead={t('signIns.lead')} />
        <Announcement words={view.notice} />
        {view.homeState ? (
          <Notice tone="info">
            <p>{t('signIns.visitor', { state: say(view.homeState) })}</p>
          </Notice>
        ) : null}
        {view.rows.map((row) => (
          <SignIn key={row.signInId} row={row} />
        ))}
        {view.rows.length > 0 ? (
          <form method="post" action="/my-data/sign-ins/all/end" className="acts">
            <Button look="danger">{t(view.homeState ? 'signIns.endAllHere' : 'signIns.endAll')}</Button>
          </form>
        ) : null}
      </div>
    );
  },
});

function SignIn({ row }: { row: SignInRow }) {
  const t = useTexts();
  const device =
    row.browser && row.system
      ? t('signIns.device', { browser: row.browser, system: row.system })
      : (row.browser ?? row.system ?? t('signIns.unknown'));
  return (
    <Card>
      <div className="head">
        <h2>{device}</h2>
        {row.isCurrent ? <Tag tone="good">{t('signIns.current')}</Tag> : null}
      </div>
      <SummaryList
        rows={[
          { term: t('signIns.since'), value: <TimeOf at={row.signedInAt} /> },
          { term: t('signIns.used'), value: <TimeOf at={row.usedAt} /> },
          { term: t('signIns.place'), value: row.network ? <bdi dir="ltr">{row.network}</bdi> : t('signIns.noPlace') },
          { term: t('signIns.level'), value: t(`level.${row.level ?? 'none'}`) },
          {
            term: t('signIns.services'),
            value: (
              <span className="stack-s">
                {row.services.map((service) => (
                  <OfficeLine key={`${service.names.en} ${service.state.code}`} office={service} small />
                ))}
              </span>
            ),
          },
        ]}
      />
      <form method="post" action={`/my-data/sign-ins/${row.signInId}/end`} className="acts">
        <Button look="ghost">
          {t('signIns.end')}
          <span className="hide">{`: ${device}`}</span>
        </Button>
      </form>
    </Card>
  );
}
