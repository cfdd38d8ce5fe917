/**
 * One document to be set: files by name, the template that shows them, the moment it is dated, in seconds since 1970, and what is wanted:
 * the PDF, or a picture of its pages (SVG) for whoever writes the template.
 */
export type Sheet = { files: Record<string, Uint8Array>; template: string; at: number; as: 'pdf' | 'picture' };
export type SheetReply = { pdf: Uint8Array } | { picture: string } | { fault: TemplateFault };

/** Why a sheet cannot be set. `at`: where in the template, each from 1 on, if the compiler names a place in it. */
export type TemplateFault = { message: string; at?: { line: number; column: number } };

type Diagnostic = {
  message: string;
  path: string;
  range: { start: { line: number; character: number } } | null;
  severity: number;
};

/** The first thing that the compiler holds against the template itself, without a path of this machine. */
export function templateFault(
  diagnostics: Diagnostic[],
  { main, workspace, headLines }: { main: string; workspace: string; headLines: number },
): TemplateFault {
  const errors = diagnostics.filter(({ severity }) => severity === 1);
  const start = [...errors, ...diagnostics].find(({ path, range }) => path === main && range)?.range?.start;
  const line = start ? start.line + 1 - headLines : 0;
  const message = (errors[0] ?? diagnostics[0])?.message ?? 'it cannot be set';
  const plain = message.replace(/ \((searched at|error sending request)[^)]*\)*/g, '').replaceAll(workspace, '');
  return { message: plain.slice(0, 300), ...(start && line > 0 ? { at: { line, column: start.character + 1 } } : {}) };
}
