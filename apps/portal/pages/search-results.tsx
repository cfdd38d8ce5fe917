import type { Text } from '#kernel/languages';
import { Button, Notice, Pagination, PostedPagination } from '../components/blocks.tsx';
import { definePage, type Speaker } from '../page.tsx';
import { useSay, useTexts } from '../reader.tsx';
import { SearchBox } from './search-box.tsx';
import { type ElsewhereRowView, ServiceRows, type ServiceRowView } from './service-rows.tsx';

const audiences = ['citizen', 'resident', 'visitor', 'business'] as const;

/** What was chosen in the filters; `age` in whole years, typed by whoever reads and kept nowhere. */
export type WantedView = {
  lifeEvent?: string;
  theme?: string;
  audience?: (typeof audiences)[number];
  age?: number;
};
type Concept = { id: string; names: Text };

/** `query` empty means: all services. `suggestions` are shown when nothing was found, so that no search is a dead end. */
export type SearchResultsView = {
  query: string;
  wanted: WantedView;
  /** Of somebody who is signed in: the list can be, or is, for what the state knows of them. What they change is posted, and stands in no address. */
  forMe?: 'offered' | 'chosen';
  lifeEvents: Concept[];
  themes: Concept[];
  /** Of a search, best first, wherever they are given; of a list, this state's first. */
  services: Array<ServiceRowView | ElsewhereRowView>;
  total: number;
  page: number;
  pages: number;
  suggestions: Array<{ words: Text; href: string }>;
};

export const searchResults = definePage<SearchResultsView>({
  name: 'search-results',
  title: titleOf,
  nav: 'services',
  crumbs: (_view, { t }) => [{ href: '/', words: t('crumb.home') }],
  Body: ({ view }) => {
    const say = useSay();
    const t = useTexts();
    return (
      <div className="stack">
        <h1>{titleOf(view, { say, t })}</h1>
        <SearchBox query={view.query} />
        {view.forMe === 'offered' ? <ForMe view={view} /> : null}
        <Filters view={view} />
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
        {view.forMe === 'chosen' ? (
          <PostedPagination action="/services/for-me" fields={fieldsOf(view)} page={view.page} pages={view.pages} />
        ) : (
          <Pagination page={view.page} pages={view.pages} hrefOf={(page) => hrefOf(view, page)} />
        )}
      </div>
    );
  },
});

/** Posts what is chosen otherwise to /services/for-me, which adds what the state knows of the person. */
function ForMe({ view }: { view: SearchResultsView }) {
  const t = useTexts();
  const { for: _, age: __, as: ___, ...others } = fieldsOf(view);
  return (
    <form method="post" action="/services/for-me" className="card stack-s">
      {Object.entries(others).map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      <p>{t('search.forMeWords')}</p>
      <p>
        <Button look="ghost">{t('search.forMe')}</Button>
      </p>
    </form>
  );
}

/** What the list is for, as its form posts it. */
function fieldsOf({ query, wanted: { lifeEvent, theme, audience, age } }: SearchResultsView): Record<string, string> {
  return {
    ...(query ? { q: query } : {}),
    event: lifeEvent ?? '',
    theme: theme ?? '',
    for: audience ?? '',
    age: age?.toString() ?? '',
    as: 'typed',
  };
}

function titleOf(
  { query, wanted, lifeEvents, forMe }: SearchResultsView,
  { say, t }: Pick<Speaker, 'say' | 't'>,
): string {
  if (forMe === 'chosen' && !query) return t('search.titleForMe');
  if (query) return t('search.titleFor', { query });
  const event = lifeEvents.find(({ id }) => id === wanted.lifeEvent);
  return event ? say(event.names) : t('search.titleAll');
}

function Filters({ view: { query, wanted, lifeEvents, themes, forMe } }: { view: SearchResultsView }) {
  const isPosted = forMe === 'chosen';
  const say = useSay();
  const t = useTexts();
  const choices = [
    { name: 'event', label: t('search.event'), chosen: wanted.lifeEvent, from: lifeEvents.map(optionOf) },
    { name: 'theme', label: t('search.theme'), chosen: wanted.theme, from: themes.map(optionOf) },
    {
      name: 'for',
      label: t('search.audience'),
      chosen: wanted.audience,
      from: audiences.map((id) => ({ id, words: t(`audience.${id}`) })),
    },
  ];
  function optionOf({ id, names }: Concept) {
    return { id, words: say(names) };
  }
  return (
    <form
      className="filters"
      method={isPosted ? 'post' : 'get'}
      action={isPosted ? '/services/for-me' : '/services'}
      aria-label={t('search.filters')}
    >
      {isPosted ? <input type="hidden" name="as" value="typed" /> : null}
      {query ? <input type="hidden" name="q" value={query} /> : null}
      {choices.map(({ name, label, chosen, from }) => (
        <div key={name}>
          <label htmlFor={`by-${name}`}>{label}</label>
          <select id={`by-${name}`} name={name} defaultValue={chosen ?? ''}>
            <option value="">{t('search.any')}</option>
            {from.map(({ id, words }) => (
              <option key={id} value={id}>
                {words}
              </option>
            ))}
          </select>
        </div>
      ))}
      <div>
        <label htmlFor="by-age">{t('search.age')}</label>
        <input
          id="by-age"
          name="age"
          className="input short"
          inputMode="numeric"
          maxLength={3}
          defaultValue={wanted.age ?? ''}
        />
      </div>
      <Button look="ghost">{t('search.filter')}</Button>
    </form>
  );
}

function hrefOf({ query, wanted: { lifeEvent, theme, audience, age } }: SearchResultsView, page: number): string {
  const parts = { q: query, event: lifeEvent, theme, for: audience, age: age?.toString(), page: String(page) };
  const said = Object.entries(parts).filter((part): part is [string, string] => Boolean(part[1]));
  return `/services?${new URLSearchParams(said).toString()}`;
}
