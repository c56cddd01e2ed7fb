import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** A connection of a caller that writes what it likes. */
export interface RawCaller {
  readonly socket: Socket;
  /** What has come back, as Latin-1. */
  text(): string;
  write(bytes: string | Buffer): void;
  /** Resolves when the gateway, or the caller itself, has closed it. */
  readonly closed: Promise<void>;
  /** Resolves when what has come back fits. */
  until(pattern: RegExp): Promise<string>;
}

/** Connects; an error of the connection only closes it, as it would be for a program that has read its answer before. */
export async function rawCaller(port: number, bytes: string | Buffer = ''): Promise<RawCaller> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true });
  let text = '';
  socket.on('data', (piece: Buffer) => {
    text += piece.toString('latin1');
  });
  socket.on('error', () => undefined);
  socket.on('end', () => socket.end());
  await once(socket, 'connect');
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  const write = (more: string | Buffer) => void socket.write(typeof more === 'string' ? Buffer.from(more, 'latin1') : more);
  if (bytes.length > 0) write(bytes);
  return {
    socket,
    text: () => text,
    write,
    closed,
    until: async (pattern) => {
      while (!pattern.test(text)) {
        if (socket.destroyed) throw new Error(`closed after ${JSON.stringify(text.slice(0, 300))}`);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      return text;
    },
  };
}

/** Sends bytes on a connection of their own; gives what came back until it was closed. */
export async function rawAnswer(port: number, bytes: string | Buffer): Promise<string> {
  const caller = await rawCaller(port, bytes);
  await caller.closed;
  return caller.text();
}

/** The status of an answer; 0 where there is none. */
export function statusOf(answer: string): number {
  return Number(/^HTTP\/1\.1 (\d{3}) /.exec(answer)?.[1] ?? 0);
}
