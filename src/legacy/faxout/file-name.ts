import { DIGIT, FaxRefused } from './digit.ts';
import { mediaTypeOf, sniff } from './file-types.ts';

// What the platform takes is 256; ours, with an ending, is well below.
const LONGEST_NAME = 100;

/** How a document is called on its way to the platform, and what it is. */
export interface NamedDocument {
  readonly fileName: string;
  readonly contentType: string;
}

/**
 * Names a document as the platform takes it: without folders, without characters that it dislikes, with an ending from its list.
 *
 * The ending says what it is. Where it has none that the platform knows, its first bytes do.
 *
 * @param sent  the name it came with, which may be a path; absent for a text that came as a value
 * @param head  its first bytes
 * @param number  from 1, for one without a name
 * @throws FaxRefused  the platform faxes nothing of this kind
 */
export function nameDocument(sent: string | undefined, head: Uint8Array, number: number): NamedDocument {
  const [base, ending] = split(clean(sent ?? ''));
  const found = sniff(head);
  if (found === 'forbidden') throw new FaxRefused('file_type', DIGIT.other);
  const ofName = mediaTypeOf(ending.toLowerCase());
  const name = base || `document${number}`;
  if (ofName !== undefined) return { fileName: `${name}.${ending}`, contentType: ofName };
  const ofContent = found === undefined ? undefined : mediaTypeOf(found);
  if (found === undefined || ofContent === undefined) throw new FaxRefused('file_type', DIGIT.other);
  return { fileName: `${name}.${found}`, contentType: ofContent };
}

// RingCentral "Sending faxes": "file names without & and other special characters such as @#$%^*".
function clean(sent: string): string {
  const last = sent.split(/[\\/]/).at(-1) ?? '';
  return last
    .normalize('NFC')
    .replace(/[^\p{L}\p{N} ._()-]/gu, '_')
    .replace(/^[\s.]+|[\s.]+$/g, '');
}

function split(name: string): readonly [string, string] {
  const dot = name.lastIndexOf('.');
  const ending = dot < 0 ? '' : name.slice(dot + 1);
  const base = dot < 0 ? name : name.slice(0, dot);
  // By code points: half of one is no text.
  return [[...base].slice(0, LONGEST_NAME).join(''), ending];
}
