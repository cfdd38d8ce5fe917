import type { Row } from '../surveys/survey.ts';
import type { Figures } from '../tables/folder.ts';

export const indicators = [
  { id: 'EGDI', names: { ar: 'مؤشر تطور الحكومة الإلكترونية', en: 'E-Government Development Index' } },
  { id: 'OSI', names: { ar: 'مؤشر الخدمات الإلكترونية', en: 'Online Services Index' } },
  { id: 'TII', names: { ar: 'مؤشر البنية التحتية للاتصالات', en: 'Telecommunication Infrastructure Index' } },
  { id: 'HCI', names: { ar: 'مؤشر رأس المال البشري', en: 'Human Capital Index' } },
  { id: 'EPI', names: { ar: 'مؤشر المشاركة الإلكترونية', en: 'E-Participation Index' } },
  { id: 'RANK', names: { ar: 'الترتيب', en: 'Rank' } },
] as const;
export type IndicatorId = (typeof indicators)[number]['id'];

/** What a reader asks for; a member that is absent takes all. */
export type Selection = { areas?: string[]; indicators?: string[]; from?: number; to?: number };

export type Observation = {
  area: string;
  indicator: IndicatorId;
  year: number;
  /** In points, or a rank. Absent where the source has no score. */
  value?: number;
  source: string;
};

/**
 * Reads an SDMX key of two places, `KWT+SAU.EGDI`: a place that is empty or `*` takes all; `all` and `*` alone take everything.
 * Undefined when it is no such key.
 */
export function readKey(key: string): Selection | undefined {
  if (key === 'all' || key === '*') return {};
  const places = key.split('.');
  if (places.length !== 2 || !places.every((place) => /^(\*|[A-Z0-9]{0,8}(\+[A-Z0-9]{1,8})*)$/.test(place)))
    return undefined;
  const [areas, wanted] = places.map((place) => (place === '' || place === '*' ? undefined : place.split('+')));
  return { ...(areas ? { areas } : {}), ...(wanted ? { indicators: wanted } : {}) };
}

export function listObservations({ surveys }: Pick<Figures, 'surveys'>, selection: Selection): Observation[] {
  const { from = 0, to = 9_999 } = selection;
  const wanted = indicators.filter(({ id }) => selection.indicators?.includes(id) ?? true);
  return surveys
    .filter(({ year }) => year >= from && year <= to)
    .flatMap(({ year, rows }) =>
      rows
        .filter(({ area }) => selection.areas?.includes(area) ?? true)
        .flatMap((row) => wanted.map(({ id }) => observe(year, row, id))),
    );
}

function observe(year: number, row: Row, indicator: IndicatorId): Observation {
  const value = row[indicator.toLowerCase() as Lowercase<IndicatorId>];
  return { area: row.area, indicator, year, source: row.source, ...(value === undefined ? {} : { value }) };
}
