import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { codes, type Outside, outside } from '../../../test/sandbox-world.ts';
import { DEMO_DATA } from '../demo.ts';
import { startSandbox } from '../start.ts';

// A description of its own, made like RingCentral's.
const BOOK = `
openapi: 3.0.3
info: { title: Books, version: SPEC_VERSION }
security: [{ OAuth2: [] }]
paths:
  /restapi/v1.0/account/{accountId}/book:
    parameters: [{ $ref: '#/components/parameters/AccountId' }]
    get:
      x-throttling-group: Heavy
      x-app-permission: ReadAccounts
      x-user-permission: ReadBooks
      parameters:
        - { name: perPage, in: query, schema: { type: integer, minimum: 1, maximum: 10 } }
        - { name: kind, in: query, explode: true, schema: { type: array, items: { type: string, enum: [Novel, Essay] } } }
        - { name: sold, in: query, schema: { type: boolean } }
      responses:
        '200': { description: '', content: { application/json: { schema: { $ref: '#/components/schemas/Books' } } } }
        '404': { description: '' }
    post:
      x-throttling-group: Light
      x-app-permission: EditAccounts
      requestBody:
        required: true
        content: { application/json: { schema: { $ref: '#/components/schemas/BookRequest' } } }
      responses:
        '201': { description: '', content: { application/json: { schema: { $ref: '#/components/schemas/Book' } } } }
  /restapi/v1.0/account/{accountId}/extension/{extensionId}/book/{bookId}:
    parameters:
      - { $ref: '#/components/parameters/AccountId' }
      - { name: extensionId, in: path, required: true, schema: { type: string } }
      - { name: bookId, in: path, required: true, schema: { type: integer, format: int64 } }
    get:
      x-throttling-group: Light
      x-user-permission: ReadBooks OR EditBooks
      responses:
        '200': { description: '', content: { application/json: { schema: { $ref: '#/components/schemas/Book' } } } }
    delete:
      x-throttling-group: Light
      responses: { '204': { description: '' } }
  /restapi/v1.0/account/{accountId}/extension/{extensionId}/book/latest:
    get:
      x-throttling-group: Light
      responses:
        '200': { description: '', content: { application/json: { schema: { type: object, properties: { title: { type: string, enum: [Latest] } } } } } }
  /restapi/v1.0/account/{anyAccountId}:
    get: { x-throttling-group: Heavy, responses: { '204': { description: 'never: the sandbox has its own' } } }
    put: { x-throttling-group: Light, responses: { '204': { description: '' } } }
  /restapi/v1.0/book-cover:
    get:
      x-throttling-group: Light
      responses: { '200': { description: '', content: { 'image/*': { schema: { type: string, format: binary } } } } }
  /restapi/v1.0/subscription/{subscriptionId}/book:
    get:
      x-throttling-group: Light
      parameters: [{ name: subscriptionId, in: path, required: true, schema: { type: string, maxLength: 20 } }]
      responses: { '204': { description: '' } }
components:
  parameters:
    AccountId: { name: accountId, in: path, required: true, schema: { type: string, default: '~' } }
  schemas:
    Books:
      type: object
      required: [uri, records]
      properties:
        uri: { type: string, format: uri, example: 'https://platform.ringcentral.com/restapi/v1.0/account/1/book' }
        records: { type: array, minItems: 2, items: { $ref: '#/components/schemas/Book' } }
    Book:
      allOf:
        - { $ref: '#/components/schemas/BookRequest' }
        - type: object
          required: [id]
          properties:
            id: { type: integer, format: int64 }
            uri: { type: string, format: uri }
            cover: { type: string, example: 'https://media.ringcentral.com/cover/1' }
            pages: { type: integer, example: 'many', minimum: 7 }
            printedAt: { type: string, format: date-time }
            account: { type: object, properties: { id: { type: string } } }
            sequel: { $ref: '#/components/schemas/Book' }
            note: { type: string, nullable: true, enum: [Signed] }
            serviceCode: { type: string, pattern: '*67' }
    BookRequest:
      type: object
      required: [title, id]
      properties:
        title: { type: string, minLength: 3 }
        id: { type: integer, readOnly: true }
        authors: { type: array, items: { type: object, required: [name], properties: { name: { type: string } } } }
        binding:
          oneOf: [{ $ref: '#/components/schemas/Hard' }, { $ref: '#/components/schemas/Soft' }]
          discriminator: { propertyName: kind, mapping: { Hard: '#/components/schemas/Hard', Soft: '#/components/schemas/Soft' } }
    Hard: { type: object, required: [kind, cloth], properties: { kind: { type: string }, cloth: { type: string } } }
    Soft: { type: object, required: [kind], properties: { kind: { type: string } } }
`;
const BOOKS = '/restapi/v1.0/account/~/book';
const A_BOOK = '/restapi/v1.0/account/~/extension/~/book/77';

