/** What another test double needs to write its pages in the same way. */
export { code, type Html, languageOf, markup } from './pages/page.ts';
export { style } from './pages/style.ts';
