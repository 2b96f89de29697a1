/** Documents that a candidate attaches: small, whole, and made here. */

/** A one-page PDF that says `text`, with a true cross-reference table. */
export function pdf(text: string): Buffer {
  const escaped = text.replace(/[\\()]/g, '\\$&');
  const stream = `BT /F1 24 Tf 72 760 Td (${escaped}) Tj ET`;
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
    `<< /Length ${stream.length} >>\nstream\n${stream}\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
  ];
  let written = '%PDF-1.4\n';
  const offsets = objects.map((body, index) => {
    const offset = written.length;
    written += `${index + 1} 0 obj\n${body}\nendobj\n`;
    return offset;
  });
  const table = written.length;
  written += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n`;
  written += offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  written += `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${table}\n%%EOF\n`;
  return Buffer.from(written, 'latin1');
}

/** As Playwright's `setInputFiles` takes a file. */
export const cv = { name: 'CV Camille Martin.pdf', mimeType: 'application/pdf', buffer: pdf('Camille Martin') };
export const letter = { name: 'lettre.txt', mimeType: 'text/plain', buffer: Buffer.from('Bonjour,\n\nMerci.\n') };
/** A program under the name of a document: refused by its content. */
export const disguised = {
  name: 'cv.pdf',
  mimeType: 'application/pdf',
  buffer: Buffer.concat([Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0]), Buffer.alloc(512)]),
};
