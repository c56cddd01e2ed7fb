import { createHash, type Hash } from 'node:crypto';

/** What tells one request from another. */
export interface RequestHead {
  readonly connection: string;
  readonly method: string;
  /** As it goes to the platform, normalised. */
  readonly path: string;
  /** Without `?`, without the caller's credentials. */
  readonly query: string;
  readonly contentType: string | undefined;
}

/**
 * Equal for equal requests: the digest of what is asked and of the body, which is fed to it as it comes.
 *
 * A multipart body is equal only with the same boundary; a program that repeats a request with its key has to repeat its bytes.
 */
export class Fingerprint {
  readonly #hash: Hash;

  constructor({ connection, method, path, query, contentType }: RequestHead) {
    this.#hash = createHash('sha256').update(`${JSON.stringify([connection, method.toUpperCase(), path, query, contentType ?? ''])}\n`);
  }

  update(chunk: Uint8Array | string): this {
    this.#hash.update(chunk);
    return this;
  }

  /** @returns hex; nothing can be added after that */
  digest(): string {
    return this.#hash.digest('hex');
  }
}
