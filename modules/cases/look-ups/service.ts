import type { Language } from '#kernel/languages';
import { Problem } from '#kernel/problem';
import {
  type Answer,
  type Answers,
  type CaseForm,
  type Form,
  type Held,
  type HeldEntry,
  heldCodes,
  isAddressHere,
  type LookedUp,
  listPages,
  type PostedBody,
  postedCodes,
  savedEntry,
} from '#modules/catalogue';
import { type LookUpFound, type LookUps, searchLengthMax } from '#modules/exchange';
import { problem } from '../problems.ts';
import { pageParams } from '../words.ts';

/** Public registers of this state that answers are looked up in. */
export type Registers = Pick<LookUps, 'find' | 'findAddressRegister' | 'search'>;

/** What a person looks for in the register of a page's question; `page`: which page of what fits, from 1 on. */
export type Sought = {
  words: string;
  page?: number | undefined;
  /** Of a register of addresses: the code of what was chosen from what was found. */
  chosen?: string | undefined;
};

/** Undefined when the register is down or there is none: nobody can go on with it, and both are said the same. */
async function ifThere<Result>(work: Promise<Result>): Promise<Result | undefined> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof Problem && /^look-up-/.test(error.code)) return undefined;
    throw error;
  }
}

/** What a register has confirmed of a saved answer. */
function savedBefore(form: Form, id: string, saved: Answer | undefined): HeldEntry | undefined {
  if (isAddressHere(form.definition.questions[id]!, form)) return savedEntry(saved);
  const { code, ar, en } = (saved ?? {}) as { code?: string; ar: string; en: string };
  return code === undefined ? undefined : { code, ar, en };
}

/** Form questions that are looked up in registers; no row is held and no transaction open while a registry is asked. */
export function createLookingUp(registers: Registers | undefined) {
  /**
   * What registers say of the codes that a page posts. What is saved already stays where its register does not answer: it was confirmed
   * before, and is looked up again when the case is sent.
   */
  const findPosted = async (
    form: CaseForm,
    pageId: string,
    posted: PostedBody,
    readSaved: () => Promise<{ answers: Answers }>,
  ): Promise<Record<string, Held>> => {
    const page = form.definition.pages.find(({ id }) => id === pageId);
    const addresses = registers?.findAddressRegister()?.name;
    const mayHold = (id: string) => {
      const question = form.definition.questions[id]!;
      return question.lookUp !== undefined || (addresses !== undefined && isAddressHere(question, form));
    };
    if (!page?.questions.some(mayHold)) return {};
    const { answers: saved } = await readSaved();
    if (!listPages(form, saved).some(({ id }) => id === pageId)) return {};
    const held: Record<string, Held> = {};
    for (const { id, register, code } of postedCodes(form, pageId, posted, saved, addresses)) {
      const found = registers && (await ifThere(registers.find(register, code).then((entry) => ({ entry }))));
      const before = savedBefore(form, id, saved[id]);
      const kept = before?.code === code ? before : 'unavailable';
      held[id] = found ? (found.entry ?? 'unknown') : kept;
    }
    return held;
  };

  /**
   * What a page shows of its registers: what was sought; else what the evidence names; else a short register whole.
   */
  const lookFor = async (
    form: Form,
    pageId: string,
    language: Language,
    {
      answers,
      found,
      sought,
    }: { answers: Answers; found: Record<string, { value: string }>; sought?: Sought | undefined },
  ): Promise<Record<string, LookedUp>> => {
    const lookedUp: Record<string, LookedUp> = {};
    for (const id of form.definition.pages.find((page) => page.id === pageId)?.questions ?? []) {
      const question = form.definition.questions[id]!;
      const address = isAddressHere(question, form) ? await findAddress(form, pageId, sought, language) : undefined;
      if (address) lookedUp[id] = address;
      const { lookUp } = question;
      if (!lookUp) continue;
      const words = sought?.words ?? (answers[id] === undefined ? (found[id]?.value ?? '') : '');
      lookedUp[id] = await searchIn(lookUp.register, { words, page: sought?.page }, language);
    }
    return lookedUp;
  };

  /**
   * The register of addresses on a page of its own question; undefined where the state has none, or other questions stand beside it: a
   * search is a form of its own, and would lose what is typed in them. One that fits alone is chosen.
   */
  const findAddress = async (
    form: Form,
    pageId: string,
    sought: Sought | undefined,
    language: Language,
  ): Promise<LookedUp | undefined> => {
    const register = registers?.findAddressRegister();
    const isAlone = form.definition.pages.find((page) => page.id === pageId)?.questions.length === 1;
    if (!register || !isAlone) return undefined;
    const { chosen } = sought ?? {};
    const found = await searchIn(register.name, { words: sought?.words ?? '' }, language);
    if (found === 'unavailable') return found;
    const entry = chosen === undefined ? undefined : await ifThere(registers!.find(register.name, chosen));
    const only = found.words !== '' && found.total === 1 ? found.entries[0] : undefined;
    const entries = entry ? [entry] : found.words === '' ? [] : found.entries;
    const code = entry?.code ?? only?.code;
    const { hint, names } = register;
    return { ...found, names, hint, entries, ...(code === undefined ? {} : { chosen: code }) };
  };

  const searchIn = async (register: string, { words, page }: Sought, language: Language): Promise<LookedUp> => {
    const cut = words.slice(0, searchLengthMax);
    const asked = { words: cut, language, ...(page === undefined ? {} : { page }) };
    const seen = registers && (await ifThere(registers.search(register, asked)));
    return seen ? { ...seen, words: cut } : 'unavailable';
  };

  /** For programs. Throws `question-unknown`, and `look-up-unavailable` where nobody can be asked. */
  const search = async (form: Form, questionId: string, sought: Sought, language: Language): Promise<LookUpFound> => {
    const question = Object.hasOwn(form.definition.questions, questionId)
      ? form.definition.questions[questionId]!
      : undefined;
    const register =
      question && isAddressHere(question, form) ? registers?.findAddressRegister()?.name : question?.lookUp?.register;
    if (register === undefined) throw problem('question-unknown');
    const { words, page } = sought;
    const asked = { words: words.slice(0, searchLengthMax), language, ...(page === undefined ? {} : { page }) };
    const found = registers && (await ifThere(registers.search(register, asked)));
    if (!found) throw problem('look-up-unavailable');
    return found;
  };

  /**
   * Whether what is sent still stands in its registers. Throws `look-up-gone` with the page of the first answer that does not, and
   * `look-up-unavailable` where a register cannot say.
   */
  const confirm = async (form: CaseForm, readAll: () => Promise<Answers>): Promise<void> => {
    if (!Object.values(form.definition.questions).some(({ lookUp }) => lookUp)) return;
    const answers = await readAll();
    for (const { pageId, register, code } of heldCodes(form, answers)) {
      const found =
        registers && (await ifThere(registers.find(register, code, { isNow: true }).then((entry) => ({ entry }))));
      if (!found) throw problem('look-up-unavailable');
      if (!found.entry) throw problem('look-up-gone', pageParams(form, pageId));
    }
  };

  return { findPosted, lookFor, search, confirm };
}
export type LookingUp = ReturnType<typeof createLookingUp>;
