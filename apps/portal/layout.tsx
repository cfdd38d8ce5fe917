import type { ReactNode } from 'react';
import type { Digits, Language, Text } from '#kernel/languages';
import type { Finding } from '#modules/catalogue';
import { FindingList } from './components/findings.tsx';
import { KeysHelp } from './components/keys.tsx';
import { Icon, Mark } from './components/marks.tsx';
import { NumberOf, type StateName } from './components/values.tsx';
import { type AssetLinks, preloadFor } from './look/assets.ts';
import type { Crumb } from './page.tsx';
import { useReader, useSay, useTable, useTexts } from './reader.tsx';
import { keptTexts } from './texts/kept.ts';
import { previewTexts } from './texts/preview.ts';

export type NavItem =
  | 'services'
  | 'cases'
  | 'my-data'
  | 'wallet'
  | 'messages'
  | 'office'
  | 'questions'
  | 'inquiries'
  | 'recoveries'
  | 'counter'
  | 'matching'
  | 'identities'
  | 'assessments'
  | 'publishing';

/** What surrounds every page of one request. `path` is the page's own path and query, for the language switch. */
export type Frame = {
  language: Language;
  digits?: Digits;
  timeZone: string;
  path: string;
  state: StateName;
  assets: AssetLinks;
  /** The people and registers of this federation are made up; said in the bar so that nobody takes it for a real one. */
  isSample?: boolean;
  /** Whoever is signed in. Ways of signing in are kept by the home state alone. */
  person?: { name: Text; isAtHome?: boolean };
  /** Where the pages of an officer begin; absent for everybody else. */
  officeHref?: string;
  /** An officer whom a role lets read cases. */
  isReader?: boolean;
  /** An officer who may see the questions put to the office. */
  isAuditor?: boolean;
  /** An officer who may ask other states under a law. */
  isInquirer?: boolean;
  /** An officer who may begin to restore somebody's access. */
  isAtDesk?: boolean;
  /** Asks the phones of people at the counter who they are. */
  isAtCounter?: boolean;
  /** An officer who compares records of people of other states. */
  isMatcher?: boolean;
  /** An officer who may suspend identities or revoke credentials. */
  isRegistrar?: boolean;
  /** An officer who changes services or publishes them. */
  isPublishing?: boolean;
  /** An officer with a role in assessing online services. */
  isAssessing?: boolean;
  actingFor?: Text;
  preview?: PreviewBar;
  /** Messages of whoever is signed in that were not opened; at most 100 are counted. */
  unread?: number;
};

/** A page of a service that is only looked at: what is still wrong with it stands above every page. */
export type PreviewBar = { title: Text; homeHref: string; backHref?: string; problems: Finding[] };

type LayoutProps = {
  frame: Frame;
  title: string;
  area: 'portal' | 'eid' | 'office' | 'operator';
  nav?: NavItem;
  crumbs: Crumb[];
  scripts: Array<keyof AssetLinks['scripts']>;
  isFullWidth: boolean;
  children: ReactNode;
};

export function Layout({ frame, title, area, nav, crumbs, scripts, isFullWidth, children }: LayoutProps) {
  const say = useSay();
  const t = useTexts();
  const font = preloadFor(frame.assets, frame.language);
  const stateName = say(frame.state.formalNames ?? frame.state.names);
  return (
    <html lang={frame.language} dir={frame.language === 'ar' ? 'rtl' : 'ltr'}>
      <head>
        <meta charSet="utf-8" />
        <title>{`${title} · ${t('frame.name')} · ${say(frame.state.names)}`}</title>
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light" />
        <meta name="referrer" content="same-origin" />
        {font ? <link rel="preload" href={font} as="font" type="font/woff2" crossOrigin="anonymous" /> : null}
        <link rel="stylesheet" href={frame.assets.css} />
        <link rel="icon" href={frame.assets.icon} type="image/svg+xml" />
        {[...scripts, ...(area === 'office' ? (['keys'] as const) : [])].map((name) => (
          <script key={name} type="module" src={frame.assets.scripts[name]} />
        ))}
      </head>
      <body>
        <Seal frame={frame} area={area} />
        <a className="skip" href="#main">
          {t('frame.skip')}
        </a>
        <header className="top">
          <div className="wrap">
            <a className="mark" href="/">
              <Mark />
              <span>
                <b>{t('frame.name')}</b>
                <small>
                  {area === 'eid'
                    ? t('frame.eid', { state: stateName })
                    : area === 'office'
                      ? t('frame.office', { state: stateName })
                      : area === 'operator'
                        ? t('frame.operator', { state: stateName })
                        : stateName}
                </small>
              </span>
            </a>
            {area === 'eid' || area === 'operator' ? null : <Nav frame={frame} area={area} current={nav} />}
            <Tools frame={frame} area={area} current={nav} />
          </div>
        </header>
        {frame.actingFor ? (
          <aside className="acting" aria-label={t('acting.title')}>
            <div className="wrap">
              <p>
                <b>{t('frame.actingFor', { who: say(frame.actingFor) })}</b>
              </p>
              <a href="/acting">{t('acting.change')}</a>
              <form method="post" action="/acting/end">
                <button type="submit" className="btn quiet">
                  {t('acting.stop')}
                </button>
              </form>
            </div>
          </aside>
        ) : null}
        {frame.preview ? <Preview bar={frame.preview} /> : null}
        {crumbs.length > 0 ? <Crumbs crumbs={crumbs} /> : null}
        <main id="main" tabIndex={-1}>
          {isFullWidth ? children : <div className="wrap page">{children}</div>}
          {scripts.includes('line') ? <LineSays /> : null}
        </main>
        {area === 'office' ? <KeysHelp /> : null}
        <Footer area={area} path={frame.path} />
      </body>
    </html>
  );
}

