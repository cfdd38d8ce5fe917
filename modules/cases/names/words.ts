import { splitWords } from '#kernel/words';

const wordsMax = 6;
const lettersMax = 40;
/** What stands between the parts of a name, and what is written apart from the next part or with it. */
const links = new Set(['ال', 'بن', 'ابن', 'بنت', 'al', 'el', 'bin', 'ibn', 'ben', 'bint']);
const joined = new Set(['ال', 'عبد', 'ابو', 'ام', 'al', 'el', 'abd', 'abdul', 'abdel', 'abu', 'umm']);

/** Without the article, where enough of a name is left. */
const bare = (word: string) => word.replace(/^ال(?=.{2})/, '').replace(/^(?:al|el)(?=.{4})/, '');

/** Words in the one spelling of the catalogue's search; Latin letters without their accents. What holds a digit is no name. */
const partsOf = (text: string): string[] =>
  splitWords(text.normalize('NFD').replace(/\p{Mn}|['’ʿʾ`]/gu, ''))
    .filter((word) => /^\p{L}+$/u.test(word))
    .map((word) => word.slice(0, lettersMax));

/** Every form of a name's words that a colleague may begin to type. */
export function keptWords(name: string): string[] {
  const parts = partsOf(name);
  const forms = parts.flatMap((word, at) => {
    const next = parts[at + 1];
    const whole = joined.has(word) && next !== undefined ? word + next : word;
    const rest = /^عبد(.{3,})$/.exec(whole)?.[1] ?? whole;
    return [word, bare(word), whole, bare(whole), rest, bare(rest)];
  });
  return [...new Set(forms)];
}

/** The beginnings that are looked for: each has to fit a word. Empty where nothing that was typed can be a name. */
export function askedWords(typed: string): string[] {
  const parts = partsOf(typed);
  const telling = parts.filter((word) => word.length > 1 && !links.has(word));
  return [...new Set(telling.map(bare))].slice(0, wordsMax);
}

/** The names of a person or of a company, as evidence has them. */
export function namesIn(values: Record<string, unknown>): { ar?: string; en?: string } {
  const ar = values['full_name_ar'] ?? values['company_name_ar'];
  const en = values['full_name_latin'] ?? values['company_name_latin'];
  return { ...(typeof ar === 'string' ? { ar } : {}), ...(typeof en === 'string' ? { en } : {}) };
}

/** Kinds of evidence that say who applies. */
export const namingEvidence = ['person-identity', 'company-record'];
