import { readFileSync } from 'node:fs';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../src/runtime/clock.ts';
import type { SandboxOptions } from '../../src/sandbox/start.ts';
import { launchBrowser } from '../browser.ts';
import { ACCOUNT, outside, TOKEN } from '../sandbox-world.ts';

const CHECKS = readFileSync(new URL('page-checks.js', import.meta.url), 'utf8');

let browser: Browser;

beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
});

describe('the console in a real browser', () => {
  test('shows requests as they come, and filters them', async () => {
    const { page, signIn, ask, rows } = await opened();
    await signIn();
    await ask(ACCOUNT);

    await page.getByRole('cell', { name: '401' }).waitFor();
    const all = await rows();
    await page.getByLabel('Status').selectOption('failed only');
    await page.getByRole('cell', { name: '200' }).waitFor({ state: 'detached' });

    expect(all.map(([, method, path, grant, status]) => [method, path, grant, status])).toEqual([
      ['GET', ACCOUNT, '', '401'],
      ['POST', TOKEN, 'password', '200'],
    ]);
    expect(await rows()).toHaveLength(1);
  });

  test('makes, shows and revokes a JWT credential that signs in', async () => {
    const { page, postForm, part } = await opened();
    await part('JWT credentials');

    await page.getByLabel('User name').fill('18889363711');
    await page.getByLabel('Extension').fill('101');
    await page.getByLabel('Client ids').fill('YourAppKey');
    await page.getByLabel('Name', { exact: true }).fill('mine');
    await page.getByRole('button', { name: 'Create' }).click();
    await page.getByRole('button', { name: 'Show the JWT of mine' }).click();
    await page.getByRole('button', { name: 'Hide the JWT of mine' }).waitFor();
    const assertion = (await page.locator('td code').first().textContent()) ?? '';
    const grant = { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion };
    const good = await postForm(TOKEN, grant);
    await page.getByRole('button', { name: 'Revoke mine' }).click();
    await page.getByText('revoked', { exact: false }).first().waitFor();

    expect(good.status).toBe(200);
    expect((await postForm(TOKEN, grant)).status).toBe(400);
  });

  test('shows no secret unless it is asked for one', async () => {
    const { page, signIn, part } = await opened();
    const tokens = await signIn();

    for (const name of ['Apps', 'Users', 'Sessions']) {
      await part(name);
      await page.locator('td').first().waitFor();
      const text = await page.content();
      for (const secret of ['YourAppSecret', 'Myp@ssw0rd', tokens.access_token, tokens.refresh_token]) expect(text).not.toContain(secret);
    }
    await part('Apps');
    await page.getByRole('button', { name: 'Show the client secret of YourAppKey' }).click();
    await page.getByText('YourAppSecret').waitFor();
    await part('Sessions');
    await page.getByRole('button', { name: 'Show the access token' }).click();
    await page.getByText(tokens.access_token).waitFor();
  });

  test('ends a session', async () => {
    const { page, signIn, get, part } = await opened();
    const { access_token } = await signIn();
    await part('Sessions');

    await page.getByRole('button', { name: 'End the session of Front Desk' }).click();
    await page.getByText('Nobody is signed in.').waitFor();

    expect((await get(ACCOUNT, access_token)).status).toBe(401);
  });

  test('registers an app and adds a user that can sign in', async () => {
    const { page, postForm, part } = await opened();
    await part('Apps');
    await page.getByLabel('Client id', { exact: true }).fill('Mine');
    await page.getByRole('textbox', { name: 'Client secret' }).fill('s3cret');
    await page.getByRole('button', { name: 'Register' }).click();
    await page.getByRole('cell', { name: 'Mine', exact: true }).waitFor();
    await part('Users');
    await page.getByLabel('Account id').fill('403140004');
    await page.getByLabel('Extension number').fill('205');
    await page.getByRole('textbox', { name: 'Password' }).fill('pass-205');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByRole('cell', { name: '18889363711*205' }).waitFor();

    const answer = await postForm(TOKEN, { grant_type: 'password', username: '18889363711*205', password: 'pass-205' }, 'Mine:s3cret');

    expect(answer.status).toBe(200);
  });

  test('what cannot be done is said, and nothing of it is read as HTML', async () => {
    const { page, part } = await opened();
    await part('JWT credentials');

    await page.getByLabel('User name').fill('<img src=x onerror=alert(1)>');
    await page.getByRole('button', { name: 'Create' }).click();

    await page.getByRole('alert').getByText('username is no user of this platform').waitFor();
  });

  test('moves the clock on, sets limits and lifetimes, and resets after asking', async () => {
    const { page, sandbox, part } = await opened();
    await part('Clock and limits');

    await page.getByRole('button', { name: 'Move the clock on by 1 h' }).click();
    await page.getByText('Moved the clock on by 3600 s.').waitFor();
    await page.getByLabel('Rate limits').fill('2');
    await page.getByRole('button', { name: 'Set' }).first().click();
    await page.getByText('times 2').waitFor();
    await page.getByLabel('Access tokens live').fill('9');
    await page.getByRole('button', { name: 'Set' }).nth(1).click();
    await page.getByText('9 s', { exact: true }).waitFor();
    const moved = sandbox.state();
    await page.getByRole('button', { name: 'Reset …' }).click();
    await page.getByRole('button', { name: 'Reset', exact: true }).click();
    await page.getByText("the platform's", { exact: true }).waitFor();

    expect(moved).toMatchObject({ clock: { offsetMs: 3_600_000 }, limits: { scale: 2 }, lifetimes: { accessSeconds: 9, refreshSeconds: null } });
    expect(sandbox.state().clock.offsetMs).toBe(0);
  });

  test('orders a fault, lists it and clears it', async () => {
    const { page, sandbox, ask, part } = await opened();
    await part('Faults');

    await page.getByLabel('Path').fill('/restapi');
    await page.getByLabel('Times').fill('2');
    await page.getByLabel('Status').fill('503');
    await page.getByRole('button', { name: 'Add' }).click();
    await page.getByText('answers 503').waitFor();
    const { status } = await ask('/restapi');
    await page.getByRole('button', { name: 'Clear all' }).click();
    await page.getByText('No fault waits for a request.').waitFor();

    expect(status).toBe(503);
    expect(sandbox.state().faults).toEqual([]);
  });

  test('shows messages, and a fax opens', async () => {
    const { page, sandbox, part } = await opened();
    await sandbox.receiveMessage({ type: 'Fax', from: '+15555550123', to: '18889363711*101', pages: 1 });
    await part('Messages');

    await page.getByLabel('From', { exact: true }).fill('+15555550124');
    await page.getByLabel("To: a user's number").fill('18889363711*101');
    await page.getByLabel('Text', { exact: true }).fill('Hello there');
    await page.getByRole('button', { name: 'Have it come' }).click();
    await page.getByText('Hello there').first().waitFor();
    const href = await page.locator('tr', { hasText: 'Fax received' }).getByRole('link').first().getAttribute('href');
    const file = await page.evaluate(async (path) => {
      const answer = await fetch(path ?? '');
      return [answer.status, answer.headers.get('content-type'), new TextDecoder().decode(await answer.arrayBuffer()).slice(0, 5)];
    }, href);

    expect(file).toEqual([200, 'application/pdf', '%PDF-']);
  });

  test('works with the keyboard alone', async () => {
    const { page } = await opened();

    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement?.textContent')).toBe('Skip to the content');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');

    await page.getByRole('heading', { name: 'Apps', exact: true }).waitFor();
    expect(await page.getByRole('link', { name: 'Apps' }).getAttribute('aria-current')).toBe('page');
  });

  test('every field has a label, and every button a name', async () => {
    const { page, part } = await opened();

    for (const name of ['Requests', 'Apps', 'Users', 'JWT credentials', 'Sessions', 'Messages', 'Faults', 'Clock and limits']) {
      await part(name);
      const nameless = await look(page, 'nameless');
      expect(nameless).toEqual([]);
    }
  });

  test.each(['light', 'dark'] as const)('texts stand out from their ground as WCAG AA asks, in the %s', async (colorScheme) => {
    const { page, part, signIn } = await opened({}, { colorScheme });
    await signIn();
    await part('Sessions');
    await page.getByRole('button', { name: /^End/ }).waitFor();

    const faint = await look(page, 'faint');

    expect(faint).toEqual([]);
  });

  test('a telephone shows it without scrolling sideways', async () => {
    const { page, part } = await opened({}, { viewport: { width: 360, height: 740 } });

    for (const name of ['Requests', 'Apps', 'Users', 'JWT credentials', 'Sessions', 'Messages', 'Faults', 'Clock and limits']) {
      await part(name);
      expect([name, await page.evaluate('document.documentElement.scrollWidth')]).toEqual([name, 360]);
    }
  });

  test('works over TLS', async () => {
    const { page, sandbox, part } = await opened({ tls: true }, { ignoreHTTPSErrors: true });
    await part('Clock and limits');

    await page.getByRole('button', { name: 'Move the clock on by 1 min' }).click();
    await page.getByText('Moved the clock on by 60 s.').waitFor();

    expect(page.url()).toMatch(/^https:/);
    expect(sandbox.state().clock.offsetMs).toBe(60_000);
  });

  test('20,000 users do not hold it up', async () => {
    const users = { accounts: [{ mainNumber: '+15555550100', generate: { count: 20_000, firstExtensionNumber: 10_001, password: 'p' } }] };
    const { page, part } = await opened({ scenario: users });
    await part('Users');

    await page.getByText('The first 100 of 20000').waitFor();
    await page.getByLabel('Search').fill('29999');
    await page.getByRole('cell', { name: '15555550100*29999' }).waitFor();

    expect(await page.getByRole('row').count()).toBe(2);
  });
});

