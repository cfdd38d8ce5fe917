/** The part of the library that is used: a font with the glyphs of a text alone, and of what its own rules make of them. */
declare module 'subset-font' {
  export default function subsetFont(font: Buffer, text: string, options: { targetFormat: 'woff2' }): Promise<Buffer>;
}
