import { describe, expect, test } from 'vitest';
import { Secret } from '../../src/domain/secret.ts';
import { TOKEN_PATH } from '../world.ts';
import { gateway } from './gateway.ts';

const HOUR_MS = 3_600_000;
const TOKEN = 'connections/front-desk/token';
const LOGIN = { kind: 'password' as const, username: '18887776655', extension: '102', password: new Secret('Myp@ssw0rd') };

/** A Client that has a token which is good, while others of the App are asked for in vain. */
async function world() {
  const at = await gateway();
  await at.connections.createConnection({ name: 'late', app: 'demo', credentials: [LOGIN] });
  const key = await at.key(undefined, ['front-desk', 'late']);
  await at.ask('GET', TOKEN, key);
  return { ...at, use: (path = TOKEN) => at.ask('GET', path, key) };
}

describe('reliability 9: during an outage of the token endpoint', () => {
  test('a token that is good is handed out, with a warning once it is not one request alone that failed; when that is over, without', async () => {
    const { sandbox, use, clock } = await world();
    await sandbox.addFault({ match: { path: TOKEN_PATH }, times: 8, action: { status: 500 } });

    const warnings = [(await use()).headers['trunkline-warning']];
    for (let attempt = 0; attempt < 4; attempt += 1) {
      await use('connections/late/token');
      clock.advance(60_000);
      const { status, headers } = await use();
      warnings.push(status === 200 ? headers['trunkline-warning'] : status);
    }
    await use('connections/late/token');
    const after = await use();

    expect(warnings).toEqual([undefined, undefined, undefined, 'platform_away', 'platform_away']);
    expect([after.status, after.headers['trunkline-warning']]).toEqual([200, undefined]);
  });

  test('one that is over is not: 503 with Retry-After and the reason', async () => {
    const { sandbox, use, clock } = await world();
    await sandbox.addFault({ match: { path: TOKEN_PATH }, times: 100, action: { status: 500 } });
    clock.advance(HOUR_MS);

    await use();
    const { status, headers, body } = await use();

    expect([status, body.code]).toEqual([503, 'platform_away']);
    expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    expect(body).not.toHaveProperty('access_token');
  });

  test('a penalty of the App is said too', async () => {
    const { sandbox, use, clock } = await world();
    await sandbox.addFault({ match: { path: TOKEN_PATH }, times: 1, action: { status: 429, headers: { 'retry-after': '60' } } });

    await use('connections/late/token');
    const during = await use();
    clock.advance(61_000);
    const after = await use();

    expect([during.status, during.headers['trunkline-warning'], after.headers['trunkline-warning']]).toEqual([200, 'platform_busy', undefined]);
  });
});
