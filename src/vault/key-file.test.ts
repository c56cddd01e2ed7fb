import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { VaultKeyMissing } from '../domain/errors.ts';
import { systemRandom } from '../runtime/random.ts';
import { readVaultKey, type VaultKeySource, VaultKeyUnfit } from './key-file.ts';

const KEY = Buffer.from('5e0f2c9a1b7d4836a5c8e1f0927b3d6458aac3917fe2064bd15c8823b09e7f41', 'hex');
const KEY_TEXT = KEY.toString('base64');
const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function world() {
  const folder = mkdtempSync(join(tmpdir(), 'trunkline-key-'));
  folders.push(folder);
  const defaultFile = join(folder, 'data', 'vault.key');
  const read = (source: Partial<VaultKeySource> = {}) => readVaultKey({ defaultFile, sealedRowsExist: false, random: systemRandom, ...source });
  const write = (name: string, text: string, mode = 0o600) => {
    const file = join(folder, name);
    writeFileSync(file, text);
    chmodSync(file, mode);
    return file;
  };
  return { folder, defaultFile, read, write };
}

/** The error that reading an unfit key gives. */
function refusal(read: () => unknown): VaultKeyUnfit {
  try {
    read();
  } catch (error) {
    if (error instanceof VaultKeyUnfit) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('readVaultKey', () => {
  test('27: takes the value, else the file, else the default file', () => {
    const { defaultFile, read, write } = world();
    const file = write('mine.key', `${KEY_TEXT}\n`);
    const made = read().key;

    expect(read({ value: KEY_TEXT, file: 'not-read' })).toEqual({ key: KEY, made: false });
    expect(read({ file })).toEqual({ key: KEY, made: false });
    expect(read()).toEqual({ key: made, made: false });
    expect(readFileSync(defaultFile, 'utf8').trim()).toBe(Buffer.from(made).toString('base64'));
  });

  test('S3/27: makes a key of 32 bytes in the default file, mode 0600 in a folder of mode 0700, while nothing is sealed', () => {
    const { defaultFile, folder, read } = world();

    const { key, made } = read();

    expect(made).toBe(true);
    expect(key).toHaveLength(32);
    expect(statSync(defaultFile).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, 'data')).mode & 0o777).toBe(0o700);
    expect(readdirSync(join(folder, 'data'))).toEqual(['vault.key']);
  });

  test('27: a key that another process made meanwhile is taken, not replaced', () => {
    const { defaultFile, folder, read } = world();
    mkdirSync(join(folder, 'data'));
    const bytes = (length: number) => {
      // The other process is faster: its file is there when ours is about to be.
      if (length === 32) writeFileSync(defaultFile, KEY_TEXT, { mode: 0o600 });
      return systemRandom.bytes(length);
    };

    const found = read({ random: { ...systemRandom, bytes } });

    expect(found).toEqual({ key: KEY, made: false });
    expect(readFileSync(defaultFile, 'utf8')).toBe(KEY_TEXT);
    expect(readdirSync(join(folder, 'data'))).toEqual(['vault.key']);
  });

  test('S3: refuses to make a key while the database holds sealed values', () => {
    const { defaultFile, read } = world();

    expect(() => read({ sealedRowsExist: true })).toThrow(VaultKeyMissing);
    expect(() => read({ sealedRowsExist: true, file: `${defaultFile}.gone` })).toThrow(
      `The key file ${defaultFile}.gone is not there; correct TRUNKLINE_VAULT_KEY_FILE, or put back the one the database was made with.`,
    );
    expect(existsSync(defaultFile)).toBe(false);
  });

  test('27: a named file that is not there is an error, and no key is made elsewhere', () => {
    const { defaultFile, folder, read } = world();
    const file = join(folder, 'gone.key');

    const { message } = refusal(() => read({ file }));

    expect(message).toContain(file);
    expect(existsSync(defaultFile)).toBe(false);
  });

  test.each([
    ['empty', ''],
    ['31 bytes', KEY.subarray(1).toString('base64')],
    ['33 bytes', Buffer.concat([KEY, KEY.subarray(0, 1)]).toString('base64')],
    ['hex', KEY.toString('hex')],
    ['without padding', KEY_TEXT.replace('=', '')],
    ['base64url', Buffer.alloc(32, 0xfb).toString('base64url')],
    ['with stray characters', `${KEY_TEXT.slice(0, 10)} ${KEY_TEXT.slice(10)}`],
    ['with bits left over', KEY_TEXT.replace(/.=$/, (end) => `${String.fromCharCode(end.charCodeAt(0) + 1)}=`)],
    ['all zero', Buffer.alloc(32).toString('base64')],
    ['one byte repeated', Buffer.alloc(32, 0x41).toString('base64')],
    ['a word repeated', Buffer.alloc(32, 'changeme').toString('base64')],
    ['a word repeated and cut', Buffer.alloc(32, 'secret!').toString('base64')],
    ['half a key twice', Buffer.concat([KEY.subarray(0, 16), KEY.subarray(0, 16)]).toString('base64')],
    ['bytes that count up', Buffer.from(Array.from({ length: 32 }, (_, index) => index)).toString('base64')],
  ])('27: refuses a key that is no key: %s', (_, text) => {
    const { read, write } = world();
    const file = write('mine.key', text);

    const byValue = refusal(() => read({ value: text }));
    const byFile = refusal(() => read({ file }));

    expect(byValue.message).toContain('TRUNKLINE_VAULT_KEY');
    expect(byFile.message).toContain(file);
    if (text) expect(byValue.message + byFile.message).not.toContain(text);
  });

  test.each(['640', '604', '620', '602', '644'])('27: refuses a key file that others may read or write: mode %s', (mode) => {
    const { read, write } = world();
    const file = write('mine.key', KEY_TEXT, Number.parseInt(mode, 8));

    const { message } = refusal(() => read({ file }));

    expect(message).toContain(`chmod 600 ${file}`);
  });

  test('27: refuses a default file that others may read', () => {
    const { defaultFile, read } = world();
    read();
    chmodSync(defaultFile, 0o644);

    const { message } = refusal(() => read());

    expect(message).toContain(`chmod 600 ${defaultFile}`);
  });

  test('27: names a key file that cannot be read or made', () => {
    const { folder, read, write } = world();
    const notAFolder = write('file', 'x');

    const unreadable = refusal(() => read({ file: folder }));
    const unmakeable = refusal(() => read({ defaultFile: join(notAFolder, 'deeper', 'vault.key') }));

    expect(unreadable.message).toContain(folder);
    expect(unmakeable.message).toContain(notAFolder);
  });
});
