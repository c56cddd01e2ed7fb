import { describe, expect, test } from 'vitest';
import { ACCOUNT, EXTENSION, outside, TOKEN } from '../../../test/sandbox-world.ts';

const PAGE = 'https://app.example.com';
const ASKS = { origin: PAGE, 'access-control-request-method': 'GET', 'access-control-request-headers': 'authorization,client-id,x-user-agent' };

describe('a page of another origin', () => {
  test.each([`${EXTENSION}/forwarding-number`, TOKEN, '/restapi/v1.0/nowhere'])('may ask %s with headers and credentials of its own', async (path) => {
    const { ask } = await outside();

    const { status, headers } = await ask(path, { method: 'OPTIONS', headers: ASKS });

    expect(status).toBe(204);
    expect(headers).toMatchObject({
      'access-control-allow-origin': PAGE,
      'access-control-allow-credentials': 'true',
      'access-control-allow-headers': 'authorization,client-id,x-user-agent',
      vary: 'Origin',
    });
    expect(headers['access-control-allow-methods']).toContain('DELETE');
  });

  test('reads what it is answered, refusals too, and the rate limits of it', async () => {
    const { ask, signIn } = await outside({ limited: true });
    const { access_token } = await signIn();

    const good = await ask(ACCOUNT, { headers: { origin: PAGE, authorization: `Bearer ${access_token}` } });
    const refused = await ask(ACCOUNT, { headers: { origin: PAGE } });

    for (const { headers } of [good, refused]) expect(headers['access-control-allow-origin']).toBe(PAGE);
    expect(good.headers['access-control-expose-headers']).toContain('X-Rate-Limit-Remaining');
    expect(good.headers['access-control-expose-headers']).not.toContain('Retry-After');
  });

  test.each(['/restapi/oauth/authorize', '/login', '/login/consent'])('62: does not read %s, where people sign in', async (path) => {
    const { ask } = await outside();

    const preflight = await ask(path, { method: 'OPTIONS', headers: ASKS });
    const answer = await ask(`${path}?response_type=code&client_id=YourAppKey`, { headers: { origin: PAGE } });

    for (const { headers } of [preflight, answer]) expect(headers['access-control-allow-origin']).toBeUndefined();
  });

  test('is not spoken of to a program that is no page', async () => {
    const { ask } = await outside();

    expect((await ask('/restapi')).headers).not.toHaveProperty('access-control-allow-origin');
  });
});
