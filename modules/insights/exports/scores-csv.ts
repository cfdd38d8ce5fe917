import type { Row } from '../surveys/survey.ts';
import { pointsPerOne } from '../surveys/survey.ts';
import type { Areas } from '../tables/areas.ts';
import { csvLine } from '../tables/csv.ts';

/** Five decimals, exactly the points. */
export function printed(points: number | undefined): string {
  if (points === undefined) return '';
  const text = String(points % pointsPerOne).padStart(5, '0');
  return `${Math.floor(points / pointsPerOne)}.${text}`;
}

/** Scores in the module's own CSV, which reads back as the same rows. Every row says its source. */
export function scoresCsv(rows: ReadonlyArray<{ year: number; row: Row }>, areas: Areas): string {
  const lines = rows.map(({ year, row }) =>
    csvLine([
      year,
      row.area,
      areas.find(row.area)?.names.en,
      row.rank,
      printed(row.egdi ?? 0),
      printed(row.osi),
      printed(row.tii),
      printed(row.hci),
      printed(row.epi),
      row.egdi === undefined ? 'no_egdi_in_source' : '',
      row.source,
    ]),
  );
  return `${['survey_year,iso3,country,rank,egdi,osi,tii,hci,epi,flag,source', ...lines].join('\n')}\n`;
}
