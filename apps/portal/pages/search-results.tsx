import type { Text } from '#kernel/languages';
import { Notice, Pagination } from '../components/blocks.tsx';
import { definePage } from '../page.tsx';
import { useSay, useTexts } from '../reader.tsx';
import { SearchBox } from './search-box.tsx';
import { ServiceRows, type ServiceRowView } from './service-rows.tsx';

/** `query` empty means: all services. `suggestions` are shown when nothing was found, so that no search is a dead end. */
export type SearchResultsView = {
  query: string;
  services: ServiceRowView[];
  total: number;
  page: number;
  pages: number;
  suggestions: Array<{ words: Text; href: string }>;
};

export const searchResults = definePage<SearchResultsView>({
  name: 'search-results',
  title: (view, { t }) => (view.query ? t('search.titleFor', { query: view.query }) : t('search.titleAll')),
  nav: 'services',
  crumbs: (_view, { t }) => [{ href: '/', words: t('crumb.home') }],
  Body: ({ view }) => {
    const say = useSay();
    const t = useTexts();
    return (
      <div className="stack">
        <h1>{view.query ? t('search.titleFor', { query: view.query }) : t('search.titleAll')}</h1>
        <SearchBox query={view.query} />
        <p className="muted" role="status">
          {t('search.count', { n: view.total })}
        </p>
        {view.services.length > 0 ? (
          <ServiceRows services={view.services} />
        ) : (
          <Notice title={t('search.noneTitle')}>
            <p>{t('search.noneWords')}</p>
          </Notice>
        )}
        {view.services.length === 0 && view.suggestions.length > 0 ? (
          <section className="stack-s">
            <h2>{t('search.maybe')}</h2>
            <ul className="chips">
              {view.suggestions.map((one) => (
                <li key={one.href}>
                  <a href={one.href}>{say(one.words)}</a>
                </li>
              ))}
            </ul>
          </section>
        ) : null}
        <Pagination
          page={view.page}
          pages={view.pages}
          hrefOf={(page) => `/services?${new URLSearchParams({ q: view.query, page: String(page) }).toString()}`}
        />
      </div>
    );
  },
});