/** What `islands/line.ts` says, in the form that could not be sent. */
function LineSays() {
  const t = useTable(keptTexts);
  return <p role="status" data-line="" data-text-away={t('away')} data-text-back={t('back')} />;
}

function Seal({ frame, area }: { frame: Frame; area: LayoutProps['area'] }) {
  const say = useSay();
  const t = useTexts();
  const state = say(frame.state.formalNames ?? frame.state.names);
  return (
    <aside className="seal" aria-label={t('frame.sealLabel')}>
      <div className="wrap">
        <Icon name="shield" />
        <p>
          {t(sealKeys[area], { state })}
          {area === 'eid' || area === 'operator' ? null : <span className="to-wide">{t('frame.sealMore')}</span>}
        </p>
        {frame.isSample ? <span className="sample">{t('frame.sample')}</span> : null}
        {area === 'operator' ? null : <a href="/about/verify">{t('frame.howToVerify')}</a>}
      </div>
    </aside>
  );
}

const sealKeys = {
  portal: 'frame.seal',
  office: 'frame.seal',
  eid: 'frame.sealEid',
  operator: 'frame.sealOperator',
} as const;

function Nav({ frame, area, current }: { frame: Frame; area: 'portal' | 'office'; current?: NavItem }) {
  const t = useTexts();
  const items: Array<{ item: NavItem; href: string; words: string }> =
    area === 'office'
      ? [
          ...(frame.isReader ? [{ item: 'office' as const, href: '/office', words: t('nav.queue') }] : []),
          { item: 'services', href: '/services', words: t('nav.services') },
        ]
      : [
          { item: 'services', href: '/services', words: t('nav.services') },
          { item: 'cases', href: '/cases', words: t('nav.cases') },
          { item: 'my-data', href: '/my-data', words: t('nav.myData') },
          { item: 'wallet', href: '/wallet', words: t('nav.wallet') },
        ];
  /** After the queue, where there is one. */
  const place = frame.isReader ? 1 : 0;
  if (area === 'office' && frame.isRegistrar)
    items.splice(place, 0, { item: 'identities', href: '/office/identities', words: t('nav.identities') });
  if (area === 'office' && frame.isInquirer)
    items.splice(place, 0, { item: 'inquiries', href: '/office/inquiries', words: t('nav.inquiries') });
  if (area === 'office' && frame.isAtDesk)
    items.splice(place, 0, { item: 'recoveries', href: '/office/recoveries', words: t('nav.recoveries') });
  if (area === 'office' && frame.isAtCounter)
    items.splice(place, 0, { item: 'counter', href: '/office/counter', words: t('nav.counter') });
  if (area === 'office' && frame.isAssessing)
    items.splice(place, 0, { item: 'assessments', href: '/office/assessments', words: t('nav.assessments') });
  if (area === 'office' && frame.isPublishing)
    items.splice(place, 0, { item: 'publishing', href: '/office/services', words: t('nav.publishing') });
  if (area === 'office' && frame.isMatcher)
    items.splice(place, 0, { item: 'matching', href: '/office/matching', words: t('nav.matching') });
  if (area === 'office' && frame.isAuditor)
    items.splice(place, 0, { item: 'questions', href: '/office/questions', words: t('nav.questions') });
  if (area === 'portal' && frame.officeHref)
    items.push({ item: 'office', href: frame.officeHref, words: t('nav.office') });
  return (
    <nav className="nav" aria-label={t('nav.label')}>
      <ul>
        {items.map(({ item, href, words }) => (
          <li key={item}>
            <a href={href} aria-current={item === current ? 'page' : undefined}>
              {words}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function Tools({ frame, area, current }: { frame: Frame; area: LayoutProps['area']; current?: NavItem }) {
  const say = useSay();
  const t = useTexts();
  const other: Language = frame.language === 'ar' ? 'en' : 'ar';
  return (
    <div className="tools">
      <a
        href={withChoice(frame.path, { lang: other })}
        lang={other}
        hrefLang={other}
        dir={other === 'ar' ? 'rtl' : 'ltr'}
      >
        {other === 'ar' ? 'العربية' : 'English'}
      </a>
      {frame.person ? (
        <>
          {area === 'eid' || !frame.person.isAtHome ? (
            <span className="who">
              <Icon name="person" />
              <bdi>{say(frame.person.name)}</bdi>
            </span>
          ) : (
            <a className="who" href="/ways">
              <Icon name="person" />
              <bdi>{say(frame.person.name)}</bdi>
            </a>
          )}
          {area === 'portal' ? (
            <a href="/messages" aria-current={current === 'messages' ? 'page' : undefined}>
              {t('nav.messages')}
              {frame.unread ? <Unread count={frame.unread} /> : null}
            </a>
          ) : null}
          {area === 'portal' ? <a href="/acting">{t('frame.actFor')}</a> : null}
          {area === 'eid' ? null : (
            <form method="post" action="/signout">
              <button type="submit" className="btn quiet">
                {t('frame.signOut')}
              </button>
            </form>
          )}
        </>
      ) : area === 'eid' || area === 'operator' ? null : (
        <a className="btn" href="/signin">
          <span>
            {t('frame.signIn')}
            <span className="to-wide">{` ${t('frame.signInWith')}`}</span>
          </span>
        </a>
      )}
    </div>
  );
}

function Preview({ bar }: { bar: PreviewBar }) {
  const say = useSay();
  const t = useTable(previewTexts);
  return (
    <aside className="acting" aria-label={t('bar')}>
      <div className="wrap">
        <p>
          <b>{t('bar')}</b> {t('barWords')}
        </p>
        <a href={bar.homeHref}>{say(bar.title)}</a>
        {bar.backHref ? <a href={bar.backHref}>{t('back')}</a> : null}
        {bar.problems.length > 0 ? (
          <details>
            <summary>{t('problems', { n: bar.problems.length })}</summary>
            <FindingList findings={bar.problems} />
          </details>
        ) : null}
      </div>
    </aside>
  );
}

/** A number for the eye, and what it counts for whoever hears it. */
function Unread({ count }: { count: number }) {
  const t = useTexts();
  return (
    <>
      <span className="hide">{`: ${t('nav.unread', { n: Math.min(count, 99) })}`}</span>
      <span className="count" aria-hidden="true">
        <NumberOf value={Math.min(count, 99)} />
        {count > 99 ? '+' : null}
      </span>
    </>
  );
}

function Crumbs({ crumbs }: { crumbs: Crumb[] }) {
  const t = useTexts();
  return (
    <nav className="crumbs" aria-label={t('frame.crumbs')}>
      <ol className="wrap">
        {crumbs.map((crumb, at) => (
          <li key={crumb.href}>
            {at > 0 ? <Icon name="chevron" /> : null}
            <a href={crumb.href}>{crumb.words}</a>
          </li>
        ))}
      </ol>
    </nav>
  );
}

/** The operator's address serves the operator's page and nothing that the links of the portal lead to. */
function Footer({ area, path }: { area: LayoutProps['area']; path: string }) {
  const t = useTexts();
  const { language, digits } = useReader();
  const links = [
    { href: '/log', words: t('footer.log') },
    { href: '/verify', words: t('footer.verify') },
    { href: '/status', words: t('footer.status') },
    { href: '/insights', words: t('footer.insights') },
    { href: '/about/accessibility', words: t('footer.accessibility') },
    { href: '/about/privacy', words: t('footer.privacy') },
    { href: '/developers', words: t('footer.developers') },
    // In English there is but one way to write them.
    ...(language === 'ar'
      ? [
          digits === 'arab'
            ? { href: withChoice(path, { digits: 'latn' }), words: t('footer.digits', { sample: '123' }) }
            : { href: withChoice(path, { digits: 'arab' }), words: t('footer.digits', { sample: '١٢٣' }) },
        ]
      : []),
  ];
  return (
    <footer>
      <div className="wrap">
        <p className="line">
          <Mark />
          <span>{t('footer.line')}</span>
        </p>
        {area === 'operator' ? null : (
          <nav aria-label={t('footer.label')}>
            <ul>
              {links.map((link) => (
                <li key={link.href}>
                  <a href={link.href}>{link.words}</a>
                </li>
              ))}
            </ul>
          </nav>
        )}
      </div>
    </footer>
  );
}

/** The same page, its query kept, as somebody who chooses another language or other digits asks for it. */
export function withChoice(path: string, choice: { lang: Language } | { digits: Digits }): string {
  const [place = '/', query = ''] = path.split('?', 2);
  const params = new URLSearchParams(query);
  for (const [name, value] of Object.entries(choice)) params.set(name, value);
  return `${place}?${params.toString()}`;
}
