import type { Source } from '#modules/insights';
import { type BarGroup, barsHeight, drawBars } from '../../charts/bars.tsx';
import { Figure } from '../../charts/figure.tsx';
import { drawRanks, type RankLine, ranksHeight } from '../../charts/ranks-over-time.tsx';
import { drawWorld, type Mark, worldHeight } from '../../charts/world.tsx';
import { Button, LinkButton } from '../../components/blocks.tsx';
import { PageHead } from '../../components/head.tsx';
import { NumberOf } from '../../components/values.tsx';
import { definePage } from '../../page.tsx';
import { type Reader, useReader, useSay } from '../../reader.tsx';
import {
  Cited,
  homeCrumb,
  type NamedArea,
  Score,
  type StandingView,
  useInsights,
  writeInsights,
  Year,
  YearChoice,
} from './parts.tsx';

import { type MeasuredService, MeasuredServices } from './services.tsx';

export type InsightsView = {
  year: number;
  years: number[];
  own: NamedArea;
  /** Areas of the federation's states, the own first. */
  federation: NamedArea[];
  standings: StandingView[];
  /** All surveys of the federation's areas. */
  histories: Array<{ area: string; points: Array<{ year: number; rank?: number }> }>;
  breaks: number[];
  places: Array<{ area: string; at: [number, number] }>;
  outline: string;
  /** What was measured of this state's services; none where it is about another state. */
  services: MeasuredService[];
  sources: Source[];
};

export const insights = definePage<InsightsView>({
  name: 'insights',
  title: (_view, { reader }) => writeInsights(reader, 'title'),
  crumbs: (_view, speaker) => [homeCrumb(speaker)],
  Body: ({ view }) => {
    const say = useSay();
    const t = useInsights();
    const reader = useReader();
    const { own, year } = view;
    const shown = ownStanding(view);
    const state = say(own.names);
    const before = view.histories
      .find(({ area }) => area === own.id)
      ?.points.filter((point) => point.year < year && point.rank)
      .at(-1);
    return (
      <div className="stack">
        <PageHead eyebrow={t('eyebrow')} title={headline(reader, state, shown, year)} lead={t('lead')} />
        <form className="filters" method="get" action="/insights">
          <YearChoice years={view.years} chosen={year} />
          <Button look="ghost">{t('show')}</Button>
        </form>
        <div className="card figures">
          <div>
            <span>{t('rank')}</span>
            <b>{shown?.rank === undefined ? '–' : <NumberOf value={shown.rank} />}</b>
            {before?.rank && shown?.rank ? (
              <span className="muted">
                {t(before.rank >= shown.rank && before.rank !== shown.rank ? 'placesUp' : 'placesDown', {
                  n: Math.abs(before.rank - shown.rank),
                  year: yearText(reader, before.year),
                })}
              </span>
            ) : null}
          </div>
          {(['egdi', 'osi', 'tii', 'hci', 'epi'] as const).map((column) => (
            <div key={column}>
              <span>{t(column)}</span>
              <b>
                <Score value={shown?.[column]} style={{ minimumFractionDigits: 3, maximumFractionDigits: 3 }} />
              </b>
            </div>
          ))}
        </div>
        <p className="acts">
          <LinkButton href={`/insights/simulator?area=${own.id}`}>{t('toSimulator')}</LinkButton>
          <LinkButton look="ghost" href={`/insights/areas/${own.id}?year=${year}`}>
            {t('toArea', { state })}
          </LinkButton>
          <LinkButton look="ghost" href={`/insights/areas/${own.id}/brief.pdf?year=${year}`}>
            {t('toBrief')}
          </LinkButton>
          <LinkButton look="quiet" href="/insights/methods">
            {t('toMethods')}
          </LinkButton>
          <LinkButton look="quiet" href="/insights/proposal">
            {t('toProposal')}
          </LinkButton>
        </p>
        <section className="card">
          <Ranks view={view} state={state} />
        </section>
        <section className="card">
          <World view={view} />
        </section>
        <section className="card">
          <Compare view={view} />
        </section>
        <MeasuredServices services={view.services} />
        <All view={view} />
        <Cited sources={view.sources} />
      </div>
    );
  },
});

