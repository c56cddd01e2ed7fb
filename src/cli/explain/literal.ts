/**
 * A text as a literal in double quotes that JavaScript, Python, C# and Java read alike: JSON's, with every character escaped that
 * an eye, an editor or a terminal would take for something else.
 */
export function literal(text: string): string {
  return visible(JSON.stringify(text));
}

/** JSON in which nothing is invisible; equal to what it was. */
export function jsonText(value: unknown): string {
  return visible(JSON.stringify(value ?? null));
}

/** A text for a shell of POSIX's, in single quotes. */
export function shellWord(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** A text for PHP, in single quotes, where a backslash stands for itself but before another and a quote. */
export function phpText(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}

function visible(json: string): string {
  return json.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, (character) =>
    [...Array(character.length).keys()].map((index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`).join(''),
  );
}
