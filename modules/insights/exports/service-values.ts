import type { Text } from '#kernel/languages';
import { dateBefore } from '../availability/rules.ts';
import type { ServiceMeasure } from '../measures.ts';
import type { Flow, FlowValue, Selection } from './flows.ts';

/** What is told of a service: of the period of observation, of the day on which pages were judged, or of the last twelve months. */
const measures: ReadonlyArray<{
  id: string;
  names: Text;
  when?: 'observed' | 'judged';
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
    id: 'APPROVED',
    names: { ar: 'ما وُوفق عليه كله، %', en: 'Approved in whole, %' },
    of: ({ approvedPercent }) => approvedPercent,
  },
  {
    id: 'APPROVED_IN_PART',
    names: { ar: 'ما وُوفق على بعضه، %', en: 'Approved in part, %' },
    of: ({ inPartPercent }) => inPartPercent,
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
    when: 'observed',
    of: ({ availability }) => availability?.percent,
  },
  {
    id: 'NODE_AVAILABLE',
    names: { ar: 'فترات عملت فيها العقدة، %', en: 'Intervals in which the node worked, %' },
    when: 'observed',
    of: ({ availability }) => availability?.nodePercent,
  },
  {
    id: 'ASKED_INTERVALS',
    names: { ar: 'فترات سُئلت فيها مصادر الإثبات', en: 'Intervals in which sources of evidence were asked' },
    when: 'observed',
    of: ({ availability }) => availability?.askedIntervals,
  },
  {
    id: 'PAGES_JUDGED',
    names: { ar: 'صفحات فُحصت سهولة الوصول إليها', en: 'Pages judged for accessibility' },
    when: 'judged',
    of: ({ accessibility }) => accessibility?.pages,
  },
  {
    id: 'PAGES_WITHOUT_FAULT',
    names: { ar: 'صفحات لم يجد الفحص الآلي فيها عائقًا', en: 'Pages in which a machine found no fault' },
    when: 'judged',
    of: ({ accessibility }) => accessibility?.pagesWithoutFault,
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
      const { availability, accessibility } = one;
      const periods = {
        observed: availability && `${availability.from}/PT${availability.intervals * 5}M`,
        judged: accessibility?.judgedOn,
      };
      return wanted.map(({ id, when, of }): FlowValue => {
        const value = of(one);
        const known = when && periods[when];
        const place = { subject: one.serviceId, indicator: id, period: known ?? lastYear, source };
        return value === undefined
          ? { ...place, text: '', status: when && !known ? 'O' : 'Q' }
          : { ...place, value, text: String(value), status: 'A' };
      });
    });
}