describe('the console over HTTP', () => {
  test.each([
    ['/_sandbox', 303],
    ['/_sandbox/', 303],
    ['/_sandbox/console', 200],
    ['/_sandbox/console/main.js', 200],
    ['/_sandbox/console/console.css', 200],
    ['/_sandbox/console/nothing.js', 404],
    ['/_sandbox/console/../pages.ts', 404],
    ['/_sandbox/console/%2e%2e/pages.ts', 404],
    ['/_sandbox/messages/1/files/1', 404],
  ])('%s answers %i', async (path, status) => {
    const { ask } = await outside();

    expect((await ask(path)).status).toBe(status);
  });

  test('its policy lets in nothing from elsewhere, and nobody may frame it', async () => {
    const { ask } = await outside();

    const { headers } = await ask('/_sandbox/console');

    const policy = String(headers['content-security-policy']);
    expect(policy.split('; ')).toEqual(expect.arrayContaining(["default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'"]));
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
    expect(headers['x-content-type-options']).toBe('nosniff');
  });

  test('is not shown under another host name, nor does a secret go to another origin', async () => {
    const { ask } = await outside();
    const headers = { 'content-type': 'application/json', origin: 'http://evil.example.com' };

    const page = await ask('/_sandbox/console', { headers: { host: 'evil.example.com' } });
    const secret = await ask('/_sandbox/reveal', { method: 'POST', headers, body: JSON.stringify({ kind: 'password', id: '403141004' }) });

    expect([page.status, secret.status]).toEqual([403, 403]);
  });

  test('a faxed page with scripts is saved, not shown', async () => {
    const { ask, signIn, sandbox } = await outside();
    const { access_token } = await signIn();
    const boundary = 'b';
    const part = (head: string, body: string) => `--${boundary}\r\n${head}\r\n\r\n${body}\r\n`;
    const body = `${part('Content-Type: application/json', '{"to":[{"phoneNumber":"+15555550123"}]}')}${part('Content-Type: text/html\r\nContent-Disposition: attachment; filename="a.html"', '<script>1</script>')}--${boundary}--`;
    await ask('/restapi/v1.0/account/~/extension/~/fax', {
      method: 'POST',
      headers: { authorization: `Bearer ${access_token}`, 'content-type': `multipart/mixed; boundary=${boundary}` },
      body,
    });
    const [message] = sandbox.state().messages;
    const html = message?.attachments.find(({ contentType }) => contentType.startsWith('text/html'));

    const { headers } = await ask(`/_sandbox/messages/${message?.id}/files/${html?.id}`);

    expect([headers['content-type'], headers['content-disposition']]).toEqual(['application/octet-stream', 'attachment']);
  });
});

