import { describe, expect, test } from 'vitest';
import { findOperation, OPERATIONS } from './operations.ts';
import { isPermission } from './permissions.ts';
import { destinationOf } from './roots.ts';

describe('findOperation', () => {
  test.each([
    ['POST', '/restapi/v1.0/account/~/extension/~/ring-out', 'RingOut', 'Heavy'],
    ['GET', '/restapi/v1.0/account/123/extension/456', 'ReadAccounts', 'Light'],
    ['HEAD', '/restapi/v1.0/account/~/call-log', 'ReadCallLog', 'Heavy'],
    ['GET', '/restapi/v1.0/account/~/call-log/', 'ReadCallLog', 'Heavy'],
    ['GET', '/scim/v2/Schemas/urn:ietf:params:scim:schemas:core:2.0:User', 'ReadAccounts', 'Light'],
    ['GET', '/restapi/v1.0/dictionary/country', undefined, 'Light'],
    ['GET', '/restapi', undefined, 'NoThrottling'],
  ])('%s %s needs %s and counts as %s', (method, path, permission, group) => {
    expect(findOperation(method, path)).toMatchObject({ permission, group });
  });

  test('a path that is spelled out wins over one with variables, which is found behind it all the same', () => {
    expect(findOperation('GET', '/rcvideo/v2/account/~/extension/~/bridges/default')?.path).toMatch(/\/default$/);
    expect(findOperation('GET', '/rcvideo/v2/bridges/pin')?.path).toBe('/rcvideo/v2/bridges/{bridgeId}');
  });

  test.each([
    ['GET', '/'],
    ['GET', ''],
    ['GET', '/restapi/v1.0/account//extension/~'],
    ['GET', '/restapi/v1.0/account/~/nothing-of-the-kind'],
    ['DELETE', '/restapi/v1.0/account/~/call-log'],
    ['get', '/restapi/v1.0/account/~'],
    ['GET', '/RESTAPI/v1.0/account/~'],
    ['GET', '/voice/api/v1/admin/accounts'],
    ['GET', '/restapi/v1.0/account/~/extension/~/'.repeat(500)],
  ])('there is no operation %s %s', (method, path) => {
    expect(findOperation(method, path)).toBeUndefined();
  });

  test('every operation is found by a path of its own, and its Permission is one of RingCentral', () => {
    const filled = OPERATIONS.map(({ method, path }) => findOperation(method, path.replace(/\{\w+\}/g, '~')));

    expect(filled).toEqual(OPERATIONS);
    expect(OPERATIONS.map(({ permission = 'RingOut' }) => permission).filter((permission) => !isPermission(permission))).toEqual([]);
  });

  test('every operation has a destination', () => {
    const lost = OPERATIONS.filter(({ path }) => !['platformOrigin', 'bridge'].includes(destinationOf(path)?.servedBy ?? ''));

    expect(lost).toEqual([]);
  });
});

describe('destinationOf', () => {
  test.each([
    ['/restapi/v1.0/account/~', 'platformOrigin', '/restapi/v1.0/account/~'],
    ['/restapi', 'platformOrigin', '/restapi'],
    ['/team-messaging/v1/chats', 'platformOrigin', '/team-messaging/v1/chats'],
    ['/media/restapi/v1.0/account/~/recording/1/content', 'mediaOrigin', '/restapi/v1.0/account/~/recording/1/content'],
    ['/voice/api/v1/admin/accounts', 'ringcxOrigin', '/voice/api/v1/admin/accounts'],
    ['/platform/api/media/product', 'ringcxOrigin', '/platform/api/media/product'],
    ['/restapi/oauth/token', 'bridge', '/restapi/oauth/token'],
    ['/restapi/OAuth/revoke', 'bridge', '/restapi/OAuth/revoke'],
    ['/restapi/oauth/userinfo', 'platformOrigin', '/restapi/oauth/userinfo'],
    ['/restapi/oauth/wstoken', 'platformOrigin', '/restapi/oauth/wstoken'],
    ['/restapi/oauth/wstoken/', 'bridge', '/restapi/oauth/wstoken/'],
    ['/restapi/oauth/UserInfo', 'bridge', '/restapi/oauth/UserInfo'],
    ['/media/restapi/oauth/userinfo', 'bridge', '/restapi/oauth/userinfo'],
    ['/media/restapi/oauth/revoke', 'bridge', '/restapi/oauth/revoke'],
    ['/api/auth/token/refresh', 'bridge', '/api/auth/token/refresh'],
  ])('33: %s leads to the %s as %s', (path, servedBy, there) => {
    expect(destinationOf(path)).toEqual({ servedBy, path: there });
  });

  test.each([['/'], ['/trunkline/api/apps'], ['/restapix/v1.0'], ['/media/v1'], ['/api/auth/login/admin'], ['/aix'], ['/metrics'], ['']])(
    '33: %s leads nowhere',
    (path) => {
      expect(destinationOf(path)).toBeUndefined();
    },
  );
});
