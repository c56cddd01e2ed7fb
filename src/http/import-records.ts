import { parse } from 'csv-parse/sync';
import type { RowFault } from '../domain/connection-import.ts';
import { InvalidRequest } from '../domain/errors.ts';
import { parseObject } from '../runtime/parse-object.ts';
import { COLUMN_NAMES, isColumn } from './import-columns.ts';
import { characterFault, type Line } from './import-lines.ts';

/** The cells of a row by their columns, those that are filled; or what is wrong with the row as a whole. */
export type ImportRecord = { readonly line: number } & ({ readonly cells: ReadonlyMap<string, string> } | { readonly faults: readonly RowFault[] });

/** What kind of text an import is. */
export type ImportFormat = 'csv' | 'ndjson';

/**
 * The rows of an import, each a line of its own: one that is broken, by a quote that does not end for example, spoils no other.
 *
 * @throws InvalidRequest  a CSV whose first line does not name columns
 */
export async function* recordsOf(lines: AsyncIterable<Line>, format: ImportFormat): AsyncGenerator<ImportRecord> {
  let columns: readonly string[] | undefined;
  for await (const { number: line, text } of lines) {
    if (text === undefined) {
      if (format === 'csv' && !columns) throw new InvalidRequest([{ field: 'line 1', message: 'is too long to be the names of columns' }]);
      yield { line, faults: [{ field: '', message: 'is too long' }] };
    } else if (text.trim() === '') {
      // An empty line at the end, or between groups, is nobody's row.
    } else if (format === 'ndjson') {
      yield jsonRecord(line, text);
    } else if (columns) {
      yield csvRecord(line, text, columns);
    } else {
      columns = headerOf(line, text);
    }
  }
}

/** @throws InvalidRequest  naming every column that there is not; a column that was left out silently could be the one with the secrets */
function headerOf(line: number, text: string): readonly string[] {
  const cells = cellsOf(text)?.map((cell) => cell.trim());
  const field = `line ${line}`;
  if (!cells) throw new InvalidRequest([{ field, message: 'does not name columns: its quotes are broken' }]);
  const strange = cells.filter((cell) => !isColumn(cell)).map((cell) => `"${cell.slice(0, 40).replace(/[^\x20-\x7e]/g, '?')}"`);
  const twice = cells.filter((cell, position) => isColumn(cell) && cells.indexOf(cell) !== position);
  const faults = [
    ...(strange.length > 0 ? [`names ${strange.slice(0, 5).join(', ')}, which is no column of an import; there are ${COLUMN_NAMES}`] : []),
    ...twice.map((cell) => `names ${cell} twice`),
    ...(cells.includes('name') ? [] : ['has no column "name"']),
  ];
  if (faults.length > 0) throw new InvalidRequest(faults.map((message) => ({ field, message })));
  return cells;
}

function csvRecord(line: number, text: string, columns: readonly string[]): ImportRecord {
  const cells = cellsOf(text);
  if (!cells) return { line, faults: [{ field: '', message: 'has broken quotes; a row is one line' }] };
  if (cells.length !== columns.length) {
    const has = `has ${cells.length} ${cells.length === 1 ? 'cell' : 'cells'}, the first line names ${columns.length}`;
    return { line, faults: [{ field: '', message: has }] };
  }
  return filled(
    line,
    columns.map((column, position) => [column, cells[position] ?? '']),
  );
}

function jsonRecord(line: number, text: string): ImportRecord {
  const value = parseObject(text);
  if (!value) return { line, faults: [{ field: '', message: 'is not a JSON object' }] };
  const faults = Object.entries(value).flatMap(([field, cell]) => {
    if (!isColumn(field)) return [{ field: field.slice(0, 40).replace(/[^\x20-\x7e]/g, '?'), message: `is no column of an import; there are ${COLUMN_NAMES}` }];
    return ['string', 'number'].includes(typeof cell) || cell === null ? [] : [{ field, message: 'must be text or a number' }];
  });
  if (faults.length > 0) return { line, faults };
  return filled(
    line,
    Object.entries(value).map(([field, cell]) => [field, cell === null ? '' : String(cell)]),
  );
}

function filled(line: number, cells: readonly (readonly [string, string])[]): ImportRecord {
  const given = cells.map(([column, cell]) => [column, column === 'password' ? cell : cell.trim()] as const).filter(([, cell]) => cell !== '');
  const faults = given.flatMap(([field, cell]) => {
    const message = characterFault(cell);
    return message ? [{ field, message }] : [];
  });
  return faults.length > 0 ? { line, faults } : { line, cells: new Map(given) };
}

/** The cells of a line of CSV; nothing where its quotes are broken. @see RFC 4180 */
function cellsOf(text: string): readonly string[] | undefined {
  // Most lines have no quotes, and then there is nothing to it.
  if (!text.includes('"')) return text.split(',');
  try {
    const [cells] = parse(text, { relax_column_count: true }) as string[][];
    return cells;
  } catch {
    return undefined;
  }
}
