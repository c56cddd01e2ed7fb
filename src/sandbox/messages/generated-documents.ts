/** A page of a fax that was made up, in points: Letter. */
const PAGE = { width: 612, height: 792, margin: 72, lineHeight: 14, fontSize: 11 };
const COLUMNS = 80;
const LINES = Math.floor((PAGE.height - 2 * PAGE.margin) / PAGE.lineHeight);

/** A PDF with a text on as many pages as it needs, or on more. */
export function pdfOf(text: string, leastPages = 1): Buffer {
  const lines = text.split(/\r?\n/).flatMap(wrapped);
  const pageCount = Math.max(leastPages, 1, Math.ceil(lines.length / LINES));
  const pages = Array.from({ length: pageCount }, (_, index) => contentOf(lines.slice(index * LINES, (index + 1) * LINES)));
  // Objects 1 to 3 are the catalog, the tree of pages and the font; then a page and its content by turns.
  const kids = pages.map((_, index) => `${4 + 2 * index} 0 R`).join(' ');
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    `<< /Type /Pages /Kids [${kids}] /Count ${pageCount} >>`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Courier /Encoding /WinAnsiEncoding >>',
    ...pages.flatMap((content, index) => [
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 ${PAGE.width} ${PAGE.height}] /Resources << /Font << /F1 3 0 R >> >> /Contents ${5 + 2 * index} 0 R >>`,
      `<< /Length ${Buffer.byteLength(content, 'latin1')} >>\nstream\n${content}\nendstream`,
    ]),
  ];
  return assembled(objects);
}

// ISO 32000-1 §7.5: the header, the objects, where each of them begins, and where that table begins.
function assembled(objects: readonly string[]): Buffer {
  let body = '%PDF-1.4\n';
  const offsets = objects.map((object, index) => {
    const offset = body.length;
    body += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return offset;
  });
  const entries = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  const table = `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${entries}`;
  return Buffer.from(`${body}${table}trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${body.length}\n%%EOF\n`, 'latin1');
}

function contentOf(lines: readonly string[]): string {
  const shown = lines.map((line) => `(${escaped(line)}) Tj T*`).join('\n');
  return `BT /F1 ${PAGE.fontSize} Tf ${PAGE.lineHeight} TL ${PAGE.margin} ${PAGE.height - PAGE.margin} Td\n${shown}\nET`;
}

function wrapped(line: string): string[] {
  return line.match(new RegExp(`.{1,${COLUMNS}}`, 'gu')) ?? [''];
}

// What the font's encoding lacks is a question mark.
function escaped(line: string): string {
  return line.replace(/[^\x20-\x7e\xa0-\xff]/gu, '?').replace(/[\\()]/g, '\\$&');
}

const SAMPLES_PER_SECOND = 8_000;
const WAV_HEADER_BYTES = 44;
// 8 bits, unsigned.
const SILENCE = 128;

/** A recording of silence in WAV, as long as a voicemail is to be. */
export function silenceOf(seconds: number): Buffer {
  const length = seconds * SAMPLES_PER_SECOND;
  const wav = Buffer.alloc(WAV_HEADER_BYTES + length, SILENCE);
  wav.write('RIFF', 0, 'latin1');
  wav.writeUInt32LE(WAV_HEADER_BYTES - 8 + length, 4);
  wav.write('WAVEfmt ', 8, 'latin1');
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20);
  wav.writeUInt16LE(1, 22);
  wav.writeUInt32LE(SAMPLES_PER_SECOND, 24);
  wav.writeUInt32LE(SAMPLES_PER_SECOND, 28);
  wav.writeUInt16LE(1, 32);
  wav.writeUInt16LE(8, 34);
  wav.write('data', 36, 'latin1');
  wav.writeUInt32LE(length, 40);
  return wav;
}
