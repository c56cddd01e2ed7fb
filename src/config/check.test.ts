import { describe, expect, test } from 'vitest';
import { type Config, readConfig } from './check.ts';

const KEY = Buffer.from('0123456789abcdefghijklmnopqrstuv').toString('base64');

describe('readConfig', () => {
  test('with nothing given, everything has its default and stays on this machine', () => {
    const config = good({});

    expect(config).toMatchObject({
      listen: { host: '127.0.0.1', port: 8080 },
      adminListen: { host: '127.0.0.1', port: 8080 },
      sandboxListen: { host: '127.0.0.1', port: 8090 },
      database: { kind: 'sqlite', file: 'data/trunkline.db' },
      country: 'US',
      statusCacheMs: 2_000,
      repeatWindowMs: 5_000,
      auditKeepMs: 400 * 86_400_000,
      fax: {
        waitMs: 20_000,
        isSync: false,
        settleMs: 30_000,
        deadlineMs: 24 * 3_600_000,
        repeatWindowMs: 60_000,
        keepContentMs: 0,
        keepHistoryMs: 90 * 86_400_000,
      },
      app: undefined,
    });
  });

  test('a flag goes before the environment, and an empty value counts as absent', () => {
    const config = good({ TRUNKLINE_LISTEN: '127.0.0.1:1111', TRUNKLINE_DATABASE: '', TRUNKLINE_COUNTRY: 'gb' }, { listen: '[::1]:2222' });

    expect(config.listen).toEqual({ host: '::1', port: 2222 });
    expect(config.database).toEqual({ kind: 'sqlite', file: 'data/trunkline.db' });
    expect(config.country).toBe('GB');
  });

  test('all mistakes are in one report, each by the name of its variable', () => {
    const mistakes = bad({
      TRUNKLINE_LISTEN: 'nowhere',
      TRUNKLINE_DATABASE: 'mysql://user:canary@db/x',
      TRUNKLINE_ADMIN_TOKEN: 'canary-short',
      TRUNKLINE_COUNTRY: 'Narnia',
      TRUNKLINE_LOG_LEVEL: 'loud',
      TRUNKLINE_REFUSE_NUMBERS: '911,abc',
      TRUNKLINE_ALLOW_PLAIN_HTTP: '192.0.2.0/99',
      TRUNKLINE_VAULT_KEY: KEY,
      TRUNKLINE_VAULT_KEY_FILE: 'key',
      TRUNKLINE_SANDBOX_LISTEN: '127.0.0.1:99999',
      TRUNKLINE_STATUS_CACHE: '2s',
      RC_SERVER_URL: 'http://platform.ringcentral.com',
    });

    expect(mistakes.map(({ option }) => option).sort()).toEqual([
      'RC_SERVER_URL',
      'TRUNKLINE_ADMIN_TOKEN',
      'TRUNKLINE_ALLOW_PLAIN_HTTP',
      'TRUNKLINE_COUNTRY',
      'TRUNKLINE_DATABASE',
      'TRUNKLINE_LISTEN',
      'TRUNKLINE_LOG_LEVEL',
      'TRUNKLINE_REFUSE_NUMBERS',
      'TRUNKLINE_SANDBOX_LISTEN',
      'TRUNKLINE_STATUS_CACHE',
      'TRUNKLINE_VAULT_KEY_FILE',
    ]);
    expect(JSON.stringify(mistakes)).not.toContain('canary');
  });

  test('S6: beyond this machine the management API must be set apart, and plain HTTP allowed by network', () => {
    const mistakes = bad({ TRUNKLINE_LISTEN: '0.0.0.0:8080' });

    expect(mistakes.map(({ option }) => option)).toEqual(['TRUNKLINE_ADMIN_LISTEN', 'TRUNKLINE_ALLOW_PLAIN_HTTP']);
    expect(good({ TRUNKLINE_LISTEN: '0.0.0.0:8080', TRUNKLINE_ADMIN_LISTEN: '127.0.0.1:8081', TRUNKLINE_ALLOW_PLAIN_HTTP: '192.0.2.0/24' })).toMatchObject({
      allowPlainHttp: ['192.0.2.0/24'],
    });
  });

  test.each([
    ['loopback', ['127.0.0.0/8', '::1'], 'x-forwarded-for'],
    ['192.0.2.1, 2001:db8::/32', ['192.0.2.1', '2001:db8::/32'], 'x-forwarded-for'],
    ['forwarded,192.0.2.0/24', ['192.0.2.0/24'], 'forwarded'],
    [undefined, [], 'x-forwarded-for'],
  ])('31: TRUNKLINE_TRUST_PROXY=%s', (text, blocks, header) => {
    expect(good(text === undefined ? {} : { TRUNKLINE_TRUST_PROXY: text }).trustProxy).toEqual({ blocks, header });
  });

  test.each(['everybody', '10/8', 'forwarded', '192.0.2.0/24;', 'true', '1'])('32: proxies that cannot be told are a mistake: %s', (text) => {
    expect(bad({ TRUNKLINE_TRUST_PROXY: text }).map(({ option }) => option)).toEqual(['TRUNKLINE_TRUST_PROXY']);
  });

  test('27: a vault key that is none is among the mistakes, and is not shown', () => {
    const mistakes = bad({ TRUNKLINE_VAULT_KEY: 'canary', TRUNKLINE_LISTEN: 'nowhere' });

    expect(mistakes.map(({ option }) => option)).toEqual(['TRUNKLINE_LISTEN', 'TRUNKLINE_VAULT_KEY']);
    expect(JSON.stringify(mistakes)).not.toContain('canary');
  });

  test('64: the sandbox stays on this machine', () => {
    expect(bad({ TRUNKLINE_SANDBOX_LISTEN: '0.0.0.0:8090' }).map(({ option }) => option)).toEqual(['TRUNKLINE_SANDBOX_LISTEN']);
  });

  test('S6: a management API beyond this machine needs plain HTTP allowed too', () => {
    expect(bad({ TRUNKLINE_ADMIN_LISTEN: '192.0.2.1:8081' }).map(({ option }) => option)).toEqual(['TRUNKLINE_ALLOW_PLAIN_HTTP']);
  });

  test("RingCentral's own names describe an App, of which the client id is the part that none can lack", () => {
    const config = good({ RC_APP_CLIENT_ID: 'my-app', RC_APP_CLIENT_SECRET: 'canary', RC_SERVER_URL: 'https://platform.ringcentral.com/' });

    expect(config.app).toMatchObject({ clientId: 'my-app', platformOrigin: 'https://platform.ringcentral.com' });
    expect(config.app?.clientSecret?.reveal()).toBe('canary');
    expect(bad({ RC_APP_CLIENT_SECRET: 'x', RC_USER_JWT: 'y' })).toEqual([
      { option: 'RC_APP_CLIENT_SECRET', message: 'is given without RC_APP_CLIENT_ID; give both, or neither' },
      { option: 'RC_USER_JWT', message: 'is given without RC_APP_CLIENT_ID; give both, or neither' },
    ]);
  });

  test.each([
    ['0', 0],
    ['0.5', 500],
    ['60', 60_000],
  ])('seconds are whole or not, and 0 switches off: %s', (given, ms) => {
    expect(good({ TRUNKLINE_STATUS_CACHE: given }).statusCacheMs).toBe(ms);
  });

  test.each(['-1', '61', '1e1', 'Infinity', '2 s'])('what is no number of seconds from 0 to 60 is a mistake: %s', (given) => {
    expect(bad({ TRUNKLINE_STATUS_CACHE: given }).map(({ option }) => option)).toEqual(['TRUNKLINE_STATUS_CACHE']);
  });

  test.each([
    ['TRUNKLINE_LOG_LEVEL', 'is not one of silent, error, warn, info'],
    ['TRUNKLINE_SANDBOX_PROFILE', 'is not one of platform, strict'],
  ])('%s takes one of its words, and a mistake names them all', (option, message) => {
    expect(bad({ [option]: 'loud' })).toEqual([{ option, message: `"loud" ${message}` }]);
  });

  test.each([
    ['0', 0],
    ['1', 86_400_000],
    ['36500', 36_500 * 86_400_000],
  ])('the audit trail is kept for whole days, 0 for ever: %s', (given, ms) => {
    expect(good({ TRUNKLINE_AUDIT_KEEP: given }).auditKeepMs).toBe(ms);
  });

  test.each(['-1', '0.5', '36501', '1e2', '400d'])('what is no number of days is a mistake: %s', (given) => {
    expect(bad({ TRUNKLINE_AUDIT_KEEP: given }).map(({ option }) => option)).toEqual(['TRUNKLINE_AUDIT_KEEP']);
  });

  test('numbers to refuse are read as old programs write them', () => {
    expect(good({ TRUNKLINE_REFUSE_NUMBERS: ' 911, (555) 555-0100 ' }).refusedNumbers).toEqual(['911', '+15555550100']);
  });
});

function good(env: Record<string, string>, flags: Record<string, string> = {}): Config {
  const read = readConfig(env, flags);
  if ('mistakes' in read) throw new Error(JSON.stringify(read.mistakes));
  return read.config;
}

function bad(env: Record<string, string>) {
  const read = readConfig(env);
  if ('config' in read) throw new Error('it was accepted');
  return read.mistakes;
}
