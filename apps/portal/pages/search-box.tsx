import { Icon } from '../components/marks.tsx';
import { useTexts } from '../reader.tsx';

/** One box for plain words, in any spelling or dialect; it works as a plain form. */
export function SearchBox({ query = '' }: { query?: string }) {
  const t = useTexts();
  return (
    <search>
      <form className="search" method="get" action="/services">
        <label className="hide" htmlFor="q">
          {t('search.label')}
        </label>
        <span className="in">
          <Icon name="search" />
          <input
            id="q"
            name="q"
            type="search"
            dir="auto"
            defaultValue={query}
            placeholder={t('search.placeholder')}
            maxLength={200}
            autoComplete="off"
            enterKeyHint="search"
          />
        </span>
        <button type="submit" className="btn">
          {t('search.button')}
        </button>
      </form>
    </search>
  );
}
