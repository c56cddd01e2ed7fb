import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isOurs, type RequestFraming, requestHead, trailerFields } from './request-head.ts';

const head = (request: { method?: string; path?: string; headers?: string[] }, framing: RequestFraming = 'none', upgrade?: string) =>
  requestHead({ method: 'GET', path: '/', headers: [], ...request }, 'platform.example', framing, false, upgrade);

describe('requestHead', () => {
  test('writes the line, the host, the fields and the framing', () => {
    expect(head({ method: 'POST', path: '/a?b=c', headers: ['Accept', '*/*', 'accept', 'x'] }, 5)).toBe(
      'POST /a?b=c HTTP/1.1\r\nHost: platform.example\r\nAccept: */*\r\naccept: x\r\nContent-Length: 5\r\n\r\n',
    );
  });

  test.each([
    ['none', 'GET', ''],
    ['none', 'DELETE', ''],
    ['none', 'POST', 'Content-Length: 0\r\n'],
    [0, 'GET', 'Content-Length: 0\r\n'],
    ['chunked', 'POST', 'Transfer-Encoding: chunked\r\n'],
  ] as const)('says of a body that is %s with %s: %j', (framing, method, field) => {
    expect(head({ method }, framing)).toBe(`${method} / HTTP/1.1\r\nHost: platform.example\r\n${field}\r\n`);
  });

  test('37: whatever is given, it is one head with the fields that were given, or refused', () => {
    // Among any characters, those that could end a line or lose half of themselves on the way.
    const nasty = fc.string({
      unit: fc.oneof(
        fc.constantFrom('\r', '\n', '\0', '\t', ' ', ':', '\x7f', '\x85', '\xff', '\u010a', '\u010d', '\u2028', '\u560a', 'a', '/', '#'),
        fc.string({ minLength: 1, maxLength: 1 }),
      ),
      maxLength: 12,
    });
    fc.assert(
      fc.property(nasty, nasty, fc.array(fc.tuple(nasty, nasty), { maxLength: 4 }), fc.constantFrom('none', 7, 'chunked'), (method, path, fields, framing) => {
        for (const given of [{ method }, { path: `/${path}` }, { headers: fields.flat() }, { headers: fields.flatMap(([, value]) => ['X-Name', value]) }]) {
          const text = headOrRefusal(given, framing as RequestFraming);
          if (text === undefined) continue;

          const wire = Buffer.from(text, 'latin1').toString('latin1');
          expect(wire).toBe(text);
          const lines = wire.split(/[\r\n]+/);
          const expected = (given.headers?.length ?? 0) / 2 + (framing === 'none' ? 0 : 1);
          expect(lines.length).toBe(2 + expected + 1);
          expect(lines.at(-1)).toBe('');
          expect(wire.indexOf('\r\n\r\n')).toBe(wire.length - 4);
          expect(lines[0]?.split(/\s/).length).toBe(3);
          expect(wire.match(/^(content-length|transfer-encoding)/gim)?.length ?? 0).toBe(framing === 'none' ? 0 : 1);
        }
      }),
      { numRuns: process.env.TRUNKLINE_TEST_LONG ? 50_000 : 3_000 },
    );
  });

  test.each(['Host', 'connection', 'Keep-Alive', 'Proxy-Connection', 'UPGRADE', 'te', 'Expect', 'Content-Length', 'transfer-encoding'])(
    '37: %s is not the caller’s to set',
    (name) => {
      expect(isOurs(name)).toBe(true);
      expect(() => head({ headers: [name, '1'] })).toThrow(TypeError);
      expect(() => trailerFields([name, '1'])).toThrow(TypeError);
    },
  );

  test.each(['', 'GE T', 'GET\r\n', 'CONNECT', 'GÉT'])('38: the method %j is refused', (method) => {
    expect(() => head({ method })).toThrow(TypeError);
  });

  test.each(['', 'a', '*', 'http://other.example/', '/a b', '/a\r\nX: 1', '/a#b', '/ä', '/\x7f', '/\0'])('33: the path %j is refused', (path) => {
    expect(() => head({ path })).toThrow(TypeError);
  });

  test('names without values, and protocols that are none, are refused', () => {
    expect(() => head({ headers: ['Accept'] })).toThrow(TypeError);
    expect(() => head({}, 'none', 'websocket\r\nX: 1')).toThrow(TypeError);
    expect(head({}, 'none', 'websocket')).toContain('\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n');
  });
});

function headOrRefusal(given: Parameters<typeof head>[0], framing: RequestFraming): string | undefined {
  try {
    return head(given, framing);
  } catch (error) {
    expect(error).toBeInstanceOf(TypeError);
    return undefined;
  }
}
