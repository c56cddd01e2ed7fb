import { createSecretKey } from 'node:crypto';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SealedValueUnreadable, VaultKeyWrong } from '../domain/errors.ts';
import { Secret } from '../domain/secret.ts';
import { systemRandom } from '../runtime/random.ts';
import { type DataKeyStore, makeDataKey, type WrappedDataKey } from './data-key.ts';
import type { Place } from './sealed-box.ts';
import { openVault, type Vault } from './vault.ts';

const NOW = 1_700_000_000_000;
const HEADER_BYTES = 5;
const IV_BYTES = 12;
const TAG_BYTES = 16;
const PLACE: Place = { table: 'apps', column: 'client_secret', row: ['main'] };
const TEXT = fc.string({ unit: 'binary', maxLength: 60 });

function keyStore(keys: WrappedDataKey[] = []): DataKeyStore & { readonly keys: WrappedDataKey[] } {
  return {
    keys,
    listDataKeys: async () => [...keys],
    addDataKey: async (key) => {
      if (keys.some(({ id }) => id === key.id)) return false;
      keys.push(key);
      return true;
    },
  };
}

async function world() {
  const vaultKey = systemRandom.bytes(32);
  const keys = keyStore();
  const vault = await openVault({ vaultKey, keys, random: systemRandom, now: NOW });
  return { vaultKey, keys, vault };
}

/** The name and message of the error that opening gives, or the text where it does not fail. */
function outcome(vault: Vault, place: Place, sealed: Uint8Array): string {
  try {
    return vault.open(place, sealed).reveal();
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : 'not an error';
  }
}

const UNREADABLE = `SealedValueUnreadable: ${new SealedValueUnreadable('apps', 'client_secret').message}`;

describe('Vault', () => {
  test('opens what it sealed, whatever the text', async () => {
    const { vault } = await world();

    const opened = (text: string) => vault.open(PLACE, vault.seal(PLACE, new Secret(text))).reveal();

    fc.assert(fc.property(TEXT, (text) => opened(text) === text));
  });

  test('S1/24: a sealed value is version, key id, a fresh IV of 96 bits, ciphertext and tag', async () => {
    const { vault } = await world();
    const text = 'client-secret-555';

    const sealed = Array.from({ length: 200 }, () => Buffer.from(vault.seal(PLACE, new Secret(text))));

    const ivs = sealed.map((value) => value.subarray(HEADER_BYTES, HEADER_BYTES + IV_BYTES).toString('hex'));
    expect(new Set(ivs).size).toBe(200);
    for (const value of sealed) {
      expect(value[0]).toBe(1);
      expect(value.readUInt32BE(1)).toBe(1);
      expect(value).toHaveLength(HEADER_BYTES + IV_BYTES + text.length + TAG_BYTES);
      expect(value.includes(text)).toBe(false);
    }
  });

  test('S1: the format stays as it is: what the first release sealed opens', async () => {
    const vaultKey = Buffer.from('AwoRGB8mLTQ7QklQV15lbHN6gYiPlp2kq7K5wMfO1dw=', 'base64');
    const wrapped = Buffer.from('AYd5pKXQDjpA2zGZFVbO+Nb3f9SNIj6FnRSoDuaQKXJGYAumef9/z1rzs8HF7Yg+G/79kleBDYIdermv2A==', 'base64');
    const sealed = Buffer.from('AQAAAAEszofzIQWoVq43gFRdqF2vUwM54Sdh+WaMmcLiElKV2ibItm04wra+yqVP', 'base64');
    const vault = await openVault({ vaultKey, keys: keyStore([{ id: 1, wrapped, createdAt: NOW }]), random: systemRandom, now: NOW });

    const opened = vault.open({ table: 'grants', column: 'refresh_token', row: ['front-desk', 3] }, sealed);

    expect(opened.reveal()).toBe('a-refresh-token');
  });

  test('S1/24: a value opens in its own place only', async () => {
    const { vault } = await world();
    const places: Place[] = [
      { table: 'grants', column: 'client_secret', row: ['main'] },
      { table: 'apps', column: 'access_token', row: ['main'] },
      { table: 'apps', column: 'client_secret', row: ['other'] },
      { table: 'apps', column: 'client_secret', row: ['main', 1] },
      { table: 'apps', column: 'client_secretmain', row: [] },
      { table: 'appsclient_secret', column: 'main', row: [] },
    ];

    const sealed = vault.seal(PLACE, new Secret('client-secret'));

    for (const place of places) expect(() => vault.open(place, sealed), JSON.stringify(place)).toThrow(SealedValueUnreadable);
    expect(vault.open(PLACE, sealed).reveal()).toBe('client-secret');
  });

  test('S1/24: no two places are the same to the cipher, however their names are split', async () => {
    const { vault } = await world();
    const place = fc.record({ table: TEXT, column: TEXT, row: fc.array(TEXT, { maxLength: 3 }) });

    const opensElsewhere = (one: Place, other: Place) => !outcome(vault, other, vault.seal(one, new Secret('s'))).startsWith('SealedValueUnreadable');

    fc.assert(fc.property(place, place, (one, other) => opensElsewhere(one, other) === (JSON.stringify(one) === JSON.stringify(other))));
  });

  test('S1/25: truncated values give one uniform error', async () => {
    const { vault } = await world();

    const sealed = vault.seal(PLACE, new Secret('client-secret'));

    for (let length = 0; length < sealed.length; length++) expect(outcome(vault, PLACE, sealed.subarray(0, length))).toBe(UNREADABLE);
  });

  test('S1/25: altered values give the same error, and nothing of the text, wherever a byte changed', async () => {
    const { vault } = await world();
    const alteration = fc.record({ text: TEXT, at: fc.nat(), by: fc.integer({ min: 1, max: 255 }), more: fc.uint8Array({ maxLength: 3 }) });

    const altered = ({ text, at, by, more }: { text: string; at: number; by: number; more: Uint8Array }) => {
      const sealed = Buffer.concat([vault.seal(PLACE, new Secret(text)), more]);
      const index = at % sealed.length;
      sealed[index] = (sealed[index] ?? 0) ^ by;
      return outcome(vault, PLACE, sealed);
    };

    fc.assert(fc.property(alteration, (how) => altered(how) === UNREADABLE));
  });

  test('S1/25: an unknown version, an unknown key id and bytes that were never sealed give the same error', async () => {
    const { vault } = await world();
    const sealed = Buffer.from(vault.seal(PLACE, new Secret('client-secret')));

    const otherVersion = Buffer.from(sealed).fill(2, 0, 1);
    const otherKey = Buffer.from(sealed).fill(2, 4, 5);

    expect(outcome(vault, PLACE, otherVersion)).toBe(UNREADABLE);
    expect(outcome(vault, PLACE, otherKey)).toBe(UNREADABLE);
    fc.assert(fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => outcome(vault, PLACE, bytes) === UNREADABLE));
  });

  test('S1: a value whose bytes are a window into a larger buffer opens', async () => {
    const { vault } = await world();
    const sealed = vault.seal(PLACE, new Secret('client-secret'));

    const window = Buffer.concat([Buffer.alloc(9, 0xff), sealed]).subarray(9);

    expect(vault.open(PLACE, window).reveal()).toBe('client-secret');
  });

  test('S1: prints neither key nor secret', async () => {
    const { vault, vaultKey } = await world();

    const printed = inspect([vault, vault.open(PLACE, vault.seal(PLACE, new Secret('client-secret')))], { depth: 9, showHidden: true });

    expect(printed).not.toContain('client-secret');
    expect(printed).not.toContain(Buffer.from(vaultKey).toString('hex').slice(0, 8));
  });
});

