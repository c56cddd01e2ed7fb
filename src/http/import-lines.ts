/** A line of a file, without its end. */
export interface Line {
  /** From 1. */
  readonly number: number;
  /** Absent where it is longer than may be. */
  readonly text: string | undefined;
}

// What Latin-1 and other encodings become where UTF-8 is read.
const REPLACED = '\uFFFD';

/**
 * The lines of a text in UTF-8, ended by LF, CRLF or CR, as its chunks come; a byte order mark is left out. Memory does
 * not grow with the text, nor with a line that does not end.
 *
 * @param limit  characters that a line may have
 */
export async function* linesOf(chunks: AsyncIterable<Uint8Array>, limit: number): AsyncGenerator<Line> {
  const decoder = new TextDecoder();
  let number = 0;
  let rest = '';
  let isTooLong = false;
  const take = (text: string): Line => {
    number += 1;
    const line = { number, text: isTooLong || text.length > limit ? undefined : text };
    isTooLong = false;
    return line;
  };
  for await (const chunk of chunks) {
    // A CR at the end waits for the LF that may follow it.
    const lines = (rest + decoder.decode(chunk, { stream: true })).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? '';
    for (const text of lines) yield take(text);
    if (rest.length > limit) {
      isTooLong = true;
      rest = rest.endsWith('\r') ? '\r' : '';
    }
  }
  rest = (rest + decoder.decode()).replace(/\r$/, '');
  if (rest !== '' || isTooLong) yield take(rest);
}

/** What is wrong with the characters of a cell, whatever it is for. */
export function characterFault(text: string): string | undefined {
  if (text.includes('\0')) return 'holds a NUL';
  if (/\p{Cc}/u.test(text)) return 'holds a control character';
  return text.includes(REPLACED) ? 'is not in UTF-8; save the file in UTF-8' : undefined;
}
