import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { NodeCompiler } from '@myriaddreamin/typst-ts-node-compiler';
import qrcode from 'qrcode';
import type { Clock } from '#kernel/clock';
import { epochSeconds } from '#kernel/clock';
import type { Language, Text } from '#kernel/languages';
import type { Attachment } from './contract.ts';

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
// Nothing is read from this folder: every file is handed over in memory, and what a template names beyond them is absent.
const workspace = join(here, 'templates', 'sheet');

/**
 * PDF/A-3a with tags, made in this process in some ten milliseconds. The typesetter and its fonts come with the first
 * document: a node that issues none keeps their fifty megabytes.
 */
export function createDocuments(needs: { clock: Clock }): Documents {
  let typesetter: Promise<NodeCompiler> | undefined;
  const openTypesetter = async () => {
    const { NodeCompiler: Typesetter } = await import('@myriaddreamin/typst-ts-node-compiler');
    return Typesetter.create({ workspace, fontArgs: [{ fontBlobs: readFonts() }] });
  };
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
      typesetter ??= openTypesetter();
      return compile(await typesetter, files, input.template ?? decision, epochSeconds(needs.clock));
    },
  };
}

/** Nothing in here waits, so two documents never see each other's files. */
function compile(compiler: NodeCompiler, files: Record<string, Buffer>, template: string, at: number): Buffer {
  try {
    for (const [name, content] of Object.entries(files)) compiler.mapShadow(join(workspace, name), content);
    const written = write(compiler, template, at);
    if (Buffer.isBuffer(written)) return written;
    // PDF/A forbids a character without a glyph. The attached data is the truth; on the sheet it becomes a question mark.
    const unprintable = new RegExp(
      `[${written.missing.map((each) => `\\u{${each.codePointAt(0)!.toString(16)}}`).join('')}]`,
      'gu',
    );
    for (const name of ['data.json', 'sheet.json'])
      compiler.mapShadow(join(workspace, name), Buffer.from(files[name]!.toString('utf8').replace(unprintable, '?')));
    const rewritten = write(compiler, template, at);
    if (Buffer.isBuffer(rewritten)) return rewritten;
    throw new Error('the document holds characters that no font of the letterhead can show');
  } finally {
    compiler.resetShadow();
    // The compiler remembers what it has set; forget it, for it is about people.
    compiler.evictCache(0);
  }
}

function write(compiler: NodeCompiler, template: string, at: number): Buffer | { missing: string[] } {
  const compiled = compiler.compile({
    mainFileContent: `#import "/letterhead.typ": *\n#show: letterhead\n${template}`,
    resetRead: true,
  });
  if (!compiled.result) throw new Error(`document template: ${JSON.stringify(compiled.takeError()?.shortDiagnostics)}`);
  try {
    return compiler.pdf(compiled.result, { pdfStandard: 'a-3a', creationTimestamp: at });
  } catch (error) {
    // The library's error quotes the text of the document, so it goes no further than this.
    const missing = String((error as Error).message).matchAll(/the text `\\?"(.+?)\\?"` could not be displayed/gsu);
    const characters = [...new Set([...missing].flatMap((match) => [...match[1]!]))];
    if (characters.length === 0) throw new Error('the document cannot be written as PDF/A-3a');
    return { missing: characters };
  }
}

function readFonts(): Buffer[] {
  const require = createRequire(import.meta.url);
  const font = (name: string) => readFileSync(require.resolve(`@expo-google-fonts/ibm-plex-sans-arabic/${name}.ttf`));
  return [
    font('400Regular/IBMPlexSansArabic_400Regular'),
    font('600SemiBold/IBMPlexSansArabic_600SemiBold'),
    font('700Bold/IBMPlexSansArabic_700Bold'),
  ];
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
