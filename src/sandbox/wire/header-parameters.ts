/** A header such as Content-Type or Content-Disposition: its value in lower case, and its parameters by name in lower case. */
export interface ParameterizedHeader {
  readonly value: string;
  readonly parameters: ReadonlyMap<string, string>;
}

const PARAMETER = /;\s*([^\s=;]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^;\s]*)/g;
// A browser escapes only the quote (WHATWG HTML §4.10.21.8 percent-encodes it); a backslash in a Windows path stays.
const ESCAPED = /\\(["\\])/g;

/**
 * Reads a header with parameters. What is malformed in it is left out.
 *
 * @see RFC 2045 §5.1, RFC 2183 §2, RFC 8187 §3.2 for `filename*`
 */
export function readParameterizedHeader(text: string): ParameterizedHeader {
  const [value = ''] = text.split(';', 1);
  const parameters = new Map<string, string>();
  for (const [, name = '', raw = ''] of text.matchAll(PARAMETER)) {
    const key = name.toLowerCase();
    const plain = raw.startsWith('"') ? raw.slice(1, -1).replace(ESCAPED, '$1') : raw;
    if (key.endsWith('*')) parameters.set(key.slice(0, -1), decodeExtended(plain));
    else if (!parameters.has(key)) parameters.set(key, plain);
  }
  return { value: value.trim().toLowerCase(), parameters };
}

function decodeExtended(text: string): string {
  const encoded = /^utf-8'[^']*'(.*)$/i.exec(text)?.[1] ?? text;
  try {
    return decodeURIComponent(encoded);
  } catch {
    return encoded;
  }
}
