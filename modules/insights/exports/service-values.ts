import type { Text } from '#kernel/languages';
import { dateBefore } from '../availability/rules.ts';
import type { ServiceMeasure } from '../measures.ts';
import type { Flow, FlowValue, Selection } from './flows.ts';

/** What is told of a service. `observed` figures are of the period of observation, the others of the last twelve months. */
const measures: ReadonlyArray<{
  id: string;
  names: Text;
  observed?: true;
  of(one: ServiceMeasure): number | undefined;
}> = [
  { id: 'DECIDED', names: { ar: 'القرارات', en: 'Decided cases' }, of: ({ decided }) => decided },
  {
    id: 'AT_ONCE',
    names: { ar: 'ما قُضي فيه فورًا، %', en: 'Decided at once, %' },
    of: ({ atOncePercent }) => atOncePercent,
  },
  {
    id: 'CROSS_BORDER',
    names: { ar: 'ما كان لأشخاص من دول أخرى، %', en: 'For people of other states, %' },
    of: ({ crossBorderPercent }) => crossBorderPercent,
  },
  {
    id: 'MEDIAN_DAYS',
    names: { ar: 'وسيط أيام العمل حتى القرار', en: 'Median working days to the decision' },
    of: ({ medianWorkingDays }) => medianWorkingDays,
  },
  {
    id: 'P90_DAYS',
    names: { ar: 'أيام العمل التي يُقضى خلالها في تسع من كل عشر', en: 'Working days within which 9 of 10 are decided' },
    of: ({ p90WorkingDays }) => p90WorkingDays,
  },
  {
    id: 'SATISFACTION',
    names: { ar: 'الرضا من خمسة', en: 'Satisfaction, of 5' },
    of: ({ satisfaction }) => satisfaction,
  },
  { id: 'RATINGS', names: { ar: 'عدد التقييمات', en: 'Ratings' }, of: ({ ratings }) => ratings },
  {
    id: 'AVAILABLE',
    names: { ar: 'فترات أمكن فيها التقديم، %', en: 'Intervals in which it could be applied for, %' },
    observed: true,
    of: ({ availability }) => availability?.percent,
  },
  {
    id: 'NODE_AVAILABLE',
    names: { ar: 'فترات عملت فيها العقدة، %', en: 'Intervals in which the node worked, %' },
    observed: true,
    of: ({ availability }) => availability?.nodePercent,
  },
  {
    id: 'ASKED_INTERVALS',
    names: { ar: 'فترات سُئلت فيها مصادر الإثبات', en: 'Intervals in which sources of evidence were asked' },
    observed: true,
    of: ({ availability }) => availability?.askedIntervals,
  },
];

/** What services showed. `titles`: by service id. */
export function servicesFlow(titles: ReadonlyMap<string, Text>): Flow {
  return {
    id: 'SERVICES',
    names: { ar: 'قياسات الخدمات', en: 'Measures of services' },
    structureNames: { ar: 'بنية قياسات الخدمات', en: 'Structure of the measures of services' },
    periodNames: { ar: 'مدة القياس', en: 'Period of the measure' },
    subject: {
      id: 'SERVICE',
      names: { ar: 'الخدمة', en: 'Service' },
      list: { id: 'CL_SERVICE', names: { ar: 'الخدمات', en: 'Services' } },
      codes: [...titles].map(([id, names]) => ({ id, names })),
    },
    indicator: {
      id: 'MEASURE',
      names: { ar: 'القياس', en: 'Measure' },
      list: { id: 'CL_MEASURE', names: { ar: 'القياسات', en: 'Measures' } },
      codes: measures,
    },
  };
}

/** Absent figures say whether they are withheld, for being about too few, or were not observed. `source`: who measured. */
export function listServiceValues(
  services: readonly ServiceMeasure[],
  { subjects, indicators }: Selection,
  { now, source }: { now: Date; source: string },
): FlowValue[] {
  const wanted = measures.filter(({ id }) => indicators?.includes(id) ?? true);
  const lastYear = `${dateBefore(now, 365)}/P365D`;
  return services
    .filter(({ serviceId }) => subjects?.includes(serviceId) ?? true)
    .flatMap((one) => {
      const { availability } = one;
      const observedIn = availability && `${availability.from}/PT${availability.intervals * 5}M`;
      return wanted.map(({ id, observed, of }): FlowValue => {
        const value = of(one);
        const place = {
          subject: one.serviceId,
          indicator: id,
          period: (observed && observedIn) || lastYear,
          source,
        };
        return value === undefined
          ? { ...place, text: '', status: observed && !availability ? 'O' : 'Q' }
          : { ...place, value, text: String(value), status: 'A' };
      });
    });
}