/** Has the browser look at its page. */
function look(page: Page, what: 'nameless' | 'faint'): Promise<unknown> {
  return page.evaluate(`(0, eval)(${JSON.stringify(CHECKS)}).${what}()`);
}

async function opened(options: SandboxOptions = {}, context: BrowserContextOptions = {}) {
  const world = await outside({ clock: systemClock, ...options });
  const page = await newPage(context);
  await page.goto(world.sandbox.consoleUrl);
  await page.locator('main section').waitFor();
  return {
    ...world,
    page,
    part: async (name: string) => {
      await page.getByRole('navigation').getByRole('link', { name, exact: true }).click();
      await page.getByRole('navigation').getByRole('link', { name, exact: true, includeHidden: false }).and(page.locator('[aria-current]')).waitFor();
    },
    rows: async () =>
      page.locator('tbody tr').evaluateAll((rows) => rows.map((row) => [...row.querySelectorAll('td')].map(({ textContent }) => textContent ?? ''))),
  };
}

/** A page that fails the test where a script throws, or the policy stops something. */
async function newPage(context: BrowserContextOptions): Promise<Page> {
  const made = await browser.newContext(context);
  const page = await made.newPage();
  page.setDefaultTimeout(15_000);
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    // A request that is refused is shown to the person; the browser's own note of it is no complaint.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) complaints.push(message.text());
  });
  onTestFinished(async () => {
    await made.close();
    expect(complaints).toEqual([]);
  });
  return page;
}
