import type { ChangeOverTime, Gap, OtherFigure, RankInterval, Source, Swing } from '#modules/insights';
import { Figure } from '../../charts/figure.tsx';
import { drawTornado, type SwingBar, tornadoHeight } from '../../charts/tornado.tsx';
import { drawWaterfall, type Step, waterfallHeight } from '../../charts/waterfall.tsx';
import { Button, LinkButton } from '../../components/blocks.tsx';
import { PageHead } from '../../components/head.tsx';
import { NumberOf } from '../../components/values.tsx';
import { definePage } from '../../page.tsx';
import { localeOf, useReader, useSay } from '../../reader.tsx';
import {
  AreaChoice,
  Cited,
  homeCrumb,
  insightsCrumb,
  type NamedArea,
  Score,
  type StandingView,
  signed,
  useInsights,
  writeInsights,
  Year,
  YearChoice,
} from './parts.tsx';

export type InsightsAreaView = {
  year: number;
  years: number[];
  area: NamedArea;
  standing: StandingView;
  peer: NamedArea;
  federation: NamedArea[];
  all: NamedArea[];
  /** Absent when one of the two has no score in this year. */
  gap?: Gap;
  changes: ChangeOverTime[];
  interval?: RankInterval;
  /** Draws behind the interval. */
  runs: number;
  swings: Swing[];
  others: OtherFigure[];
  sources: Source[];
};

export const insightsArea = definePage<InsightsAreaView>({
  name: 'insights-area',
  title: ({ area }, { reader, say }) => writeInsights(reader, 'areaTitle', { state: say(area.names) }),
  crumbs: (_view, speaker) => [homeCrumb(speaker), insightsCrumb(speaker)],
  Body: ({ view }) => {
    const say = useSay();
    const t = useInsights();
    const { area, year, interval } = view;
    const state = say(area.names);
    return (
      <div className="stack">
        <PageHead eyebrow={t('eyebrow')} title={t('areaTitle', { state })} lead={t('areaLead')} />
        <form className="filters" method="get" action={`/insights/areas/${area.id}`}>
          <YearChoice years={view.years} chosen={year} />
          <AreaChoice name="peer" label={t('peer')} chosen={view.peer.id} own={view.federation} all={view.all} />
          <Button look="ghost">{t('compare')}</Button>
        </form>
        <div className="halves">
          <section className="card">
            {view.gap ? <Waterfall view={view} gap={view.gap} /> : <p>{t('level.none')}</p>}
          </section>
          <section className="card stack-s">
            <h2>{t('certainTitle')}</h2>
            {interval ? (
              <p>
                {t('certainWords', {
                  state,
                  low: interval.low,
                  high: interval.high,
                  best: interval.best,
                  worst: interval.worst,
                  runs: view.runs,
                })}
              </p>
            ) : null}
            {view.swings.length > 0 ? <Tornado view={view} /> : null}
          </section>
        </div>
        <Changes changes={view.changes} />
        <Others others={view.others} />
        <p className="acts">
          <LinkButton href={`/insights/simulator?area=${area.id}`}>{t('toSimulator')}</LinkButton>
          <LinkButton look="ghost" href={`/insights/areas/${area.id}/brief.pdf?year=${year}&peer=${view.peer.id}`}>
            {t('toBrief')}
          </LinkButton>
        </p>
        <Cited sources={view.sources} />
      </div>
    );
  },
});

