import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Plane } from '../../src/http/server.ts';
import { gateway, TOKEN } from './gateway.ts';

const LEGACY = 'GET /RingOut.ASP?cmd=list HTTP/1.1\r\nHost: gateway.example\r\n';

describe('the server in front', () => {
  test.each([
    ['an expectation that nobody knows', `${LEGACY}Expect: something-else\r\n\r\n`],
    ['a wish to upgrade', `${LEGACY}Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n`],
    ['no Host', 'GET /ringout.asp?cmd=list HTTP/1.1\r\n\r\n'],
  ])('P7: a legacy request with %s is served', async (_what, request) => {
    const ask = await front(['data', 'admin']);

    const answer = await ask(request);

    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(answer).toMatch(/\r\n\r\nOK 5555550100;Home$/);
  });

  test.each([
    ['a fax', 'POST /faxapi.asp HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 5\r\n\r\n--b--'],
    ['the other name, any case', 'POST /FaxOut.ASP HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n'],
    ['another method', 'GET /faxapi.asp HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['what cannot be parsed', 'POST /faxapi.asp?a b HTTP/1.1\r\nHost: x\r\n\r\n'],
  ])('P7, rule 18: on the fax paths %s is told a digit, never what an old program would take for 0', async (_what, request) => {
    const ask = await front(['data']);

    const answer = await ask(request);

    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(answer).toMatch(/\r\n\r\n5$/);
  });

  test('P7: a legacy request that cannot be parsed gets HTTP 200 and FAILED, and the connection is closed', async () => {
    const ask = await front(['data']);

    const answer = await ask('GET /ringout.asp?cmd=call&to=650 555 1230 HTTP/1.1\r\nHost: gateway.example\r\n\r\n');

    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(answer).toMatch(/connection: close\r\n/i);
    expect(answer).toMatch(/\r\n\r\nFAILED Invalid Request$/);
  });

  test('P7: what cannot be parsed behind a legacy request does not cost it its answer', async () => {
    const ask = await front(['data']);

    expect(await ask(`${LEGACY}\r\n\0\0\0`)).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*\r\n\r\nOK 5555550100;Home$/);
  });

  test.each([
    ['an unknown expectation', 'GET /healthz HTTP/1.1\r\nHost: x\r\nExpect: something-else\r\n\r\n', 417],
    ['no Host', 'GET /healthz HTTP/1.1\r\n\r\n', 400],
    ['a space in its path', 'GET /health z HTTP/1.1\r\nHost: x\r\n\r\n', 400],
    ['two framings', 'POST /trunkline/api/apps HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', 400],
  ])('every other request with %s is refused as HTTP has it', async (_what, request, status) => {
    const ask = await front(['data', 'admin']);

    expect(await ask(request)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  });

  test('42: a listener for programs only has no management API, and one for management only no legacy path', async () => {
    const [data, admin] = [await front(['data']), await front(['admin'])];
    const manage = `GET /trunkline/api/apps HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${TOKEN}\r\n\r\n`;

    const answers = await Promise.all([data(manage), admin(manage), data(`${LEGACY}\r\n`), admin(`${LEGACY}\r\n`)]);

    expect(answers.map((answer) => Number(answer.slice(9, 12)))).toEqual([404, 200, 200, 404]);
  });
});

/** Sends raw bytes on a connection of their own, and gives what came back. */
async function front(planes: readonly Plane[]): Promise<(request: string) => Promise<string>> {
  const { server } = await gateway({ planes });
  await server.listen({ host: '127.0.0.1', port: 0 });
  onTestFinished(() => server.close());
  const { port } = server.server.address() as { port: number };

  return async (request) => {
    const socket = connect(port, '127.0.0.1');
    let received = '';
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      received += chunk;
      if (/\r\n\r\n./s.test(received) || /^HTTP\/1\.1 417/.test(received)) socket.end();
    });
    socket.write(request, 'latin1');
    await once(socket, 'close');
    return received;
  };
}
