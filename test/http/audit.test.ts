import { describe, expect, test } from 'vitest';
import { auditGrants } from '../../src/audit/grants.ts';
import { createTrail } from '../../src/audit/trail.ts';
import type { AuditRecord } from '../../src/domain/audit.ts';
import { StoreUnavailable } from '../../src/domain/errors.ts';
import { auditLogins } from '../../src/http/audit.ts';
import { SILENT } from '../silent-log.ts';
import { world } from '../world.ts';
import { gateway, TOKEN } from './gateway.ts';

const APP = { name: 'main', platformOrigin: 'http://127.0.0.1:1', clientId: 'id', clientSecret: 'canary-secret' };

describe('the audit trail of the API', () => {
  test('67: a change leaves a line before and one after, joined by the request, with who, what, which, from where', async () => {
    const { ask, manage, clock } = await gateway();

    await ask('POST', 'apps', TOKEN, APP, '192.0.2.7');
    await ask('POST', 'apps', TOKEN, APP, '192.0.2.7');
    const lines = await linesOf(manage);

    const line = { who: 'admin', action: 'createApp', object: 'apps/main', address: '192.0.2.7', at: clock.now(), times: 1 };
    expect(lines.map(({ seq: _, requestId: __, ...rest }) => rest)).toEqual(['asked', 'ok', 'asked', 'name_taken'].map((result) => ({ ...line, result })));
    expect(lines[0]?.requestId).toMatch(/^[\w-]{12}$/);
    expect(lines.map(({ requestId }) => requestId === lines[0]?.requestId)).toEqual([true, true, false, false]);
  });

  test('67: every change leaves its line, looking leaves none', async () => {
    const { manage } = await gateway();

    await manage('POST', 'clients', { name: 'crm', connections: ['front-desk'] });
    await manage('POST', 'connections/front-desk/refresh');
    await manage('DELETE', 'clients/crm');
    await manage('DELETE', 'apps/demo');
    await manage('GET', 'apps');
    const lines = await linesOf(manage);

    expect(lines.filter(({ result }) => result !== 'asked').map(({ action, object, result }) => [action, object, result])).toEqual([
      ['createClient', 'clients/crm', 'ok'],
      ['refreshConnection', 'connections/front-desk', 'ok'],
      ['removeClient', 'clients/crm', 'ok'],
      ['removeApp', 'apps/demo', 'in_use'],
    ]);
  });

  test('67: a refused credential and a token hand-out leave a line', async () => {
    const { ask, key, manage } = await gateway();
    const bearer = await key();
    const before = (await linesOf(manage)).length;

    await ask('GET', 'apps', 'canary-token', undefined, '192.0.2.7');
    await ask('GET', 'connections/front-desk/token', 'tlk_canary', undefined, '192.0.2.8');
    await ask('GET', 'connections/front-desk/token', bearer);
    await ask('GET', 'connections/back-office/token', bearer);
    const lines = (await linesOf(manage)).slice(before);

    expect(lines.map(({ who, action, object, address, result }) => [who, action, object, address, result])).toEqual([
      ['unknown', 'listApps', 'apps', '192.0.2.7', 'admin_token_wrong'],
      ['unknown', 'getToken', 'connections/front-desk', '192.0.2.8', 'client_unknown'],
      ['client crm', 'getToken', 'connections/front-desk', '127.0.0.1', 'ok'],
      ['client crm', 'getToken', 'connections/back-office', '127.0.0.1', 'policy_forbids'],
    ]);
  });

  test('67: whoever goes on being refused does not fill it; a Client that is known still has a line each', async () => {
    const { ask, key, manage } = await gateway();
    const bearer = await key();
    const before = (await linesOf(manage)).length;

    for (let index = 0; index < 200; index += 1) {
      await ask('GET', `connections/c${index}/token`, `tlk_${String(index).padStart(43, 'x')}`, undefined, '192.0.2.8');
      await ask('POST', `connections/c${index}/token`, undefined, { rejected: 'x' }, '192.0.2.8');
      await ask(index % 2 ? 'DELETE' : 'GET', `apps/a${index}`, `wrong-${index}`, undefined, '192.0.2.8');
    }
    for (let index = 0; index < 3; index += 1) await ask('GET', 'connections/back-office/token', bearer, undefined, '192.0.2.8');
    const lines = (await linesOf(manage)).slice(before);

    expect(lines.map(({ who, result, times }) => [who, result, times])).toEqual([
      ['unknown', 'client_unknown', 1],
      ['unknown', 'admin_token_wrong', 1],
      ...Array.from({ length: 3 }, () => ['client crm', 'policy_forbids', 1]),
    ]);
  });

  test('67: a name with a line break makes no second line', async () => {
    const { ask, manage } = await gateway();

    await ask('DELETE', `apps/${encodeURIComponent('x\r\nadmin removeApp')}`, TOKEN);
    await ask('GET', `connections/${encodeURIComponent('\u2028\u001b[2J')}/token`, 'tlk_x');
    const lines = await linesOf(manage);

    expect(lines[0]?.object).toBe('apps/x\\u000d\\u000aadmin removeApp');
    expect(lines.at(-1)?.object).toBe('connections/\\u2028\\u001b[2J');
  });

  test('27: while no line can be written nothing is changed and no key is made', async () => {
    const trail = {
      record: () => Promise.reject(new StoreUnavailable('the disk is full')),
      note: async () => undefined,
      refused: async () => undefined,
      counted: () => undefined,
    };
    const { ask } = await gateway({ trail });

    const answers = [await ask('POST', 'apps', TOKEN, APP), await ask('POST', 'clients', TOKEN, { name: 'x', connections: ['front-desk'] })];
    const apps = await ask('GET', 'apps', TOKEN);

    expect(answers.map(({ status, body }) => [status, body.code])).toEqual([
      [503, 'store_unavailable'],
      [503, 'store_unavailable'],
    ]);
    expect(JSON.stringify(answers)).not.toContain('tlk_');
    expect((apps.body.items as { name: string }[]).map(({ name }) => name)).toEqual(['demo']);
  });

  test('27: a token whose hand-out cannot be written down stays here', async () => {
    let broken = false;
    const trail = {
      record: async () => (broken ? Promise.reject(new StoreUnavailable('the disk is full')) : undefined),
      note: async () => undefined,
      refused: async () => undefined,
      counted: () => undefined,
    };
    const { ask, key } = await gateway({ trail });
    const bearer = await key();
    broken = true;

    const answer = await ask('GET', 'connections/front-desk/token', bearer);

    expect(answer).toMatchObject({ status: 503, body: { code: 'store_unavailable' } });
    expect(answer.text).not.toMatch(/SBXA|access_token/);
  });

  test('23: no secret is in it', async () => {
    const { manage, ask } = await gateway();
    const login = { username: '15555550100', password: 'canary-legacy', connection: 'front-desk' };
    const { body } = await manage('POST', 'clients', { name: 'crm', connections: ['front-desk'], legacyLogins: [login] });
    await manage('POST', 'apps', APP);
    await ask('POST', 'connections/front-desk/token', String(body.key), { rejected: 'canary-rejected' });

    const { text } = await manage('GET', 'audit');

    expect(text).toContain('replaceToken');
    expect(text).not.toMatch(/canary|tlk_|SBX/);
  });

  test('a list by parts, newest first; a cursor that is none is refused', async () => {
    const { manage } = await gateway();
    for (const name of ['a', 'b']) await manage('POST', 'apps', { ...APP, name });

    const first = await manage('GET', 'audit?limit=3');
    const second = await manage('GET', `audit?limit=3&cursor=${String(first.body.nextCursor)}`);

    expect((first.body.items as AuditRecord[]).map(({ seq }) => seq)).toEqual([4, 3, 2]);
    expect((second.body.items as AuditRecord[]).map(({ seq }) => seq)).toEqual([1]);
    expect((await manage('GET', 'audit?cursor=apps')).status).toBe(400);
  });
});

