import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { PayloadTooLarge } from '../domain/errors.ts';
import { Spool, type SpoolRoom } from './spool.ts';

// A form or a JSON document is read whole first: it leaves in one packet with the head, and is there for a second time.
const SMALL_BYTES = 64 * 1024;

/** The body of a request, which may be sent a second time. */
export interface InboundBody {
  readonly length: number | undefined;
  /** Whether `read` gives it from its beginning. */
  readonly repeatable: boolean;
  /** From its beginning. */
  read(): Buffer | Readable | undefined;
  /** It is not sent a second time. */
  drop(): Promise<void>;
}

/**
 * The body of a request as it is forwarded.
 *
 * @param mostBytes  a longer one is refused
 * @throws PayloadTooLarge
 */
export async function readBody(request: IncomingMessage, room: SpoolRoom, mostBytes: number): Promise<InboundBody> {
  const header = request.headers['content-length'];
  const length = header === undefined ? undefined : Number(header);
  if (length === undefined && request.headers['transfer-encoding'] === undefined) return NO_BODY;
  if (length !== undefined && length > mostBytes) throw new PayloadTooLarge(mostBytes);
  if (length !== undefined && length <= SMALL_BYTES) return wholeBody(await readWhole(request));
  return spooledBody(new Spool(request, room), length);
}

const NO_BODY: InboundBody = { length: 0, repeatable: true, read: () => undefined, drop: async () => undefined };

function wholeBody(body: Buffer): InboundBody {
  return { length: body.length, repeatable: true, read: () => body, drop: async () => undefined };
}

function spooledBody(spool: Spool, length: number | undefined): InboundBody {
  return {
    length,
    get repeatable() {
      return spool.repeatable;
    },
    read: () => Readable.from(spool.read(), { objectMode: false }),
    drop: () => spool.drop(),
  };
}

async function readWhole(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    bytes += piece.length;
    pieces.push(piece);
  }
  return pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces, bytes);
}
