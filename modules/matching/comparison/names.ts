/** A name as it is compared: parts in their order, each by its consonants, which both scripts write alike. */
export type NamePart = { letters: string; skeleton: string };

const arabicMarks = /[\u0610-\u061a\u064b-\u065f\u0670\u0640\u200c-\u200f\u202a-\u202e\u2066-\u2069]/g;
const arabicConsonants: Record<string, string> = {
  ب: 'b',
  ت: 't',
  ث: 't',
  ج: 'j',
  ح: 'h',
  خ: 'k',
  د: 'd',
  ذ: 'd',
  ر: 'r',
  ز: 'z',
  س: 's',
  ش: 's',
  ص: 's',
  ض: 'd',
  ط: 't',
  ظ: 'z',
  ع: '',
  غ: 'g',
  ف: 'f',
  ق: 'k',
  ك: 'k',
  ل: 'l',
  م: 'm',
  ن: 'n',
  ه: 'h',
  و: '',
  ي: '',
  ا: '',
  ء: '',
  پ: 'b',
  چ: 'j',
  گ: 'g',
  ڤ: 'f',
};
const latinDigraphs: ReadonlyArray<[RegExp, string]> = [
  [/kh/g, 'k'],
  [/gh/g, 'g'],
  [/sh|ch/g, 's'],
  [/th/g, 't'],
  [/dh/g, 'd'],
  [/ph/g, 'f'],
  [/ck|q|c/g, 'k'],
  [/x/g, 'ks'],
  [/v/g, 'f'],
  [/p/g, 'b'],
];
const arabicLinks = new Set(['بن', 'ابن', 'بنت', 'ال', 'ولد', 'بو']);
const latinLinks = new Set(['bin', 'ibn', 'ben', 'bint', 'b', 'bt', 'al', 'el', 'ul', 'ould', 'bu']);

/** Parts of a name in Arabic or Latin letters; articles, "son of" and "daughter of" are left out, and Abd-al-X is one part. */
export function readName(name: string): NamePart[] {
  return /\p{Script=Arabic}/u.test(name) ? readArabic(name) : readLatin(name);
}

function readArabic(name: string): NamePart[] {
  const folded = name
    .normalize('NFKC')
    .replace(arabicMarks, '')
    .replace(/[أإآٱ]/g, 'ا')
    .replace(/ؤ/g, 'و')
    .replace(/[ئىی]/g, 'ي')
    .replace(/ة/g, 'ه')
    .replace(/ک/g, 'ك');
  const words = folded.split(/[^\p{Script=Arabic}]+/u).filter((word) => word !== '' && !arabicLinks.has(word));
  return joined(words, (word) => word === 'عبد' || word === 'ابو' || word === 'ام').map((word) => {
    const letters = word.replace(/^(عبد|ابو)?ال(?=.{2})/, '$1');
    const bare = letters.replace(/ه$/, '');
    return { letters, skeleton: squeeze([...bare].map((letter) => arabicConsonants[letter] ?? '').join('')) };
  });
}

function readLatin(name: string): NamePart[] {
  const folded = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/['’`ʿʾ]/g, '');
  const words = folded
    .split(/[^a-z]+/)
    .filter((word) => word !== '')
    .map((word) => word.replace(/^abd[aeiou]?(l|r|s|n|z|d|t|sh|dh|th)$/, 'abd'))
    .filter((word) => !latinLinks.has(word));
  return joined(words, (word) => word === 'abd' || word === 'abdu' || word === 'abu' || word === 'umm').map((word) => {
    const letters = word.replace(/^(al|el)(?=[a-z]{3})/, '');
    const base = /^abd[aeiou]?[lrsnzdt]/.test(word) ? word.replace(/^abd[aeiou]?(l)?/, 'abd') : letters;
    const consonants = latinDigraphs.reduce((text, [from, to]) => text.replace(from, to), base);
    return { letters: spellAlike(base), skeleton: squeeze(consonants.replace(/h$/, '').replace(/[aeiouyw]/g, '')) };
  });
}

/** The commonest ways to write one vowel are one. */
const spellAlike = (word: string) => squeeze(word.replace(/y|ee/g, 'i').replace(/oo|ou/g, 'u'));

/** A word that names nobody by itself is one part with what follows. */
function joined(words: string[], isPrefix: (word: string) => boolean): string[] {
  const parts: string[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const [word, next] = [words[at]!, words[at + 1]];
    if (isPrefix(word) && next !== undefined) {
      parts.push(word + next);
      at += 1;
    } else parts.push(word);
  }
  return parts;
}

const squeeze = (text: string) => text.replace(/(.)\1+/g, '$1');

/** From 0 to 1; 1 for the same consonants. Two parts of one consonant or none agree only when their letters do. */
export function likeness(one: NamePart, other: NamePart): number {
  if (one.letters === other.letters) return 1;
  if (one.skeleton.length < 2 || other.skeleton.length < 2) return one.skeleton === other.skeleton ? 0.8 : 0;
  return one.skeleton === other.skeleton ? 1 : jaroWinkler(one.skeleton, other.skeleton);
}

/** Winkler 1990: agreement of letters near each other, more for the same beginning. */
function jaroWinkler(one: string, other: string): number {
  const reach = Math.max(0, Math.floor(Math.max(one.length, other.length) / 2) - 1);
  const taken = new Set<number>();
  const matched: string[] = [];
  for (const [at, letter] of [...one].entries())
    for (let to = Math.max(0, at - reach); to <= Math.min(other.length - 1, at + reach); to += 1)
      if (!taken.has(to) && other[to] === letter) {
        taken.add(to);
        matched.push(letter);
        break;
      }
  if (matched.length === 0) return 0;
  const inOther = [...taken].sort((a, b) => a - b).map((to) => other[to]);
  const swaps = matched.filter((letter, at) => letter !== inOther[at]).length / 2;
  const m = matched.length;
  const jaro = (m / one.length + m / other.length + (m - swaps) / m) / 3;
  let prefix = 0;
  while (prefix < 4 && one[prefix] !== undefined && one[prefix] === other[prefix]) prefix += 1;
  return jaro + prefix * 0.1 * (1 - jaro);
}
