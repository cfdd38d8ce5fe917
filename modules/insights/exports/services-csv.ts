import type { ServiceMeasure } from '../measures.ts';
import { csvLine } from '../tables/csv.ts';

/** Measures of services as open data. What was withheld for being about too few people is an empty cell or an absent line. */
export function servicesCsv(measures: readonly ServiceMeasure[]): string {
  const header = [
    'service,decided,at_once_percent,cross_border_percent,approved_percent,approved_in_part_percent,median_working_days,p90_working_days,satisfaction_of_5,ratings',
    'available_percent,node_available_percent,observed_from,observed_intervals,asked_intervals',
    'pages_judged,pages_without_fault,judge,judged_on',
  ].join();
  const lines = measures.map(({ availability, accessibility, ...one }) =>
    csvLine([
      one.serviceId,
      one.decided,
      one.atOncePercent,
      one.crossBorderPercent,
      one.approvedPercent,
      one.inPartPercent,
      one.medianWorkingDays,
      one.p90WorkingDays,
      one.satisfaction,
      one.ratings,
      availability?.percent,
      availability?.nodePercent,
      availability?.from,
      availability?.intervals,
      availability?.askedIntervals,
      accessibility?.pages,
      accessibility?.pagesWithoutFault,
      accessibility?.judge,
      accessibility?.judgedOn,
    ]),
  );
  return `${[header, ...lines].join('\n')}\n`;
}
