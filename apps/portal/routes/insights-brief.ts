import { readFile } from 'node:fs/promises';
import type { Language } from '#kernel/languages';
import type { PortalNeeds } from '../needs.ts';
import type { InsightsAreaView, InsightsView } from '../pages/index.ts';
import { writeInsights } from '../pages/insights/parts.tsx';
import type { Reader } from '../reader.tsx';
import type { InsightsKey } from '../texts/insights.ts';

/**
 * Two pages on one state for whoever has ten minutes: where it stands, its way over the years, the gap to a peer, how certain the
 * rank is, and whose figures these are. Figures are written here; the template only sets and draws.
 */
export async function makeBrief(
  needs: PortalNeeds,
  view: InsightsAreaView,
  overview: InsightsView,
  language: Language,
): Promise<Buffer> {
  const reader: Reader = {
    language,
    digits: language === 'ar' ? needs.state.digits : 'latn',
    timeZone: needs.state.timeZone,
  };
  const locale = `${language}-u-nu-${reader.digits}`;
  const t = (key: InsightsKey, params?: Record<string, string | number>) => writeInsights(reader, key, params);
  const number = (value: number | undefined, style: Intl.NumberFormatOptions = {}) =>
    value === undefined ? '–' : new Intl.NumberFormat(locale, style).format(value);
  const year = (value: number) => number(value, { useGrouping: false });
  const score = { minimumFractionDigits: 5, maximumFractionDigits: 5 };
  const signed = { minimumFractionDigits: 3, maximumFractionDigits: 3, signDisplay: 'exceptZero' } as const;
  const name = (names: { ar: string; en: string }) => names[language];
  const state = name(view.area.names);
  const columns = ['egdi', 'osi', 'tii', 'hci', 'epi'] as const;
  const scored = overview.federation
    .map((area) => ({ area, standing: overview.standings.find((one) => one.area === area.id) }))
    .sort((one, other) => (one.standing?.rank ?? 999) - (other.standing?.rank ?? 999));
  const title = {
    ar: writeInsights({ ...reader, language: 'ar' }, 'areaTitle', { state: view.area.names.ar }),
    en: writeInsights({ ...reader, language: 'en' }, 'areaTitle', { state: view.area.names.en }),
  };
  const { gap, interval } = view;
  return needs.makeDocument({
    template: await readFile(new URL('./insights-brief.typ', import.meta.url), 'utf8'),
    title,
    author: { ar: needs.state.names.ar, en: needs.state.names.en },
    languages: [language],
    data: {
      eyebrow: `${t('eyebrow')} · ${year(view.year)}`,
      facts: [
        { label: t('rank'), value: number(view.standing.rank) },
        ...columns.map((column) => ({
          label: t(column),
          value: number(view.standing[column], { minimumFractionDigits: 3, maximumFractionDigits: 3 }),
        })),
      ],
      ranks: {
        title: t('ranksTitle'),
        years: overview.years.map(year),
        lines: overview.federation.map(({ id, names }) => ({
          name: name(names),
          isOwn: id === view.area.id,
          ranks: overview.histories.find(({ area }) => area === id)?.points.map(({ rank }) => rank ?? null) ?? [],
          last: number(overview.histories.find(({ area }) => area === id)?.points.at(-1)?.rank),
        })),
      },
      table: {
        head: [t('state'), t('rank'), ...columns.map((column) => t(column))],
        rows: scored.map(({ area, standing }) => [
          name(area.names),
          number(standing?.rank),
          ...columns.map((column) => number(standing?.[column], score)),
        ]),
        own: scored.findIndex(({ area }) => area.id === view.area.id),
      },
      changes: {
        title: t('changesTitle'),
        head: [t('period'), t('rank'), t('egdi'), t('osi'), t('tii'), t('hci')],
        rows: view.changes
          .toReversed()
          .slice(0, 6)
          .map((change) => [
            `${year(change.from)}–${year(change.to)}`,
            `${number(change.ranks.from)} ${language === 'ar' ? '←' : '→'} ${number(change.ranks.to)}`,
            number(change.egdi, signed),
            ...change.indices.map(({ from, to }) => number(to - from, signed)),
          ]),
      },
      gap: gap
        ? {
            title: t('gapTitle', { own: state, peer: name(view.peer.names), year: year(view.year) }),
            words: t('gapWords', { gap: number(gap.gap, signed) }),
            own: { name: state, value: gap.own, said: number(gap.own, score) },
            peer: { name: name(view.peer.names), value: gap.other, said: number(gap.other, score) },
            pieces: gap.pieces.map(({ of, egdi }) => ({
              name: t(`piece.${of}`),
              value: egdi,
              said: number(egdi, signed),
            })),
          }
        : null,
      certain: interval
        ? {
            title: t('certainTitle'),
            words: t('certainWords', {
              state,
              low: interval.low,
              high: interval.high,
              best: interval.best,
              worst: interval.worst,
              runs: view.runs,
            }),
          }
        : null,
      swings: {
        title: t('swingTitle'),
        head: [t('change'), t('less'), t('more')],
        rows: view.swings.map(({ what, by, low, high }) => [
          t(`swing.${what}`, { by }),
          number(low.rank),
          number(high.rank),
        ]),
      },
      sources: {
        title: t('sourcesTitle'),
        lines: view.sources.map(({ title: of, publisher, terms }) => `${name(of)}. ${name(publisher)}. ${name(terms)}`),
      },
    },
  });
}