function Waterfall({ view, gap }: { view: InsightsAreaView; gap: Gap }) {
  const say = useSay();
  const t = useInsights();
  const reader = useReader();
  const number = (value: number) => new Intl.NumberFormat(localeOf(reader), signed).format(value);
  const [own, peer] = [say(view.area.names), say(view.peer.names)];
  const steps: Step[] = [
    { id: 'own', name: own, value: gap.own, kind: 'total' },
    ...gap.pieces.map(({ of, egdi }): Step => ({ id: of, name: t(`piece.${of}`), value: egdi, kind: 'step' })),
    { id: 'peer', name: peer, value: gap.other, kind: 'total' },
  ];
  const [epi, rest] = gap.within;
  return (
    <div className="stack-s">
      <Figure
        title={t('gapTitle', {
          own,
          peer,
          year: new Intl.NumberFormat(localeOf(reader), { useGrouping: false }).format(view.year),
        })}
        description={t('gapWords', { gap: number(gap.gap) })}
        height={() => waterfallHeight(steps)}
        draw={(paper) => drawWaterfall(paper, steps)}
        table={{
          words: t('asTable'),
          content: (
            <table>
              <thead>
                <tr>
                  <th scope="col">{t('part')}</th>
                  <th scope="col" className="figure">
                    {own}
                  </th>
                  <th scope="col" className="figure">
                    {peer}
                  </th>
                  <th scope="col" className="figure">
                    {t('egdi')}
                  </th>
                </tr>
              </thead>
              <tbody>
                {[...gap.pieces, ...gap.within].map((piece) => (
                  <tr key={piece.of}>
                    <th scope="row">{t(`piece.${piece.of}`)}</th>
                    <td className="figure">
                      <Score value={piece.own} />
                    </td>
                    <td className="figure">
                      <Score value={piece.peer} />
                    </td>
                    <td className="figure">
                      <Score
                        value={piece.egdi}
                        style={{ ...signed, minimumFractionDigits: 5, maximumFractionDigits: 5 }}
                      />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          ),
        }}
      />
      {epi && rest ? (
        <p className="muted">{t('withinWords', { epi: number(epi.egdi), rest: number(rest.egdi) })}</p>
      ) : null}
    </div>
  );
}

function Tornado({ view }: { view: InsightsAreaView }) {
  const t = useInsights();
  const bars = view.swings.map(
    ({ what, by, low, high }): SwingBar => ({ id: what, name: t(`swing.${what}`, { by }), low, high }),
  );
  return (
    <Figure
      title={t('swingTitle')}
      description={t('swingWords')}
      height={() => tornadoHeight(bars)}
      draw={(paper) => drawTornado(paper, view.standing.egdi!, bars)}
      table={{
        words: t('asTable'),
        content: (
          <table>
            <thead>
              <tr>
                <th scope="col">{t('change')}</th>
                <th scope="col" className="figure">
                  {t('less')}
                </th>
                <th scope="col" className="figure">
                  {t('more')}
                </th>
              </tr>
            </thead>
            <tbody>
              {bars.map(({ id, name, low, high }) => (
                <tr key={id}>
                  <th scope="row">{name}</th>
                  {[low, high].map(({ rank, egdi }, at) => (
                    <td key={at === 0 ? 'low' : 'high'} className="figure">
                      <NumberOf value={rank} /> (<Score value={egdi} />)
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

function Changes({ changes }: { changes: ChangeOverTime[] }) {
  const t = useInsights();
  const reader = useReader();
  const number = (value: number) => new Intl.NumberFormat(localeOf(reader), signed).format(value);
  return (
    <section className="card flush scroll">
      <table>
        <caption>
          {t('changesTitle')}
          <span className="small">{t('changesWords')}</span>
        </caption>
        <thead>
          <tr>
            <th scope="col">{t('period')}</th>
            <th scope="col" className="figure">
              {t('rank')}
            </th>
            <th scope="col" className="figure">
              {t('egdi')}
            </th>
            {(['osi', 'tii', 'hci'] as const).map((index) => (
              <th key={index} scope="col">
                {t(index)}
              </th>
            ))}
            <th scope="col" className="figure">
              {t('fromWeights')}
            </th>
          </tr>
        </thead>
        <tbody>
          {changes.toReversed().map((change) => (
            <tr key={change.to}>
              <th scope="row">
                <Year value={change.from} />–<Year value={change.to} />
              </th>
              <td className="figure">
                <NumberOf value={change.ranks.from} /> {reader.language === 'ar' ? '←' : '→'}{' '}
                <NumberOf value={change.ranks.to} />
              </td>
              <td className="figure">
                <Score value={change.egdi} style={signed} />
              </td>
              {change.indices.map((one) => (
                <td key={one.index}>
                  <Score value={one.to - one.from} style={signed} />
                  <br />
                  <span className="muted">
                    {one.isSeparable
                      ? t('realAndMethod', { real: number(one.real!), method: number(one.method!) })
                      : t('notSeparable')}
                  </span>
                </td>
              ))}
              <td className="figure">
                <Score value={change.weights} style={signed} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Others({ others }: { others: InsightsAreaView['others'] }) {
  const say = useSay();
  const t = useInsights();
  return (
    <details className="card">
      <summary>{t('othersTitle')}</summary>
      <p className="muted">{t('othersWords')}</p>
      {others.length === 0 ? (
        <p>{t('othersNone')}</p>
      ) : (
        <div className="scroll">
          <table>
            <thead>
              <tr>
                <th scope="col">{t('index')}</th>
                <th scope="col">{t('group')}</th>
                <th scope="col" className="figure">
                  {t('points')}
                </th>
              </tr>
            </thead>
            <tbody>
              {others.map(({ table, id, names, value }) => (
                <tr key={id}>
                  <td>{t(`table.${table}`)}</td>
                  <th scope="row">{say(names)}</th>
                  <td className="figure">
                    <NumberOf value={value} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </details>
  );
}