describe('openVault', () => {
  test('S1: makes one data key, wrapped, and opens it again the next time', async () => {
    const { keys, vault, vaultKey } = await world();
    const sealed = vault.seal(PLACE, new Secret('client-secret'));

    const again = await openVault({ vaultKey, keys, random: systemRandom, now: NOW + 1 });

    expect(again.open(PLACE, sealed).reveal()).toBe('client-secret');
    expect(keys.keys).toHaveLength(1);
    expect(keys.keys[0]).toMatchObject({ id: 1, createdAt: NOW });
    expect(Buffer.from(keys.keys[0]!.wrapped).includes(Buffer.from(vaultKey))).toBe(false);
  });

  test('S1: two processes that start at once seal under the same data key', async () => {
    const vaultKey = systemRandom.bytes(32);
    const keys = keyStore();

    const [one, other] = await Promise.all([1, 2].map(() => openVault({ vaultKey, keys, random: systemRandom, now: NOW })));

    expect(other!.open(PLACE, one!.seal(PLACE, new Secret('client-secret'))).reveal()).toBe('client-secret');
    expect(keys.keys).toHaveLength(1);
  });

  test('S3/25: refuses a wrong vault key and changes nothing', async () => {
    const { keys } = await world();
    const before = keys.keys.map(({ wrapped, ...rest }) => ({ ...rest, wrapped: Buffer.from(wrapped) }));

    const opening = openVault({ vaultKey: systemRandom.bytes(32), keys, random: systemRandom, now: NOW });

    await expect(opening).rejects.toThrow(VaultKeyWrong);
    expect(keys.keys).toEqual(before);
  });

  test('S3/25: refuses a data key whose bytes were altered, cut, or moved to another id', async () => {
    const { keys, vaultKey } = await world();
    const { id, wrapped, createdAt } = keys.keys[0]!;
    const open = (key: WrappedDataKey) => openVault({ vaultKey, keys: keyStore([key]), random: systemRandom, now: NOW });

    const altered = Array.from(wrapped, (_, index) => wrapped.map((byte, at) => (at === index ? byte ^ 1 : byte)));

    for (const bytes of altered) await expect(open({ id, wrapped: bytes, createdAt })).rejects.toThrow(VaultKeyWrong);
    await expect(open({ id, wrapped: wrapped.slice(0, 20), createdAt })).rejects.toThrow(VaultKeyWrong);
    await expect(open({ id, wrapped: new Uint8Array(), createdAt })).rejects.toThrow(VaultKeyWrong);
    await expect(open({ id: 2, wrapped, createdAt })).rejects.toThrow(VaultKeyWrong);
  });

  test('S3: of several data keys the newest seals and any opens', async () => {
    const { keys, vault, vaultKey } = await world();
    const old = vault.seal(PLACE, new Secret('old'));
    const second = makeDataKey(createSecretKey(vaultKey), 2, systemRandom, NOW);

    const rotated = await openVault({ vaultKey, keys: keyStore([second, ...keys.keys]), random: systemRandom, now: NOW });

    expect(rotated.open(PLACE, old).reveal()).toBe('old');
    expect(Buffer.from(rotated.seal(PLACE, new Secret('new'))).readUInt32BE(1)).toBe(2);
  });

  test('takes a vault key of 32 bytes only', async () => {
    const opening = openVault({ vaultKey: systemRandom.bytes(16), keys: keyStore(), random: systemRandom, now: NOW });

    await expect(opening).rejects.toThrow(TypeError);
  });
});
