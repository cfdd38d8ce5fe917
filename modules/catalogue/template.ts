/** A look of a document larger than this, in characters, is none that people read. */
export const templateLengthMax = 65_536;

/** Words that load, read as commands or reach around the others. What a template shows is handed to it; it needs none of them. */
const refused = /(?<![\w-])(import|include|eval|plugin|std)(?![\w-])/;

/** The first word of a template (Typst) that none may hold, and in which line, from 1 on. Lines of remarks hold what they like. */
export function refusedWord(template: string): { word: string; line: number } | undefined {
  for (const [at, text] of template.split('\n').entries()) {
    const found = text.trimStart().startsWith('//') ? null : refused.exec(text);
    if (found) return { word: found[1]!, line: at + 1 };
  }
  return undefined;
}

/** What an author got wrong in a template, in plain words, before anybody compiles it. */
export function checkTemplate(template: string): string[] {
  if (template.length > templateLengthMax) return [`the template is longer than ${templateLengthMax} characters`];
  const found = refusedWord(template);
  return found ? [`line ${found.line}: '${found.word}' is not for templates, which load nothing`] : [];
}
