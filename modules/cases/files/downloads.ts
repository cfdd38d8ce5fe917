import type { OpenedFile } from './service.ts';

/**
 * How a file that a stranger made is handed over: to be kept, and never to be opened in the place of this site. The name is written by
 * RFC 8187, with a plain one for programs that do not read it.
 */
export function downloadOf(file: Pick<OpenedFile, 'name' | 'mediaType' | 'bytes'>): {
  contentType: string;
  bytes: Buffer;
  headers: Record<string, string>;
} {
  const ending = file.name.split('.').at(-1);
  const name = encodeURIComponent(file.name).replace(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`);
  return {
    contentType: file.mediaType,
    bytes: file.bytes,
    headers: {
      'content-disposition': `attachment; filename="file.${ending}"; filename*=UTF-8''${name}`,
      'content-security-policy': "default-src 'none'; sandbox",
      'cross-origin-resource-policy': 'same-origin',
      'x-content-type-options': 'nosniff',
      'cache-control': 'private, no-store',
    },
  };
}

/** The name that a program gives its file in Content-Disposition (RFC 6266), in either of its forms; '' without one. */
export function nameIn(disposition: string | undefined): string {
  const extended = /filename\*\s*=\s*UTF-8''([^;\s]+)/i.exec(disposition ?? '')?.[1];
  try {
    if (extended !== undefined) return decodeURIComponent(extended);
  } catch {
    // No percent-encoding: the plain name counts.
  }
  return /filename\s*=\s*"([^"]*)"/i.exec(disposition ?? '')?.[1] ?? '';
}
