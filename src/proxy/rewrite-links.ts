import { Transform } from 'node:stream';
import type { App } from '../domain/app.ts';
import { MEDIA_PREFIX, type ServedBy } from '../ringcentral/facts/roots.ts';

/** How the links of an answer lead back to the gateway: those to the platform, to recordings and attachments, and RingCX's own. */
export function linksBack({ platformOrigin, mediaOrigin, ringcxOrigin }: App, servedBy: ServedBy, gateway: string): readonly LinkChange[] {
  // Where one origin serves several, the last one counts.
  const places = new Map<string, string>([
    [mediaOrigin, gateway + MEDIA_PREFIX],
    ...(servedBy === 'ringcxOrigin' ? [[ringcxOrigin, gateway] as const] : []),
    [platformOrigin, gateway],
  ]);
  return [...places].map(([from, to]) => ({ from, to }));
}

/** What the beginning of a link is replaced by. */
export interface LinkChange {
  /** An origin of the platform's. */
  readonly from: string;
  /** The gateway's, with the path below which it serves that one, where there is one. */
  readonly to: string;
}

/**
 * Replaces the platform's origins by the gateway's in the links of a JSON document that streams through: `uri`,
 * `navigation.nextPage.uri` and whatever else is a string that begins with one, so that a program which follows them comes
 * back here. Nothing else of the document is touched.
 *
 * Strings are looked at in the bytes: a quotation mark that is not escaped, the origin, and then the end of the origin (`/`,
 * `?`, `#` or the closing mark). In JSON a mark inside of a string is always escaped, so what looks like a string's beginning
 * after one that is not escaped is its beginning or its end; an end is followed by none of an origin's letters.
 *
 * @see RFC 8259 §7
 */
export function linkRewriter(changes: readonly LinkChange[]): Transform {
  // One origin may be the beginning of another, which then comes first.
  const longestFirst = changes.toSorted((one, other) => other.from.length - one.from.length);
  // Some writers of JSON escape every slash.
  const spellings = longestFirst.flatMap(({ from, to }) => [[from, to] as const, [escaped(from), escaped(to)] as const]);
  const needles = spellings.map(([from]) => Buffer.from(`"${from}`));
  const replacements = spellings.map(([, to]) => Buffer.from(`"${to}`));
  const longest = Math.max(...needles.map(({ length }) => length));
  let carried: Buffer = Buffer.alloc(0);
  // How many backslashes in a row came right before it.
  let backslashes = 0;

  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const bytes = carried.length > 0 ? Buffer.concat([carried, chunk]) : chunk;
      // What could be the beginning of one waits for the rest; one byte more says where the origin ends.
      const certain = Math.max(0, bytes.length - longest);
      const { written, end } = rewrite(bytes, certain);
      backslashes = backslashesBefore(bytes, end, backslashes);
      carried = Buffer.from(bytes.subarray(end));
      done(null, Buffer.concat(written));
    },
    flush(done) {
      const { written, end } = rewrite(carried, carried.length);
      done(null, Buffer.concat([...written, carried.subarray(end)]));
    },
  });

  /** @param certain  no occurrence may begin at or after it */
  function rewrite(bytes: Buffer, certain: number): { readonly written: Buffer[]; readonly end: number } {
    const written: Buffer[] = [];
    const found = needles.map(() => -1);
    let end = 0;
    for (;;) {
      const [at, which] = first(bytes, end, found);
      if (at >= certain) break;
      const needle = needles[which] as Buffer;
      const after = bytes[at + needle.length];
      const isLink = backslashesBefore(bytes, at, backslashes) % 2 === 0 && endsOrigin(after);
      written.push(bytes.subarray(end, at), isLink ? (replacements[which] as Buffer) : needle);
      end = at + needle.length;
    }
    if (end < certain) {
      written.push(bytes.subarray(end, certain));
      end = certain;
    }
    return { written, end };
  }

  /** @param found  where each was found last; whoever is not there is not looked for again */
  function first(bytes: Buffer, from: number, found: number[]): readonly [number, number] {
    let nearest = 0;
    for (const [which, needle] of needles.entries()) {
      if ((found[which] as number) < from) found[which] = placeOf(bytes, needle, from);
      if ((found[which] as number) < (found[nearest] as number)) nearest = which;
    }
    return [found[nearest] as number, nearest];
  }
}

function placeOf(bytes: Buffer, needle: Buffer, from: number): number {
  const at = bytes.indexOf(needle, from);
  return at < 0 ? Number.POSITIVE_INFINITY : at;
}

function escaped(origin: string): string {
  return origin.replaceAll('/', '\\/');
}

/** @param further  how many came right before the first byte */
function backslashesBefore(bytes: Buffer, at: number, further: number): number {
  let count = 0;
  while (count < at && bytes[at - 1 - count] === 0x5c) count += 1;
  return count === at ? count + further : count;
}

// `/`, `?`, `#`, the closing mark, or the backslash of an escaped slash.
function endsOrigin(byte: number | undefined): boolean {
  return byte === 0x2f || byte === 0x3f || byte === 0x23 || byte === 0x22 || byte === 0x5c;
}
