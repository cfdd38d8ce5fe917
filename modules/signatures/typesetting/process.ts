import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { NodeCompiler } from '@myriaddreamin/typst-ts-node-compiler';
import type { Sheet, SheetReply } from './typesetter.ts';

// The program of the typesetting process: one sheet in, one PDF out, over the channel to its parent. It knows no network, no
// database and no keys.

// Nothing is read from this folder: every file is handed over in memory, and what a template names beyond them is absent.
const workspace = join(import.meta.dirname, '..', 'templates', 'sheet');
const compiler = NodeCompiler.create({ workspace, fontArgs: [{ fontBlobs: readFonts() }] });

process.on('message', (sheet: Sheet) => process.send!(answer(sheet)));
process.on('disconnect', () => process.exit(0));

function answer(sheet: Sheet): SheetReply {
  try {
    return { pdf: compile(compiler, sheet) };
  } catch (error) {
    return { fault: (error as Error).message };
  }
}

/** Nothing in here waits, so two documents never see each other's files. */
function compile(compiler: NodeCompiler, { files, template, at }: Sheet): Buffer {
  try {
    for (const [name, content] of Object.entries(files))
      compiler.mapShadow(join(workspace, name), Buffer.from(content));
    const written = write(compiler, template, at);
    if (Buffer.isBuffer(written)) return written;
    // PDF/A forbids a character without a glyph. The attached data is the truth; on the sheet it becomes a question mark.
    const unprintable = new RegExp(
      `[${written.missing.map((each) => `\\u{${each.codePointAt(0)!.toString(16)}}`).join('')}]`,
      'gu',
    );
    for (const name of ['data.json', 'sheet.json'])
      compiler.mapShadow(
        join(workspace, name),
        Buffer.from(Buffer.from(files[name]!).toString('utf8').replace(unprintable, '?')),
      );
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
