/** From here on two names are taken to mean the same. */
export const alikeMin = 0.6;
const silentWords = ['of', 'the', 'in', 'في', 'من'];

/** `graduationYear`, `graduation_year` and `Graduation year` are the same words. */
export function wordsOf(name: string): string[] {
  return name
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .map((word) => word.replace(/^ال(?=\p{L}{2})/u, ''))
    .filter((word) => word !== '' && !silentWords.includes(word));
}

/** How alike two names are, 0 to 1: the share of their words that meet; a beginning of three letters counts too. */
export function likeness(one: readonly string[], other: readonly string[]): number {
  if (one.length === 0 || other.length === 0) return 0;
  const rest = [...other];
  let met = 0;
  for (const word of one) {
    const scores = rest.map((their): number => {
      if (their === word) return 1;
      const [short, long] = word.length < their.length ? [word, their] : [their, word];
      return short.length >= 3 && long.startsWith(short) ? 0.8 : 0;
    });
    const best = Math.max(0, ...scores);
    if (best === 0) continue;
    met += best;
    rest.splice(scores.indexOf(best), 1);
  }
  return (2 * met) / (one.length + other.length);
}

/** Of some addresses the one most like another, where one is alike. */
export function findAlike(address: string, others: Iterable<string>): string | undefined {
  let best: { address: string; score: number } | undefined;
  for (const other of others) {
    const score = likeness(wordsOf(address), wordsOf(other));
    if (score >= alikeMin && score > (best?.score ?? 0)) best = { address: other, score };
  }
  return best?.address;
}
