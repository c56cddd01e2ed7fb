import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { type FileHandle, open, unlink } from 'node:fs/promises';
import { join } from 'node:path';

const TAG_BYTES = 16;
const IV_BYTES = 12;

/** A temporary file without a name: sealed under a key that is in memory alone, and gone when it is closed or the process ends. */
export class SpoolFile {
  readonly #file: FileHandle;
  readonly #key = randomBytes(32);
  readonly #pieces: { readonly position: number; readonly bytes: number }[] = [];
  #end = 0;

  /** @param folder  where it lies while it is there */
  static async open(folder: string): Promise<SpoolFile> {
    const path = join(folder, `spool-${randomBytes(12).toString('hex')}`);
    const file = await open(path, 'wx+', 0o600);
    await unlink(path);
    return new SpoolFile(file);
  }

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  async append(piece: Buffer): Promise<void> {
    const cipher = createCipheriv('aes-256-gcm', this.#key, numbered(this.#pieces.length));
    const sealed = [cipher.update(piece), cipher.final(), cipher.getAuthTag()];
    const bytes = piece.length + TAG_BYTES;
    const position = this.#end;
    this.#end += bytes;
    this.#pieces.push({ position, bytes });
    await this.#file.writev(sealed, position);
  }

  /** @throws Error  what was read is not what was written */
  async read(index: number): Promise<Buffer> {
    const piece = this.#pieces[index];
    if (!piece) throw new RangeError(`there is no piece ${index}`);
    const sealed = Buffer.allocUnsafe(piece.bytes);
    await this.#file.read(sealed, 0, piece.bytes, piece.position);
    const decipher = createDecipheriv('aes-256-gcm', this.#key, numbered(index));
    decipher.setAuthTag(sealed.subarray(piece.bytes - TAG_BYTES));
    const plain = decipher.update(sealed.subarray(0, piece.bytes - TAG_BYTES));
    // GCM keeps nothing back: this gives no bytes, and throws where the tag is another.
    decipher.final();
    return plain;
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}

// The key is used for this file alone, so a number is enough.
function numbered(index: number): Buffer {
  const iv = Buffer.alloc(IV_BYTES);
  iv.writeUInt32BE(index, IV_BYTES - 4);
  return iv;
}
