declare module 'snowball-stemmers' {
  export function newStemmer(language: 'arabic' | 'english'): { stem(word: string): string };
}
