import type { Text } from '#kernel/languages';
import { LinkButton, Notice } from '../components/blocks.tsx';
import { Code } from '../components/values.tsx';
import { definePage } from '../page.tsx';
import { type MessageKey, useSay, useTexts } from '../reader.tsx';

/** A refusal: what happened, what to do next, and a reference to name when asking for help. */
export type ErrorView = {
  code: string;
  status: number;
  message: Text;
  next?: { words: Text; href: string };
  reference: string;
};

export const error = definePage<ErrorView>({
  name: 'error',
  title: (view, { t }) =>
    t(view.status === 404 ? 'error.notFound' : view.status >= 500 ? 'error.ours' : 'error.refused'),
  Body: ({ view }) => {
    const say = useSay();
    const t = useTexts();
    return (
      <div className="stack measure">
        <h1>{t(view.status === 404 ? 'error.notFound' : view.status >= 500 ? 'error.ours' : 'error.refused')}</h1>
        <Notice tone={view.status >= 500 ? 'bad' : 'warn'}>
          <p>{say(view.message)}</p>
        </Notice>
        <div className="acts">
          {view.next ? <LinkButton href={view.next.href}>{say(view.next.words)}</LinkButton> : null}
          <LinkButton look={view.next ? 'ghost' : 'main'} href="/">
            {t('error.home')}
          </LinkButton>
          <LinkButton look="quiet" href="/services">
            {t('error.search')}
          </LinkButton>
        </div>
        <p className="muted">
          {t('error.reference')} <Code>{view.reference}</Code> · <Code>{view.code}</Code>
        </p>
      </div>
    );
  },
});

/** The same refusal on the eID's own pages, where the portal's ways on do not lead anywhere useful. */
export const eidError = definePage<ErrorView>({ ...error, name: 'eid-error', area: 'eid' });

export type SignedOutView = { homeState?: Text };

export const signedOut = definePage<SignedOutView>({
  name: 'signed-out',
  title: (_view, { t }) => t('signedOut.title'),
  Body: ({ view }) => {
    const say = useSay();
    const t = useTexts();
    return (
      <div className="stack measure">
        <h1>{t('signedOut.title')}</h1>
        <p className="lead">{t('signedOut.words')}</p>
        {view.homeState ? (
          <Notice>
            <p>{t('signedOut.home', { state: say(view.homeState) })}</p>
          </Notice>
        ) : null}
        <div className="acts">
          <LinkButton href="/">{t('error.home')}</LinkButton>
          <LinkButton look="ghost" href="/signin">
            {t('signedOut.again')}
          </LinkButton>
        </div>
      </div>
    );
  },
});

export type AboutPageName = 'accessibility' | 'privacy' | 'verify' | 'developers';
export type AboutView = { page: AboutPageName; portalAddress: string; anchorAddress: string; supportAddress?: string };

type Part = {
  heading?: MessageKey;
  words?: MessageKey[];
  points?: MessageKey[];
  links?: Array<{ href: string; words: MessageKey }>;
  addresses?: true;
};

const abouts: Record<AboutPageName, { title: MessageKey; lead: MessageKey; parts: Part[] }> = {
  accessibility: {
    title: 'about.access.title',
    lead: 'about.access.lead',
    parts: [
      {
        heading: 'about.access.how',
        points: ['about.access.p1', 'about.access.p2', 'about.access.p3', 'about.access.p4'],
        links: [{ href: '/insights#measured', words: 'about.access.found' }],
      },
      { heading: 'about.access.gaps', points: ['about.access.g1', 'about.access.g2'] },
      { heading: 'about.access.tell', words: ['about.access.tellWords'] },
    ],
  },
  privacy: {
    title: 'about.privacy.title',
    lead: 'about.privacy.lead',
    parts: [
      {
        heading: 'about.privacy.kept',
        points: ['about.privacy.p1', 'about.privacy.p2', 'about.privacy.p3', 'about.privacy.p4'],
      },
      { heading: 'about.privacy.cookies', words: ['about.privacy.cookieWords'] },
      {
        heading: 'about.privacy.rights',
        points: ['about.privacy.r1', 'about.privacy.r2', 'about.privacy.r3'],
        links: [{ href: '/my-data', words: 'nav.myData' }],
      },
    ],
  },
  verify: {
    title: 'about.verify.title',
    lead: 'about.verify.lead',
    parts: [
      { heading: 'about.verify.address', words: ['about.verify.addressWords'], addresses: true },
      {
        heading: 'about.verify.register',
        words: ['about.verify.registerWords'],
        links: [{ href: '/.well-known/openid-federation', words: 'about.verify.statement' }],
      },
      { heading: 'about.verify.never', points: ['about.verify.n1', 'about.verify.n2', 'about.verify.n3'] },
    ],
  },
  developers: {
    title: 'about.dev.title',
    lead: 'about.dev.lead',
    parts: [
      {
        heading: 'about.dev.standards',
        points: ['about.dev.s1', 'about.dev.s2', 'about.dev.s3', 'about.dev.s4', 'about.dev.s5'],
      },
      {
        heading: 'about.dev.addresses',
        addresses: true,
        links: [
          { href: '/.well-known/openid-federation', words: 'about.verify.statement' },
          { href: '/eid/.well-known/openid-configuration', words: 'about.dev.op' },
          { href: '/ledger/checkpoint', words: 'log.raw' },
          { href: '/status', words: 'footer.status' },
        ],
      },
    ],
  },
};

export const about = definePage<AboutView>({
  name: 'about',
  title: (view, { t }) => t(abouts[view.page].title),
  crumbs: (_view, { t }) => [{ href: '/', words: t('crumb.home') }],
  Body: ({ view }) => {
    const t = useTexts();
    const { title, lead, parts } = abouts[view.page];
    return (
      <article className="prose">
        <h1>{t(title)}</h1>
        <p className="lead">{t(lead)}</p>
        {parts.map((part) => (
          <section className="prose" key={part.heading ?? part.words?.[0]}>
            {part.heading ? <h2>{t(part.heading)}</h2> : null}
            {part.words?.map((words) => (
              <p key={words}>{t(words)}</p>
            ))}
            {part.points ? (
              <ul>
                {part.points.map((point) => (
                  <li key={point}>{t(point)}</li>
                ))}
              </ul>
            ) : null}
            {part.addresses ? (
              <p>
                {t('about.thisPortal')} <Code>{view.portalAddress}</Code>
                <br />
                {t('about.anchor')} <Code>{view.anchorAddress}</Code>
              </p>
            ) : null}
            {part.links ? (
              <ul>
                {part.links.map((link) => (
                  <li key={link.href}>
                    <a href={link.href}>{t(link.words)}</a>
                  </li>
                ))}
              </ul>
            ) : null}
          </section>
        ))}
        {view.supportAddress ? (
          <p>
            {t('about.contact')} <a href={`mailto:${view.supportAddress}`}>{view.supportAddress}</a>
          </p>
        ) : null}
      </article>
    );
  },
});
