import { describe, expect, test } from 'vitest';
import { listenOnLoopback } from '../../src/cli/loopback.ts';
import { terminalPage } from '../../src/connect/pages.ts';
import { StoreUnavailable } from '../../src/domain/errors.ts';
import { Secret } from '../../src/domain/secret.ts';
import { allowed } from './consent.ts';
import { BACK_OFFICE, FRONT_DESK } from './users.ts';
import { connectWorld } from './world.ts';

/** A browser's own requests to the gateway, cookies and form token included. */
async function visitor(url: string) {
  const shown = await fetch(url, { redirect: 'manual' });
  const cookie = (shown.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  const [, token = ''] = /name="form_token" value="([^"]*)"/.exec(await shown.text()) ?? [];
  const begin = (fields: Record<string, string> = { form_token: token }, headers: Record<string, string> = { cookie }) =>
    fetch(`${url}/consent`, { method: 'POST', redirect: 'manual', headers, body: new URLSearchParams(fields) });
  return { cookie, token, begin, shown, back: (callback: string) => bring(callback, cookie) };
}

/** What a browser with these cookies sees at the callback: where that sends it on to the page of a refusal, that page. */
async function bring(callback: string, cookie = ''): Promise<Response> {
  const answer = await fetch(callback, { redirect: 'manual', headers: { cookie } });
  const to = answer.headers.get('location') ?? '';
  return /\/refused\?/.test(to) ? fetch(new URL(to, callback), { redirect: 'manual', headers: { cookie } }) : answer;
}

