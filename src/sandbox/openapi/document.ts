import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { isJsonObject, type JsonObject } from '../wire/json-body.ts';
import { OpenApiFileUnusable } from './unusable.ts';

/** An OpenAPI file of version 3, whose references are followed. */
export class OpenApiDocument {
  readonly root: JsonObject;

  constructor(root: JsonObject) {
    this.root = root;
  }

  /** What stands at `node`, or where its `$ref` leads; nothing where it leads nowhere, outside the file or in a circle. */
  resolve(node: unknown): JsonObject {
    const passed = new Set<unknown>();
    let found = node;
    while (isJsonObject(found) && typeof found.$ref === 'string') {
      if (passed.has(found)) return {};
      passed.add(found);
      found = this.#at(found.$ref);
    }
    return isJsonObject(found) ? found : {};
  }

  /** The references that lead nowhere, each once. */
  brokenReferences(): readonly string[] {
    const references = new Set<string>();
    const open: unknown[] = [this.root];
    for (let node = open.pop(); node !== undefined; node = open.pop()) {
      if (typeof node !== 'object' || node === null) continue;
      // SCIM has properties of this name: theirs is no text.
      if ('$ref' in node && typeof node.$ref === 'string') references.add(node.$ref);
      for (const value of Object.values(node)) if (value !== null && value !== undefined) open.push(value);
    }
    return [...references].filter((reference) => this.#at(reference) === undefined);
  }

  /** @see RFC 6901 §6 */
  #at(reference: string): unknown {
    if (!reference.startsWith('#/')) return undefined;
    const names = reference
      .slice(2)
      .split('/')
      .map((name) => decoded(name).replaceAll('~1', '/').replaceAll('~0', '~'));
    return names.reduce<unknown>(
      (node, name) => (typeof node === 'object' && node !== null && Object.hasOwn(node, name) ? (node as JsonObject)[name] : undefined),
      this.root,
    );
  }
}

/**
 * Reads an OpenAPI file, YAML or JSON.
 *
 * @throws OpenApiFileUnusable  it cannot be read, is no YAML and no JSON, or is not OpenAPI 3 with paths
 */
export function readOpenApiFile(file: string): OpenApiDocument {
  const root = parseFile(file, readText(file));
  const version = isJsonObject(root) ? (root.openapi ?? root.swagger) : undefined;
  if (!isJsonObject(root) || version === undefined)
    throw new OpenApiFileUnusable(file, `it is not an OpenAPI file: it has no "openapi: 3…" at its top; ${WHICH}`);
  if (!String(version).startsWith('3.')) throw new OpenApiFileUnusable(file, `it is of OpenAPI ${String(version).slice(0, 20)}, and 3 is needed; ${WHICH}`);
  if (!isJsonObject(root.paths) || Object.keys(root.paths).length === 0) throw new OpenApiFileUnusable(file, `it has no paths; ${WHICH}`);
  return new OpenApiDocument(root);
}

const WHICH = "name RingCentral's own file, as its API reference offers it, in YAML or JSON";

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    throw new OpenApiFileUnusable(file, message, code, { cause });
  }
}

function parseFile(file: string, text: string): unknown {
  try {
    // Looking for a name that stands twice takes a third of the time, and the last one is as good as any.
    return text.trimStart().startsWith('{') ? JSON.parse(text) : parse(text, { uniqueKeys: false, logLevel: 'error' });
  } catch (cause) {
    const [why = ''] = String((cause as Error).message).split('\n');
    throw new OpenApiFileUnusable(file, `it is neither YAML nor JSON (${why.replace(/:$/, '')}); fetch it again, or ${WHICH}`, 'UNUSABLE', { cause });
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
