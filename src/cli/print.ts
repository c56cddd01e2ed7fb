/** How a result is printed. */
export interface Output {
  readonly json?: boolean;
}

/** Prints a result for a person: a line per field, what is not a plain value as JSON, times as ISO 8601. */
export function printObject(value: Readonly<Record<string, unknown>>): void {
  const width = Math.max(...Object.keys(value).map((key) => key.length));
  for (const [key, part] of Object.entries(value)) printLine(`${key.padEnd(width)}  ${plain(key, part)}`);
}

/** Prints a table for a person: the columns' names, then a line per row. */
export function printTable(columns: readonly string[], rows: readonly Readonly<Record<string, unknown>>[]): void {
  const cells = [columns, ...rows.map((row) => columns.map((column) => plain(column, row[column])))];
  // Not Math.max(...cells): a call takes some hundred thousand arguments at most, and a gateway may have more Connections.
  const widths = columns.map((_, index) => cells.reduce((widest, line) => Math.max(widest, line[index]?.length ?? 0), 0));
  for (const line of cells) {
    const padded = line.map((cell, index) => cell.padEnd(widths[index] ?? 0));
    printLine(padded.join('  ').trimEnd());
  }
}

/** Prints a result for a program: JSON in one line. */
export function printJson(value: unknown): void {
  printLine(JSON.stringify(value));
}

/** Prints one line on stdout, as it is. */
export function printLine(line: string): void {
  process.stdout.write(`${line}\n`);
}

function plain(name: string, value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'number' && /(At|By|Until)$/.test(name)) return new Date(value).toISOString();
  return withoutControls(typeof value === 'string' ? value : JSON.stringify(value));
}

/**
 * A text with its control characters escaped: what came from elsewhere must not steer the terminal. JSON leaves U+007F to U+009F as
 * they are, and U+009B alone starts a control sequence.
 */
export function withoutControls(text: string): string {
  return text.replace(/\p{Cc}/gu, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
