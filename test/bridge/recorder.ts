import { once } from 'node:events';
import { createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** A listener in front of a gateway that hands everything on, and remembers what came back. */
export async function recorder(gateway: string): Promise<{ readonly origin: string; heard(): string }> {
  const { port } = new URL(gateway);
  const pieces: Buffer[] = [];
  const server = createServer((incoming, response) => {
    const { url, method, headers } = incoming;
    const onward = httpRequest({ host: '127.0.0.1', port, path: url, method, headers, agent: false }, (answer) => {
      pieces.push(Buffer.from(answer.rawHeaders.join('\n')));
      answer.on('data', (chunk: Buffer) => pieces.push(chunk));
      response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    incoming.pipe(onward);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, heard: () => Buffer.concat(pieces).toString('latin1') };
}
