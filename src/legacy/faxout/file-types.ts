/** The types of files that the platform faxes, by the ending of their names (RingCentral "Sending faxes"). */
const MEDIA_TYPES: ReadonlyMap<string, string> = new Map([
  ['pdf', 'application/pdf'],
  ['psd', 'image/vnd.adobe.photoshop'],
  ['doc', 'application/msword'],
  ['docx', 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'],
  ['dot', 'application/msword'],
  ['mcw', 'application/msword'],
  ['xls', 'application/vnd.ms-excel'],
  ['xlsx', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'],
  ['xlsb', 'application/vnd.ms-excel.sheet.binary.macroenabled.12'],
  ['ppt', 'application/vnd.ms-powerpoint'],
  ['pptx', 'application/vnd.openxmlformats-officedocument.presentationml.presentation'],
  ['vsd', 'application/vnd.visio'],
  ['vdx', 'application/vnd.visio'],
  ['pub', 'application/x-mspublisher'],
  ['wps', 'application/vnd.ms-works'],
  ['wri', 'application/x-mswrite'],
  ['awd', 'image/x-awd'],
  ['tif', 'image/tiff'],
  ['tiff', 'image/tiff'],
  ['gif', 'image/gif'],
  ['jpg', 'image/jpeg'],
  ['jpeg', 'image/jpeg'],
  ['bmp', 'image/bmp'],
  ['png', 'image/png'],
  ['pcx', 'image/x-pcx'],
  ['tga', 'image/x-tga'],
  ['rtf', 'application/rtf'],
  ...['txt', 'log', 'h', 'cpp', 'c', 'err', 'hpp'].map((ending) => [ending, 'text/plain'] as const),
  ...['wk1', 'wk3', 'wk4'].map((ending) => [ending, 'application/vnd.lotus-1-2-3'] as const),
  ['wq1', 'application/x-quattro-pro'],
  ['xml', 'application/xml'],
  ['html', 'text/html'],
  ['htm', 'text/html'],
  ['csv', 'text/csv'],
]);

/** How much of a file `sniff` looks at. */
export const SNIFFED_BYTES = 4_096;

/** The media type of a file whose name ends so; nothing where the platform does not fax it. @param ending in lower case */
export function mediaTypeOf(ending: string): string | undefined {
  return MEDIA_TYPES.get(ending);
}

// What binary files begin with. The platform turns the first ones away by their names; here they come in under a name that it takes.
const FORBIDDEN = ['MZ', '\x7fELF', '\xca\xfe\xba\xbe', '\xcf\xfa\xed\xfe', '\xfe\xed\xfa\xce', '\x1f\x8b', '7z\xbc\xaf', 'Rar!', 'OggS', 'ID3', 'RIFF'];
const BEGINNINGS: readonly (readonly [string, string])[] = [
  ['II*\0', 'tif'],
  ['MM\0*', 'tif'],
  ['GIF8', 'gif'],
  ['\xff\xd8\xff', 'jpg'],
  ['\x89PNG\r\n\x1a\n', 'png'],
  ['8BPS', 'psd'],
  // Whichever program of that family wrote it: the older ones take each other's for theirs.
  ['\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', 'doc'],
  ['BM', 'bmp'],
];
const PACKED: readonly (readonly [RegExp, string])[] = [
  [/word\//, 'docx'],
  [/xl\//, 'xlsx'],
  [/ppt\//, 'pptx'],
];
// ISO 32000-1 Annex H: readers look for it in the first 1,024 bytes.
const PDF_WITHIN = 1_024;

/**
 * What a file is, by its first bytes.
 *
 * @param head  its first `SNIFFED_BYTES`, or all of it
 * @returns an ending of the platform's list; `forbidden` for what is none of it, whatever its name; nothing where they do not tell
 */
export function sniff(head: Uint8Array): string | 'forbidden' | undefined {
  const text = Buffer.from(head.buffer, head.byteOffset, head.byteLength).toString('latin1');
  if (text.slice(0, PDF_WITHIN).includes('%PDF-')) return 'pdf';
  if (text.startsWith('{\\rtf')) return 'rtf';
  const textual = sniffText(text);
  if (textual !== undefined) return textual;
  if (FORBIDDEN.some((beginning) => text.startsWith(beginning))) return 'forbidden';
  const known = BEGINNINGS.find(([beginning]) => text.startsWith(beginning));
  if (known) return known[1];
  return text.startsWith('PK\x03\x04') ? (PACKED.find(([content]) => content.test(text))?.[1] ?? 'forbidden') : undefined;
}

function sniffText(text: string): string | undefined {
  // Control characters other than those of text, the page break and the escape of a terminal among them.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: this is how text is told from anything else.
  if (/[\0-\x08\x0e-\x1a\x1c-\x1f]/.test(text)) return undefined;
  const start = text
    .replace(/^\xef\xbb\xbf/, '')
    .trimStart()
    .toLowerCase();
  if (start.startsWith('<?xml')) return start.includes('<html') ? 'html' : 'xml';
  return /^<(!doctype html|html|head|body|!--|[a-z][a-z0-9]*[\s>/])/.test(start) ? 'html' : 'txt';
}
