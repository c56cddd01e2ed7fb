import { describe, expect, test } from 'vitest';
import { ClientUnknown, Frozen, PolicyForbids, StoreUnavailable, TargetUnreadable } from '../domain/errors.ts';
import { platformShapedError } from './platform-shape.ts';

describe('platformShapedError', () => {
  test('36: a refused Permission looks like one that the App lacks', () => {
    const { status, headers, body } = platformShapedError(new PolicyForbids('crm', 'permissions', 'front-desk', ['ReadAccounts']));

    const message = 'In order to call this API endpoint, application needs to have [ReadAccounts] permission';
    expect(status).toBe(403);
    expect(headers).toMatchObject({ 'trunkline-error': 'policy_forbids', 'cache-control': 'no-store' });
    expect(JSON.parse(body)).toEqual({
      errorCode: 'InsufficientPermissions',
      message,
      errors: [{ errorCode: 'CMN-401', message, permissionName: 'ReadAccounts' }],
      permissionName: 'ReadAccounts',
    });
  });

  test.each([
    [new PolicyForbids('crm', 'methods', 'front-desk'), 403, 'policy_forbids', {}],
    [new ClientUnknown('unknown'), 401, 'client_unknown', { 'www-authenticate': 'Bearer realm="Trunkline"' }],
    [new TargetUnreadable('its path has a dot segment'), 400, 'target_unreadable', {}],
    [new Frozen({ kind: 'client', name: 'crm' }), 503, 'frozen', { 'retry-after': '30' }],
    [new StoreUnavailable('the disk is full', new Error('/var/secret')), 503, 'store_unavailable', {}],
    [new Error('canary /var/secret'), 500, 'internal', {}],
    ['canary', 500, 'internal', {}],
  ])('%s: our code, in the same shape', (error, status, code, more) => {
    const answer = platformShapedError(error);

    expect(answer.status).toBe(status);
    expect(answer.headers).toMatchObject({ 'content-type': 'application/json;charset=UTF-8', 'cache-control': 'no-store', 'trunkline-error': code, ...more });
    const body = JSON.parse(answer.body);
    expect(body).toEqual({ errorCode: code, message: expect.any(String), errors: [{ errorCode: code, message: body.message }] });
    expect(answer.body).not.toMatch(/canary|secret/);
  });
});
