import { describe, expect, test } from 'vitest';
import { toRequest } from './call.ts';

describe('toRequest', () => {
  test('takes a method in any case, a path with its query, and a body only where one is given', () => {
    expect(toRequest('post', '/restapi/v1.0/x?page=2', '{"a": 1}')).toMatchObject({ method: 'POST', path: '/restapi/v1.0/x?page=2', json: { a: 1 } });
    expect(toRequest('GET', '/', undefined)).not.toHaveProperty('json');
  });

  test.each(['//example.com/x', '/\\example.com/x', '/\t/example.com', '\\\\example.com', 'https://example.com/x', 'restapi', '', '@example.com'])(
    '33: a path that leads elsewhere, or is none, is refused: %j',
    (path) => {
      expect(() => toRequest('GET', path, undefined)).toThrow('is not a path');
    },
  );

  test.each([
    ['TRACE', undefined, 'is not one of'],
    ['', undefined, 'is not one of'],
    ['POST', '{"a": ', '--data is not JSON'],
    ['get', '{}', 'a GET has none'],
  ])('what is no method, or no JSON, is refused by name: %j with %j', (method, data, message) => {
    expect(() => toRequest(method, '/x', data)).toThrow(message);
  });
});
