import { readFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchBrowser } from '../browser.ts';
import { BACK_OFFICE, FRONT_DESK } from './users.ts';
import { connectWorld, newPage, RETURN_TO, signIn, toConsent } from './world.ts';

const CHECKS = readFileSync(new URL('../sandbox/page-checks.js', import.meta.url), 'utf8');
const PHONE = { viewport: { width: 320, height: 640 }, isMobile: true, hasTouch: true };

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser?.close());

describe('connecting in a real browser', () => {
  test('9/51: invitation, consent, connected, back to returnTo; without scripts, and the link is used up', async () => {
    const it = await connectWorld();
    const { url } = await it.invite({ labels: { customer: '42' }, returnTo: RETURN_TO });
    const page = await newPage(browser, { javaScriptEnabled: false });
    await page.goto(url);
    const shown = await page.locator('main').innerText();

    await toConsent(page, url);
    await page.getByRole('button', { name: 'Allow' }).click();
    await page.getByText('mine is connected').waitFor();
    const back = await page.getByRole('link', { name: 'Back to myapp.example.com' }).getAttribute('href');
    const other = await newPage(browser);
    const again = await other.goto(url);

    expect(shown).toContain('web');
    expect(shown).toContain(new URL(it.sandbox.origin).host);
    expect(page.url()).toBe(url);
    expect(back).toBe(RETURN_TO);
    expect(await page.getByRole('listitem').count()).toBeGreaterThan(5);
    expect(again?.status()).toBe(410);
    expect((await it.manage('GET', 'connections/mine')).body).toMatchObject({
      state: 'ready',
      ownerId: FRONT_DESK.ownerId,
      labels: { customer: '42' },
      generation: 1,
    });
    expect(await it.audited()).toEqual(['beginSignIn ok', 'finishSignIn asked', 'finishSignIn ok', 'openInvitation link_used']);
  });

  test('a user who denies changes nothing, is told so, and may try again with the same link', async () => {
    const it = await connectWorld();
    const { url } = await it.invite();
    const page = await newPage(browser);
    await toConsent(page, url);

    const [answer] = await Promise.all([
      page.waitForResponse((response) => response.url().includes('/refused?')),
      page.getByRole('button', { name: 'Deny' }).click(),
    ]);
    await page.getByRole('alert').waitFor();
    const exchanges = it.codeExchanges();
    const before = (await it.manage('GET', 'connections/mine')).status;
    await page.getByRole('link', { name: 'Try again' }).click();
    await page.getByRole('button', { name: 'Continue to RingCentral' }).click();
    await page.getByRole('button', { name: 'Allow' }).click();
    await page.getByText('mine is connected').waitFor();

    expect([answer.status(), exchanges, before]).toEqual([403, 0, 404]);
    expect(await it.audited()).toContain('finishSignIn denied');
  });

  test('16: another user than the Connection has is refused, the session ended, nothing stored; the right one repairs it', async () => {
    const it = await connectWorld({ names: ['front-desk'] });
    const old = await it.tokens.usableGrant('front-desk');
    const [credential] = await it.store.listCredentials('front-desk');
    await it.store.refuseCredential('front-desk', 0, credential!, { at: it.clock.now(), code: 'OAU-140' });
    await it.store.needSignIn('front-desk', 1, { at: it.clock.now(), code: 'OAU-140' });
    const { url } = await it.invite({ connection: 'front-desk' });
    const page = await newPage(browser);
    await toConsent(page, url, BACK_OFFICE);

    const [answer] = await Promise.all([
      page.waitForResponse((response) => response.url().includes('/refused?')),
      page.getByRole('button', { name: 'Allow' }).click(),
    ]);
    const alarm = await page.getByRole('alert').innerText();
    const kept = await it.store.findGrant('front-desk');
    await it.revokeAll();
    const sessions = it.sandbox.requests('/restapi/oauth/revoke').length;
    const state = (await it.manage('GET', 'connections/front-desk')).body.state;
    await page.getByRole('link', { name: 'Try again' }).click();
    await page.context().clearCookies({ domain: '127.0.0.1', name: /^(?!trunkline)/ });
    await page.getByRole('button', { name: 'Continue to RingCentral' }).click();
    await signIn(page);
    await page.getByRole('button', { name: 'Allow' }).click();
    await page.getByText('front-desk is connected').waitFor();

    expect(answer.status()).toBe(403);
    expect(alarm).toContain('another user');
    expect(kept?.accessToken.reveal()).toBe(old.accessToken.reveal());
    expect([sessions, state]).toEqual([1, 'needs-sign-in']);
    expect((await it.manage('GET', 'connections/front-desk')).body).toMatchObject({ state: 'ready', generation: 2, ownerId: FRONT_DESK.ownerId });
    expect(await it.audited()).toContain('finishSignIn owner_changed');
  });

  test('3/4: an answer that is replayed, forged, or brought by another browser is refused, and leaves the sign-in to its owner', async () => {
    const it = await connectWorld();
    const { url } = await it.invite();
    const page = await newPage(browser);
    const elsewhere = await newPage(browser);
    await toConsent(page, url);
    const token = await page.locator('input[name=form_token]').first().getAttribute('value');
    const allowed = await page.context().request.post(page.url(), { form: { form_token: token ?? '', decision: 'allow' }, maxRedirects: 0 });
    const callback = allowed.headers().location ?? '';

    const stolen = await elsewhere.goto(callback);
    const forged = await page.goto(callback.replace(/state=[^&]+/, 'state=forged'));
    const own = await page.goto(callback);
    const replayed = await page.goto(callback);

    expect([stolen?.status(), forged?.status(), own?.status(), replayed?.status()]).toEqual([403, 400, 200, 400]);
    expect(own?.url()).toBe(url);
    expect(it.codeExchanges()).toBe(1);
    expect(await it.audited()).toEqual(
      expect.arrayContaining(['finishSignIn other_browser', 'finishSignIn state_unknown', 'finishSignIn ok', 'finishSignIn state_used']),
    );
  });

  test('13: a pasted JWT credential: each mistake is named, the right one connects and is kept as the first credential', async () => {
    const it = await connectWorld({ names: ['front-desk'] });
    await it.tokens.usableGrant('front-desk');
    const { url } = await it.invite({ connection: 'front-desk' });
    const page = await newPage(browser, { javaScriptEnabled: false });
    await page.goto(url);
    await page.getByRole('link', { name: 'Paste a JWT credential' }).click();
    const paste = async (jwt: string) => {
      await page.getByLabel('JWT credential').fill(jwt);
      const [answer] = await Promise.all([page.waitForResponse(/\/jwt$/), page.getByRole('button', { name: 'Check and connect' }).click()]);
      return [answer.status(), await page.getByRole('alert').innerText(), await page.getByLabel('JWT credential').inputValue()];
    };
    const good = await it.jwtOf(FRONT_DESK);
    const claims = (more: object) =>
      `e30.${Buffer.from(JSON.stringify(more)).toString('base64url')}.c2ln`.replace('e30', Buffer.from('{"alg":"RS256"}').toString('base64url'));
    const production = claims({
      aud: 'https://platform.ringcentral.com/restapi/oauth/token',
      iss: 'https://platform.ringcentral.com',
      sub: FRONT_DESK.ownerId,
    });
    const expired = await it.jwtOf(FRONT_DESK, { expiresInSeconds: 1 });
    it.clock.advance(2_000);

    const none = await paste('SBXA-an-access-token');
    const elsewhere = await paste(production);
    const over = await paste(expired);
    const others = await paste(await it.jwtOf(BACK_OFFICE));
    const asked = it.tokenRequests().length;
    const otherApp = await paste(await it.jwtOf(FRONT_DESK, { clientIds: ['YourAppKey'] }));
    await page.getByLabel('JWT credential').fill(`  "${good.slice(0, 40)}\n${good.slice(40)}" `);
    await page.getByRole('button', { name: 'Check and connect' }).click();
    await page.getByText('front-desk is connected').waitFor();

    expect(none).toEqual([422, expect.stringContaining('not a JWT credential'), '']);
    expect(elsewhere).toEqual([422, expect.stringContaining('for platform.ringcentral.com'), '']);
    expect(over).toEqual([422, expect.stringContaining('expired on 2026'), '']);
    expect(others).toEqual([422, expect.stringContaining('another user'), '']);
    expect(asked).toBe(1);
    expect(otherApp).toEqual([422, expect.stringContaining('not allowed for this app'), '']);
    const [first, second] = await it.store.listCredentials('front-desk');
    expect([first?.kind, second?.kind]).toEqual(['jwt', 'password']);
    expect(first?.kind === 'jwt' && first.assertion.reveal()).toBe(good);
    expect((await it.manage('GET', 'connections/front-desk')).body).toMatchObject({ state: 'ready', generation: 2 });
    expect(JSON.stringify((await it.store.listAudit({ limit: 100 })).items)).not.toContain(good.slice(0, 30));
  });

  test('on a phone nothing is cut off, every field has its label, every text its contrast, and the keyboard is enough', async () => {
    const it = await connectWorld();
    const { url } = await it.invite({ connection: `a-name-that-is-long-${'x'.repeat(60)}` });
    const seen: unknown[] = [];
    for (const colorScheme of ['light', 'dark'] as const) {
      const page = await newPage(browser, { ...PHONE, colorScheme });
      for (const path of ['', '/jwt', '-not-one']) {
        await page.goto(url + path);
        const overflow = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
        seen.push([overflow, await look(page, 'nameless'), await look(page, 'faint')]);
      }
    }
    const page = await newPage(browser);
    await page.goto(url);
    await page.keyboard.press('Tab');
    const focused = await page.evaluate('document.activeElement.textContent');
    await page.keyboard.press('Enter');
    await page.getByLabel('Password').waitFor();

    expect(seen).toEqual(seen.map(() => [0, [], []]));
    expect(seen).toHaveLength(6);
    expect(focused).toBe('Continue to RingCentral');
  });
});

/** Has the browser look at its page. */
function look(page: Page, what: 'nameless' | 'faint'): Promise<unknown> {
  return page.evaluate(`(0, eval)(${JSON.stringify(CHECKS)}).${what}()`);
}
