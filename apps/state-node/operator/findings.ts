import { type Static, Type } from 'typebox';
import { Text } from '#kernel/languages';
import { fill, type ProblemParams } from '#kernel/problem';
import { type BreakCode, breaks } from './breaks.ts';

/** What an exchange stands on, in the order in which a break hides what comes after it. */
export const links = {
  config: { en: 'configuration', ar: 'الإعداد' },
  port: { en: 'ports', ar: 'المنافذ' },
  node: { en: 'node', ar: 'العقدة' },
  operator: { en: 'operator address', ar: 'عنوان المشغّل' },
  disk: { en: 'disk', ar: 'القرص' },
  database: { en: 'database', ar: 'قاعدة البيانات' },
  clock: { en: 'clock', ar: 'الساعة' },
  keys: { en: 'keys', ar: 'المفاتيح' },
  anchor: { en: 'anchor', ar: 'مرساة الثقة' },
  chain: { en: 'trust chain', ar: 'سلسلة الثقة' },
  log: { en: 'log', ar: 'السجل المفتوح' },
  authority: { en: 'time-stamping authority', ar: 'جهة ختم الوقت' },
  stamps: { en: 'time-stamps', ar: 'الأختام الزمنية' },
  registry: { en: 'registry', ar: 'سجل الجهة' },
  jobs: { en: 'jobs', ar: 'الأعمال المؤجلة' },
  events: { en: 'events', ar: 'الأحداث' },
  scanner: { en: 'virus scanner', ar: 'فاحص الفيروسات' },
  'sign-in': { en: 'sign-in', ar: 'الدخول' },
  eid: { en: 'eID of the state', ar: 'هوية الدولة القائمة' },
  notices: { en: 'notices', ar: 'الإشعارات' },
  neighbour: { en: 'neighbour', ar: 'دولة مجاورة' },
  witness: { en: 'witness', ar: 'الشاهد' },
} as const satisfies Record<string, Text>;
export type Link = keyof typeof links;

/** One link as it was found: what holds, or what is broken and how to mend it. `skipped`: it hangs on one that is broken. */
export const Finding = Type.Object({
  link: Type.Unsafe<Link>(Type.String({ enum: Object.keys(links) })),
  /** Which of several: a key, a host, a registry. */
  subject: Type.Optional(Type.String()),
  state: Type.Union([Type.Literal('ok'), Type.Literal('broken'), Type.Literal('skipped')]),
  code: Type.Optional(Type.String()),
  finding: Text,
  fix: Type.Optional(Text),
});
export type Finding = Static<typeof Finding>;

/** Thrown by a check that finds its link broken. */
export class BrokenLink extends Error {
  readonly code: BreakCode;
  readonly params: ProblemParams;
  constructor(code: BreakCode, params: ProblemParams = {}) {
    super(code);
    this.code = code;
    this.params = params;
  }
}

export type Check = {
  link: Link;
  subject?: string;
  /** Links without which this one cannot be judged. */
  after?: Link[];
  /** Says what holds. Throws a `BrokenLink`. */
  run(): Promise<Text>;
};

export function brokenFinding(check: Pick<Check, 'link' | 'subject'>, code: BreakCode, params: ProblemParams): Finding {
  const { finding, fix } = breaks[code];
  const say = (text: Text): Text => ({ ar: fill(text.ar, params, 'ar'), en: fill(text.en, params) });
  return { ...nameOf(check), state: 'broken', code, finding: say(finding), fix: say(fix) };
}

/**
 * Runs checks in their order, those of one link together. One that hangs on a broken link is not run: its answer would
 * mislead.
 */
export async function runChecks(checks: readonly Check[], deadlineMs: number): Promise<Finding[]> {
  const findings: Finding[] = [];
  const broken = new Set<Link>();
  for (const [link, alike] of Map.groupBy(checks, (check) => check.link)) {
    const found = await Promise.all(
      alike.map((check) => {
        const cause = check.after?.find((one) => broken.has(one));
        return cause ? skippedFinding(check, cause) : runCheck(check, deadlineMs);
      }),
    );
    if (found.some(({ state }) => state === 'broken')) broken.add(link);
    findings.push(...found);
  }
  return findings;
}

function skippedFinding(check: Check, cause: Link): Finding {
  const finding = { en: `hangs on: ${links[cause].en}`, ar: `يتوقف على: ${links[cause].ar}` };
  return { ...nameOf(check), state: 'skipped', finding };
}

async function runCheck(check: Check, deadlineMs: number): Promise<Finding> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new BrokenLink('check-failed', { reason: `${deadlineMs} ms` })), deadlineMs);
  });
  try {
    return { ...nameOf(check), state: 'ok', finding: await Promise.race([check.run(), late]) };
  } catch (error) {
    if (error instanceof BrokenLink) return brokenFinding(check, error.code, error.params);
    return brokenFinding(check, 'check-failed', { reason: reasonOf(error) });
  } finally {
    clearTimeout(timer);
  }
}

function nameOf({ link, subject }: Pick<Check, 'link' | 'subject'>): Pick<Finding, 'link' | 'subject'> {
  return subject === undefined ? { link } : { link, subject };
}

/** A word for why something failed, without what it was about: a refusal's code, a system's code, or the kind of error. */
export function reasonOf(error: unknown): string {
  const code = (error as { code?: unknown }).code;
  return typeof code === 'string' ? code : error instanceof Error ? error.name : typeof error;
}
