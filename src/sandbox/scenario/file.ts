import { readFileSync } from 'node:fs';
import { isCollection, isMap, isScalar, LineCounter, type Node, parseDocument } from 'yaml';
import { type FieldPath, fieldName, type ScenarioFault, ScenarioWrong } from './wrong.ts';

/** A scenario's file, parsed: what it holds, and where each thing stands. */
export interface ScenarioFile {
  readonly content: unknown;
  /** @returns line and column, from 1, of a field or of the nearest thing around it */
  placeOf(path: FieldPath): Pick<ScenarioFault, 'line' | 'column'>;
}

/**
 * Reads a file of YAML 1.2, of which JSON is a part.
 *
 * @throws ScenarioWrong  it cannot be read, or is not YAML
 */
export function readScenarioFile(path: string): ScenarioFile {
  const lines = new LineCounter();
  const document = parseDocument(readText(path), { lineCounter: lines, merge: true, prettyErrors: false });
  const place = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  const faultOf = ({ message, pos }: { readonly message: string; readonly pos: readonly [number, number] }): ScenarioFault => ({
    field: '',
    fault: `is not YAML: ${message}`,
    ...place(pos[0]),
  });
  if (document.errors.length > 0) throw new ScenarioWrong(path, document.errors.map(faultOf));
  return { content: contentOf(path, document), placeOf: (field) => place(offsetOf(document.contents, field)) };
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new ScenarioWrong(path, [{ field: '', fault: code === 'ENOENT' ? 'there is no such file' : `cannot be read: ${(error as Error).message}` }]);
  }
}

// An alias that names nothing, or so many that a small file would fill the memory, shows only here.
function contentOf(path: string, document: ReturnType<typeof parseDocument>): unknown {
  try {
    return document.toJS() as unknown;
  } catch (error) {
    throw new ScenarioWrong(path, [{ field: '', fault: `is not YAML: ${(error as Error).message}` }]);
  }
}

function offsetOf(root: Node | null, path: FieldPath): number {
  let offset = root?.range?.[0] ?? 0;
  let node: unknown = root;
  for (const part of path) {
    if (!isCollection(node)) break;
    const pair = isMap(node) ? node.items.find(({ key }) => isScalar(key) && key.value === part) : undefined;
    const value: unknown = pair ? pair.value : node.get(part, true);
    const shown = (pair?.key ?? value) as Node | null | undefined;
    if (!shown?.range) break;
    offset = shown.range[0];
    node = value;
  }
  return offset;
}

/** The fault of one field, with its place where there is a file. */
export function faultAt(file: ScenarioFile | undefined, path: FieldPath, fault: string): ScenarioFault {
  return { field: fieldName(path), fault, ...file?.placeOf(path) };
}
