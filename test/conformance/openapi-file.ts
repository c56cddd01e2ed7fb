import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type OpenApiDocument, readOpenApiFile } from '../../src/sandbox/openapi/document.ts';
import { isJsonObject, type JsonObject } from '../../src/sandbox/wire/json-body.ts';

// RingCentral's file is not part of the project: it is compared with where it lies beside it, or where it is named.
const FILE = process.env.TRUNKLINE_TEST_OPENAPI || fileURLToPath(new URL('../../../shared/facts/openapi/rc-public-openapi.yml', import.meta.url));

/** RingCentral's OpenAPI file, where there is one. */
export function findOpenApiFile(): string | undefined {
  return existsSync(FILE) ? FILE : undefined;
}

/** What an operation of the file's answers, by status; nothing where the file has no such operation. */
export class DescribedAnswers {
  readonly document: OpenApiDocument;
  readonly #items = new Map<string, JsonObject>();

  constructor(file: string) {
    this.document = readOpenApiFile(file);
    for (const [path, item] of Object.entries(this.document.root.paths as JsonObject)) this.#items.set(shapeOf(path), this.document.resolve(item));
  }

  /** @param operation  `GET /restapi/v1.0/…` */
  has(operation: string): boolean {
    return this.#operation(operation) !== undefined;
  }

  /** @returns nothing where no such status is described; `schema` is absent where the answer has no body */
  answer(operation: string, status: number): { readonly schema?: JsonObject } | undefined {
    const { responses } = this.#operation(operation) ?? {};
    const described = isJsonObject(responses) ? responses[String(status)] : undefined;
    if (described === undefined) return undefined;
    const { content } = this.document.resolve(described);
    const media = isJsonObject(content) ? this.document.resolve(content['application/json']) : {};
    return isJsonObject(media.schema) ? { schema: media.schema } : {};
  }

  /** @returns throttling group, application permission, user permission; nothing where the file has no such operation */
  guards(operation: string): readonly unknown[] | undefined {
    const found = this.#operation(operation);
    return found && [found['x-throttling-group'], found['x-app-permission'], found['x-user-permission']];
  }

  #operation(operation: string): JsonObject | undefined {
    const [method = '', path = ''] = operation.split(' ');
    const found = this.#items.get(shapeOf(path))?.[method.toLowerCase()];
    return isJsonObject(found) ? found : undefined;
  }
}

// `{apiVersion}` is v1.0, the one version that there is.
function shapeOf(path: string): string {
  return path.replace('/restapi/{apiVersion}', '/restapi/v1.0').replace(/\{[^{}]*\}/g, '{}');
}
