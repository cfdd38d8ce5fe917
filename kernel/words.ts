/** Arabic-Indic and Persian digits, and the Arabic decimal mark, as Latin ones. */
export function latinDigits(text: string): string {
  return text
    .replace(/[\u0660-\u0669]/g, (digit) => String(digit.charCodeAt(0) - 0x0660))
    .replace(/[\u06f0-\u06f9]/g, (digit) => String(digit.charCodeAt(0) - 0x06f0))
    .replaceAll('\u066b', '.')
    .replaceAll('\u066c', '');
}

/**
 * One spelling for what people write in many: hamza seats, ta marbuta, alef maqsura, tatweel, vowel signs, presentation
 * forms and digits of either script.
 */
export function normaliseWords(text: string): string {
  return latinDigits(text.normalize('NFKC'))
    .toLowerCase()
    .replace(/[\u064b-\u065f\u0670\u06d6-\u06ed\u0640]/g, '')
    .replace(/[أإآٱ]/g, 'ا')
    .replace(/ؤ/g, 'و')
    .replace(/ئ/g, 'ي')
    .replace(/ى/g, 'ي')
    .replace(/ی/g, 'ي')
    .replace(/ک/g, 'ك')
    .replace(/ة/g, 'ه')
    .replace(/ء/g, '')
    .replace(/['’]s\b/g, '');
}

/** The words of a text in that spelling: runs of letters and digits. */
export function splitWords(text: string): string[] {
  return normaliseWords(text)
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean);
}
