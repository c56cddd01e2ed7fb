/**
 * How five real programs read the answers of `ringout.asp`, rewritten from descriptions of them (fact sheet, clients 1,
 * 3, 5, 6 and 7). Each throws, or gives nothing, where the program did.
 */

/** Client 1, Ruby: two bytes `OK`, the rest from the fourth on; `split` drops trailing empties, `to_i` reads digits. */
export const ruby = {
  list(body: string): Map<string, string> {
    const items = rubySplit(rubyRest(body), ';');
    if (items.length % 2 !== 0) throw new Error('odd number of list for Hash');
    return new Map(pairs(items).map(([number, label]) => [label, number]));
  },
  call(body: string): { id: string; ws: string } {
    const [id = '', ws = ''] = rubySplit(rubyRest(body), ' ');
    return { id, ws };
  },
  status(body: string): { general: number; destination: number; callback: number } | 'completed' {
    const [, groups] = rubySplit(rubyRest(body), ' ');
    if (groups === undefined) return 'completed';
    const [general = '', , destination = '', , callback = ''] = rubySplit(groups, ';');
    return { general: toI(general), destination: toI(destination), callback: toI(callback) };
  },
  cancel(body: string): string {
    return rubyRest(body);
  },
};

/** Client 3, PHP: splits at the first space; the word before it must be `OK`; casts id and WS to int. */
export const php = {
  list(body: string): [string, string][] {
    return pairs(phpRest(body).split(';'));
  },
  call(body: string): { id: number; ws: number } {
    const [id = '', ws = ''] = phpRest(body).split(' ');
    return { id: phpInt(id), ws: phpInt(ws) };
  },
  /** Fails on the completed form, as the program did. */
  status(body: string): string[] {
    const items = phpRest(body).replaceAll(' ', ';').split(';').slice(1, 6);
    if (items.length !== 5) throw new Error('Undefined offset');
    return items;
  },
  cancel(body: string): string {
    return phpRest(body);
  },
  /** What it shows of an error: the text behind the first space. */
  error(body: string): string {
    try {
      phpRest(body);
    } catch (error) {
      return (error as Error).message;
    }
    throw new Error('taken for a success');
  },
};

/** Client 5, jQuery: the second word is the session id; the body is shown as it is. */
export const jquery = {
  call(body: string): string | undefined {
    return body.split(' ')[1];
  },
};

/** Client 6, JavaScript in a page: the first of the words must be `OK`; else the body is written into the page. */
export const page = {
  call(body: string): { id: string | undefined; ws: string | undefined } | { html: string } {
    const words = body.split(' ');
    return words[0] === 'OK' ? { id: words[1], ws: words[2] } : { html: body };
  },
};

/** Client 7, Go: exactly three words, or every field stays empty. */
export const go = {
  call(body: string): { status: string; id: string; ws: string } {
    const words = body.split(' ');
    const [status = '', id = '', ws = ''] = words;
    return words.length === 3 ? { status, id, ws } : { status: '', id: '', ws: '' };
  },
};

function rubyRest(body: string): string {
  if (body.slice(0, 2) !== 'OK') throw new Error(body);
  const rest = body.slice(3);
  if (body.length < 3) throw new Error('nil');
  return rest;
}

function rubySplit(text: string, separator: string): string[] {
  const items = text.split(separator);
  while (items.at(-1) === '') items.pop();
  return items;
}

function toI(text: string): number {
  return Number(/^\s*([+-]?\d+)/.exec(text)?.[1] ?? 0);
}

function phpRest(body: string): string {
  const space = body.indexOf(' ');
  if (space < 0) throw new Error('Undefined offset: 1');
  if (body.slice(0, space) !== 'OK') throw new Error(body.slice(space + 1));
  return body.slice(space + 1);
}

// A PHP of 32 bits, which such programs ran on.
function phpInt(text: string): number {
  return Math.min(toI(text), 2_147_483_647);
}

function pairs(items: readonly string[]): [string, string][] {
  return Array.from({ length: Math.ceil(items.length / 2) }, (_none, index) => [items[2 * index] ?? '', items[2 * index + 1] ?? '']);
}
