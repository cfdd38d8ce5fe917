import { type Calendar, countWorkingDays } from '../calendar.ts';
import type { ServiceMeasures } from './contract.ts';
import type { DecidedRow, RatedRow } from './store.ts';

/** Fewer than this tell about persons, not about a service. */
export const cellMin = 10;

/**
 * What the cases of each service show. Shares and quantiles are those of all decided cases (nearest rank); figures of fewer than
 * ten cases or ratings are left out.
 */
export function measure(
  decided: readonly DecidedRow[],
  rated: readonly RatedRow[],
  calendar: Calendar,
): ServiceMeasures[] {
  const ids = [...new Set(decided.map(({ service_id }) => service_id))].sort();
  return ids.flatMap((serviceId) => {
    const rows = decided.filter(({ service_id }) => service_id === serviceId);
    const total = sum(rows.map(({ count }) => count));
    if (total < cellMin) return [];
    const durations = rows
      .map((row) => ({
        days: row.at_once ? 0 : countWorkingDays(row.submitted_on, row.decided_on, calendar),
        count: row.count,
        atOnce: row.at_once,
      }))
      .sort((one, other) => one.days - other.days);
    const byOfficers = durations.filter((one) => !one.atOnce);
    const officersTotal = sum(byOfficers.map(({ count }) => count));
    const fromAbroad = sum(rows.filter((row) => row.cross_border).map(({ count }) => count));
    const decidedAs = (outcome: DecidedRow['decided_as']) =>
      sum(rows.filter((row) => row.decided_as === outcome).map(({ count }) => count));
    const [approved, inPart] = [decidedAs('approved'), decidedAs('approved-in-part')];
    const stars = rated.filter(({ service_id }) => service_id === serviceId);
    const ratings = sum(stars.map(({ count }) => count));
    return [
      {
        serviceId,
        decided: total,
        atOncePercent: Math.round((100 * sum(rows.filter((row) => row.at_once).map(({ count }) => count))) / total),
        // One side is what the other leaves of the total: both have to be told, or neither.
        ...(isTold(fromAbroad, total - fromAbroad)
          ? { crossBorderPercent: Math.round((100 * fromAbroad) / total) }
          : {}),
        ...(isTold(approved, inPart, total - approved - inPart)
          ? {
              approvedPercent: Math.round((100 * approved) / total),
              inPartPercent: Math.round((100 * inPart) / total),
            }
          : {}),
        medianWorkingDays: quantile(durations, 0.5, total),
        p90WorkingDays: quantile(durations, 0.9, total),
        ...(officersTotal >= cellMin ? { officerMedianWorkingDays: quantile(byOfficers, 0.5, officersTotal) } : {}),
        ...(ratings >= cellMin
          ? {
              ratings,
              satisfaction: Math.round((10 * sum(stars.map((row) => row.stars * row.count))) / ratings) / 10,
            }
          : {}),
      },
    ];
  });
}

const isTold = (...sides: number[]) => sides.every((side) => side === 0 || side >= cellMin);
const sum = (values: readonly number[]) => values.reduce((all, value) => all + value, 0);

function quantile(sorted: ReadonlyArray<{ days: number; count: number }>, share: number, total: number): number {
  let seen = 0;
  for (const { days, count } of sorted) {
    seen += count;
    if (seen >= Math.ceil(share * total)) return days;
  }
  return sorted.at(-1)!.days;
}
