import type { Clock } from '#kernel/clock';
import type { Availability } from './availability/contract.ts';

/** What the decided cases of a service showed in the last twelve months; figures on few cases are left out by whoever measures. */
export type DecidedMeasure = {
  serviceId: string;
  decided: number;
  atOncePercent: number;
  crossBorderPercent?: number;
  medianWorkingDays: number;
  p90WorkingDays: number;
  satisfaction?: number;
  ratings?: number;
};

/** All that is told of one service: what its cases showed, and how far it could be applied for. */
export type ServiceMeasure = { serviceId: string; availability?: Availability } & Partial<DecidedMeasure>;

export type MeasureNeeds = { clock: Clock; measureDecided(): Promise<DecidedMeasure[]> };

/** Figures of a year do not change by the minute, and pages of services show them. */
const keptMs = 60_000;

/** Services of which anything is told, by id; at most a minute old. */
export function createMeasures(
  { clock, measureDecided }: MeasureNeeds,
  measureAvailability: () => Promise<ReadonlyMap<string, Availability>>,
): () => Promise<ServiceMeasure[]> {
  const read = async (): Promise<ServiceMeasure[]> => {
    const [decided, availabilities] = await Promise.all([measureDecided(), measureAvailability()]);
    const measures = new Map<string, ServiceMeasure>(decided.map((one) => [one.serviceId, one]));
    for (const [serviceId, availability] of availabilities)
      measures.set(serviceId, { serviceId, ...measures.get(serviceId), availability });
    return [...measures.values()].sort((one, other) => (one.serviceId < other.serviceId ? -1 : 1));
  };
  let kept: { until: number; measures: Promise<ServiceMeasure[]> } | undefined;
  return () => {
    const now = clock.now().getTime();
    if (kept && kept.until > now) return kept.measures;
    const measures = read();
    kept = { until: now + keptMs, measures };
    measures.catch(() => {
      kept = undefined;
    });
    return measures;
  };
}
