import { describe, expect, test } from 'vitest';
import { COLUMNS } from '../../src/http/import-columns.ts';
import { gateway, TOKEN } from './gateway.ts';

interface Operation {
  operationId: string;
  summary: string;
  tags: string[];
  security: Record<string, string[]>[];
  parameters?: { name: string; in: string; required?: boolean; schema: object }[];
  requestBody?: { required: boolean; content: Record<string, { schema: Record<string, unknown> }> };
  responses: Record<string, { description: string; content?: Record<string, { schema: Record<string, unknown> }> }>;
}

interface Document {
  openapi: string;
  info: { title: string; version: string; description: string };
  paths: Record<string, Record<string, Operation>>;
  components: { securitySchemes: Record<string, object>; schemas: Record<string, object> };
}

describe('/trunkline/api/openapi.json', () => {
  test('takes the admin token, like the rest', async () => {
    const { ask, key } = await gateway();

    const answers = [await ask('GET', 'openapi.json', undefined), await ask('GET', 'openapi.json', await key()), await ask('GET', 'openapi.json', TOKEN)];

    expect(answers.map(({ status }) => status)).toEqual([401, 401, 200]);
  });

  test('has every route, and nothing else', async () => {
    const { server, manage } = await gateway();
    await server.ready();

    const document = (await manage('GET', 'openapi.json')).body as unknown as Document;
    const described = Object.entries(document.paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
    );

    // Pages are for people, and the paths of the platform and of RingCX are described by RingCentral: neither is part of the API.
    const api = routesOf(server.printRoutes({ commonPrefix: false })).filter((route) => !/ \/(connect|restapi|\.well-known|api\/auth)\//.test(route));
    expect(described.sort()).toEqual(api.sort());
    expect(described).toContain('POST /trunkline/api/connections/{name}/refresh');
  });

  test('42: the listener for management describes the routes of the other one too', async () => {
    const { manage } = await gateway({ planes: ['admin'] });

    const document = (await manage('GET', 'openapi.json')).body as unknown as Document;

    expect(Object.keys(document.paths)).toContain('/trunkline/api/connections/{name}/token');
  });

  test('is a whole OpenAPI document: names, answers, errors and credentials of every operation', async () => {
    const { manage } = await gateway();

    const document = (await manage('GET', 'openapi.json')).body as unknown as Document;
    const operations = Object.entries(document.paths).flatMap(([path, methods]) => Object.values(methods).map((operation) => ({ path, ...operation })));

    expect(document).toMatchObject({ openapi: '3.1.0', info: { title: 'Trunkline', version: '0.0.0-test' } });
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
    for (const { path, operationId, summary, tags, security, parameters = [], responses } of operations) {
      expect(operationId, path).toMatch(/^[a-z][A-Za-z]+$/);
      expect(summary.length, operationId).toBeGreaterThan(5);
      expect(tags, operationId).toHaveLength(1);
      for (const scheme of security.flatMap((named) => Object.keys(named))) expect(document.components.securitySchemes, operationId).toHaveProperty(scheme);
      const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      expect(parameters.filter((parameter) => parameter.in === 'path').map(({ name, required }) => [name, required])).toEqual(
        named.map((name) => [name, true]),
      );
      expect(
        Object.keys(responses).filter((status) => status.startsWith('2')),
        operationId,
      ).toHaveLength(1);
      for (const status of ['4XX', '5XX']) {
        expect(responses[status]?.content?.['application/problem+json']?.schema, operationId).toEqual({ $ref: '#/components/schemas/Problem' });
      }
      for (const { description } of Object.values(responses)) expect(description, operationId).not.toBe('Default Response');
    }
  });

  test('the body of an import is described in both its forms, with every column', async () => {
    const { manage } = await gateway();

    const document = (await manage('GET', 'openapi.json')).body as unknown as Document;
    const { required, content } = document.paths['/trunkline/api/connections/import']?.post?.requestBody ?? { content: {} };

    expect([required, Object.keys(content)]).toEqual([true, ['text/csv', 'application/x-ndjson']]);
    for (const described of Object.values(content)) {
      for (const column of COLUMNS) expect(described.schema.description).toMatch(new RegExp(`\\b${column}\\b`));
      expect(JSON.stringify(described)).toContain('front-desk');
    }
  });

  test('every reference leads somewhere, and only what JSON Schema knows stands in a schema', async () => {
    const { manage } = await gateway();

    const document = (await manage('GET', 'openapi.json')).body as unknown as Document;

    for (const reference of referencesIn(document)) {
      const name = reference.replace('#/components/schemas/', '');
      expect(document.components.schemas).toHaveProperty(name);
    }
    expect(referencesIn(document)).toContain('#/components/schemas/Connection');
    expect(document.components.schemas.Problem).toMatchObject({ required: ['type', 'title', 'status', 'code', 'detail'] });
    expect(JSON.stringify(document)).not.toContain('~kind');
  });

  test('what the routes answer is what it says', async () => {
    const { manage } = await gateway();
    const document = (await manage('GET', 'openapi.json')).body as unknown as Document;
    const required = (name: string) => (document.components.schemas[name] as { required: string[] }).required;
    const known = (name: string) => Object.keys((document.components.schemas[name] as { properties: object }).properties);

    const app = (await manage('GET', 'apps/demo')).body;
    const connection = (await manage('POST', 'connections/front-desk/refresh')).body;

    expect(Object.keys(app).sort()).toEqual(required('App').toSorted());
    expect(Object.keys(connection)).toEqual(expect.arrayContaining(required('Connection')));
    expect(known('Connection')).toEqual(expect.arrayContaining(Object.keys(connection)));
    expect(connection).toHaveProperty('refreshExpiresAt');
  });
});

/** `METHOD /path/{name}` of the tree that Fastify prints, but for HEAD, which every GET has. */
function routesOf(tree: string): string[] {
  const parents: string[] = [];
  return tree
    .split('\n')
    .filter((line) => line.trim() !== '')
    .flatMap((line) => {
      const [, indent = '', part = '', methods = ''] = /^([│├└─\s]*)(\S+) \(([^)]*)\)/.exec(line) ?? [];
      const depth = indent.length / 4;
      parents.splice(depth - 1, parents.length, part);
      const path = parents.join('').replace(/:(\w+)/g, '{$1}');
      return methods
        .split(', ')
        .filter((method) => method !== 'HEAD')
        .map((method) => `${method} ${path}`);
    });
}

function referencesIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) => (key === '$ref' ? [String(part)] : referencesIn(part)));
}
