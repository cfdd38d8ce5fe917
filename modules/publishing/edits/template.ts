import { refusedWord, type ServiceFiles, templateLengthMax } from '#modules/catalogue';
import { refuse } from './refusals.ts';

export const templateFile = 'certificate.typ';

/** Puts another look of the document (Typst) in. Refuses what no template may hold; whether it can be set is tried by whoever sets documents. */
export function putTemplate(files: ServiceFiles, source: string): ServiceFiles {
  const text = `${source.replace(/\r\n?/g, '\n').trimEnd()}\n`;
  if (text.length > templateLengthMax) throw refuse('template-too-long', { most: templateLengthMax });
  const found = refusedWord(text);
  if (found) throw refuse('template-word', found);
  return { ...files, [templateFile]: text };
}
