/** What a drawn sample diploma says, in Latin letters. */
export type DiplomaFacts = {
  name: string;
  degree: string;
  field: string;
  university: string;
  year: number;
  number: string;
};

/**
 * Draws a sample diploma as a PDF 1.4 of one landscape page, with the fonts that every reader of PDF has. The same facts give
 * the same bytes. It says on its face that it is invented.
 */
export function drawDiploma({ name, degree, field, university, year, number }: DiplomaFacts): Buffer {
  const content = [
    '0.55 0.42 0.16 RG 3 w 28 28 786 539 re S 1 w 36 36 770 523 re S',
    line('F2', 30, 470, university),
    line('F1', 14, 425, 'certifies that'),
    line('F2', 26, 380, name),
    line('F1', 14, 335, 'has been awarded the degree of'),
    line('F2', 20, 300, degree),
    line('F1', 16, 265, `in ${field}`),
    line('F1', 14, 220, String(year)),
    line('F1', 10, 70, `No. ${number} - Invented sample. It was issued by nobody and certifies nothing.`),
    '0.55 0.42 0.16 RG 2 w 421 190 m 445 165 l 421 140 l 397 165 l s',
  ].join('\n');
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 842 595] /Contents 4 0 R /Resources << /Font << /F1 5 0 R /F2 6 0 R >> >> >>',
    `<< /Length ${Buffer.byteLength(content, 'latin1')} >>\nstream\n${content}\nendstream`,
    font('Times-Roman'),
    font('Times-Bold'),
  ];
  let text = '%PDF-1.4\n';
  const offsets = objects.map((object, index) => {
    const at = Buffer.byteLength(text, 'latin1');
    text += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return at;
  });
  const start = Buffer.byteLength(text, 'latin1');
  const entries = offsets.map((at) => `${String(at).padStart(10, '0')} 00000 n \n`).join('');
  text += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${entries}`;
  text += `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${start}\n%%EOF\n`;
  return Buffer.from(text, 'latin1');
}

const font = (name: string) => `<< /Type /Font /Subtype /Type1 /BaseFont /${name} /Encoding /WinAnsiEncoding >>`;

/** Centred as well as it goes without the widths of letters: half the size of the font is what one takes on average. */
function line(fontName: string, size: number, y: number, words: string): string {
  const latin = words.replace(/[\u2010-\u2015]/g, '-').replace(/[^\x20-\x7e\xa0-\xff]/g, '?');
  const x = Math.max(50, Math.round(421 - (latin.length * size * 0.47) / 2));
  return `BT /${fontName} ${size} Tf ${x} ${y} Td (${latin.replace(/[\\()]/g, '\\$&')}) Tj ET`;
}
