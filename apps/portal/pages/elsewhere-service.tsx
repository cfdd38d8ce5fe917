import { LinkButton, Notice } from '../components/blocks.tsx';
import { PageHead } from '../components/head.tsx';
import { definePage } from '../page.tsx';
import { useSay, useTexts } from '../reader.tsx';
import { type ElsewhereRowView, GivenBy } from './service-rows.tsx';

/** A service that this state does not give and others do, for whoever comes with its address. */
export type ElsewhereServiceView = Omit<ElsewhereRowView, 'serviceId'>;

export const elsewhereService = definePage<ElsewhereServiceView>({
  name: 'elsewhere-service',
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
      <div className="stack measure">
        <PageHead title={say(view.title)} lead={say(view.summary)} />
        <Notice title={t('search.otherState')}>
          <p>{t('elsewhere.words')}</p>
          <GivenBy givenBy={view.givenBy} />
        </Notice>
        <p>
          <LinkButton look="ghost" href="/services">
            {t('error.search')}
          </LinkButton>
        </p>
      </div>
    );
  },
});
