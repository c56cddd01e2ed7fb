import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { expect, onTestFinished, test } from 'vitest';
import { giveToken } from '../proxy/odd-platform.ts';
import { rawCaller } from '../proxy/raw.ts';
import { manage, place, runUntil } from './trunkline.ts';

test('31: a gateway that is told to end closes its WebSockets on both sides, and ends with 0 at once where nothing else is under way', async () => {
  const sockets: Duplex[] = [];
  const platform = createServer((_request, response) => giveToken(response));
  platform.on('upgrade', (_request: IncomingMessage, socket: Duplex) => {
    sockets.push(socket);
    socket.on('error', () => undefined).on('end', () => socket.end());
    socket.resume().write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n');
  });
  platform.listen(0, '127.0.0.1');
  await once(platform, 'listening');
  onTestFinished(() => void platform.close());
  const at = await place();
  const gateway = await runUntil('Trunkline is ready.', at, ['serve']);
  const platformOrigin = `http://127.0.0.1:${(platform.address() as AddressInfo).port}`;
  await manage(at, 'POST', 'apps', { name: 'odd', platformOrigin, clientId: 'id', clientSecret: 'secret' });
  await manage(at, 'POST', 'connections', { name: 'desk', app: 'odd', credentials: [{ kind: 'password', username: '15555550100', password: '1234' }] });
  const { body } = await manage(at, 'POST', 'clients', { name: 'crm', connections: ['desk'] });
  const caller = await rawCaller(
    Number(new URL(at.gateway).port),
    `GET /restapi/v1.0/x HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${body.key}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
  );
  await caller.until(/^HTTP\/1\.1 101 .*\r\n\r\n/s);

  const begun = performance.now();
  const status = await gateway.stop();
  const endedMs = performance.now() - begun;
  await caller.closed;

  expect([status, sockets.length, sockets[0]?.destroyed || sockets[0]?.readableEnded]).toEqual([0, 1, true]);
  // Not the 10 s after which what is left is cut off.
  expect(endedMs).toBeLessThan(8_000);
}, 150_000);
