import { type Clock, createKept } from '#kernel/clock';
import type { Availability } from './availability/contract.ts';
import type { AccessibilityFile } from './tables/accessibility.ts';

/** What the decided cases of a service showed in the last twelve months; figures on few cases are left out by whoever measures. */
export type DecidedMeasure = {
  serviceId: string;
  decided: number;
  atOncePercent: number;
  crossBorderPercent?: number;
  approvedPercent?: number;
  inPartPercent?: number;
  medianWorkingDays: number;
  p90WorkingDays: number;
  satisfaction?: number;
  ratings?: number;
};

/** How many pages of this version of a service a machine finds no fault with. It does not see every barrier. */
export type Accessibility = { pages: number; pagesWithoutFault: number; judge: string; judgedOn: string };

/** All that is told of one service: what its cases showed, how far it could be applied for, and how its pages were judged. */
export type ServiceMeasure = {
  serviceId: string;
  availability?: Availability;
  accessibility?: Accessibility;
} & Partial<DecidedMeasure>;

export type MeasureNeeds = {
  clock: Clock;
  measureDecided(): Promise<DecidedMeasure[]>;
  /** Services that can be applied for here, by the version that is in force. */
  listServices(): ReadonlyArray<{ serviceId: string; version: string }>;
};

/** Figures of a year do not change by the minute, and pages of services show them. */
const keptMs = 60_000;

/** Services of which anything is told, by id; at most a minute old. */
export function createMeasures(
  { clock, measureDecided, listServices }: MeasureNeeds,
  measureAvailability: () => Promise<ReadonlyMap<string, Availability>>,
  readJudged: () => AccessibilityFile,
): () => Promise<ServiceMeasure[]> {
  const read = async (): Promise<ServiceMeasure[]> => {
    const [decided, availabilities] = await Promise.all([measureDecided(), measureAvailability()]);
    const measures = new Map<string, ServiceMeasure>(decided.map((one) => [one.serviceId, one]));
    for (const [serviceId, availability] of availabilities)
      measures.set(serviceId, { serviceId, ...measures.get(serviceId), availability });
    const { judge, judgedOn, services } = readJudged();
    for (const { serviceId, version } of listServices()) {
      // Of another version than the one that was judged nothing is known.
      const judged = services.find((one) => one.serviceId === serviceId && one.version === version);
      if (!judged) continue;
      const { pages, pagesWithoutFault } = judged;
      const accessibility = { pages, pagesWithoutFault, judge, judgedOn };
      measures.set(serviceId, { serviceId, ...measures.get(serviceId), accessibility });
    }
    return [...measures.values()].sort((one, other) => (one.serviceId < other.serviceId ? -1 : 1));
  };
  return createKept(clock, keptMs, read);
}
