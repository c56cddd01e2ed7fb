import type { ServerResponse } from 'node:http';
import { describe, expect, test } from 'vitest';
import { giveToken, inFrontOf } from './odd-platform.ts';
import { rawAnswer, rawCaller, statusOf } from './raw.ts';

const PATH = '/restapi/v1.0/account/~/extension/~';

describe('a caller that goes away', () => {
  test.each<[when: string, request: string, platform: (response: ServerResponse) => void]>([
    ['waits for the answer', 'GET /slow', () => undefined],
    ['downloads', 'GET /slow', (response) => void response.write('the beginning')],
    ['uploads', 'POST /slow', () => undefined],
  ])('17: while it %s: within a second the platform’s side is closed and its place is free', async (_when, request, answer) => {
    let closed = false;
    let begun = false;
    const at = await inFrontOf(
      (asked, response) => {
        if (!asked.url?.endsWith('/slow')) return void response.end();
        begun = true;
        asked.on('error', () => undefined).resume();
        response.once('close', () => {
          closed = true;
        });
        answer(response);
      },
      { limits: { concurrency: 1 } },
    );
    const [method, path] = request.split(' ');
    const head = (verb: string, target: string) => `${verb} ${PATH}${target} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${at.key}\r\n`;
    const body = method === 'POST' ? `Content-Length: 1000000\r\n\r\n${'a'.repeat(200_000)}` : '\r\n';
    const caller = await rawCaller(at.port, `${head(method ?? '', path ?? '')}${body}`);
    while (!begun) await new Promise((resolve) => setTimeout(resolve, 5));
    const meanwhile = await rawAnswer(at.port, `${head('GET', '')}Connection: close\r\n\r\n`);

    caller.socket.destroy();
    const left = performance.now();
    let next = 0;
    while (next !== 200 || !closed) {
      next = statusOf(await rawAnswer(at.port, `${head('GET', '')}Connection: close\r\n\r\n`));
      if (performance.now() - left > 5_000) break;
    }

    expect([statusOf(meanwhile), next, closed]).toEqual([429, 200, true]);
    expect(performance.now() - left).toBeLessThan(1_000);
  });

  test('17: while it waits for a token: its place is free at once, and nothing is sent for it', async () => {
    const waiting: ServerResponse[] = [];
    let asked = 0;
    const at = await inFrontOf(
      (_request, response) => {
        asked += 1;
        response.end();
      },
      { limits: { concurrency: 1 }, token: (response) => void waiting.push(response) },
    );
    const request = `GET ${PATH} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${at.key}\r\nConnection: close\r\n\r\n`;
    const caller = await rawCaller(at.port, request);
    while (waiting.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    const meanwhile = await rawAnswer(at.port, request);

    caller.socket.destroy();
    const left = performance.now();
    const next = await rawCaller(at.port, request);
    await new Promise((resolve) => setTimeout(resolve, 200));
    const freeAfterMs = performance.now() - left;
    for (const response of waiting) giveToken(response);
    await next.closed;

    // The second one waited for the token as well: it had been let in.
    expect([statusOf(meanwhile), statusOf(next.text()), asked]).toEqual([429, 200, 1]);
    expect(freeAfterMs).toBeLessThan(1_000);
  });
});
