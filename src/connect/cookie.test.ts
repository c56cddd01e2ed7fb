import { describe, expect, test } from 'vitest';
import { Secret } from '../domain/secret.ts';
import { BrowserCookie } from './cookie.ts';

const BROWSER = 'b'.repeat(43);

describe('BrowserCookie', () => {
  test('4: over https it is for this host alone, never in the clear, and no script reads it', () => {
    const cookie = new BrowserCookie('https://trunkline.example.com');

    expect(cookie.write(new Secret(BROWSER))).toBe(`__Host-trunkline_connect=${BROWSER}; Path=/; HttpOnly; SameSite=Lax; Secure`);
    expect(cookie.read(`a=b; __Host-trunkline_connect=${BROWSER}`)?.reveal()).toBe(BROWSER);
    // Another host of the domain can set one without the prefix.
    expect(cookie.read(`trunkline_connect=${BROWSER}`)).toBeUndefined();
  });

  test('a value that is not ours, or two of them, are none', () => {
    const cookie = new BrowserCookie('http://127.0.0.1:8080');

    const read = [undefined, '', 'trunkline_connect', 'trunkline_connect=short', `trunkline_connect=${BROWSER}; trunkline_connect=${'c'.repeat(43)}`];

    expect(read.map((header) => cookie.read(header))).toEqual(read.map(() => undefined));
  });
});
