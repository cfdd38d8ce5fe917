import { parentPort, workerData } from 'node:worker_threads';
import { PDF, PdfArray, PdfDict, PdfName, type PdfObject, PdfRef } from '@libpdf/core';

// ISO 32000-2, sections 12.6.4 and 7.11.4: actions that run programs, send what was typed or fetch, and files within the file.
const activeActions = new Set(['JavaScript', 'Launch', 'ImportData', 'SubmitForm', 'Rendition', 'RichMediaExecute']);
const activeKeys = new Set(['JS', 'JavaScript', 'EmbeddedFiles', 'RichMediaContent', 'XFA']);

/** Everything that a viewer can come to from the catalogue, whatever it is packed in. */
function isActive(pdf: PDF): boolean {
  const waiting: PdfObject[] = [pdf.getCatalog()];
  const seen = new Set<PdfRef>();
  for (let one = waiting.pop(); one !== undefined; one = waiting.pop()) {
    if (one instanceof PdfRef) {
      const found = seen.has(one) ? null : pdf.getObject(one);
      seen.add(one);
      if (found) waiting.push(found);
    } else if (one instanceof PdfArray) waiting.push(...one);
    else if (one instanceof PdfDict)
      for (const [{ value: key }, value] of one) {
        const action = value instanceof PdfRef ? pdf.getObject(value) : value;
        if (activeKeys.has(key) || (key === 'S' && action instanceof PdfName && activeActions.has(action.value)))
          return true;
        waiting.push(value);
      }
  }
  return false;
}

async function judge(bytes: Uint8Array): Promise<'sound' | 'file-damaged' | 'file-protected' | 'file-active'> {
  try {
    const pdf = await PDF.load(bytes);
    if (pdf.isEncrypted) return 'file-protected';
    if (pdf.getPageCount() === 0) return 'file-damaged';
    return isActive(pdf) ? 'file-active' : 'sound';
  } catch {
    return 'file-damaged';
  }
}

parentPort!.postMessage(await judge(workerData as Uint8Array));
