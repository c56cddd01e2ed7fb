import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

// The longest path that is ours, with a scheme and a host in front, ends well before this.
const KEPT_BYTES = 1_024;

/** Of Node's own parser, what is used here: not documented, so its absence only means that nothing is kept. */
interface NodeParser {
  /** Whether the headers of the request that is being read are whole. */
  headersCompleted?(): boolean;
  /** The packet that was just read; only while its callback runs. */
  getCurrentBuffer(): Buffer;
  [callback: number]: ((result: number | Error, ...more: unknown[]) => void) | null | undefined;
}

// A socket that is gone takes its entry with it.
const heads = new WeakMap<Duplex, Buffer>();

/**
 * Keeps the beginning of a request whose headers do not come in one packet: for the server's 'connection' event.
 *
 * What breaks the parser may come long after the request line, and by then the line is gone. Listening to the bytes
 * themselves would take the socket from the parser, which reads it without JavaScript: 12 % of a request's time. So the
 * callback is wrapped that the parser makes after each packet anyway, and the packet is asked for only where it left
 * headers unfinished, which is rare.
 */
export function keepRequestHead(socket: Socket & { readonly parser?: NodeParser | null }): void {
  const { parser } = socket;
  const afterPacket = (parser?.constructor as { readonly kOnExecute?: number } | undefined)?.kOnExecute;
  const callback = parser && afterPacket !== undefined ? parser[afterPacket] : undefined;
  if (!parser?.headersCompleted || afterPacket === undefined || !callback) return;

  let kept: Buffer | undefined;
  parser[afterPacket] = (result, ...more) => {
    // The packet that breaks the parser comes with its error.
    if (typeof result === 'number') {
      if (parser.headersCompleted?.()) {
        if (kept) heads.delete(socket);
        kept = undefined;
      } else if (!kept || kept.length < KEPT_BYTES) {
        kept = longer(kept, parser.getCurrentBuffer());
        if (kept) heads.set(socket, kept);
      }
    }
    callback(result, ...more);
  };
}

/** The beginning of the request that is being read on this connection, as far as earlier packets had it. */
export function requestHead(socket: Duplex): Buffer {
  return heads.get(socket) ?? Buffer.alloc(0);
}

// A request may begin behind the one before it, or behind empty lines.
function longer(kept: Buffer | undefined, packet: Buffer): Buffer | undefined {
  if (kept) return Buffer.concat([kept, packet.subarray(0, KEPT_BYTES)]);
  const blank = packet.lastIndexOf('\r\n\r\n');
  let start = blank < 0 ? 0 : blank + 4;
  while (packet[start] === 0x0d || packet[start] === 0x0a) start += 1;
  return start < packet.length ? Buffer.from(packet.subarray(start, start + KEPT_BYTES)) : undefined;
}
