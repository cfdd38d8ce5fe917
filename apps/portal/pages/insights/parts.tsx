import type { Text } from '#kernel/languages';
import type { Source, Standing } from '#modules/insights';
import { NumberOf } from '../../components/values.tsx';
import type { Crumb, Speaker } from '../../page.tsx';
import { localeOf, type MessageParams, type Reader, useReader, useSay, useTable, write } from '../../reader.tsx';
import { type InsightsKey, insightsTexts } from '../../texts/insights.ts';

export type NamedArea = { id: string; names: Text };
/** A standing with what a table needs of it. */
export type StandingView = Standing;

export const useInsights = () => useTable(insightsTexts);
export const writeInsights = (reader: Reader, key: InsightsKey, params?: MessageParams) =>
  write(insightsTexts, reader, key, params);

export const homeCrumb = ({ t }: Speaker): Crumb => ({ href: '/', words: t('crumb.home') });
export const insightsCrumb = ({ reader }: Speaker): Crumb => ({
  href: '/insights',
  words: writeInsights(reader, 'title'),
});

export const fiveDecimals = { minimumFractionDigits: 5, maximumFractionDigits: 5 } as const;
export const threeDecimals = { minimumFractionDigits: 3, maximumFractionDigits: 3 } as const;
export const signed = { ...threeDecimals, signDisplay: 'exceptZero' } as const;

/** A published value with its five decimals; a dash where the survey printed none. */
export function Score({
  value,
  style = fiveDecimals,
}: {
  value: number | undefined;
  style?: Intl.NumberFormatOptions;
}) {
  return value === undefined ? <span className="muted">–</span> : <NumberOf value={value} style={style} />;
}

/** A year without a thousands separator. */
export function Year({ value }: { value: number }) {
  return <NumberOf value={value} style={{ useGrouping: false }} />;
}

/** Says on every page whose figures it shows. */
export function Cited({ sources }: { sources: readonly Source[] }) {
  const say = useSay();
  const t = useInsights();
  return (
    <section className="cited" aria-labelledby="cited">
      <h2 id="cited">{t('sourcesTitle')}</h2>
      <ul>
        {sources.map((source) => (
          <li key={source.id}>
            {say(source.title)}. <a href={source.url}>{say(source.publisher)}</a>. {say(source.terms)}
          </li>
        ))}
      </ul>
      <p>
        <a href="/api/insights/catalogue.jsonld">{t('sourcesMore')}</a>
      </p>
    </section>
  );
}

/** A list of areas to choose from, those of the federation first. */
export function AreaChoice(props: { name: string; label: string; chosen: string; own: NamedArea[]; all: NamedArea[] }) {
  const { name, label, chosen, own, all } = props;
  const say = useSay();
  const first = new Set(own.map(({ id }) => id));
  const option = ({ id, names }: NamedArea) => (
    <option key={id} value={id}>
      {say(names)}
    </option>
  );
  return (
    <div>
      <label htmlFor={`choose-${name}`}>{label}</label>
      <select id={`choose-${name}`} name={name} defaultValue={chosen}>
        {own.map(option)}
        {all.filter(({ id }) => !first.has(id)).map(option)}
      </select>
    </div>
  );
}

export function YearChoice({ years, chosen }: { years: number[]; chosen: number }) {
  const t = useInsights();
  const { format: write } = new Intl.NumberFormat(localeOf(useReader()), { useGrouping: false });
  return (
    <div>
      <label htmlFor="choose-year">{t('year')}</label>
      <select id="choose-year" name="year" defaultValue={String(chosen)}>
        {years.toReversed().map((year) => (
          <option key={year} value={year}>
            {write(year)}
          </option>
        ))}
      </select>
    </div>
  );
}
