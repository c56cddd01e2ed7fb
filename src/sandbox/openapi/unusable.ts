/** The OpenAPI file cannot be used. `code` and `path` are set as on an error of the file system; the message says what to do. */
export class OpenApiFileUnusable extends Error {
  readonly code: string;
  readonly path: string;

  constructor(path: string, fault: string, code = 'UNUSABLE', options?: ErrorOptions) {
    super(fault, options);
    this.code = code;
    this.path = path;
  }
}
