import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { bridgeWorld, EXTENSION, LOGIN } from '../bridge/world.ts';
import { launchBrowser } from '../browser.ts';

const SDK_FILE = readFileSync(createRequire(import.meta.url).resolve('@ringcentral/sdk/dist/ringcentral.js'), 'utf8');
const PUBLIC = { clientId: 'shop-page' };
const SMS = { from: { phoneNumber: '+16505550101' }, to: [{ phoneNumber: '+16505551230' }], text: 'Your order is ready' };

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser?.close());

/** A page of an origin of its own with RingCentral's SDK in it, as it comes for browsers. */
async function openPage(): Promise<{ readonly origin: string; readonly page: Page }> {
  const server = createServer(({ url }, response) => {
    if (url === '/sdk.js') response.writeHead(200, { 'content-type': 'text/javascript' }).end(SDK_FILE);
    else response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>Shop</title><script src="/sdk.js"></script>');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const context = await browser.newContext();
  onTestFinished(async () => {
    await context.close();
    server.closeAllConnections();
    server.close();
  });
  const page = await context.newPage();
  await page.goto(origin);
  return { origin, page };
}

/** What the page's program does from its login to its log-out, and what it sees. */
function life(
  page: Page,
  given: { readonly server: string; readonly clientId: string; readonly login: object; readonly extension: string; readonly sms: object },
) {
  return page.evaluate(async ({ server, clientId, login, extension, sms }) => {
    // What the script puts there has no types here.
    const { SDK } = (globalThis as unknown as { RingCentral: { SDK: new (options: object) => Record<string, (...of: unknown[]) => Promise<Response>> } })
      .RingCentral;
    const sdk = new SDK({ server, clientId, refreshDelayMs: 1 });
    try {
      await sdk.login?.(login);
      const me = (await (await sdk.get?.(extension))?.json()) as { extensionNumber: string };
      const sent = await sdk.post?.(`${extension}/sms`, sms);
      await sdk.refresh?.();
      const again = await sdk.get?.(extension);
      const request = again?.headers.get('rcrequestid');
      const out = await sdk.logout?.();
      return [me.extensionNumber, sent?.status, again?.status, typeof request, out?.status];
    } catch (error) {
      return [(error as Error).message];
    }
  }, given);
}

describe('@ringcentral/sdk in a browser, with only its server changed', () => {
  test('on a page that its Client lists it logs in, calls, sends an SMS, refreshes and logs out', async () => {
    const { origin, page } = await openPage();
    const world = await bridgeWorld({ client: { bridge: { ...PUBLIC, origins: [origin] } } });

    const seen = await life(page, { server: world.origin, ...PUBLIC, login: LOGIN, extension: EXTENSION, sms: SMS });
    const wrong = await life(page, { server: world.origin, ...PUBLIC, login: { ...LOGIN, password: 'wrong' }, extension: EXTENSION, sms: SMS });

    expect(seen).toEqual(['101', 200, 200, 'string', 200]);
    expect(wrong).toEqual(['Invalid resource owner credentials.']);
  });

  test('on any other page its browser keeps every answer from it', async () => {
    const { page } = await openPage();
    const world = await bridgeWorld({ client: { bridge: { ...PUBLIC, origins: ['https://shop.example.com'] } } });

    const seen = await life(page, { server: world.origin, ...PUBLIC, login: LOGIN, extension: EXTENSION, sms: SMS });

    expect(seen).toEqual([expect.stringContaining('Failed to fetch')]);
  });
});
