import type { FileType } from '#modules/catalogue';
import { problem } from '../problems.ts';
import { typeOf, withoutTraces } from './formats.ts';
import { createPdfJudge } from './pdf.ts';

export const megabytes = (bytes: number) => Math.round(bytes / 100_000) / 10;

/** Says what bytes are, by themselves, and gives them back without traces; refuses with `file-…` what the question does not take. */
export function createFileJudge() {
  const judgePdf = createPdfJudge();
  return async (
    bytes: Buffer,
    { accept, bytesMax }: { accept: readonly string[]; bytesMax: number },
  ): Promise<{ mediaType: FileType; bytes: Buffer }> => {
    if (bytes.length === 0) throw problem('file-empty');
    if (bytes.length > bytesMax) throw problem('file-too-large', { limit: megabytes(bytesMax) });
    const mediaType = typeOf(bytes);
    if (mediaType === undefined || !accept.includes(mediaType)) throw problem('file-type-refused');
    if (mediaType === 'application/pdf') await judgePdf(bytes);
    return { mediaType, bytes: withoutTraces(bytes, mediaType) };
  };
}
