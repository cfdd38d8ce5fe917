import { pointsPerOne, type Row } from '../surveys/survey.ts';
import type { Figures } from '../tables/folder.ts';
import type { Flow, FlowValue, Selection } from './flows.ts';
import { printed } from './scores-csv.ts';

const indicators = [
  { id: 'EGDI', names: { ar: 'مؤشر تطور الحكومة الإلكترونية', en: 'E-Government Development Index' } },
  { id: 'OSI', names: { ar: 'مؤشر الخدمات الإلكترونية', en: 'Online Services Index' } },
  { id: 'TII', names: { ar: 'مؤشر البنية التحتية للاتصالات', en: 'Telecommunication Infrastructure Index' } },
  { id: 'HCI', names: { ar: 'مؤشر رأس المال البشري', en: 'Human Capital Index' } },
  { id: 'EPI', names: { ar: 'مؤشر المشاركة الإلكترونية', en: 'E-Participation Index' } },
  { id: 'RANK', names: { ar: 'الترتيب', en: 'Rank' } },
] as const;
type IndicatorId = (typeof indicators)[number]['id'];

/** The index and its parts as the UN published them, with every rank. */
export function egdiFlow({ areas }: Pick<Figures, 'areas'>): Flow {
  return {
    id: 'EGDI',
    names: { ar: 'مؤشر تطور الحكومة الإلكترونية', en: 'E-Government Development Index' },
    structureNames: { ar: 'بنية المؤشر', en: 'Structure of the index' },
    periodNames: { ar: 'سنة المسح', en: 'Survey year' },
    subject: {
      id: 'REF_AREA',
      names: { ar: 'الدولة', en: 'Reference area' },
      list: { id: 'CL_AREA', names: { ar: 'الدول', en: 'Areas' } },
      codes: areas.list,
    },
    indicator: {
      id: 'INDICATOR',
      names: { ar: 'المؤشر', en: 'Indicator' },
      list: { id: 'CL_INDICATOR', names: { ar: 'المؤشرات', en: 'Indicators' } },
      codes: indicators,
    },
  };
}

export function listObservations({ surveys }: Pick<Figures, 'surveys'>, selection: Selection): FlowValue[] {
  const { from = 0, to = 9_999 } = selection;
  const wanted = indicators.filter(({ id }) => selection.indicators?.includes(id) ?? true);
  return surveys
    .filter(({ year }) => year >= from && year <= to)
    .flatMap(({ year, rows }) =>
      rows
        .filter(({ area }) => selection.subjects?.includes(area) ?? true)
        .flatMap((row) => wanted.map(({ id }) => observe(year, row, id))),
    );
}

function observe(year: number, row: Row, indicator: IndicatorId): FlowValue {
  const value = row[indicator.toLowerCase() as Lowercase<IndicatorId>];
  const of = { subject: row.area, indicator, period: String(year), source: row.source };
  if (value === undefined) return { ...of, text: '', status: 'O' };
  return indicator === 'RANK'
    ? { ...of, value, text: String(value), status: 'A' }
    : { ...of, value: value / pointsPerOne, text: printed(value), status: 'A' };
}
