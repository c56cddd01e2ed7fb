/** Prints a result for a person: a line per field, what is not a plain value as JSON. */
export function printObject(value: Readonly<Record<string, unknown>>): void {
  const width = Math.max(...Object.keys(value).map((key) => key.length));
  for (const [key, part] of Object.entries(value)) printLine(`${key.padEnd(width)}  ${plain(key, part)}`);
}

/** A table: the columns' names, then a line per row. */
export function printTable(columns: readonly string[], rows: readonly Readonly<Record<string, unknown>>[]): void {
  const cells = [columns, ...rows.map((row) => columns.map((column) => plain(column, row[column])))];
  const widths = columns.map((_, index) => Math.max(...cells.map((line) => line[index]?.length ?? 0)));
  for (const line of cells)
    printLine(
      line
        .map((cell, index) => cell.padEnd(widths[index] ?? 0))
        .join('  ')
        .trimEnd(),
    );
}

/** Prints a result for a program. */
export function printJson(value: unknown): void {
  printLine(JSON.stringify(value));
}

export function printLine(line: string): void {
  process.stdout.write(`${line}\n`);
}

function plain(name: string, value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'number' && name.endsWith('At')) return new Date(value).toISOString();
  // What came from elsewhere must not steer the terminal.
  if (typeof value === 'string') return value.replace(/\p{Cc}/gu, (character) => JSON.stringify(character).slice(1, -1));
  return JSON.stringify(value);
}
