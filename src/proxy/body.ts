import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import type { AtOnce } from '../domain/at-once.ts';
import { PayloadTooLarge } from '../domain/errors.ts';
import { Spool, type SpoolRoom } from './spool.ts';

// A form or a JSON document is read whole first: it leaves in one packet with the head, and is there for a second time. One in
// chunks as well, so that of a request whose framing breaks there nothing has left.
const SMALL_BYTES = 64 * 1024;

/** The body of a request, which may be sent a second time. */
export interface InboundBody {
  readonly length: number | undefined;
  /** Whether `read` gives it from its beginning. */
  readonly repeatable: boolean;
  /** From its beginning. */
  read(): Buffer | Readable | undefined;
  /** It is not sent a second time. */
  drop(): AtOnce<void>;
}

/**
 * The body of a request as it is forwarded.
 *
 * @param mostBytes  a longer one is refused; where its length was not told, when so much has come
 * @throws PayloadTooLarge
 */
export function readBody(request: IncomingMessage, room: SpoolRoom, mostBytes: number): AtOnce<InboundBody> {
  const header = request.headers['content-length'];
  const length = header === undefined ? undefined : Number(header);
  if (length === undefined && request.headers['transfer-encoding'] === undefined) return NO_BODY;
  if (length !== undefined && length > mostBytes) throw new PayloadTooLarge(mostBytes);
  if (length === undefined) return readSmallFirst(request, room, mostBytes);
  return length > SMALL_BYTES ? spooledBody(new Spool(piecesOf(request), room), length) : readWhole(request);
}

// By its events: most forms come with their head, and iterating costs several times what they do.
function readWhole(request: IncomingMessage): Promise<InboundBody> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.once('end', () => resolve(wholeBody(joined(pieces))));
    request.once('error', reject);
  });
}

async function readSmallFirst(request: IncomingMessage, room: SpoolRoom, mostBytes: number): Promise<InboundBody> {
  const pieces = limited(piecesOf(request), mostBytes);
  const { first, ended } = await readSmall(pieces);
  return ended ? wholeBody(first) : spooledBody(new Spool(followed(first, pieces), room), undefined);
}

const NO_BODY: InboundBody = { length: 0, repeatable: true, read: () => undefined, drop: () => undefined };

function wholeBody(body: Buffer): InboundBody {
  return { length: body.length, repeatable: true, read: () => body, drop: () => undefined };
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

function piecesOf(request: IncomingMessage): AsyncIterator<Buffer> {
  return request[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
}

async function readSmall(pieces: AsyncIterator<Buffer>): Promise<{ readonly first: Buffer; readonly ended: boolean }> {
  const read: Buffer[] = [];
  let bytes = 0;
  while (bytes <= SMALL_BYTES) {
    const { done, value } = await pieces.next();
    if (done) return { first: joined(read), ended: true };
    bytes += value.length;
    read.push(value);
  }
  return { first: Buffer.concat(read, bytes), ended: false };
}

function joined(pieces: readonly Buffer[]): Buffer {
  return pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces);
}

function limited(pieces: AsyncIterator<Buffer>, mostBytes: number): AsyncIterator<Buffer> {
  let bytes = 0;
  return {
    next: async () => {
      const next = await pieces.next();
      bytes += next.done ? 0 : next.value.length;
      if (bytes > mostBytes) throw new PayloadTooLarge(mostBytes);
      return next;
    },
  };
}

function followed(first: Buffer, pieces: AsyncIterator<Buffer>): AsyncIterator<Buffer> {
  let isFirst = true;
  return {
    next: async () => {
      if (!isFirst) return pieces.next();
      isFirst = false;
      return { done: false, value: first };
    },
  };
}
