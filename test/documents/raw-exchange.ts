import { once } from 'node:events';
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';

/** An answer as its bytes say it. */
export interface RawAnswer {
  /** `HTTP/1.1 200 OK` */
  readonly statusLine: string;
  /** By lower-case name. */
  readonly headers: ReadonlyMap<string, string>;
  readonly text: string;
}

/** A request as a document prints it. */
export interface Printed {
  /** Request line and headers, a line each, blanks at the ends of lines and all. */
  readonly head: readonly string[];
  /** Lines that are one where the document wraps it. */
  readonly body?: readonly string[];
}

const ANSWER = /^(HTTP\/1\.1 [^\r]*)\r\n([\s\S]*?)\r\n\r\n([\s\S]*)$/;

/**
 * Writes a printed request to a connection of its own, and reads the answer.
 *
 * What no print has is added as every client does: the body's length, a Host where none is printed. A request line loses the
 * blanks at its end, which HTTP forbids, and gets its version where the print has none; `live` are the values that are put in
 * the place of printed ones, tokens for example.
 *
 * @param ca  of a TLS origin
 */
export async function exchange(origin: string, { head, body }: Printed, live: Readonly<Record<string, string>> = {}, ca?: string): Promise<RawAnswer> {
  const { host, hostname, port, protocol } = new URL(origin);
  const [line = '', ...headers] = head.map((text) => withLive(text, live));
  const content = body && withLive(body.join(''), live);
  const here = headers.map((header) => header.replace(/^Host: .*$/, `Host: ${host}`));
  const lines = [
    requestLine(line).replace(/ https:\/\/[^/]+/, ` ${origin}`),
    ...here,
    ...(here.some((header) => header.startsWith('Host:')) ? [] : [`Host: ${host}`]),
    ...(content === undefined ? [] : [`Content-Length: ${Buffer.byteLength(content)}`]),
  ];
  const socket = protocol === 'https:' ? connectTls({ host: hostname, port: Number(port), ...(ca !== undefined && { ca }) }) : connect(Number(port), hostname);
  await once(socket, protocol === 'https:' ? 'secureConnect' : 'connect');
  socket.write(`${lines.join('\r\n')}\r\n\r\n${content ?? ''}`);
  try {
    return await readAnswer(socket);
  } finally {
    socket.destroy();
  }
}

function withLive(text: string, live: Readonly<Record<string, string>>): string {
  return Object.entries(live).reduce((result, [printed, value]) => result.replaceAll(printed, value), text);
}

function requestLine(printed: string): string {
  const line = printed.trimEnd();
  return line.endsWith('HTTP/1.1') ? line : `${line} HTTP/1.1`;
}

async function readAnswer(socket: AsyncIterable<Buffer>): Promise<RawAnswer> {
  let bytes = Buffer.alloc(0);
  for await (const chunk of socket) {
    bytes = Buffer.concat([bytes, chunk]);
    const [, statusLine = '', fields = '', text = ''] = ANSWER.exec(bytes.toString('latin1')) ?? [];
    if (statusLine === '') continue;
    const headers = new Map(
      fields.split('\r\n').map((field): [string, string] => [field.split(':', 1)[0]?.toLowerCase() ?? '', field.replace(/^[^:]*: */, '')]),
    );
    if (text.length >= Number(headers.get('content-length') ?? 0)) return { statusLine, headers, text: Buffer.from(text, 'latin1').toString('utf8') };
  }
  throw new TypeError(`the connection ended in the middle of an answer: ${bytes.toString('latin1').slice(0, 200)}`);
}
