import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readPresented } from './presented.ts';

describe('readPresented', () => {
  test.each([
    ['/restapi/v1.0/account/~', 'Bearer tlk_a', 'tlk_a', '/restapi/v1.0/account/~'],
    ['/restapi/v1.0/account/~', 'bearer   tlk_a ', 'tlk_a', '/restapi/v1.0/account/~'],
    ['/restapi/v1.0/account/~?access_token=tlk_a', undefined, 'tlk_a', '/restapi/v1.0/account/~'],
    ['/restapi?page=1&access%5Ftoken=tlk_a&perPage=5', undefined, 'tlk_a', '/restapi?page=1&perPage=5'],
    ['/restapi?page=1&access_token=tlk_a', 'Bearer tlk_b', 'tlk_b', '/restapi?page=1'],
    ['/k/tlk_a/restapi?x=%zz', undefined, 'tlk_a', '/restapi?x=%zz'],
    ['/K/tlk_a/restapi', 'Bearer tlk_b', 'tlk_b', '/restapi'],
    ['/restapi', 'Basic YTpi', '', '/restapi'],
    ['/restapi?', undefined, undefined, '/restapi'],
    ['/k/tlk_a', undefined, undefined, '/k/tlk_a'],
  ])('%s with %s', (url, authorization, key, target) => {
    expect(readPresented(url, authorization)).toEqual({ key, target });
  });

  test('35: wherever a key stands, it does not go on', () => {
    const place = fc.constantFrom('access_token', 'access%5Ftoken', '%61ccess_token', 'access_toke%6e');
    const other = fc.constantFrom('page=1', 'x=%zz', '', 'a', 'to=%2B1');
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            other,
            place.map((name) => `${name}=tlk_secret`),
          ),
        ),
        fc.boolean(),
        (pieces, under) => {
          const { target } = readPresented(`${under ? '/k/tlk_secret' : ''}/restapi?${pieces.join('&')}`, undefined);

          expect(target).not.toContain('tlk_secret');
        },
      ),
    );
  });
});
