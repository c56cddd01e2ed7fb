import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { contentsOf } from '../../src/store/postgres/contents.ts';
import { placeOf } from './databases.ts';
import { type PostgresServer, startPostgres } from './server.ts';

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres({ tls: true });
});
afterAll(() => server.close());

/** @param parameters  `CA` in them stands for the server's own certificate */
function at(parameters: string, host = 'localhost') {
  return placeOf(`${server.url.replace('127.0.0.1', host)}?${parameters.replace('CA', server.certificateFile)}`);
}

describe('a connection to a server that takes TLS', () => {
  test.each(['sslmode=disable', 'sslmode=require', `sslmode=require&sslrootcert=CA`, `sslmode=verify-ca&sslrootcert=CA`, `sslmode=verify-full&sslrootcert=CA`])(
    'is made with %s',
    async (parameters) => {
      expect(await contentsOf(at(parameters))).toBe('nothing');
    },
  );

  test.each([
    ['its issuer is not known', 'sslmode=verify-full', 'shows a certificate that is not trusted here; name its issuer with sslrootcert'],
    ['its issuer is not known', 'sslmode=verify-ca', 'shows a certificate that is not trusted here; name its issuer with sslrootcert'],
  ])('is refused where %s: %s', async (_what, parameters, message) => {
    await expect(contentsOf(at(parameters))).rejects.toThrow(message);
  });

  test('is refused where the certificate is of another host, and made where only its issuer is asked for', async () => {
    const [full, issuer] = await Promise.allSettled(['verify-full', 'verify-ca'].map((mode) => contentsOf(at(`sslmode=${mode}&sslrootcert=CA`, '127.0.0.1'))));

    expect(full).toMatchObject({ status: 'rejected', reason: { message: expect.stringContaining('shows the certificate of another host') } });
    expect(issuer).toMatchObject({ status: 'fulfilled', value: 'nothing' });
  });
});
