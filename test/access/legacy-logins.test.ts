import { describe, expect, test } from 'vitest';
import { Clients } from '../../src/access/clients.ts';
import { LegacyLogins } from '../../src/access/legacy-logins.ts';
import { permit } from '../../src/access/permit.ts';
import { ClientNotFound, LoginUnknown, PolicyForbids } from '../../src/domain/errors.ts';
import type { Policy } from '../../src/domain/policy.ts';
import { Secret } from '../../src/domain/secret.ts';
import { systemRandom } from '../../src/runtime/random.ts';
import { NOTHING_FROZEN } from '../unfrozen.ts';
import { world } from '../world.ts';

const ADDRESS = '192.0.2.7';

describe('findLegacyLogin', () => {
  test.each(['18889363711', '8889363711', '+1 (888) 936-3711', ' 18889363711'])('knows the user name as old programs write it: "%s"', async (username) => {
    const { logins } = await crm();

    expect(await logins.findLegacyLogin({ username, extension: '101', password: 'old-secret' }, ADDRESS)).toEqual({ client: 'crm', connection: 'front-desk' });
  });

  test.each([
    ['a wrong password', { username: '18889363711', extension: '101', password: 'other' }],
    ['a wrong password, after the right one was remembered', { username: '18889363711', extension: '101', password: 'old-secre' }],
    ['an empty password', { username: '18889363711', extension: '101', password: '' }],
    ['an unknown extension', { username: '18889363711', extension: '102', password: 'old-secret' }],
    ['an unknown user', { username: '15555550199', extension: '101', password: 'old-secret' }],
    ['a login that has no password', { username: '15555550100', extension: '', password: '' }],
    ['the hash in place of the password', { username: '18889363711', extension: '101', password: '$argon2id$v=19$' }],
  ])('%s is not let in, twice in a row', async (_what, attempt) => {
    const { logins } = await crm();
    await logins.findLegacyLogin({ username: '18889363711', extension: '101', password: 'old-secret' }, ADDRESS);

    await expect(logins.findLegacyLogin(attempt, ADDRESS)).rejects.toBeInstanceOf(LoginUnknown);
    await expect(logins.findLegacyLogin(attempt, ADDRESS)).rejects.toBeInstanceOf(LoginUnknown);
  });

  test('of several Clients with one login an old program, which has no client id, means the one without any, else the first by name', async () => {
    const { logins, clients } = await crm();
    const login = (username: string, extension: string, password: string) => ({
      username,
      extension,
      password: new Secret(password),
      connection: 'front-desk',
    });
    const made = (name: string, clientId: string) =>
      clients.createClient({
        name,
        connections: ['front-desk'],
        bridge: { clientId },
        legacyLogins: [login('18889363711', '101', name), login('18889363711', '102', name)],
      });
    await made('b', 'b-id');
    await made('a', 'a-id');
    const found = (extension: string, password: string, program?: string) =>
      logins.findLegacyLogin({ username: '18889363711', extension, password }, ADDRESS, program).then(
        ({ client }) => client,
        () => undefined,
      );

    expect([await found('101', 'old-secret'), await found('101', 'a'), await found('102', 'a'), await found('102', 'b')]).toEqual([
      'crm',
      undefined,
      'a',
      undefined,
    ]);
    expect([await found('101', 'a', 'a-id'), await found('101', 'b', 'b-id'), await found('101', 'old-secret', ''), await found('102', 'b', '')]).toEqual([
      'a',
      'b',
      'crm',
      undefined,
    ]);
  });

  test('a login ends with its Client, although its password is remembered', async () => {
    const { logins, clients } = await crm();
    const attempt = { username: '18889363711', extension: '101', password: 'old-secret' };
    await logins.findLegacyLogin(attempt, ADDRESS);

    await clients.removeClient('crm');

    await expect(logins.findLegacyLogin(attempt, ADDRESS)).rejects.toBeInstanceOf(LoginUnknown);
  });

  test('43, S2: passwords and gateway keys rest hashed', async () => {
    const { store, key } = await crm();

    const client = await store.findClient('crm');

    expect(client?.legacyLogins[0]?.passwordHash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(client?.keys[0]?.hash).toMatch(/^[0-9a-f]{64}$/);
    expect(JSON.stringify(client)).not.toContain('old-secret');
    expect(JSON.stringify(client)).not.toContain(key);
  });
});

describe('permit', () => {
  const question = { address: '192.0.2.1', method: 'POST', path: '/restapi/v1.0/account/~/extension/~/ring-out', permission: 'RingOut' };

  test('without a Policy a Client may do all on its Connections, and nothing on others', async () => {
    const { store } = await crm();

    await expect(permit({ store, freezes: NOTHING_FROZEN }, 'crm', 'front-desk', question)).resolves.toBeUndefined();
    await expect(permit({ store, freezes: NOTHING_FROZEN }, 'crm', 'back-office', question)).rejects.toBeInstanceOf(PolicyForbids);
    await expect(permit({ store, freezes: NOTHING_FROZEN }, 'gone', 'front-desk', question)).rejects.toBeInstanceOf(ClientNotFound);
  });

  test('a Permission in the Policy covers what it includes, transitively', async () => {
    const { store } = await crm({ permissions: ['Accounts'] });

    await expect(permit({ store, freezes: NOTHING_FROZEN }, 'crm', 'front-desk', { ...question, permission: 'ReadAccounts' })).resolves.toBeUndefined();
    await expect(permit({ store, freezes: NOTHING_FROZEN }, 'crm', 'front-desk', question)).rejects.toBeInstanceOf(PolicyForbids);
  });
});

async function crm(policy?: Policy) {
  const { store, clock } = await world();
  const clients = new Clients({ store, clock, random: systemRandom, country: 'US' });
  const { key } = await clients.createClient({
    name: 'crm',
    connections: ['front-desk'],
    ...(policy && { policy }),
    legacyLogins: [
      { username: '18889363711', extension: '101', password: new Secret('old-secret'), connection: 'front-desk' },
      { username: '15555550100', connection: 'front-desk' },
    ],
  });
  return { store, clients, key, logins: new LegacyLogins({ store, clock, random: systemRandom, country: 'US' }) };
}
