import type { Language, Text } from '#kernel/languages';
import type { Answer, FinderModel, Held, HeldEntry, PostedBody, Question } from './contract.ts';
import type { PageFacts } from './models.ts';
import type { Form } from './rules.ts';
import { type Reading, readPosted } from './values.ts';

/** Addresses of the state that offers the service can be looked up in its register; those of another state cannot. */
export function isAddressHere({ kind, state }: Question, form: Pick<Form, 'state'>): boolean {
  return kind === 'address' && (state ?? form.state) === form.state;
}

/** The control that carries the code of the entry that the parts were filled in from. */
export const codeControl = (id: string) => `${id}-code`;

const codeForm = /^[A-Za-z0-9][A-Za-z0-9._/-]{0,63}$/;

/** The code that came with an address, if there is one; what is no code is nothing. */
export function postedCode(id: string, posted: PostedBody): string | undefined {
  const whole = posted[id];
  const isObject = typeof whole === 'object' && whole !== null && !Array.isArray(whole);
  const code = isObject ? (whole as Record<string, unknown>)['code'] : posted[codeControl(id)];
  return typeof code === 'string' && codeForm.test(code) ? code : undefined;
}

/**
 * An address as it was posted, with what its register says of the code that came along (`held`). A program that sends nothing but a code is
 * told when there is no such code, or nobody can say.
 */
export function readAddress(
  question: Question,
  id: string,
  posted: PostedBody,
  state: string,
  held: Held | undefined,
): Reading {
  const code = postedCode(id, posted);
  const reading = readPosted(question, id, code === undefined ? posted : fillGiven(id, posted, held), state);
  if (reading !== 'absent' && 'answer' in reading) return { answer: keepAddress(reading.answer, code, held) };
  const isBare = reading === 'absent' || reading.code === 'part-missing';
  if (!isBare || code === undefined || typeof held !== 'string' || typeof posted[id] !== 'object') return reading;
  return { code: held === 'unknown' ? 'not-in-register' : 'register-silent' };
}

/** What is the service's to judge, without what the register adds. */
export const partsAlone = (answer: Answer): Record<string, string> =>
  Object.fromEntries(Object.entries(answer).filter(([part]) => part !== 'code' && !part.includes('.')));

/** What a program leaves out is as the register has it, in the language of the state's laws. */
function fillGiven(id: string, posted: PostedBody, held: Held | undefined): PostedBody {
  const whole = posted[id];
  if (typeof whole !== 'object' || whole === null || Array.isArray(whole) || typeof held !== 'object') return posted;
  const parts = Object.entries(held.parts ?? {}).map(([part, text]) => [part, text.ar]);
  return { ...posted, [id]: { ...Object.fromEntries(parts), ...whole } };
}

/**
 * The address as it is kept. It is the register's as long as each part that the register gives is what the register says, in either
 * language; with one changed by hand it is typed.
 */
function keepAddress(answer: Answer, code: string | undefined, held: Held | undefined): Answer {
  const typed = answer as Record<string, string>;
  if (code === undefined || typeof held !== 'object' || held.code !== code || !held.parts) return typed;
  const given = Object.entries(held.parts);
  if (given.length === 0 || given.some(([part, { ar, en }]) => typed[part] !== ar && typed[part] !== en)) return typed;
  const others = given.flatMap(([part, { ar, en }]) =>
    ar === en ? [] : typed[part] === ar ? [[`${part}.en`, en]] : [[`${part}.ar`, ar]],
  );
  return { ...typed, ...Object.fromEntries(others), code };
}

/** The saved address as the entry that it was kept from. */
export function savedEntry(saved: Answer | undefined): HeldEntry | undefined {
  const kept = (saved ?? {}) as Record<string, string>;
  if (kept['code'] === undefined) return undefined;
  return {
    code: kept['code'],
    ar: '',
    en: '',
    parts: Object.fromEntries(
      Object.entries(partsAlone(kept)).map(([part, value]) => [
        part,
        { ar: kept[`${part}.ar`] ?? value, en: kept[`${part}.en`] ?? value },
      ]),
    ),
  };
}

/** A part of a kept address in a language, as far as the register gave it in two. */
export function partIn(answer: Answer, part: string, language: Language): string | undefined {
  const kept = answer as Record<string, string>;
  return kept[`${part}.${language}`] ?? kept[part];
}

/** How an address came to be, for whoever reads it. */
export function originOf(answer: Answer): Text {
  const { code } = answer as Record<string, string>;
  return code === undefined
    ? { ar: 'كُتب باليد', en: 'typed by hand' }
    : { ar: `من سجل العناوين، ${code}`, en: `from the register of addresses, ${code}` };
}

/** The register of addresses on a page; undefined where it is not looked up there. `entry`: what the parts are filled in from just now. */
export function describeFinder(
  id: string,
  { language, answers, posted, lookedUp }: PageFacts,
): { model: FinderModel; entry?: HeldEntry } | undefined {
  const looked = lookedUp?.[id];
  if (looked === undefined) return undefined;
  const kept = posted ? postedCode(id, posted) : ((answers[id] ?? {}) as Record<string, string>)['code'];
  const nothing = { names: '', hint: '', words: '', total: 0, isMore: false, entries: [] };
  if (looked === 'unavailable') return { model: { ...nothing, isAvailable: false, code: kept ?? '', isFilled: false } };
  const { names, hint, words, total, isMore, entries, chosen } = looked;
  const entry = posted ? undefined : entries.find(({ code }) => code === chosen);
  return {
    model: {
      isAvailable: true,
      names: names[language],
      hint: hint?.[language] ?? '',
      words,
      total,
      isMore,
      code: entry?.code ?? kept ?? '',
      isFilled: entry !== undefined,
      entries: entry ? [] : entries.map((one) => ({ code: one.code, label: one[language] })),
    },
    ...(entry ? { entry } : {}),
  };
}

export function filledParts({ parts = {} }: HeldEntry, language: Language): Record<string, string> {
  return Object.fromEntries(Object.entries(parts).map(([part, text]) => [part, text[language]]));
}
