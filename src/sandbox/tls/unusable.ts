/** The certificate files cannot be used. `code` and `path` are set as on an error of the file system. */
export class CertificatesUnusable extends Error {
  readonly code: string;
  readonly path: string;

  constructor(path: string, cause: unknown) {
    const { code = 'UNUSABLE', message } = cause as NodeJS.ErrnoException;
    super(`the certificates in ${path} cannot be used: ${message}; remove the folder to have new ones made`, { cause });
    this.code = code;
    this.path = path;
  }
}