async function withBooks(options: Parameters<typeof outside>[0] = {}): Promise<Outside & { readonly token: string }> {
  const world = await outside({ openapi: fileOf(BOOK), ...options });
  const { access_token: token } = await world.signIn();
  return { ...world, token };
}

function fileOf(text: string, name = 'api.yml'): string {
  const folder = mkdtempSync(join(tmpdir(), 'trunkline-openapi-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

describe('an operation that only the OpenAPI file has', () => {
  test('answers with an example that is true to its schema: ids of the request, links to the sandbox, its own recursion cut', async () => {
    const { get, token, sandbox } = await withBooks();

    const { status, json } = await get(A_BOOK, token);

    expect(status).toBe(200);
    expect(json).toMatchObject({
      id: 77,
      uri: `${sandbox.origin}/restapi/v1.0/account/403140004/extension/403141004/book/77`,
      title: 'example',
      cover: `${sandbox.origin}/cover/1`,
      pages: 7,
      printedAt: '2026-11-21T12:00:00.000Z',
      account: { id: '403140004' },
      binding: { kind: 'Hard', cloth: 'example' },
      note: 'Signed',
      sequel: { title: 'example', id: 1 },
    });
    expect(JSON.stringify(json).length).toBeLessThan(5_000);
  });

  test.each([
    ['contains itself several times, in lists too', "{ $ref: '#/components/schemas/Tree' }"],
    ['wants more and longer texts than anybody reads', '{ type: array, minItems: 1000000000, items: { type: string, minLength: 1000000000 } }'],
  ])('a schema that %s has an example that ends', async (_what, schema) => {
    const endless = `
openapi: 3.0.3
paths:
  /restapi/v1.0/endless:
    get:
      x-throttling-group: Light
      responses: { '200': { content: { application/json: { schema: ${schema} } } } }
components:
  schemas:
    Tree:
      type: object
      required: [left, right, more]
      properties:
        left: { $ref: '#/components/schemas/Tree' }
        right: { $ref: '#/components/schemas/Tree' }
        more: { type: array, minItems: 2, items: { $ref: '#/components/schemas/Tree' } }
`;
    const { get, signIn } = await outside({ openapi: fileOf(endless) });

    const { status, bytes } = await get('/restapi/v1.0/endless', (await signIn()).access_token);

    expect(status).toBe(200);
    expect(bytes.byteLength).toBeLessThan(20_000_000);
  });

  test('a list has as many items as it must', async () => {
    const { get, token, sandbox } = await withBooks();

    const { json } = await get(BOOKS, token);

    expect(json.uri).toBe(`${sandbox.origin}/restapi/v1.0/account/403140004/book`);
    expect(json.records).toHaveLength(2);
  });

  test('answers with the status that is described, and without a body where none is', async () => {
    const data = { ...DEMO_DATA, apps: [{ ...DEMO_DATA.apps[0]!, permissions: ['EditAccounts'] }] };
    const { ask, postJson, token } = await withBooks({ data });

    const made = await postJson(BOOKS, { title: 'The Trunk' }, token);
    const gone = await ask(A_BOOK, { method: 'DELETE', headers: { authorization: `Bearer ${token}` } });

    expect(made.status).toBe(201);
    expect([gone.status, gone.text]).toEqual([204, '']);
  });

  test('content that is no JSON is of its type', async () => {
    const { get, token } = await withBooks();

    const { status, headers, text } = await get('/restapi/v1.0/book-cover', token);

    expect([status, headers['content-type'], text.slice(1, 4)]).toEqual([200, 'image/png', 'PNG']);
  });

  test('is asked with a token that has the permissions, for an account of its own', async () => {
    const withheld = DEMO_DATA.accounts.map((account) => ({
      ...account,
      extensions: account.extensions.map((extension) => ({ ...extension, withheldPermissions: ['ReadBooks'] })),
    }));
    const apps = DEMO_DATA.apps.map((app) => ({ ...app, permissions: ['ReadAccounts'] }));
    const { ask, get, postJson, token } = await withBooks({ data: { ...DEMO_DATA, apps, accounts: withheld } });

    expect(codes(await ask(BOOKS))).toEqual([401, 'AGW-401', 'AGW-401']);
    expect(codes(await postJson(BOOKS, { title: 'The Trunk' }, token))).toEqual([403, 'InsufficientPermissions', 'CMN-401']);
    expect(codes(await get(BOOKS, token))).toEqual([403, 'CMN-408', 'CMN-408']);
    // ReadBooks or EditBooks will do.
    expect((await get(A_BOOK, token)).status).toBe(200);
    expect(codes(await get(A_BOOK.replace('~', '1110475004'), token))).toEqual([404, 'InvalidParameter', 'CMN-102']);
  });

  test('where any of several permissions will do, one who has none of them is refused', async () => {
    const accounts = DEMO_DATA.accounts.map((account) => ({
      ...account,
      extensions: account.extensions.map((extension) => ({ ...extension, withheldPermissions: ['ReadBooks', 'EditBooks'] })),
    }));
    const { get, token } = await withBooks({ data: { ...DEMO_DATA, accounts } });

    const answer = await get(A_BOOK, token);

    expect(codes(answer)).toEqual([403, 'CMN-408', 'CMN-408']);
    expect(answer.json.permissionName).toBe('ReadBooks OR EditBooks');
  });

  test('counts in the throttling group that is described', async () => {
    const { get, token } = await withBooks({ limited: true });

    const { headers } = await get(BOOKS, token);

    expect([headers['x-rate-limit-group'], headers['x-rate-limit-limit'], headers['x-rate-limit-remaining']]).toEqual(['heavy', '10', '9']);
  });
});

describe('a request is judged by the OpenAPI file', () => {
  test.each([
    [`${BOOKS}?perPage=0`, 400, 'perPage'],
    [`${BOOKS}?perPage=many`, 400, 'perPage'],
    [`${BOOKS}?perPage=2&perPage=3`, 400, 'perPage'],
    [`${BOOKS}?kind=Novel&kind=Poem`, 400, 'kind'],
    [`${BOOKS}?sold=perhaps`, 400, 'sold'],
    [A_BOOK.replace('77', 'seventy'), 404, 'bookId'],
  ])('%s: %i for %s', async (path, status, parameterName) => {
    const { get, token } = await withBooks();

    const answer = await get(path, token);

    expect([answer.status, answer.json.parameterName]).toEqual([status, parameterName]);
  });

  // The platform cuts a page that is too long, and its file is wrong about a subscription's id.
  test.each([
    [`${BOOKS}?perPage=11&sold=true&kind=Novel&kind=Essay&unknown=x`],
    [`${BOOKS}?perPage=&kind=Novel,Essay`],
    ['/restapi/v1.0/subscription/3f2c1e0a-5b4d-4c6e-8f70-9a8b7c6d5e4f/book'],
  ])('%s is good', async (path) => {
    const { get, token } = await withBooks();

    expect((await get(path, token)).status).toBeLessThan(300);
  });

  const editor = { data: { ...DEMO_DATA, apps: [{ ...DEMO_DATA.apps[0]!, permissions: ['Accounts'] }] } };

  test.each([
    [{}, 'title'],
    [{ title: 'ab' }, 'title'],
    [{ title: 'The Trunk', authors: [{ name: 'A' }, {}] }, 'authors[1].name'],
    [{ title: 'The Trunk', binding: { kind: 'Hard' } }, 'binding.cloth'],
  ])('the body %j: 400 CMN-101 for %s', async (body, parameterName) => {
    const { postJson, token } = await withBooks(editor);

    const answer = await postJson(BOOKS, body, token);

    expect(codes(answer)).toEqual([400, 'InvalidParameter', 'CMN-101']);
    expect(answer.json.parameterName).toBe(parameterName);
  });

  test.each([
    ['another content type', 'text/plain', '{"title":"The Trunk"}', [415, 'CMN-103', 'CMN-103']],
    ['no JSON', 'application/json', '{"title":', [400, 'CMN-103', 'CMN-103']],
    ['nothing', 'application/json', '', [400, 'CMN-103', 'CMN-103']],
    ['JSON that is no object', 'application/json', '["The Trunk"]', [400, 'CMN-104', 'CMN-104']],
  ])('a body that is %s', async (_what, contentType, body, expected) => {
    const { ask, token } = await withBooks(editor);

    const answer = await ask(BOOKS, { method: 'POST', headers: { authorization: `Bearer ${token}`, 'content-type': contentType }, body });

    expect(codes(answer)).toEqual(expected);
  });

  test('whatever body is sent, the answer is the platform’s own', async () => {
    const { postJson, token } = await withBooks(editor);

    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async (body) => {
        expect([201, 400]).toContain((await postJson(BOOKS, body, token)).status);
      }),
      { numRuns: 60 },
    );
  });
});

describe('beside what the sandbox models', () => {
  test('the sandbox’s own operation wins, whatever the file calls its parameters; another method is the file’s', async () => {
    const { ask, get, token } = await withBooks();

    const own = await get('/restapi/v1.0/account/~', token);
    const described = await ask('/restapi/v1.0/account/~', { method: 'PUT', headers: { authorization: `Bearer ${token}` } });
    const neither = await ask('/restapi/v1.0/account/~', { method: 'DELETE', headers: { authorization: `Bearer ${token}` } });

    expect([own.status, own.json.mainNumber]).toEqual([200, '+18889363711']);
    expect(described.status).toBe(204);
    expect([neither.status, neither.headers.allow]).toEqual([405, 'GET, PUT']);
  });

  test('a path that is named goes before one that is left open', async () => {
    const { get, token } = await withBooks();

    expect((await get(A_BOOK.replace('77', 'latest'), token)).json).toEqual({ title: 'Latest' });
  });

  test('without a file it is 404 CMN-120, and the log says once for each kind of path what would help', async () => {
    const warnings: unknown[] = [];
    const log = { info: () => {}, warn: (event: string, fields = {}) => void warnings.push([event, (fields as { asked: string }).asked]), error: () => {} };
    const { ask, get, signIn } = await outside({ log });
    const { access_token } = await signIn();

    for (const id of ['77', '78']) expect(codes(await get(A_BOOK.replace('77', id), access_token))).toEqual([404, 'CMN-120', 'CMN-120']);
    await get(BOOKS, access_token);
    await ask('/favicon.ico');

    expect(warnings).toEqual([
      ['sandbox.not_modelled', 'GET /restapi/v1.0/account/{}/extension/{}/book/{}'],
      ['sandbox.not_modelled', 'GET /restapi/v1.0/account/{}/book'],
    ]);
  });
});

describe('an OpenAPI file that cannot be used', () => {
  test.each([
    ['neither YAML nor JSON', 'openapi: 3.0.3\n\tpaths: [', 'neither YAML nor JSON'],
    ['broken JSON', '{"openapi": "3.0.3", ', 'neither YAML nor JSON'],
    ['something else', 'hello', 'it is not an OpenAPI file'],
    ['of version 2', '{"swagger": "2.0", "paths": {"/a": {}}}', 'it is of OpenAPI 2.0, and 3 is needed'],
    ['without paths', 'openapi: 3.0.3', 'it has no paths'],
    ['empty', '', 'it is not an OpenAPI file'],
  ])('%s: the sandbox does not start, and says why', async (_what, text, fault) => {
    const path = fileOf(text);

    await expect(startSandbox({ openapi: path })).rejects.toMatchObject({ path, message: expect.stringContaining(fault) as string });
  });

  test('one that is not there: as the file system says', async () => {
    await expect(startSandbox({ openapi: 'no-such-file.yml' })).rejects.toMatchObject({ path: 'no-such-file.yml', code: 'ENOENT' });
  });

  test('references that lead nowhere, or in a circle, are told in the log and take anything', async () => {
    const warnings: unknown[] = [];
    const log = { info: () => {}, warn: (event: string, fields = {}) => void warnings.push([event, fields]), error: () => {} };
    const broken = `
openapi: 3.0.3
paths:
  /restapi/v1.0/lost:
    get:
      x-throttling-group: Light
      parameters: [{ $ref: '#/components/parameters/None' }, { name: a, in: query, schema: { $ref: '#/components/schemas/Circle' } }]
      responses: { '200': { content: { application/json: { schema: { $ref: '#/components/schemas/None' } } } } }
components: { schemas: { Circle: { $ref: '#/components/schemas/Circle' } } }
`;
    const { get, signIn } = await outside({ openapi: fileOf(broken), log });
    const { access_token } = await signIn();

    expect((await get('/restapi/v1.0/lost?a=1', access_token)).status).toBe(200);
    expect(warnings).toMatchObject([['sandbox.openapi_references', { count: 2 }]]);
  });
});
