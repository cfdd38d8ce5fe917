import type { Text } from '#kernel/languages';
import type { Shape } from './description.ts';

/** What can be made to go wrong, and in which shapes. */
export const faultTexts = {
  rejected: {
    names: { ar: 'الشخص يرفض', en: 'The person refuses' },
    shapes: ['openid', 'push', 'card'],
  },
  expired: {
    names: { ar: 'لا أحد يجيب فتنتهي المهلة', en: 'Nobody answers, and the time runs out' },
    shapes: ['openid', 'push', 'card'],
  },
  'number-mismatch': {
    names: { ar: 'الشخص يختار رقمًا آخر', en: 'The person picks another number' },
    shapes: ['push'],
  },
  suspended: {
    names: { ar: 'هوية الشخص موقوفة', en: 'The identity of the person is suspended' },
    shapes: ['openid', 'push', 'card'],
  },
  'level-lower': {
    names: { ar: 'مستوى أدنى مما طُلب', en: 'A level lower than the one asked for' },
    shapes: ['openid', 'push', 'card'],
  },
  'unknown-person': {
    names: { ar: 'شخص لا تعرفه سجلات الدولة', en: 'Somebody whom the registers do not know' },
    shapes: ['openid', 'push', 'card'],
  },
  'wrong-signature': {
    names: { ar: 'توقيع بمفتاح آخر', en: 'Signed with another key' },
    shapes: ['openid', 'push', 'card'],
  },
  'clock-skew': {
    names: { ar: 'ساعة متأخرة ساعتين', en: 'A clock that is two hours slow' },
    shapes: ['openid', 'push', 'card'],
  },
  slow: {
    names: { ar: 'جواب بطيء', en: 'Slow answers' },
    shapes: ['openid', 'push', 'card'],
  },
  'server-error': {
    names: { ar: 'عطل في الخادم (500)', en: 'The server fails (500)' },
    shapes: ['openid', 'push', 'card'],
  },
} as const satisfies Record<string, { names: Text; shapes: readonly Shape[] }>;
export type Fault = keyof typeof faultTexts;
export const allFaults = Object.keys(faultTexts) as Fault[];

export const skewSeconds = 7_200;

/** A fault that is on: for one person or everybody, until it is taken back or has struck so many times. */
export type SetFault = {
  fault: Fault;
  nationalId?: string;
  times?: number;
  /** Of `rejected`: which of the errors that mean it. */
  error?: string;
};

export type Faults = {
  /** Those that this shape can have. */
  possible: Fault[];
  list(): SetFault[];
  set(fault: SetFault): void;
  /** All of them when none is named. */
  clear(fault?: Fault): void;
  /** Whether it strikes now. One that was set for so many times is used up by the question. */
  strikes(fault: Fault, nationalId?: string): boolean;
  /** The same, with how it was set. */
  take(fault: Fault, nationalId?: string): SetFault | undefined;
};

export function createFaults(shape: Shape): Faults {
  // One for everybody, and one for each person: tests that share a simulator each set theirs.
  const on = new Map<string, SetFault>();
  const keyOf = (fault: Fault, nationalId = '') => `${fault} ${nationalId}`;
  const take: Faults['take'] = (fault, nationalId) => {
    const set = on.get(keyOf(fault, nationalId)) ?? on.get(keyOf(fault));
    if (set?.times === undefined) return set;
    if (set.times <= 1) on.delete(keyOf(fault, set.nationalId));
    else on.set(keyOf(fault, set.nationalId), { ...set, times: set.times - 1 });
    return set;
  };
  return {
    possible: allFaults.filter((fault) => (faultTexts[fault].shapes as readonly Shape[]).includes(shape)),
    list: () => [...on.values()],
    set: (set) => {
      on.set(keyOf(set.fault, set.nationalId), set);
    },
    clear: (fault) => {
      if (fault === undefined) on.clear();
      else for (const [key, set] of on) if (set.fault === fault) on.delete(key);
    },
    take,
    strikes: (fault, nationalId) => take(fault, nationalId) !== undefined,
  };
}
