import type { Text } from '#kernel/languages';
import { readPosted } from '#modules/catalogue';
import { problem } from './problems.ts';

/** What somebody wrote, trimmed and without control characters; undefined when nothing is left. */
function readText(text: string | undefined): string | undefined {
  const read = readPosted({ kind: 'textarea' }, 'text', { text }, '');
  if (read === 'absent') return undefined;
  if ('code' in read || String(read.answer).length > 2000) throw problem('text-too-long');
  return String(read.answer);
}

export function readNote(text: string): string {
  const read = readText(text);
  if (read === undefined) throw problem('note-empty');
  return read;
}

/** In both languages, or in neither; a refusal says why. */
export function readAnswerWords(
  outcome: 'confirmed' | 'refused',
  posted: { ownWordsAr?: string | undefined; ownWordsEn?: string | undefined },
): Text | undefined {
  const [ar, en] = [readText(posted.ownWordsAr), readText(posted.ownWordsEn)];
  if (ar !== undefined && en !== undefined) return { ar, en };
  if (ar !== undefined || en !== undefined || outcome === 'refused') throw problem('answer-words-missing');
  return undefined;
}