describe('auditGrants', () => {
  test('67: what becomes of a Grant leaves a line', async () => {
    const { store, clock, tokens } = await world();
    const audited = auditGrants(store, createTrail({ store, clock, log: SILENT }));
    await tokens.usableGrant('front-desk');
    const grant = await store.findGrant('front-desk');
    const connection = await store.findConnection('front-desk');
    if (!grant || !connection) throw new Error('no Grant');

    await audited.saveGrant({ ...grant, generation: 2 }, 1, connection.id);
    await audited.saveGrant({ ...grant, generation: 2 }, 1, connection.id);
    await audited.refuseCredential('front-desk', 0, (await store.listCredentials('front-desk'))[0]!, { at: 1, code: 'OAU-140' });
    await audited.needSignIn('front-desk', 2, { at: 1, code: 'OAU-140' });
    const { items } = await store.listAudit({ limit: 10 });

    expect(items.map(({ who, action, object, result }) => [who, action, object, result]).reverse()).toEqual([
      ['gateway', 'winTokens', 'connections/front-desk', 'ok'],
      ['gateway', 'refuseCredential', 'connections/front-desk', 'OAU-140'],
      ['gateway', 'needSignIn', 'connections/front-desk', 'OAU-140'],
    ]);
  });
});

describe('auditLogins', () => {
  test('45, 67: a refused legacy login leaves a line with its address, and nothing of what was sent', async () => {
    const { store, clock } = await world();
    const bodies = ['FAILED Invalid User or Password', 'OK 1 3', 'FAILED Invalid Command'];
    const api = auditLogins({ answer: async () => bodies.shift() ?? '' }, createTrail({ store, clock, log: SILENT }));

    for (let index = 0; index < 3; index += 1) await api.answer({ cmd: 'list', username: 'canary', password: 'canary' }, { address: '192.0.2.7' });
    const { items } = await store.listAudit({ limit: 10 });

    expect(items).toMatchObject([{ who: 'unknown', action: 'legacyLogin', address: '192.0.2.7', result: 'login_unknown' }]);
    expect(JSON.stringify(items)).not.toContain('canary');
  });

  test('45, 67: a program that goes on with a wrong password is counted', async () => {
    const { store, clock } = await world();
    const trail = createTrail({ store, clock, log: SILENT });
    const api = auditLogins({ answer: async () => 'FAILED Invalid User or Password' }, trail);

    for (let index = 0; index < 50; index += 1) await api.answer({ cmd: 'list' }, { address: '192.0.2.7' });
    clock.advance(10 * 60_000);
    await trail.sumUp();
    const { items } = await store.listAudit({ limit: 10 });

    expect(items).toMatchObject([
      { action: 'legacyLogin', address: '192.0.2.7', result: 'login_unknown', times: 49 },
      { action: 'legacyLogin', address: '192.0.2.7', result: 'login_unknown', times: 1 },
    ]);
  });
});

async function linesOf(manage: (method: 'GET', path: string) => Promise<{ body: Record<string, unknown> }>): Promise<AuditRecord[]> {
  const { body } = await manage('GET', 'audit');
  return (body.items as AuditRecord[]).toReversed();
}
