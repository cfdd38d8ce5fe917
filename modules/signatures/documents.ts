import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import qrcode from 'qrcode';
import type { Clock } from '#kernel/clock';
import { epochSeconds } from '#kernel/clock';
import type { Language, Text } from '#kernel/languages';
import type { Attachment } from './contract.ts';
import type { TemplateFault } from './typesetting/sheet.ts';
import { createTypesetter, SheetFault, SheetLimit } from './typesetting/typesetter.ts';

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

/** A document that is only looked at: its pages as a picture (SVG) or as PDF, or why it cannot be set. */
export type Trial = { picture: string } | { pdf: Buffer } | { fault: TemplateFault } | { limit: string };

export type Documents = {
  make(input: DocumentInput): Promise<Buffer>;
  /** For whoever writes a template: in a process of its own, with less time and memory, so that it keeps no real document waiting. */
  try(input: DocumentInput, as: 'picture' | 'pdf'): Promise<Trial>;
};

const megabyte = 1_048_576;
const limits = { deadlineMs: 20_000, bytesMax: 768 * megabyte };
const trialLimits = { deadlineMs: 5_000, bytesMax: 384 * megabyte, waitingMost: 8 };

const here = import.meta.dirname;

/** PDF/A-3a with tags, set in some ten milliseconds by a process of its own. */
export function createDocuments(needs: { clock: Clock }): Documents {
  const typesetter = createTypesetter(limits);
  const trials = createTypesetter(trialLimits);
  const letterhead = readFileSync(join(here, 'templates', 'letterhead.typ'));
  const decision = readFileSync(join(here, 'templates', 'decision.typ'), 'utf8');

  const sheetOf = async (input: DocumentInput) => {
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
    return { files, template: input.template ?? decision, at: epochSeconds(needs.clock) };
  };

  return {
    make: async (input) => typesetter.set(await sheetOf(input)),
    try: async (input, as) => {
      try {
        const sheet = await sheetOf(input);
        return as === 'picture' ? { picture: await trials.draw(sheet) } : { pdf: await trials.set(sheet) };
      } catch (error) {
        if (error instanceof SheetFault) return { fault: error.fault };
        if (error instanceof SheetLimit) return { limit: error.message };
        throw error;
      }
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
