import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Upstream } from '../../src/proxy/upstream/upstream.ts';
import { ask, plainUpstream, rawServer } from './upstream-world.ts';

// What answers are made of, and what makes others of them. Each piece is sent in a packet of its own.
const PIECES = [
  'HTTP/1.1 200 OK\r\n',
  'HTTP/1.1 204 No Content\r\n',
  'HTTP/1.1 100 Continue\r\n\r\n',
  'HTTP/1.0 200 OK\r\n',
  'Content-Length: 5\r\n',
  'Content-Length: 0\r\n',
  'Transfer-Encoding: chunked\r\n',
  'Connection: close\r\n',
  'X-A: b\r\n',
  '\r\n',
  'hello',
  '5\r\nhello\r\n',
  '0\r\n\r\n',
  'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello',
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n',
  'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nevil!HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nevil!',
  '\r',
  '\n',
  '\0',
];

const script = fc.record({
  packets: fc.array(
    fc.oneof(
      fc.constantFrom(...PIECES).map((text) => Buffer.from(text)),
      fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes)),
    ),
    { maxLength: 8 },
  ),
  together: fc.boolean(),
  ends: fc.constantFrom('close', 'reset'),
  method: fc.constantFrom('GET', 'HEAD', 'POST'),
});

describe('37: an upstream that sends anything at all', () => {
  test('ends the request, whole or not, and never answers the next one with it', async () => {
    const runs = process.env.TRUNKLINE_TEST_LONG ? 20_000 : 400;
    let plan: { packets: readonly Buffer[]; together: boolean; ends: string } | undefined;
    let sent: Promise<void> | undefined;
    const server = await rawServer((socket) => {
      socket.on('data', () => {
        const now = plan;
        plan = undefined;
        if (!now) {
          socket.write('HTTP/1.1 200 OK\r\nX-Proper: 1\r\nContent-Length: 6\r\n\r\nproper');
          return;
        }
        sent = (async () => {
          for (const packet of now.together ? [Buffer.concat(now.packets)] : now.packets) {
            if (packet.length > 0) await new Promise((resolve) => socket.write(packet, resolve));
            await settle();
          }
          if (now.ends === 'close') socket.end();
          else socket.resetAndDestroy();
        })();
      });
    });
    const upstream: Upstream = plainUpstream(server.origin);
    const kinds = new Set<string>();

    await fc.assert(
      fc.asyncProperty(script, async ({ method, ...given }) => {
        plan = given;
        const first = await ask(upstream, { method, ...(method === 'POST' && { body: Buffer.from('body') }) });
        await sent;
        await settle();
        const next = await ask(upstream);

        kinds.add(first.ended ? 'ended' : `${first.fault?.kind}`);
        expect(Buffer.concat(next.chunks).toString()).toBe('proper');
        expect(next.rawHeaders).toContain('X-Proper');
      }),
      { numRuns: runs },
    );

    upstream.destroy();
    await server.close();
    // The space is not one in which everything is refused.
    expect([...kinds].sort()).toEqual(['closed', 'ended', 'unusable']);
  });
});

async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
