import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ACCOUNT, outside, TOKEN } from '../../test/sandbox-world.ts';
import type { Log } from '../runtime/log.ts';
import { NotLoopback, startSandbox } from './start.ts';

describe('startSandbox', () => {
  test('listens on 127.0.0.1 at any free port unless told', async () => {
    const [one, other] = [await outside(), await outside()];

    expect(one.sandbox.origin).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(other.sandbox.origin).not.toBe(one.sandbox.origin);
  });

  test.each([
    ['::1', /^http:\/\/\[::1\]:\d+$/],
    ['localhost', /^http:\/\/localhost:\d+$/],
    ['127.0.0.2', /^http:\/\/127\.0\.0\.2:\d+$/],
  ])('listens on %s', async (host, origin) => {
    const { sandbox, ask } = await outside({ host });

    expect(sandbox.origin).toMatch(origin);
    expect((await ask('/restapi')).status).toBe(200);
  });

  test.each([['0.0.0.0'], ['::'], ['192.0.2.1'], ['localhost.example.com'], ['127.0.0.1.example.com'], ['']])('64: refuses to listen on %j', async (host) => {
    await expect(startSandbox({ host })).rejects.toBeInstanceOf(NotLoopback);
  });

  test('64: listens beyond this machine where it is told to', async () => {
    const { ask } = await outside({ host: '0.0.0.0', allowNonLoopback: true });

    expect((await ask('/restapi')).status).toBe(200);
  });

  test('a port that is taken is said by its code', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void taken.close());
    await once(taken, 'listening');
    const { port } = taken.address() as { port: number };

    await expect(startSandbox({ port })).rejects.toMatchObject({ code: 'EADDRINUSE', address: '127.0.0.1', port });
  });

  test('64: tokens carry the prefix of a sandbox', async () => {
    const { signIn } = await outside();

    const tokens = await signIn();

    expect([tokens.access_token.slice(0, 4), tokens.refresh_token.slice(0, 4)]).toEqual(['SBXA', 'SBXR']);
  });

  test('its time is that of the clock it is handed', async () => {
    const { clock, sandbox } = await outside();

    expect(sandbox.state().clock).toEqual({ now: clock.now(), offsetMs: 0 });
  });

  test('what it draws at random is from the source it is handed', async () => {
    const { signIn } = await outside({ random: { bytes: (length) => new Uint8Array(length), integer: (min) => min } });

    expect((await signIn()).access_token).toBe(`SBXA${'A'.repeat(43)}`);
  });

  test('says where it answers and that it is not for production, and logs no secret', async () => {
    const lines: string[] = [];
    const add: Log['info'] = (event, fields) => void lines.push(JSON.stringify({ event, ...fields }));
    const { sandbox, signIn, get } = await outside({ log: { info: add, warn: add, error: add } });

    await get(ACCOUNT, (await signIn()).access_token);

    expect(lines).toEqual([JSON.stringify({ event: 'sandbox.started', origin: sandbox.origin, note: 'not for production' })]);
  });

  test('close ends every connection, and may be asked for twice', async () => {
    const { sandbox } = await outside();
    await fetch(`${sandbox.origin}/restapi`);

    await Promise.all([sandbox.close(), sandbox.close()]);
    await sandbox.close();

    await expect(fetch(sandbox.origin + TOKEN)).rejects.toThrow('fetch failed');
  });
});
