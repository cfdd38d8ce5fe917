import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import qrcode from 'qrcode';
import type { Clock } from '#kernel/clock';
import { epochSeconds } from '#kernel/clock';
import type { Language, Text } from '#kernel/languages';
import type { Attachment } from './contract.ts';
import { createTypesetter } from './typesetting/typesetter.ts';

export type DocumentInput = {
  /** Typst source that starts after the letterhead; the decision sheet when left out. */
  template?: string;
  /** What the template shows, as JSON. It is set as text, never read as Typst, so it cannot carry commands. */
  data: object;
  title: Text;
  author: Text;
  /** The language of the document; a second one is set beside it. */
  languages: readonly Language[];
  /** Printed as a QR code. It must not carry personal data. */
  verifyUrl?: string;
  attachments?: readonly Attachment[];
};

export type Documents = { make(input: DocumentInput): Promise<Buffer> };

const here = import.meta.dirname;

/** PDF/A-3a with tags, set in some ten milliseconds by a process of its own. */
export function createDocuments(needs: { clock: Clock }): Documents {
  const typesetter = createTypesetter();
  const letterhead = readFileSync(join(here, 'templates', 'letterhead.typ'));
  const decision = readFileSync(join(here, 'templates', 'decision.typ'), 'utf8');

  return {
    make: async (input) => {
      const files: Record<string, Buffer> = { 'letterhead.typ': letterhead, 'data.json': json(input.data) };
      const attachments = input.attachments ?? [];
      for (const file of attachments) files[join('attachments', safeName(file.name))] = file.bytes;
      if (input.verifyUrl)
        files['verify.svg'] = Buffer.from(
          await qrcode.toString(input.verifyUrl, { type: 'svg', margin: 0, errorCorrectionLevel: 'M' }),
        );
      files['sheet.json'] = json({
        title: input.title,
        author: input.author,
        languages: input.languages,
        verifyUrl: input.verifyUrl ?? null,
        attachments: attachments.map(({ name, mediaType, description }) => ({
          name,
          mediaType,
          description: description ?? name,
        })),
      });
      return typesetter.set({ files, template: input.template ?? decision, at: epochSeconds(needs.clock) });
    },
  };
}

function safeName(name: string): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(name)) throw new TypeError('an attachment needs a plain file name');
  return name;
}

/** As JSON, without control characters: PDF/A has no place for them. */
function json(value: unknown): Buffer {
  const clean = (_: string, each: unknown) =>
    typeof each === 'string' ? each.replace(/[\p{Cc}\p{Co}\p{Cn}\p{Cs}\uFEFF]/gu, (c) => (c === '\n' ? c : '')) : each;
  return Buffer.from(JSON.stringify(value, clean));
}
