import { plainName } from '#kernel/languages';
import type { FileType } from '#modules/catalogue';
import { problem } from '../problems.ts';

const endings: Record<FileType, string> = { 'application/pdf': 'pdf', 'image/png': 'png', 'image/jpeg': 'jpg' };
const pngSignature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** What these bytes are, by themselves; undefined for everything that no question takes. Name and claimed type count for nothing. */
export function typeOf(bytes: Buffer): FileType | undefined {
  if (/^%PDF-[12]\.\d/.test(bytes.toString('latin1', 0, 8))) return 'application/pdf';
  if (bytes.subarray(0, 8).equals(pngSignature)) return 'image/png';
  if (bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff) return 'image/jpeg';
  return undefined;
}

/**
 * The name as it may stand on a page and in a header: without folders, without characters that hide or turn what follows, at most 100
 * characters, ending as its type does. It is never a path, and never part of an address.
 */
export function cleanFileName(given: string, type: FileType): string {
  const last = given.split(/[\\/]/).at(-1) ?? '';
  const plain = plainName(last.toWellFormed().normalize('NFC')).replace(/["<>|:*?]/g, '');
  const stem = plain.replace(/\.[a-z0-9]{1,5}$/i, '').replace(/^\.+|[.\s]+$/g, '');
  // By characters: half of one outside the first plane would be no text.
  return `${[...stem].slice(0, 100).join('') || 'file'}.${endings[type]}`;
}

/**
 * An image without what a camera wrote about place, time and device, its picture untouched bit by bit. Which way up it is stays. Refuses
 * with `file-damaged` what does not hold together.
 */
export function withoutTraces(bytes: Buffer, type: FileType): Buffer {
  if (type === 'image/png') return cleanPng(bytes);
  return type === 'image/jpeg' ? cleanJpeg(bytes) : bytes;
}

/** PNG (third edition), section 5.3: chunks of length, type, data and check sum. Texts, Exif and times are dropped. */
function cleanPng(bytes: Buffer): Buffer {
  const kept: Uint8Array[] = [pngSignature];
  let isFirst = true;
  for (let at = 8; at + 12 <= bytes.length; ) {
    const end = at + 12 + bytes.readUInt32BE(at);
    const kind = bytes.toString('latin1', at + 4, at + 8);
    if (end > bytes.length || isFirst !== (kind === 'IHDR')) break;
    isFirst = false;
    if (!['eXIf', 'tEXt', 'zTXt', 'iTXt', 'tIME'].includes(kind)) kept.push(bytes.subarray(at, end));
    if (kind === 'IEND') return Buffer.concat(kept);
    at = end;
  }
  throw problem('file-damaged');
}

/** JPEG (ITU-T T.81, annex B): markers with their segments. APP1 (Exif, XMP), APP13 (IPTC) and comments are dropped. */
function cleanJpeg(bytes: Buffer): Buffer {
  const kept: Uint8Array[] = [bytes.subarray(0, 2)];
  let hasScan = false;
  for (let at = 2; at + 2 <= bytes.length; ) {
    if (bytes[at] !== 0xff) {
      if (!hasScan) break;
      // The picture itself: up to the next marker that is no stuffing and no restart.
      let end = bytes.indexOf(0xff, at);
      while (end >= 0 && end + 1 < bytes.length && !isMarker(bytes[end + 1]!)) end = bytes.indexOf(0xff, end + 1);
      if (end < 0 || end + 1 >= bytes.length) break;
      kept.push(bytes.subarray(at, end));
      at = end;
      continue;
    }
    const marker = bytes[at + 1]!;
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    if (marker === 0xd9 && hasScan) return Buffer.concat([...kept, bytes.subarray(at, at + 2)]);
    if (!isMarker(marker)) {
      if (!hasScan) break;
      kept.push(bytes.subarray(at, at + 2));
      at += 2;
      continue;
    }
    const end = at + 2 + (at + 4 <= bytes.length ? bytes.readUInt16BE(at + 2) : Number.POSITIVE_INFINITY);
    if (end > bytes.length || end < at + 4) break;
    if (marker === 0xe1) kept.push(orientationAlone(bytes.subarray(at + 4, end)));
    else if (marker !== 0xed && marker !== 0xfe) kept.push(bytes.subarray(at, end));
    hasScan ||= marker === 0xda;
    at = end;
  }
  throw problem('file-damaged');
}

const isMarker = (byte: number) => byte !== 0x00 && byte !== 0xff && !(byte >= 0xd0 && byte <= 0xd7);

/** Exif 2.32, section 4.6: of a whole Exif segment only the tag that says which way up the picture is; nothing where it is upright. */
function orientationAlone(segment: Buffer): Buffer {
  const nothing = Buffer.alloc(0);
  if (segment.toString('latin1', 0, 6) !== 'Exif\0\0' || segment.length < 14) return nothing;
  const tiff = segment.subarray(6);
  const isLittle = tiff.toString('latin1', 0, 2) === 'II';
  const short = (at: number) => (at + 2 > tiff.length ? 0 : isLittle ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at));
  const start = isLittle ? tiff.readUInt32LE(4) : tiff.readUInt32BE(4);
  for (let tag = 0; tag < short(start); tag += 1) {
    const at = start + 2 + tag * 12;
    if (short(at) !== 0x0112) continue;
    const way = short(at + 8);
    if (way < 2 || way > 8) return nothing;
    const head = Buffer.from('ffe100224578696600004d4d002a00000008000101120003000000010000000000000000', 'hex');
    head.writeUInt16BE(way, 28);
    return head;
  }
  return nothing;
}