describe('the callback', () => {
  test('3/9: the same answer twice at once is redeemed once, by a redirect to an address without the code', async () => {
    const it = await connectWorld();
    const { url } = await it.invite();
    const { begin, back } = await visitor(url);
    const callback = await allowed(it.sandbox.origin, (await begin()).headers.get('location') ?? '');

    const answers = await Promise.all([back(callback), back(callback), back(callback)]);

    const won = answers.find(({ status }) => status === 303);
    expect(answers.map(({ status }) => status).sort()).toEqual([303, 400, 400]);
    expect(won?.headers.get('location')).toBe(new URL(url).pathname);
    expect(won?.headers.get('referrer-policy')).toBe('no-referrer');
    expect(won?.headers.get('cache-control')).toBe('no-store');
    expect(it.codeExchanges()).toBe(1);
  });

  test.each([
    ['forged', (callback: string) => callback.replace(/state=[^&]*/, 'state=forged'), 400],
    ['at another address', (callback: string) => callback.replace('/callback/web', '/callback'), 400],
    ['of somebody else’s platform', (callback: string) => `${callback}&iss=https://evil.example.com`, 400],
    ['a no', (callback: string) => callback.replace(/code=[^&]*/, 'error=access_denied&error_description=canary-code'), 403],
    ['with a code that the platform does not know', (callback: string) => callback.replace(/code=[^&]*/, 'code=canary-code'), 502],
  ])('9: one that is %s ends at an address without the code, on a page that nobody keeps or is told of', async (_what, change, status) => {
    const it = await connectWorld();
    const { begin, cookie } = await visitor((await it.invite()).url);
    const callback = change(await allowed(it.sandbox.origin, (await begin()).headers.get('location') ?? ''));

    const answer = await fetch(callback, { redirect: 'manual', headers: { cookie } });
    const to = new URL(answer.headers.get('location') ?? '', callback);
    const page = await fetch(to, { headers: { cookie } });
    const text = await page.text();

    const { code = 'canary-code', state = 'none' } = Object.fromEntries(new URL(callback).searchParams);
    expect([answer.status, await answer.text(), page.status]).toEqual([303, '', status]);
    for (const shown of [to.href, text]) expect([shown.includes(code), shown.includes(state)], shown).toEqual([false, false]);
    for (const { headers } of [answer, page])
      expect(['cache-control', 'referrer-policy', 'x-frame-options'].map((name) => headers.get(name))).toEqual(['no-store', 'no-referrer', 'DENY']);
    expect(text).not.toMatch(/<script|src=|https?:\/\//);
  });

  test('9: one that meets a database that is away does not stay at the code either', async () => {
    const it = await connectWorld();
    const { begin, cookie } = await visitor((await it.invite()).url);
    const callback = await allowed(it.sandbox.origin, (await begin()).headers.get('location') ?? '');
    it.store.findAttempt = () => Promise.reject(new StoreUnavailable('the database is away'));

    const answer = await fetch(callback, { redirect: 'manual', headers: { cookie } });
    const page = await fetch(new URL(answer.headers.get('location') ?? '', callback));

    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/connect/refused?why=out_of_order&word=store_unavailable']);
    expect([page.status, await page.text()]).toEqual([502, expect.stringContaining('Try again in a minute')]);
  });

  test('the page of a refusal says what it knows and nothing else, whatever its address says', async () => {
    const it = await connectWorld();
    const at = async (query: string) => (await fetch(`${it.publicUrl}/connect/refused?${query}`)).text();

    const pages = await Promise.all([
      at('why=toString'),
      at('why=denied&why=denied'),
      at(`why=not_accepted&word=${encodeURIComponent('call 555-0100 <b>now</b>')}`),
    ]);

    expect(pages[0]).toContain('This link is not valid');
    expect(pages[1]).toContain('This link is not valid');
    expect(pages[2]).not.toMatch(/555-0100|<b>/);
  });

  test('3: an answer counts for ten minutes and not longer', async () => {
    const it = await connectWorld();
    const { url } = await it.invite();
    const { begin, back } = await visitor(url);
    const [first, second] = [await begin(), await begin()].map((answer) => new URL(answer.headers.get('location') ?? '').searchParams.get('state'));
    it.clock.advance(10 * 60_000 - 1);

    const inTime = await back(`${it.redirectUri}?state=${first}&error=access_denied`);
    it.clock.advance(1);
    const late = await back(`${it.redirectUri}?state=${second}&error=access_denied`);

    expect([inTime.status, late.status]).toEqual([403, 400]);
    expect((await it.audited()).slice(-2)).toEqual(['finishSignIn denied', 'finishSignIn state_expired']);
  });

  test('5: where the platform promises to name itself, an answer that does not, errors too, is refused by plain comparison', async () => {
    const it = await connectWorld({
      wrapFetch: (fetch) => async (to, init) => {
        const answer = await fetch(to, init);
        if (!String(to).endsWith('/.well-known/openid-configuration')) return answer;
        return Response.json({ ...((await answer.json()) as object), authorization_response_iss_parameter_supported: true });
      },
    });
    const { url } = await it.invite();
    const { begin, back } = await visitor(url);
    const callback = await allowed(it.sandbox.origin, (await begin()).headers.get('location') ?? '');
    const named = (issuer: string) => back(`${callback}&iss=${encodeURIComponent(issuer)}`);

    const answers = [await back(callback), await back(callback.replace(/code=[^&]*/, 'error=access_denied')), await named(`${it.sandbox.origin}/`)];
    const right = await named(it.sandbox.origin);

    expect(answers.map(({ status }) => status)).toEqual([400, 400, 400]);
    expect(right.status).toBe(303);
    expect(it.codeExchanges()).toBe(1);
  });

  test('5/7: an answer at another address than the one that was named is refused, whatever Host it names', async () => {
    const it = await connectWorld();
    const { url } = await it.invite();
    const { begin, back } = await visitor(url);
    const location = new URL((await begin()).headers.get('location') ?? '');

    const other = await back(`${it.publicUrl}/connect/callback/other?state=${location.searchParams.get('state')}&code=x`);

    expect(location.searchParams.get('redirect_uri')).toBe(it.redirectUri);
    expect(location.searchParams.get('code_challenge_method')).toBe('S256');
    expect(other.status).toBe(400);
    expect(await it.audited()).toContain('finishSignIn other_address');
  });
});

describe('the callback, from elsewhere', () => {
  test('4: without the cookie of the browser that began it, or with two of them, an answer is refused and stays good for that browser', async () => {
    const it = await connectWorld();
    const { url } = await it.invite();
    const [mine, others] = [await visitor(url), await visitor(url)];
    const callback = await allowed(it.sandbox.origin, (await mine.begin()).headers.get('location') ?? '');

    const bare = await bring(callback);
    const foreign = await others.back(callback);
    const doubled = await bring(callback, `${others.cookie}; ${mine.cookie}`);
    const twice = await mine.back(`${callback}&state=another`);
    const own = await mine.back(callback);

    expect([bare.status, foreign.status, doubled.status, twice.status, own.status]).toEqual([403, 403, 403, 400, 303]);
    expect(it.codeExchanges()).toBe(1);
  });

  test('51: of two browsers that sign in with one link at once, one connects, and nothing is asked for the other', async () => {
    const it = await connectWorld();
    const { url } = await it.invite();
    const visitors = [await visitor(url), await visitor(url)];
    const callbacks = await Promise.all(visitors.map(async ({ begin }) => allowed(it.sandbox.origin, (await begin()).headers.get('location') ?? '')));

    const answers = await Promise.all(visitors.map(({ back }, index) => back(callbacks[index] ?? '')));
    const shown = await Promise.all(visitors.map(({ cookie }) => fetch(url, { headers: { cookie } })));

    expect(answers.map(({ status }) => status).sort()).toEqual([303, 410]);
    expect(shown.map(({ status }) => status).sort()).toEqual([200, 410]);
    expect(it.codeExchanges()).toBe(1);
    expect(await it.audited()).toContain('finishSignIn link_used');
  });
});

describe('an invitation', () => {
  test('51: its link has 256 bits, is stored hashed, ends with its time and when it is revoked', async () => {
    const it = await connectWorld();
    const made = await it.invite({ expiresInSeconds: 60 });
    const revoked = await it.invite();
    await it.manage('DELETE', `invitations/${revoked.id}`);
    const { items } = (await it.manage('GET', 'invitations')).body as { items: object[] };
    const open = (await fetch(made.url)).status;
    it.clock.advance(60_000);

    expect(made.url).toMatch(/\/connect\/[\w-]{43}$/);
    expect(JSON.stringify(items)).not.toContain(made.url.slice(-43));
    expect(items).toHaveLength(1);
    expect([open, (await fetch(made.url)).status, (await fetch(revoked.url)).status, (await fetch(`${made.url}x`)).status]).toEqual([200, 410, 404, 404]);
  });

  test('8: it leads back only where the App lets it, and asks only where the App may send people', async () => {
    const it = await connectWorld({ names: ['front-desk'] });

    const elsewhere = await it.manage('POST', 'invitations', { connection: 'mine', app: 'web', returnTo: 'https://evil.example.com/' });
    const unregistered = await it.manage('POST', 'invitations', { connection: 'mine', app: 'demo' });

    const redirectUris = [`${it.publicUrl}/connect/callback/demo`];
    const replaced = await it.manage('PUT', 'apps/demo/redirects', { redirectUris });
    const registered = await it.manage('POST', 'invitations', { connection: 'mine', app: 'demo' });

    expect([replaced.body, registered.status]).toEqual([expect.objectContaining({ redirectUris, returnTo: [], hasClientSecret: true }), 201]);
    expect(elsewhere.body).toMatchObject({ code: 'invalid_request', errors: [{ field: 'returnTo' }] });
    expect(unregistered.body).toMatchObject({ code: 'redirect_uri_missing', detail: expect.stringContaining(`${it.publicUrl}/connect/callback/demo`) });
  });

  test('5: the common callback will do, unless an App of another platform has it too', async () => {
    const it = await connectWorld({ names: ['front-desk'] });
    const common = `${it.publicUrl}/connect/callback`;
    await it.manage('PUT', 'apps/demo/redirects', { redirectUris: [common] });
    const alone = await it.manage('POST', 'invitations', { connection: 'mine', app: 'demo' });
    await it.apps.createApp({ name: 'other', platformOrigin: 'http://127.0.0.1:1', clientId: 'x', redirectUris: [common] });

    const beside = await it.manage('POST', 'invitations', { connection: 'mine', app: 'demo' });

    expect(alone.status).toBe(201);
    expect(beside.body).toMatchObject({ code: 'redirect_uri_missing', detail: expect.stringContaining('App "other"') });
  });

  test('4: a form that was not shown to this browser begins nothing', async () => {
    const it = await connectWorld();
    const { url } = await it.invite();
    const [mine, others] = [await visitor(url), await visitor(url)];

    const answers = [await mine.begin({}), await mine.begin(undefined, {}), await mine.begin(undefined, { cookie: others.cookie })];

    expect(answers.map(({ status }) => status)).toEqual([403, 403, 403]);
    expect((await mine.begin()).status).toBe(303);
    expect(await it.audited()).toContain('openInvitation other_browser');
  });

  test('9/62: its pages load nothing, run nothing and are framed by nobody; its cookie is for this host and no script', async () => {
    const it = await connectWorld();
    const { shown } = await visitor((await it.invite()).url);

    const policy = shown.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('script-src');
    expect(shown.headers.get('x-content-type-options')).toBe('nosniff');
    expect(shown.headers.get('access-control-allow-origin')).toBeNull();
    expect(shown.headers.get('set-cookie')).toMatch(/^trunkline_connect=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/);
  });

  test('an invitation that was tried thirty times is closed, so that nobody spends the budget of the App with it', async () => {
    const it = await connectWorld();
    const { begin } = await visitor((await it.invite()).url);

    const answers: number[] = [];
    for (let count = 0; count < 31; count += 1) answers.push((await begin()).status);

    expect(answers).toEqual([...Array.from({ length: 30 }, () => 303), 429]);
  });
});

describe('a pasted credential', () => {
  const paste = async (url: string, jwt: string) => {
    const { cookie, token } = await visitor(url);
    const answer = await fetch(`${url}/jwt`, {
      method: 'POST',
      redirect: 'manual',
      headers: { cookie },
      body: new URLSearchParams({ form_token: token, jwt }),
    });
    return { status: answer.status, text: await answer.text() };
  };

  test('13: that the App may not sign in with is put down to the App, and one with a forged user is not taken', async () => {
    const it = await connectWorld();
    const { url } = await it.invite();
    const good = await it.jwtOf(FRONT_DESK);
    const [header, claims = '', signature] = good.split('.');
    const forged = { ...(JSON.parse(Buffer.from(claims, 'base64url').toString()) as object), sub: '1110475004' };

    const wrong = await paste(url, [header, Buffer.from(JSON.stringify(forged)).toString('base64url'), signature].join('.'));
    await it.setApp({ by: 'support', authMethod: 'custom', grantTypes: ['authorization_code'] });
    const unfit = await paste(url, good);

    expect([wrong.status, wrong.text]).toEqual([422, expect.stringContaining('RingCentral does not take this credential (OAU-140)')]);
    expect([unfit.status, unfit.text]).toEqual([422, expect.stringContaining('may not sign in with a JWT')]);
    expect(wrong.text + unfit.text).not.toContain(good.slice(0, 40));
    expect(await it.store.findConnection('mine')).toBeUndefined();
  });

  test('39: that is far too large is not read', async () => {
    const it = await connectWorld();
    const { url } = await it.invite();

    expect((await paste(url, 'x'.repeat(100_000))).status).toBe(413);
  });

  test('23: markup in a name or a credential stays text', async () => {
    const it = await connectWorld();
    const { url } = await it.invite();
    const claims = Buffer.from(JSON.stringify({ aud: 'https://a"><script>alert(1)</script>.example.com/', sub: '1' })).toString('base64url');

    const { status, text } = await paste(url, `${Buffer.from('{"alg":"none"}').toString('base64url')}.${claims}.c2ln`);

    expect(status).toBe(422);
    expect(text).not.toContain('<script');
  });
});

describe('a Grant that a person has signed in for', () => {
  test('G1: waits for the Refresh that is under way, follows it, and ends the session it replaces', async () => {
    const it = await connectWorld({ names: ['front-desk'] });
    await it.tokens.usableGrant('front-desk');
    it.clock.advance(3_600_000);
    const credential = { kind: 'jwt', assertion: new Secret(await it.jwtOf(FRONT_DESK)) } as const;
    const settling = setInterval(() => it.clock.advance(50), 5);

    const [adopted, refreshed] = await Promise.all([
      it.adopt({ connection: 'front-desk', app: 'web', labels: {} }, { kind: 'credential', credential }),
      it.tokens.usableGrant('front-desk'),
    ]);
    clearInterval(settling);
    await it.revokeAll();

    const stored = await it.store.findGrant('front-desk');
    expect(Math.max(adopted.generation, refreshed.generation)).toBe(stored?.generation);
    expect(it.sandbox.requests('/restapi/oauth/revoke')).toHaveLength(1);
    expect(
      await it.store.takeLease({ connection: 'front-desk', holder: 'X', expiresAt: it.clock.now() + 1, generation: 9, firstAttemptAt: 0 }, it.clock.now()),
    ).toBeDefined();
  });

  test('16: is not stored where the Connection became another user’s while it was saved, and its session is ended', async () => {
    const it = await connectWorld({ names: ['back-office'] });
    const others = await it.tokens.usableGrant('back-office');
    const known = await it.store.findConnection('back-office');
    await it.store.createConnection({ ...known!, id: 'other', name: 'mine', ownerId: undefined }, []);
    const save = it.store.saveGrant;
    it.store.saveGrant = async (...given) => {
      it.store.saveGrant = save;
      await save({ ...others, connection: 'mine' }, 0, 'other');
      return save(...given);
    };
    const credential = { kind: 'jwt', assertion: new Secret(await it.jwtOf(FRONT_DESK)) } as const;

    const adopting = it.adopt({ connection: 'mine', app: 'web', labels: {} }, { kind: 'credential', credential });

    await expect(adopting).rejects.toMatchObject({ code: 'owner_changed' });
    expect(await it.store.findGrant('mine')).toMatchObject({ generation: 1, ownerId: BACK_OFFICE.ownerId });
    expect(await it.store.countRevocations()).toBe(1);
  });

  test('where the platform refuses, a Connection that was to be created is not there', async () => {
    const it = await connectWorld();
    const credential = { kind: 'jwt', assertion: new Secret('a.b.c') } as const;

    await expect(it.adopt({ connection: 'mine', app: 'web', labels: {} }, { kind: 'credential', credential })).rejects.toMatchObject({
      platformCode: 'OAU-140',
    });

    expect(await it.store.findConnection('mine')).toBeUndefined();
  });
});

describe('the command line', () => {
  test('10: connects by a loopback redirect; the gateway redeems the code, and no token passes through', async () => {
    const it = await connectWorld();
    const listener = await listenOnLoopback('http://127.0.0.1/callback');
    const begun = await it.manage('POST', 'sign-ins', { connection: 'mine', app: 'web', redirectUri: listener.redirectUri });
    const { url } = begun.body as { url: string };
    const state = new URL(url).searchParams.get('state') ?? '';
    const ended = listener.wait(state, new AbortController().signal, async (brought) => ({
      result: await it.manage('POST', 'sign-ins/finish', brought),
      page: terminalPage(undefined),
    }));

    const forged = await fetch(`${listener.redirectUri}?state=forged&code=x`);
    const shown = await fetch(await allowed(it.sandbox.origin, url));
    const { body } = await ended;
    listener.close();
    const again = await it.manage('POST', 'sign-ins/finish', { state, code: 'x' });

    expect([forged.status, shown.status]).toEqual([404, 200]);
    expect(listener.redirectUri).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/callback$/);
    expect(body).toMatchObject({ name: 'mine', state: 'ready', generation: 1 });
    expect(JSON.stringify(body)).not.toContain('SBX');
    expect(again.body).toMatchObject({ code: 'sign_in_refused', detail: expect.stringContaining('answered before') });
  });

  test.each(['http://127.0.0.1/callback', 'http://[::1]/callback'])('10: it listens at a free port of the IP literal in %s', async (registered) => {
    const listener = await listenOnLoopback(registered);
    const port = new URL(listener.redirectUri).port;
    const ended = listener.wait('right', new AbortController().signal, async (brought) => ({ result: brought.code, page: terminalPage(undefined) }));

    const shown = await fetch(`${listener.redirectUri}?state=right&code=x`);
    listener.close();

    expect(listener.redirectUri).toBe(registered.replace('/callback', `:${port}/callback`));
    expect([shown.status, await ended]).toEqual([200, 'x']);
    await expect(fetch(`${listener.redirectUri}?state=right&code=x`)).rejects.toThrow();
  });

  test('10: an address beyond loopback, or of a name, is not taken', async () => {
    const it = await connectWorld();

    for (const redirectUri of ['http://localhost:8000/callback', 'https://evil.example.com/callback', 'http://127.0.0.1:8000/elsewhere']) {
      const { body } = await it.manage('POST', 'sign-ins', { connection: 'mine', app: 'web', redirectUri });
      expect(body.code, redirectUri).toBe('redirect_uri_missing');
    }
  });
});
