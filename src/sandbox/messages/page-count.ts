import { inflateSync } from 'node:zlib';
import type { Document } from './documents.ts';

// A fax page has 66 lines of 1/6 inch (ITU-T T.4 paper, A4 and Letter alike), less the margins.
const LINES_PER_PAGE = 60;
// What the object streams of one PDF may inflate to; beyond that its pages are not looked for.
const LONGEST_INFLATED_BYTES = 32 * 1024 * 1024;
// A fax of so many pages is refused long before; a chain of TIFF directories must end.
const MOST_DIRECTORIES = 10_000;

/**
 * How many pages of a fax a document makes: counted in PDF, TIFF and text, one for everything else, which the sandbox
 * does not render.
 */
export function pageCountOf({ contentType, bytes }: Pick<Document, 'contentType' | 'bytes'>): number {
  if (contentType === 'application/pdf') return Math.max(1, countPdfPages(bytes));
  if (contentType === 'image/tiff') return Math.max(1, countTiffPages(bytes));
  return contentType === 'text/plain' ? countTextPages(bytes.toString('utf8')) : 1;
}

// ISO 32000-1 §7.7.3.3: every page is an object of type Page; since PDF 1.5 it may be packed in an object stream.
const PDF_PAGE = /\/Type\s*\/Page(?![A-Za-z])/g;

function countPdfPages(bytes: Buffer): number {
  const text = bytes.toString('latin1');
  return [text, ...objectStreamsOf(text)].reduce((sum, part) => sum + (part.match(PDF_PAGE)?.length ?? 0), 0);
}

const OBJECT_STREAM = /\/Type\s*\/ObjStm\b/g;
// A stream follows its dictionary, which is short; looking further for each would take forever in a file made for that.
const LONGEST_DICTIONARY = 4_096;

function* objectStreamsOf(text: string): Iterable<string> {
  let left = LONGEST_INFLATED_BYTES;
  let end = 0;
  for (const { index } of text.matchAll(OBJECT_STREAM)) {
    const dictionary = text.slice(index, index + LONGEST_DICTIONARY);
    const start = /stream\r?\n/.exec(dictionary);
    // Within the stream before, the words mean nothing.
    if (index < end || !start) continue;
    const from = index + start.index + start[0].length;
    end = text.indexOf('endstream', from);
    if (end === -1) return;
    const inflated = inflate(Buffer.from(text.slice(from, end), 'latin1'), left);
    left -= inflated.length;
    yield inflated;
  }
}

function inflate(bytes: Buffer, maxOutputLength: number): string {
  try {
    return maxOutputLength > 0 ? inflateSync(bytes, { maxOutputLength }).toString('latin1') : '';
  } catch {
    // Packed in another way, cut off, or longer than is looked at.
    return '';
  }
}

/** TIFF 6.0 §2: a chain of directories, one for each page. */
function countTiffPages(bytes: Buffer): number {
  const isLittleEndian = bytes.toString('latin1', 0, 2) === 'II';
  const read16 = (at: number) => (at + 2 > bytes.byteLength ? undefined : isLittleEndian ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at));
  const read32 = (at: number) => (at + 4 > bytes.byteLength ? undefined : isLittleEndian ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at));
  const seen = new Set<number>();
  for (let at = read32(4); at && !seen.has(at) && seen.size < MOST_DIRECTORIES; ) {
    const entries = read16(at);
    if (entries === undefined) break;
    seen.add(at);
    at = read32(at + 2 + entries * 12);
  }
  return seen.size;
}

function countTextPages(text: string): number {
  const sections = text.replace(/\f$/, '').split('\f');
  return sections.reduce((sum, section) => sum + Math.max(1, Math.ceil(section.replace(/\r?\n$/, '').split('\n').length / LINES_PER_PAGE)), 0);
}
