import type { Readable } from 'node:stream';
import { setImmediate as afterTheRest } from 'node:timers/promises';
import { Busboy } from '@fastify/busboy';
import { FaxRefused } from './digit.ts';
import type { FormFields } from './form-fields.ts';

// A fax has some: its documents, its recipients, and a dozen others.
const LIMITS = { parts: 1_000, headerPairs: 32, headerSize: 16 * 1024 };
// The parser stands still for ever where a part that it leaves out has no room for what came last of it. So it is given less at
// a time than a part has room for.
const STEP_BYTES = 64 * 1024;
const PART_BYTES = 2 * STEP_BYTES;

/**
 * Reads a `multipart/form-data` body, each part as it comes.
 *
 * @param contentType  with its boundary
 * @throws FaxRefused  it is cut off, or no multipart body, or more than a fax has
 * @see RFC 7578, RFC 2046 §5.1
 */
export function readMultipart(contentType: string, body: AsyncIterable<Buffer>, fields: FormFields): Promise<void> {
  return new Promise((resolve, reject) => {
    const parser = openParser(contentType);
    let parts = Promise.resolve();
    const feeder = new Feeder();
    const fail = (error: unknown) => {
      feeder.stop();
      reject(error);
    };
    // Every part as a stream, whether or not it says that it is a file: nothing is kept that nobody bounds.
    parser.on('file', (name: string | undefined, stream: Readable, fileName: string | undefined) => {
      // It may break before somebody reads it.
      stream.on('error', () => undefined);
      parts = parts.then(() => fields.take(name, fileName, contentOf(stream)));
      parts.catch(fail);
    });
    parser.on('error', () => fail(new FaxRefused('multipart')));
    parser.on('partsLimit', () => fail(new FaxRefused('too_many_parts')));
    parser.on('finish', () => parts.then(() => resolve(), fail));
    feeder.feed(body, parser).catch(fail);
  });
}

type Parser = ReturnType<typeof openParser>;

function openParser(contentType: string) {
  if (!/boundary="?[^"\s;]/i.test(contentType)) throw new FaxRefused('multipart');
  try {
    return new Busboy({ headers: { 'content-type': contentType }, isPartAFile: () => true, preservePath: true, fileHwm: PART_BYTES, limits: LIMITS });
  } catch {
    throw new FaxRefused('multipart');
  }
}

async function* contentOf(stream: Readable): AsyncGenerator<Buffer> {
  try {
    yield* stream as AsyncIterable<Buffer>;
  } catch {
    throw new FaxRefused('multipart');
  }
}

/** Gives a parser a step after the other, each when the one before is through, until it is stopped. */
class Feeder {
  #isOver = false;
  #through = (): void => undefined;

  async feed(body: AsyncIterable<Buffer>, parser: Parser): Promise<void> {
    for await (const chunk of body) {
      for (let at = 0; at < chunk.length; at += STEP_BYTES) {
        await new Promise<void>((through) => {
          this.#through = through;
          parser.write(chunk.subarray(at, at + STEP_BYTES), () => through());
          if (this.#isOver) through();
        });
        if (this.#isOver) return;
        // What the parser leaves out is gone by then.
        await afterTheRest();
      }
    }
    parser.end();
  }

  stop(): void {
    this.#isOver = true;
    this.#through();
  }
}
