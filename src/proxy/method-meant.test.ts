import { describe, expect, test } from 'vitest';
import { MethodNotForwarded, TargetUnreadable } from '../domain/errors.ts';
import { methodMeant } from './method-meant.ts';

describe('methodMeant', () => {
  test.each([
    ['GET', undefined, undefined, 'GET'],
    ['POST', undefined, 'page=1', 'POST'],
    ['POST', 'DELETE', undefined, 'DELETE'],
    ['POST', 'patch', 'page=1', 'PATCH'],
    ['POST', undefined, '_method=PUT', 'PUT'],
    ['POST', undefined, '%5Fmethod=DELETE', 'DELETE'],
    ['POST', 'PUT', '_method=put', 'PUT'],
  ])('36: %s with %s and ?%s means %s', (method, override, query, meant) => {
    expect(methodMeant(method, override, query)).toBe(meant);
  });

  test.each(['TRACE', 'CONNECT', 'PROPFIND', 'get'])('38: %s is not forwarded', (method) => {
    expect(() => methodMeant(method, undefined, undefined)).toThrow(MethodNotForwarded);
  });

  test.each([
    ['GET', 'DELETE', undefined],
    ['POST', 'GET', undefined],
    ['POST', 'DELETE, GET', undefined],
    ['POST', 'PUT', '_method=DELETE'],
    ['POST', undefined, '_method=PUT&_method=DELETE'],
    ['POST', '', undefined],
  ])('36: %s with "%s" and ?%s is refused: nobody knows what it would do', (method, override, query) => {
    expect(() => methodMeant(method, override, query)).toThrow(TargetUnreadable);
  });
});