const ownStanding = ({ standings, own }: InsightsView) => standings.find(({ area }) => area === own.id);
const yearText = (reader: Reader, year: number) =>
  new Intl.NumberFormat(`${reader.language}-u-nu-${reader.digits}`, { useGrouping: false }).format(year);

function headline(reader: Reader, state: string, shown: StandingView | undefined, year: number): string {
  const number = (value: number) => yearText(reader, value);
  return shown?.rank === undefined
    ? writeInsights(reader, 'headlineNone', { state, year: number(year) })
    : writeInsights(reader, 'headline', { state, rank: number(shown.rank), year: number(year), all: 193 });
}

function Ranks({ view, state }: { view: InsightsView; state: string }) {
  const say = useSay();
  const t = useInsights();
  const reader = useReader();
  const lines = view.federation.map(
    ({ id, names }): RankLine => ({
      id,
      name: say(names),
      isOwn: id === view.own.id,
      points: view.histories.find(({ area }) => area === id)?.points ?? [],
    }),
  );
  const scored = lines.find(({ isOwn }) => isOwn)!.points.filter(({ rank }) => rank !== undefined);
  const [first, last] = [scored[0], scored.at(-1)];
  return (
    <Figure
      title={t('ranksTitle')}
      description={t('ranksWords', {
        state,
        from: first?.rank ?? 0,
        first: yearText(reader, first?.year ?? 0),
        to: last?.rank ?? 0,
        last: yearText(reader, last?.year ?? 0),
      })}
      height={ranksHeight}
      draw={(paper) => drawRanks(paper, lines, view.years, view.breaks)}
      table={{
        words: t('asTable'),
        content: (
          <table>
            <thead>
              <tr>
                <th scope="col">{t('state')}</th>
                {view.years.map((year) => (
                  <th key={year} scope="col" className="figure">
                    <Year value={year} />
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {lines.map((each) => (
                <tr key={each.id}>
                  <th scope="row">
                    <a href={`/insights/areas/${each.id}`}>{each.name}</a>
                  </th>
                  {each.points.map(({ year, rank }) => (
                    <td key={year} className="figure">
                      {rank === undefined ? '–' : <NumberOf value={rank} />}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        ),
      }}
    />
  );
}

const columns = ['osi', 'tii', 'hci', 'epi'] as const;

function Compare({ view }: { view: InsightsView }) {
  const say = useSay();
  const t = useInsights();
  const rows = view.federation
    .flatMap(({ id, names }) => {
      const standing = view.standings.find(({ area }) => area === id);
      return standing?.egdi === undefined ? [] : [{ id, name: say(names), standing }];
    })
    .sort((one, other) => (one.standing.rank ?? 0) - (other.standing.rank ?? 0));
  const { language, digits } = useReader();
  const number = new Intl.NumberFormat(`${language}-u-nu-${digits}`);
  const groups = rows.map(
    ({ id, name, standing }): BarGroup => ({
      id,
      name,
      isOwn: id === view.own.id,
      note: `${t('rank')} ${number.format(standing.rank ?? 0)}`,
      values: columns.map((column) => ({ id: column, value: standing[column] ?? 0 })),
    }),
  );
  return (
    <div className="stack-s">
      <Figure
        title={t('compareTitle')}
        description={t('compareWords')}
        height={() => barsHeight(groups)}
        draw={(paper) => drawBars(paper, groups)}
        table={{
          words: t('asTable'),
          content: (
            <table>
              <thead>
                <tr>
                  <th scope="col">{t('state')}</th>
                  {(['rank', 'egdi', ...columns] as const).map((column) => (
                    <th key={column} scope="col" className="figure">
                      {t(column)}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {rows.map(({ id, name, standing }) => (
                  <tr key={id}>
                    <th scope="row">{name}</th>
                    <td className="figure">{standing.rank === undefined ? '–' : <NumberOf value={standing.rank} />}</td>
                    {(['egdi', ...columns] as const).map((column) => (
                      <td key={column} className="figure">
                        <Score value={standing[column]} />
                      </td>
                    ))}
                  </tr>
                ))}
                <tr>
                  <th scope="row">{t('mean')}</th>
                  <td />
                  {(['egdi', ...columns] as const).map((column) => (
                    <td key={column} className="figure">
                      <Score
                        value={
                          rows.reduce((sum, { standing }) => sum + (standing[column] ?? 0), 0) /
                          Math.max(1, rows.length)
                        }
                      />
                    </td>
                  ))}
                </tr>
              </tbody>
            </table>
          ),
        }}
      />
      <ul className="legend chart">
        {columns.map((column, at) => (
          <li key={column}>
            <svg viewBox="0 0 14 14" aria-hidden="true">
              <rect className={`b${at}`} width="14" height="14" rx="3" />
            </svg>
            {t(column)}
          </li>
        ))}
      </ul>
    </div>
  );
}

const levels = ['very-high', 'high', 'middle', 'low'] as const;

function World({ view }: { view: InsightsView }) {
  const say = useSay();
  const t = useInsights();
  const reader = useReader();
  const year = yearText(reader, view.year);
  const marks = view.standings.flatMap(({ area, names, level }): Mark[] => {
    const place = view.places.find((one) => one.area === area);
    return place
      ? [{ id: area, name: say(names), at: place.at, isOwn: area === view.own.id, ...(level ? { level } : {}) }]
      : [];
  });
  const count = (level: string) => view.standings.filter((one) => one.level === level).length;
  return (
    <div className="stack-s">
      <Figure
        title={t('mapTitle', { year })}
        description={t('mapWords', {
          all: view.standings.length,
          veryHigh: count('very-high'),
          high: count('high'),
          middle: count('middle'),
          low: count('low'),
        })}
        height={worldHeight}
        draw={(paper) => drawWorld(paper, view.outline, marks)}
        onlyWide
      />
      <ul className="legend">
        {levels.map((level) => (
          <li key={level}>
            <svg viewBox="0 0 14 14" aria-hidden="true">
              <circle className={`mark ${level}`} cx="7" cy="7" r="6.5" />
            </svg>
            <span>
              {t(`level.${level}`)} (<NumberOf value={count(level)} />)
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}

function All({ view }: { view: InsightsView }) {
  const say = useSay();
  const t = useInsights();
  const reader = useReader();
  const rows = view.standings.toSorted((one, other) => (one.rank ?? 999) - (other.rank ?? 999));
  return (
    <details className="card">
      <summary>{t('allTitle', { year: yearText(reader, view.year) })}</summary>
      <p className="muted">{t('allWords')}</p>
      <div className="scroll">
        <table>
          <thead>
            <tr>
              {(['rank', 'state', 'level', 'egdi', 'osi', 'tii', 'hci', 'epi', 'residual', 'span'] as const).map(
                (column) => (
                  <th
                    key={column}
                    scope="col"
                    className={column === 'state' || column === 'level' ? undefined : 'figure'}
                  >
                    {t(column)}
                  </th>
                ),
              )}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.area}>
                <td className="figure">{row.rank === undefined ? '–' : <NumberOf value={row.rank} />}</td>
                <th scope="row">
                  <a href={`/insights/areas/${row.area}?year=${view.year}`}>{say(row.names)}</a>
                </th>
                <td>{t(`level.${row.level ?? 'none'}`)}</td>
                {(['egdi', 'osi', 'tii', 'hci', 'epi', 'residual'] as const).map((column) => (
                  <td key={column} className="figure">
                    <Score value={row[column]} />
                  </td>
                ))}
                <td className="figure">
                  {row.rankBest === undefined ? (
                    '–'
                  ) : row.rankBest === row.rankWorst ? (
                    <NumberOf value={row.rankBest} />
                  ) : (
                    <>
                      <NumberOf value={row.rankBest} />–<NumberOf value={row.rankWorst!} />
                    </>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
