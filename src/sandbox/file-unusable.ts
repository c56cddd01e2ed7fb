/** The sandbox's file cannot be used. `code` and `path` are set as on an error of the file system. */
export class SandboxFileUnusable extends Error {
  readonly code: string;
  readonly path: string;

  constructor(path: string, cause: unknown) {
    const { code, message } = cause as Partial<NodeJS.ErrnoException>;
    super(`the sandbox's file ${path} cannot be used: ${message ?? String(cause)}`, { cause });
    this.code = code ?? 'UNUSABLE';
    this.path = path;
  }
}
