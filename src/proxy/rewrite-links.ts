import { Transform } from 'node:stream';

/**
 * Replaces the platform's origin by the gateway's in the links of a JSON document that streams through: `uri`,
 * `navigation.nextPage.uri` and whatever else is a string that begins with it, so that a program which follows them comes
 * back here. Nothing else of the document is touched.
 *
 * Strings are looked at in the bytes: a quotation mark that is not escaped, the origin, and then the end of the origin (`/`,
 * `?`, `#` or the closing mark). In JSON a mark inside of a string is always escaped, so what looks like a string's beginning
 * after one that is not escaped is its beginning or its end; an end is followed by none of an origin's letters.
 *
 * @param from  the platform's origin
 * @param to    the gateway's
 * @see RFC 8259 §7
 */
export function linkRewriter(from: string, to: string): Transform {
  // Some writers of JSON escape every slash.
  const needles = [from, from.replaceAll('/', '\\/')].map((origin) => Buffer.from(`"${origin}`));
  const replacements = [to, to.replaceAll('/', '\\/')].map((origin) => Buffer.from(`"${origin}`));
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
    let end = 0;
    for (;;) {
      const [at, which] = first(bytes, end);
      if (at < 0 || at >= certain) break;
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

  function first(bytes: Buffer, from: number): readonly [number, number] {
    const [plain = -1, escaped = -1] = needles.map((needle) => bytes.indexOf(needle, from));
    return escaped < 0 || (plain >= 0 && plain < escaped) ? [plain, 0] : [escaped, 1];
  }
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
