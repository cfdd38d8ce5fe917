import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { NodeCompiler, type NodeTypstDocument } from '@myriaddreamin/typst-ts-node-compiler';
import { type Sheet, type SheetReply, type TemplateFault, templateFault } from './sheet.ts';

// The program of the typesetting process: one sheet in, one PDF or picture out, over the channel to its parent. It knows no network, no
// database and no keys.

// Nothing is read from this folder: every file is handed over in memory, and what a template names beyond them is absent.
const workspace = join(import.meta.dirname, '..', 'templates', 'sheet');
const main = join(workspace, 'document.typ');
const head = '#import "/letterhead.typ": *\n#show: letterhead\n';
const headLines = 2;
/** Characters of a picture: some ten full pages. */
const pictureMost = 4_000_000;
const compiler = NodeCompiler.create({ workspace, fontArgs: [{ fontBlobs: readFonts() }] });

watchMemory(Number(process.argv[2]));
process.on('message', (sheet: Sheet) => process.send!(answer(sheet)));
process.on('disconnect', () => process.exit(0));

/** Ends the process when it takes more bytes than it may: the compiler's own memory is nobody else's to limit, and it waits for nothing. */
function watchMemory(bytesMax: number): void {
  const look = `const { workerData } = require('node:worker_threads');
    setInterval(() => process.memoryUsage.rss() > workerData && process.kill(process.pid, 'SIGKILL'), 20);`;
  new Worker(look, { eval: true, workerData: bytesMax }).unref();
}

function answer(sheet: Sheet): SheetReply {
  try {
    return compile(compiler, sheet);
  } catch (error) {
    return { fault: { message: (error as Error).message } };
  }
}

/** Nothing in here waits, so two documents never see each other's files. */
function compile(compiler: NodeCompiler, { files, template, at, as }: Sheet): SheetReply {
  try {
    for (const [name, content] of Object.entries(files))
      compiler.mapShadow(join(workspace, name), Buffer.from(content));
    compiler.mapShadow(main, Buffer.from(head + template));
    const read = readTemplate(compiler);
    if ('fault' in read) return read;
    if (as === 'picture') return small(compiler.plainSvg(read.document));
    const written = write(compiler, read.document, at);
    if (Buffer.isBuffer(written)) return { pdf: written };
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
    const reread = readTemplate(compiler);
    const rewritten = 'fault' in reread ? undefined : write(compiler, reread.document, at);
    if (Buffer.isBuffer(rewritten)) return { pdf: rewritten };
    throw new Error('the document holds characters that no font of the letterhead can show');
  } finally {
    compiler.resetShadow();
    // The compiler remembers what it has set; forget it, for it is about people.
    compiler.evictCache(0);
  }
}

/** A picture that a page can carry. Nothing else that is set is held in a page. */
function small(picture: string): SheetReply {
  return picture.length <= pictureMost ? { picture } : { fault: { message: 'the pages are too many to be drawn' } };
}

function readTemplate(compiler: NodeCompiler): { document: NodeTypstDocument } | { fault: TemplateFault } {
  const compiled = compiler.compile({ mainFilePath: main, resetRead: true });
  if (compiled.result) return { document: compiled.result };
  const error = compiled.takeError();
  return { fault: templateFault(error ? compiler.fetchDiagnostics(error) : [], { main, workspace, headLines }) };
}

function write(compiler: NodeCompiler, document: NodeTypstDocument, at: number): Buffer | { missing: string[] } {
  try {
    return compiler.pdf(document, { pdfStandard: 'a-3a', creationTimestamp: at });
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
