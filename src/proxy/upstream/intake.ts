const SMALL_BYTES = 16 * 1024;
const LARGE_BYTES = 64 * 1024;

/**
 * What a socket reads into: its own buffer, again and again, instead of a new one of 64 KiB for each packet.
 *
 * It goes past Node's stream for reading, which also throws away what came before an error in writing was noticed.
 */
export class Intake {
  /** Called with what was read; of it, `keep` what is to outlast the call. */
  onBytes: (bytes: Buffer) => void = () => {};
  #buffer = Buffer.allocUnsafeSlow(SMALL_BYTES);
  #size = SMALL_BYTES;
  #given = false;

  /** In the shape of `onread` of `net.connect`. */
  readonly onread = {
    buffer: (): Buffer => {
      if (this.#given || this.#buffer.length !== this.#size) this.#buffer = Buffer.allocUnsafeSlow(this.#size);
      this.#given = false;
      return this.#buffer;
    },
    callback: (length: number): boolean => {
      // There is more than fits: a large body.
      if (length === this.#buffer.length) this.#size = LARGE_BYTES;
      this.onBytes(length === this.#buffer.length ? this.#buffer : this.#buffer.subarray(0, length));
      return true;
    },
  };

  /** Makes a piece of what was read lasting: copied if it is small, else with the buffer that it is most of. */
  keep(piece: Buffer): Buffer {
    if (piece.length * 2 < this.#buffer.length) return Buffer.from(piece);
    this.#given = true;
    return piece;
  }

  /** An idle socket needs no large buffer. */
  rest(): void {
    this.#size = SMALL_BYTES;
  }
}
