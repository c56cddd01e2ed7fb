import { describe, expect, test } from 'vitest';
import { StoreUnavailable } from '../../src/domain/errors.ts';
import { type BridgeWorld, bridgeWorld, EXTENSION, PASSWORD_GRANT, REVOKE_PATH } from './world.ts';

const PAGE = 'https://shop.example.com';
const OTHER_PAGE = 'https://other.example.com';
const TOKEN = '/restapi/oauth/token';
const HEADERS = 'authorization,client-id,content-type,x-user-agent';
const OTHER_LOGIN = { username: '+15555550142', password: 'another' };
const SIGN_IN_PATHS = [
  TOKEN,
  REVOKE_PATH,
  '/restapi/oauth/userinfo',
  '/.well-known/openid-configuration',
  '/.well-known/entry-points/initial',
  '/.well-known/entry-points/external',
  '/api/auth/login/rc/accesstoken',
  '/api/auth/token/refresh',
];

/** Client `old` lists one page, and `second` another. */
async function pagesWorld() {
  const world = await bridgeWorld({ client: { bridge: { origins: [PAGE] } } });
  const second = { name: 'second', connections: ['front-desk'], legacyLogins: [{ ...OTHER_LOGIN, connection: 'front-desk' }] };
  await world.manage('POST', 'clients', { ...second, bridge: { origins: [OTHER_PAGE] } });
  return world;
}

function preflight({ origin }: BridgeWorld, path: string, page: string): Promise<Response> {
  const headers = { origin: page, 'access-control-request-method': 'POST', 'access-control-request-headers': HEADERS };
  return fetch(origin + path, { method: 'OPTIONS', headers });
}

/** Whether a page of this origin may read the answer. */
function readableBy({ headers }: Response, page: string): boolean {
  return headers.get('access-control-allow-origin') === page && headers.get('access-control-allow-credentials') === 'true';
}

function aboutPages({ headers }: Response): string[] {
  return [...headers.keys()].filter((name) => name.startsWith('access-control-'));
}

function call({ origin }: BridgeWorld, token: unknown, page: string, path = EXTENSION): Promise<Response> {
  return fetch(origin + path, { headers: { authorization: `bearer ${token}`, origin: page } });
}

describe('a page of another origin that a Client lists', () => {
  test.each([...SIGN_IN_PATHS, EXTENSION, '/voice/api/v1/admin/accounts'])(
    'may ask %s with the headers that the SDK sends, and its credentials',
    async (path) => {
      const world = await pagesWorld();

      const answer = await preflight(world, path, PAGE);

      expect([answer.status, readableBy(answer, PAGE), await answer.text()]).toEqual([204, true, '']);
      expect(Object.fromEntries(answer.headers)).toMatchObject({
        'access-control-allow-headers': HEADERS,
        'access-control-allow-methods': expect.stringContaining('DELETE'),
        'access-control-max-age': '600',
        vary: 'Origin, Access-Control-Request-Headers',
      });
    },
  );

  test.each(['x-a; <b>', `x-${'a'.repeat(1_000)}`, ''])('that asks for the headers %j is not told of them', async (names) => {
    const world = await pagesWorld();
    const headers = { origin: PAGE, 'access-control-request-method': 'POST', 'access-control-request-headers': names };

    const answer = await fetch(world.origin + TOKEN, { method: 'OPTIONS', headers });

    expect([answer.status, answer.headers.get('access-control-allow-headers')]).toEqual([204, null]);
  });

  test('reads what it is answered: tokens, refusals, links, the limits in the headers, and that its token is over', async () => {
    const world = await pagesWorld();
    const form = (body: object) =>
      fetch(world.origin + TOKEN, {
        method: 'POST',
        headers: { origin: PAGE, authorization: `Basic ${btoa('TrunklineDemoKey:TrunklineDemoSecret')}` },
        body: new URLSearchParams({ ...body }),
      });

    const login = await form(PASSWORD_GRANT);
    const { access_token: token } = (await login.json()) as { access_token: string };
    const answers = [login, await form({ ...PASSWORD_GRANT, password: 'wrong' }), await call(world, token, PAGE), await call(world, 'tlb_none', PAGE)];
    world.clock.advance(3_600_000);
    const late = await call(world, token, PAGE);

    expect([...answers, late].map(({ status }) => status)).toEqual([200, 400, 200, 401, 401]);
    for (const answer of [...answers, late]) expect([readableBy(answer, PAGE), answer.headers.get('vary')]).toEqual([true, expect.stringContaining('Origin')]);
    expect(answers[2]?.headers.get('access-control-expose-headers')).toMatch(/X-Rate-Limit-Remaining.*Retry-After/);
    expect((await late.json()) as object).toMatchObject({ errorCode: 'TokenExpired' });
  });

  test('calls with the tokens of its own Client only: another’s answer it does not read', async () => {
    const world = await pagesWorld();
    const [ours, others] = [
      (await world.send(PASSWORD_GRANT)).body.access_token,
      (await world.send({ grant_type: 'password', ...OTHER_LOGIN })).body.access_token,
    ];

    const answers = [
      await call(world, ours, PAGE),
      await call(world, others, PAGE),
      await call(world, ours, OTHER_PAGE),
      await call(world, others, OTHER_PAGE),
    ];

    expect(answers.map((answer) => [answer.status, aboutPages(answer).length > 0])).toEqual([
      [200, true],
      [200, false],
      [200, false],
      [200, true],
    ]);
  });

  test('sends a body of megabytes, and it arrives whole', async () => {
    const world = await pagesWorld();
    const { body } = await world.send(PASSWORD_GRANT);
    const page = 'A page of an order.\n'.repeat(100_000);
    const form = new FormData();
    form.set('to', '+16505551231');
    form.set('attachment', new Blob([page], { type: 'text/plain' }), 'order.txt');

    const answer = await fetch(`${world.origin}${EXTENSION}/fax`, {
      method: 'POST',
      headers: { authorization: `bearer ${body.access_token}`, origin: PAGE },
      body: form,
    });

    expect([answer.status, readableBy(answer, PAGE)]).toEqual([200, true]);
    const { attachments } = (await answer.json()) as { attachments: { size?: number }[] };
    expect(JSON.stringify(attachments)).toContain(String(page.length));
  });

  test('is one that it no longer lists from the next request on', async () => {
    const world = await pagesWorld();
    await world.manage('PATCH', 'clients/old', { bridge: { origins: [] } });

    expect((await preflight(world, TOKEN, PAGE)).status).toBe(403);
  });
});

