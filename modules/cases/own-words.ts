import type { Text } from '#kernel/languages';
import { readPosted } from '#modules/catalogue';
import { problem } from './contract.ts';

/** The office's own words in both languages, or none: half a translation would leave one reader without a reason. */
export function readOwnWords(posted: {
  ownWordsAr?: string | undefined;
  ownWordsEn?: string | undefined;
}): Text | undefined {
  const [ar, en] = [readText(posted.ownWordsAr), readText(posted.ownWordsEn)];
  if (ar === undefined && en === undefined) return undefined;
  if (ar === undefined || en === undefined) throw problem('reasons-missing');
  return { ar, en };
}

/** What somebody wrote, trimmed and without control characters; undefined when nothing is left. Refuses more than 2,000 characters. */
export function readText(text: string | undefined): string | undefined {
  const read = readPosted({ kind: 'textarea' }, 'text', { text }, '');
  if (read === 'absent') return undefined;
  if ('code' in read || String(read.answer).length > 2000) throw problem('text-too-long');
  return String(read.answer);
}
