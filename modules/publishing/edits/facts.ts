import type { Text } from '#kernel/languages';
import type { Audience, ServiceDefinition, ServiceFiles } from '#modules/catalogue';
import { assuranceLevels } from '#protocol/assurance';
import { printJson, readJson } from '../places.ts';
import { refuse } from './refusals.ts';

type Channel = ServiceDefinition['channels'][number];

/** What a service is besides its words: how it is found, for whom it is, where it is had, how long it keeps and holds. */
export type Facts = {
  theme: string;
  lifeEvents: readonly string[];
  audience: readonly Audience[];
  /** Everybody where it does not say. */
  applicants?: NonNullable<ServiceDefinition['applicants']>;
  assurance: NonNullable<ServiceDefinition['assurance']>;
  channels: ReadonlyArray<{ kind: Channel['kind']; url?: string }>;
  keywords: { ar: readonly string[]; en: readonly string[] };
  /** ISO 8601 durations, as P6M. */
  retention: string;
  validity?: { duration: string; renewBefore: string };
  /** In their order; `title` of a new one. */
  legalBasis: ReadonlyArray<{ id: string; title?: Text }>;
};
export type Vocabulary = { themes: readonly string[]; lifeEvents: readonly string[] };

export const channelKinds: ReadonlyArray<Channel['kind']> = ['online', 'app', 'phone', 'desk'];
export const levels = assuranceLevels;
const channelTexts: Record<Channel['kind'], Text> = {
  online: { ar: 'عبر هذا الموقع، في أي وقت ومن أي جهاز', en: 'On this site, at any time and from any device' },
  app: { ar: 'عبر تطبيق الجهة', en: 'In the app of the office' },
  phone: { ar: 'بالهاتف', en: 'By telephone' },
  desk: { ar: 'في مراكز خدمة الجهة', en: 'At the service desks of the office' },
};
const durationForm = /^P[1-9]\d{0,3}[YMD]$/;
const idForm = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

export function factsOf(files: ServiceFiles): Facts {
  const held = readJson<ServiceDefinition>(files, 'service.json')!;
  const { theme, lifeEvents, audience, applicants, assurance, channels, keywords, retention, validity } = held;
  return {
    ...{ theme, lifeEvents, audience, keywords },
    ...(applicants ? { applicants } : {}),
    assurance: assurance ?? 'substantial',
    channels: channels.map(({ kind, url }) => ({ kind, ...(url ? { url } : {}) })),
    retention: retention.duration,
    ...(validity ? { validity: { duration: validity.duration, renewBefore: validity.renewBefore } } : {}),
    legalBasis: held.legalBasis.map(({ id }) => ({ id })),
  };
}

/**
 * Puts them in. Words that tell a time are written anew where the time changed; those of a new channel and a new law are to be written under Texts. Refuses
 * what no service can be.
 */
export function putFacts(files: ServiceFiles, facts: Facts, known: Vocabulary): ServiceFiles {
  const held = readJson<ServiceDefinition>(files, 'service.json')!;
  const { applicants: _applicants, assurance: _assurance, validity: _validity, ...rest } = held;
  if (!known.themes.includes(facts.theme)) throw refuse('theme-unknown');
  if (facts.lifeEvents.length === 0 || facts.lifeEvents.some((one) => !known.lifeEvents.includes(one)))
    throw refuse('life-event-missing');
  if (facts.audience.length === 0) throw refuse('audience-missing');
  if (facts.channels.length === 0) throw refuse('channel-missing');
  for (const { kind, url } of facts.channels)
    if (!channelKinds.includes(kind) || (url && !/^https:\/\/\S{3,290}$/.test(url)))
      throw refuse('channel-address-wrong');
  if (!durationForm.test(facts.retention)) throw refuse('time-wrong');
  for (const time of facts.validity ? Object.values(facts.validity) : [])
    if (!durationForm.test(time)) throw refuse('time-wrong');
  if (facts.legalBasis.length === 0) throw refuse('law-missing');
  const laws = facts.legalBasis.map(({ id, title }) => {
    const law = held.legalBasis.find((one) => one.id === id);
    if (law && title) throw refuse('law-name-taken', { id });
    if (!law && !idForm.test(id)) throw refuse('law-name-wrong', { id: id.slice(0, 60) });
    return law ?? { id, title: title ?? { ar: '', en: '' } };
  });
  const definition: ServiceDefinition = {
    ...rest,
    theme: facts.theme,
    lifeEvents: [...facts.lifeEvents],
    audience: [...facts.audience],
    keywords: { ar: [...facts.keywords.ar], en: [...facts.keywords.en] },
    ...(facts.applicants ? { applicants: facts.applicants } : {}),
    ...(facts.assurance === 'substantial' ? {} : { assurance: facts.assurance }),
    channels: facts.channels.map(({ kind, url }) => ({
      kind,
      text: held.channels.find((one) => one.kind === kind)?.text ?? channelTexts[kind],
      ...(url ? { url } : {}),
    })),
    retention: held.retention.duration === facts.retention ? held.retention : retentionOf(facts.retention),
    legalBasis: laws,
    ...(facts.validity
      ? {
          validity:
            held.validity?.duration === facts.validity.duration
              ? { ...held.validity, renewBefore: facts.validity.renewBefore }
              : { ...facts.validity, text: validityText(facts.validity.duration) },
        }
      : {}),
  };
  return { ...files, 'service.json': printJson(definition) };
}

/** How long what was sent is kept, in words too. */
export const retentionOf = (duration: string): ServiceDefinition['retention'] => {
  const { ar, en } = timeInWords(duration);
  return {
    duration,
    text: {
      ar: `تُحفظ البيانات ${ar} بعد القرار، ثم تُمحى ويبقى إثبات استخدامها.`,
      en: `The data is kept for ${en} after the decision; then it is erased, and the proof of its use remains.`,
    },
  };
};

const validityText = (duration: string): Text => {
  const { ar, en } = timeInWords(duration);
  return { ar: `مدة الصلاحية ${ar} من تاريخ القرار.`, en: `Valid for ${en} from the day of the decision.` };
};

/** Working days to a decision, in words. */
export const serviceLevelOf = (workingDays: number): ServiceDefinition['serviceLevel'] => {
  const { ar, en } = timeInWords(`P${workingDays}D`);
  return {
    workingDays,
    text: {
      ar: `تبتّ الجهة في الطلب خلال ${ar} من أيام العمل.`,
      en: `The office decides within ${en.replace(/day/, 'working day')}.`,
    },
  };
};

function timeInWords(duration: string): Text {
  const unit = ({ Y: 'year', M: 'month', D: 'day' } as const)[duration.at(-1) as 'Y'];
  const say = (language: string) =>
    new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'long' }).format(
      Number.parseInt(duration.slice(1), 10),
    );
  return { ar: say('ar-u-nu-arab'), en: say('en') };
}
