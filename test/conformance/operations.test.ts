import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { findOperation, OPERATIONS } from '../../src/ringcentral/facts/operations.ts';
import { destinationOf } from '../../src/ringcentral/facts/roots.ts';
import { findOpenApiFile } from './openapi-file.ts';

const METHODS = ['get', 'head', 'post', 'put', 'patch', 'delete', 'options'];
const file = findOpenApiFile();
const RINGCX_FILE = fileURLToPath(new URL('../../../shared/facts/openapi/ringcx-engage-voice_openapi3.json', import.meta.url));

// RingCentral's files are not part of the project; a test that needs them is not registered where they are not.
if (file !== undefined) {
  const { paths } = parse(readFileSync(file, 'utf8')) as { paths: Record<string, Record<string, Record<string, unknown>>> };
  const described = Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item)
      .filter(([method]) => METHODS.includes(method))
      .map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );

  describe('the table of operations', () => {
    test('36: has every operation of the OpenAPI file with its Permission and throttling group, and none besides', () => {
      const stated = described.map(({ method, path, operation }) => ({
        method,
        path,
        permission: operation['x-app-permission'],
        group: operation['x-throttling-group'],
        media: operation['x-media-api'] === true,
      }));

      const found = described.map(({ method, path }) => findOperation(method, path.replace(/\{\w+\}/g, '4711')));

      expect(stated.length).toBeGreaterThan(500);
      expect(found).toEqual(stated);
      expect(OPERATIONS).toHaveLength(stated.length);
    });
  });

  describe('the roots', () => {
    test('33: every path of RingCX leads to RingCX, and where it signs in to the Bridge', () => {
      const ringCx = Object.keys((JSON.parse(readFileSync(RINGCX_FILE, 'utf8')) as { paths: object }).paths);

      const servedBy = new Map(ringCx.map((path) => [path, destinationOf(path)?.servedBy]));

      expect([...servedBy].filter(([, by]) => by !== 'ringcxOrigin')).toEqual([['/api/auth/login/rc/accesstoken', 'bridge']]);
    });
  });
}
