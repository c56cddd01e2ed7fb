import { describe, expect, test } from 'vitest';
import { gateway } from './gateway.ts';

describe('the routes of the emergency stop', () => {
  test.each([
    ['connections/front-desk', { kind: 'connection', name: 'front-desk' }],
    ['clients/crm', { kind: 'client', name: 'crm' }],
    ['apps/demo', { kind: 'app', name: 'demo' }],
    ['', { kind: 'all' }],
  ])('22: %s: the token route refuses while it is frozen, and answers at once when that ends', async (thing, frozen) => {
    const { ask, manage, key } = await gateway();
    const bearer = await key();
    const verb = (what: string) => (thing === '' ? what : `${thing}/${what}`);

    const before = await ask('GET', 'connections/front-desk/token', bearer);
    const made = await manage('POST', verb('freeze'), { reason: 'a key was leaked' });
    const meanwhile = await ask('GET', 'connections/front-desk/token', bearer);
    const rejected = await ask('POST', 'connections/front-desk/token', bearer, { rejected: before.body.access_token });
    const listed = await manage('GET', 'freezes');
    const ended = await manage('POST', verb('thaw'));
    const after = await ask('GET', 'connections/front-desk/token', bearer);

    expect([before.status, meanwhile.status, rejected.status, after.status]).toEqual([200, 503, 503, 200]);
    expect(meanwhile.body.code).toBe('frozen');
    expect(meanwhile.headers['retry-after']).toBe('30');
    expect(meanwhile.text).not.toContain('leaked');
    expect([made.status, made.body]).toEqual([200, { ...frozen, at: expect.any(Number), by: 'admin', reason: 'a key was leaked' }]);
    expect(listed.body.items).toEqual([made.body]);
    expect(ended.status).toBe(204);
    expect(after.body.access_token).toBe(before.body.access_token);
  });

  test('who, when and why stand in the audit trail; a program that comes again and again does not fill it', async () => {
    const { ask, manage, key } = await gateway();
    const bearer = await key();
    await manage('POST', 'connections/front-desk/freeze', { reason: 'a key was leaked' });

    for (let times = 0; times < 20; times += 1) await ask('GET', 'connections/front-desk/token', bearer);
    await manage('POST', 'connections/front-desk/thaw');

    const { items } = (await manage('GET', 'audit')).body as { items: { who: string; action: string; object: string; result: string }[] };
    const lines = items.map(({ who, action, object, result }) => [who, action, object, result].join(' ')).reverse();
    expect(lines.slice(-6)).toEqual([
      'admin freezeConnection connections/front-desk asked',
      'admin freezeConnection connections/front-desk reason: a key was leaked',
      'admin freezeConnection connections/front-desk ok',
      'client crm getToken connections/front-desk frozen',
      'admin thawConnection connections/front-desk asked',
      'admin thawConnection connections/front-desk ok',
    ]);
  });

  test('a stop needs no body, and what is not there cannot be frozen or thawed', async () => {
    const { manage, ask } = await gateway();

    const bare = await manage('POST', 'connections/front-desk/freeze');
    const again = await manage('POST', 'connections/front-desk/thaw');
    const twice = await manage('POST', 'connections/front-desk/thaw');
    const absent = [await manage('POST', 'connections/none/freeze'), await manage('POST', 'clients/none/thaw'), await manage('POST', 'apps/none/thaw')];
    const strange = await manage('POST', 'freeze', { reasn: 'x' });
    const stranger = await ask('POST', 'freeze', undefined);

    expect([bare.status, again.status, twice.status]).toEqual([200, 204, 204]);
    expect(absent.map(({ status }) => status)).toEqual([404, 404, 404]);
    expect([strange.status, stranger.status]).toEqual([400, 401]);
  });

  test('a frozen Connection shows it, and a revoked one is new', async () => {
    const { manage } = await gateway();
    await manage('POST', 'connections/front-desk/refresh');

    await manage('POST', 'connections/front-desk/freeze');
    const frozen = (await manage('GET', 'connections/front-desk')).body;
    const refresh = await manage('POST', 'connections/front-desk/refresh');
    await manage('POST', 'connections/front-desk/thaw');
    const revoked = await manage('POST', 'connections/front-desk/revoke');

    expect(frozen).toMatchObject({ state: 'frozen', frozen: { kind: 'connection', name: 'front-desk' } });
    expect([refresh.status, refresh.body.code]).toEqual([503, 'frozen']);
    expect([revoked.status, revoked.body.state]).toEqual([200, 'new']);
  });
});
