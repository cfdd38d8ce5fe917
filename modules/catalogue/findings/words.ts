import type { Text } from '#kernel/languages';
import { arabicFindings } from './arabic.ts';

/** A finding in both languages. What has no Arabic sentence of its own is quoted as it is. */
export function findingWords(problem: string): Text {
  for (const [pattern, sentence] of arabicFindings) {
    const found = pattern.exec(problem);
    if (found)
      return { en: problem, ar: sentence.replace(/\$(\d)/g, (_, at) => `\u2068${found[Number(at)] ?? ''}\u2069`) };
  }
  return { en: problem, ar: `لا يستقيم هذا الموضع: \u2068${problem}\u2069` };
}
