import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { clientAddress } from '../../src/access/client-address.ts';
import type { TrustedProxies } from '../../src/domain/source.ts';
import { figures } from '../figures.ts';

const LONG_MS = figures(30_000, 900_000);
const TRUSTED: TrustedProxies = { blocks: ['127.0.0.0/8', '::1', '10.0.0.0/8', 'fd00::/8'], header: 'x-forwarded-for' };
const from = (remoteAddress: string, header?: string | readonly string[], trusted: TrustedProxies = TRUSTED) =>
  clientAddress({ remoteAddress, headers: header === undefined ? {} : { [trusted.header]: header } }, trusted);

describe('clientAddress', () => {
  test.each([
    ['no header', '10.0.0.1', undefined, '10.0.0.1'],
    ['a stranger who sends one', '192.0.2.66', '127.0.0.1', '192.0.2.66'],
    ['a trusted proxy', '10.0.0.1', '192.0.2.7', '192.0.2.7'],
    ['one that is IPv4 in IPv6', '::ffff:10.0.0.1', '192.0.2.7', '192.0.2.7'],
    ['a forged left entry', '10.0.0.1', '10.9.9.9, 127.0.0.1, 192.0.2.7', '192.0.2.7'],
    ['a chain of trusted ones', '10.0.0.1', '198.51.100.1, 192.0.2.7, 10.0.0.3,10.0.0.2', '192.0.2.7'],
    ['nobody but trusted ones', '10.0.0.1', '10.0.0.3, 10.0.0.2', '10.0.0.3'],
    ['several lines', '10.0.0.1', ['198.51.100.1', '192.0.2.7'], '192.0.2.7'],
    ['a port', '10.0.0.1', '192.0.2.7:51234', '192.0.2.7'],
    ['brackets', '10.0.0.1', '[2001:DB8::1]', '2001:db8::1'],
    ['brackets and a port', '10.0.0.1', '[2001:db8:0:0::1]:443', '2001:db8::1'],
    ['bare IPv6', 'fd00::1', '2001:db8::1', '2001:db8::1'],
    ['mapped IPv4 in the chain', '10.0.0.1', '::ffff:192.0.2.7', '192.0.2.7'],
    ['a zone', 'fe80::1%eth0', '192.0.2.7', 'fe80::1'],
    ['a zone in the chain', '10.0.0.1', 'fe80::7%25eth0%x, fe80::7%eth1', 'fe80::7'],
    ['garbage', '10.0.0.1', '192.0.2.7, unknown', '10.0.0.1'],
    ['garbage further on', '10.0.0.1', 'junk, 10.0.0.2', '10.0.0.2'],
    ['an empty hop', '10.0.0.1', '192.0.2.7,', '10.0.0.1'],
    ['octal', '10.0.0.1', '0300.0.2.7', '10.0.0.1'],
    ['a short form', '10.0.0.1', '192.7', '10.0.0.1'],
    ['a number', '10.0.0.1', '3221225985', '10.0.0.1'],
    ['IPv4 in brackets', '10.0.0.1', '[192.0.2.7]', '10.0.0.1'],
    ['an open bracket', '10.0.0.1', '[2001:db8::1', '10.0.0.1'],
    ['a very long hop', '10.0.0.1', `${'1'.repeat(100_000)}`, '10.0.0.1'],
    ['no socket address', 'cli', '192.0.2.7', 'cli'],
  ])('31: with %s', (_what, remote, header, address) => {
    expect(from(remote, header)).toBe(address);
  });

  test('31: a chain longer than any real one ends after 32 hops', () => {
    expect(from('10.0.0.1', `192.0.2.7, ${'10.0.0.2, '.repeat(50)}10.0.0.3`)).toBe('10.0.0.2');
  });

  test.each([
    ['for=192.0.2.7', '192.0.2.7'],
    ['For="[2001:db8::1]:4711";proto=https;by=10.0.0.1', '2001:db8::1'],
    ['for=10.1.1.1, for=192.0.2.7;host="a"', '192.0.2.7'],
    ['for=1.2.3.4;by=", for=192.0.2.7', '192.0.2.7'],
    ['for=_hidden', '10.0.0.1'],
    ['for=unknown', '10.0.0.1'],
    ['proto=https', '10.0.0.1'],
    ['for=192.0.2.7;for=198.51.100.1', '10.0.0.1'],
    ['192.0.2.7', '10.0.0.1'],
  ])('31: of `Forwarded: %s` it is %s', (header, address) => {
    expect(from('10.0.0.1', header, { ...TRUSTED, header: 'forwarded' })).toBe(address);
  });

  test('31, S6: the header that was not chosen, and any header where nobody is trusted, is never read', () => {
    const headers = { 'x-forwarded-for': '192.0.2.7', forwarded: 'for=198.51.100.1', 'x-real-ip': '203.0.113.1' };

    expect(clientAddress({ remoteAddress: '10.0.0.1', headers }, TRUSTED)).toBe('192.0.2.7');
    expect(clientAddress({ remoteAddress: '10.0.0.1', headers }, { ...TRUSTED, header: 'forwarded' })).toBe('198.51.100.1');
    expect(clientAddress({ remoteAddress: '10.0.0.1', headers }, { blocks: [], header: 'x-forwarded-for' })).toBe('10.0.0.1');
  });

  test(
    '31: whatever a stranger sends, it is the stranger whom the first trusted proxy saw',
    () => {
      const v4 = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255)).map((parts) => parts.join('.'));
      const inside = v4.map((rest) => `10.${rest}`);
      const outside = fc.oneof(
        v4.map((rest) => `203.${rest}`),
        fc.tuple(fc.integer({ min: 1, max: 0xffff }), fc.integer({ min: 1, max: 0xffff })).map(([a, b]) => `2001:db8::${a.toString(16)}:${b.toString(16)}`),
      );
      const inSomeWay = (addresses: fc.Arbitrary<string>) => fc.tuple(addresses, fc.nat(3)).map(([address, way]) => ({ address, text: written(address, way) }));
      const forged = fc.oneof(
        fc.constantFrom('127.0.0.1', '10.0.0.1', '::1', 'unknown', '"', '[', '', ',', 'for=127.0.0.1', '127.0.0.1;', '::ffff:127.0.0.1', '\t', '%', '['),
        fc.string({ maxLength: 12 }),
      );
      fc.assert(
        fc.property(
          fc.array(forged, { maxLength: 5 }),
          inSomeWay(outside),
          fc.array(inSomeWay(inside), { maxLength: 4 }),
          fc.tuple(inside, fc.constantFrom('', '::ffff:')).map(([address, mapped]) => mapped + address),
          (left, stranger, proxies, socket) => {
            const header = [...left, stranger.text, ...proxies.map(({ text }) => text)].join(',');

            expect(from(socket, header)).toBe(stranger.address);
            expect(from(stranger.address, header)).toBe(stranger.address);
          },
        ),
        { numRuns: figures(1_000, 100_000) },
      );
    },
    LONG_MS,
  );

  test(
    '31: any header at all gives an address that the socket or the chain has, in one spelling',
    () => {
      fc.assert(
        fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (header) => {
          expect(from('10.0.0.1', header)).toMatch(/^[\d.]+$|^[\da-f:]+$/);
        }),
        { numRuns: figures(500, 100_000) },
      );
    },
    LONG_MS,
  );
});

function written(address: string, way: number): string {
  const isLong = address.includes(':');
  if (way === 1) return isLong ? `[${address}]` : `::ffff:${address}`;
  if (way === 2) return isLong ? `[${address}]:443` : `${address}:443`;
  if (way === 3) return isLong ? `${address}%eth0` : ` ${address} `;
  return address;
}
