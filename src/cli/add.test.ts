import { describe, expect, test } from 'vitest';
import { appBody } from './app.ts';
import { clientBody } from './client.ts';
import { connectionBody, credentialsBody } from './connection.ts';
import { flagFor } from './manage.ts';

const canary = async () => 'canary';
const nobody = async () => {
  throw new Error('a secret was asked for');
};

describe('add', () => {
  test.each([
    ['an App without its client id', () => appBody({ platformOrigin: 'https://platform.example.com' }, nobody), '--client-id is missing.'],
    ['a Connection without its App', () => connectionBody({ username: '1' }, nobody), '--app is missing.'],
    [
      'a Connection without a credential',
      () => connectionBody({ app: 'mine' }, nobody),
      'Give one of --username, --jwt, --refresh-token and --client-credentials',
    ],
    ['a Connection with two credentials', () => connectionBody({ app: 'mine', username: '1', refreshToken: true }, nobody), 'Give one of'],
    [
      'credentials without one',
      () => credentialsBody({ extension: '1' }, nobody),
      'Give one of --username, --jwt, --refresh-token and --client-credentials; several credentials go into --json-body. --extension',
    ],
    [
      'a Connection with three mistakes',
      () => connectionBody({ extension: '1', label: ['team'] }, nobody),
      '--app is missing. Give one of --username, --jwt, --refresh-token and --client-credentials; several credentials go into --json-body. --extension belongs to --username, which is missing. --label team is',
    ],
    ['a Client with two', () => clientBody({ policy: '{' }, nobody), '--connection is missing. --policy is not JSON'],
    [
      'an extension without its user name',
      () => connectionBody({ app: 'mine', refreshToken: true, extension: '101' }, nobody),
      '--extension belongs to --username',
    ],
    ['a label without a value', () => connectionBody({ app: 'mine', username: '1', label: ['team'] }, nobody), '--label team is not of the form key=value.'],
    ['a Client without a Connection', () => clientBody({}, nobody), '--connection is missing.'],
    ['a client id without secret that is not there', () => clientBody({ connection: ['desk'], bridgePublic: true }, nobody), '--bridge-public belongs to'],
    [
      'two secrets',
      () => clientBody({ connection: ['desk'], username: '1', bridgeClientId: 'id' }, nobody),
      '--username and --bridge-client-id have a secret each',
    ],
    ['a login without its user name', () => clientBody({ connection: ['desk'], extension: '101' }, nobody), '--extension belongs to --username'],
    ['limits that are not JSON', () => clientBody({ connection: ['desk'], username: '1', limits: '{' }, nobody), '--limits is not JSON'],
    ['a Policy that is not JSON', () => clientBody({ connection: ['desk'], username: '1', policy: '{' }, nobody), '--policy is not JSON'],
  ])('%s is refused before anybody is asked for a secret', async (_what, body, message) => {
    await expect(body()).rejects.toThrow(message);
  });

  test('the flags, and the secret that is asked for, become the body that the management API takes', async () => {
    const bodies = await Promise.all([
      appBody({ platformOrigin: 'https://platform.example.com', clientId: 'id' }, canary),
      appBody({ platformOrigin: 'https://platform.example.com', clientId: 'id', public: true }, canary),
      connectionBody({ app: 'mine', username: '1', extension: '101', keep: 'fresh', label: ['team=a=b', 'site='] }, canary),
      connectionBody({ app: 'mine', refreshToken: true }, canary),
      connectionBody({ app: 'mine', jwt: true }, canary),
      credentialsBody({ jwt: true }, canary),
      clientBody({ connection: ['desk', 'fax'], username: '1', policy: '{"token": true}' }, canary),
      clientBody({ connection: ['desk'] }, canary),
      clientBody({ connection: ['desk'], limits: '{"concurrency": 2}' }, canary),
      clientBody({ connection: ['desk'], bridge: true }, canary),
      clientBody({ connection: ['desk'], bridgeClientId: 'id', bridgeRedirectUri: ['http://127.0.0.1/back'] }, canary),
      clientBody({ connection: ['desk'], bridgeClientId: 'id', bridgePublic: true }, nobody),
    ]);

    expect(bodies).toEqual([
      { platformOrigin: 'https://platform.example.com', clientId: 'id', clientSecret: 'canary' },
      { platformOrigin: 'https://platform.example.com', clientId: 'id' },
      {
        app: 'mine',
        keep: 'fresh',
        labels: { team: 'a=b', site: '' },
        credentials: [{ kind: 'password', username: '1', extension: '101', password: 'canary' }],
      },
      { app: 'mine', credentials: [{ kind: 'refresh_token', refreshToken: 'canary' }] },
      { app: 'mine', credentials: [{ kind: 'jwt', assertion: 'canary' }] },
      { credentials: [{ kind: 'jwt', assertion: 'canary' }] },
      { connections: ['desk', 'fax'], policy: { token: true }, legacyLogins: [{ username: '1', password: 'canary', connection: 'desk' }] },
      { connections: ['desk'] },
      { connections: ['desk'], limits: { concurrency: 2 } },
      { connections: ['desk'], bridge: {} },
      { connections: ['desk'], bridge: { clientId: 'id', clientSecret: 'canary', redirectUris: ['http://127.0.0.1/back'] } },
      { connections: ['desk'], bridge: { clientId: 'id' } },
    ]);
  });
});

describe('flagFor', () => {
  test.each([
    ['platformOrigin', '--platform-origin'],
    ['credentials/0/username', '--username'],
    ['legacyLogins/0/extension', '--extension'],
    ['connections/1', '--connection'],
    ['labels/team', '--label'],
    ['policy/ipAllow/0', '--policy ipAllow/0'],
    ['name', undefined],
    ['credentials/0/password', undefined],
  ])('%s was made by %s', (field, flag) => {
    expect(flagFor(field, ['--platform-origin', '--username', '--extension', '--connection', '--label', '--policy'])).toBe(flag);
  });
});
