import BetterSqlite3 from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import { openInFile } from '../../../test/contract/sqlite-world.ts';
import { CONNECTION_ID, NOW, password, refreshToken, sampleApp, sampleConnection, sampleGrant } from '../../../test/contract/world.ts';
import type { Credential } from '../../domain/credential.ts';
import { Secret } from '../../domain/secret.ts';

const UNPROVEN = refreshToken({ refreshExpiresAt: NOW + 1_000 });
const JWT: Credential = { kind: 'jwt', assertion: new Secret('jwt') };

async function world() {
  const { store, file, close } = await openInFile();
  const database = new BetterSqlite3(file, { readonly: true });
  onTestFinished(async () => {
    database.close();
    await close();
  });
  await store.createApp(sampleApp());
  await store.createApp(sampleApp({ name: 'second' }));
  return { store, kept: () => database.prepare('select keep_by, budget_app from connections').raw().get() };
}

test.each<[string, Credential[], unknown]>([
  ['a refresh token', [UNPROVEN, password()], [NOW + 1_000, 'main']],
  ['a refresh token of another App', [password(), { ...UNPROVEN, app: 'second' }], [NOW + 1_000, 'second']],
  ['a refresh token beside a JWT, which signs in alone', [UNPROVEN, JWT], [null, null]],
  ['a password', [password()], [null, null]],
])('G7: a Connection with %s is kept accordingly, created or given its credentials later', async (_name, credentials, expected) => {
  const { store, kept } = await world();

  await store.createConnection(sampleConnection(), credentials);
  const created = kept();
  await store.replaceCredentials('front-desk', [password()]);
  const replaced = kept();
  await store.replaceCredentials('front-desk', credentials);

  expect([created, replaced, kept()]).toEqual([expected, [null, null], expected]);
});

test('G7: a living Grant is kept by its own refresh token, a dead one leaves the turn to the credentials', async () => {
  const { store, kept } = await world();
  await store.createConnection(sampleConnection(), [password()]);
  await store.saveGrant(sampleGrant(), 0, CONNECTION_ID);
  const before = kept();

  await store.replaceCredentials('front-desk', [UNPROVEN]);
  const living = kept();
  await store.refuseRefreshToken('front-desk', 1, { at: NOW, code: 'OAU-213' });
  await store.replaceCredentials('front-desk', [UNPROVEN]);

  expect(living).toEqual(before);
  expect(kept()).toEqual([NOW + 1_000, 'main']);
});