describe('a page of another origin that nobody lists', () => {
  test.each([PAGE.replace('https', 'http'), `${PAGE}:8443`, 'https://shop.example.com.evil.example', 'null', 'https://evil.example"; --'])(
    '%s may not ask, and the answer says what to do',
    async (page) => {
      const world = await pagesWorld();

      const answer = await preflight(world, TOKEN, page);

      expect([answer.status, aboutPages(answer)]).toEqual([403, []]);
      const { code, detail } = (await answer.json()) as { code: string; detail: string };
      expect(code).toBe('origin_not_listed');
      // What somebody else has chosen is not to look like a part of the command.
      expect(detail).toMatch(/NAME --origin [\w:/.?-]+` lets its pages call/);
    },
  );

  test('reads nothing, though the platform would let it: its own answer says so', async () => {
    const world = await pagesWorld();
    const { body } = await world.send(PASSWORD_GRANT);
    const platform = await fetch(world.sandbox.origin + EXTENSION, { headers: { origin: 'https://evil.example' } });

    const answer = await call(world, body.access_token, 'https://evil.example');

    expect([aboutPages(platform).length > 0, answer.status, aboutPages(answer)]).toEqual([true, 200, []]);
    expect(answer.headers.get('vary')).toContain('Origin');
  });

  test('while it is not known which are listed none is, and the request is served all the same', async () => {
    const clients = { listsOrigin: () => Promise.reject(new StoreUnavailable('it is away')) };
    const keys = { findClient: () => Promise.reject(new Error('not asked')) } as never;
    const world = await bridgeWorld({ crossOrigin: { clients, bridge: { findCaller: () => Promise.reject(new Error('not asked')) }, keys } });
    const { body } = await world.send(PASSWORD_GRANT);

    const answer = await call(world, body.access_token, PAGE);

    expect([answer.status, aboutPages(answer)]).toEqual([200, []]);
  });

  test('by default there is none that may', async () => {
    const world = await bridgeWorld();

    expect((await preflight(world, TOKEN, PAGE)).status).toBe(403);
  });
});

describe('where people sign in, and what manages', () => {
  test.each(['/restapi/oauth/authorize', '/connect/refused', '/trunkline/api/clients', '/ringout.asp', '/metrics'])(
    'no page may ask %s, whoever lists it, nor read along',
    async (path) => {
      const world = await pagesWorld();

      const answers = [await preflight(world, path, PAGE), await fetch(world.origin + path, { headers: { origin: PAGE }, redirect: 'manual' })];

      expect(answers.flatMap(aboutPages)).toEqual([]);
    },
  );
});

test('an answer to a program that is no page speaks of none', async () => {
  const world = await pagesWorld();

  const answer = await fetch(world.origin + TOKEN, { method: 'POST', body: new URLSearchParams(PASSWORD_GRANT) });

  expect([answer.status, aboutPages(answer), answer.headers.get('vary')]).toEqual([400, [], null]);
});
