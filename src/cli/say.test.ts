import { describe, expect, test } from 'vitest';
import { failureLine } from './say.ts';

const LISTENING = { '127.0.0.1:8080': 'TRUNKLINE_LISTEN' };
const at = { address: '127.0.0.1', port: 8080 };

describe('failureLine', () => {
  test.each([
    [{ code: 'EADDRINUSE', ...at }, '127.0.0.1:8080 is already in use; end what uses it, or set TRUNKLINE_LISTEN to another address.'],
    [{ code: 'EADDRNOTAVAIL', ...at }, '127.0.0.1:8080 is not an address of this machine; set TRUNKLINE_LISTEN to another address.'],
    [{ code: 'EACCES', ...at, port: 80 }, 'this user may not listen on 127.0.0.1:80.'],
    [{ code: 'EEXIST', path: 'data' }, 'data cannot be used: there is a file where a folder should be.'],
    [{ code: 'SQLITE_NOTADB', path: 'data/sandbox.db' }, 'data/sandbox.db cannot be used: file is not a database.'],
    [{}, "file is not a database (this is a fault of Trunkline's; please report it)"],
  ])('%j is said as "%s"', (fields, line) => {
    expect(failureLine(Object.assign(new Error('file is not a database'), fields), LISTENING)).toBe(line);
  });
});
