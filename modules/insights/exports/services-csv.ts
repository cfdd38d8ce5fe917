import { csvLine } from '../tables/csv.ts';

type Measured = {
  serviceId: string;
  decided: number;
  atOncePercent: number;
  crossBorderPercent?: number;
  medianWorkingDays: number;
  p90WorkingDays: number;
  satisfaction?: number;
  ratings?: number;
};

/** Measures of services as open data. What was withheld for being about too few people is an empty cell or an absent line. */
export function servicesCsv(measures: readonly Measured[]): string {
  const header =
    'service,decided,at_once_percent,cross_border_percent,median_working_days,p90_working_days,satisfaction_of_5,ratings';
  const lines = measures.map((one) =>
    csvLine([
      one.serviceId,
      one.decided,
      one.atOncePercent,
      one.crossBorderPercent,
      one.medianWorkingDays,
      one.p90WorkingDays,
      one.satisfaction,
      one.ratings,
    ]),
  );
  return `${[header, ...lines].join('\n')}\n`;
}
