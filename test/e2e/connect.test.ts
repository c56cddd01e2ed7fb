import { describe, expect, test, vi } from 'vitest';
import { allowed } from '../connect/consent.ts';
import { command, manage, place, run, runUntil } from './trunkline.ts';

// One test starts some processes after each other.
vi.setConfig({ testTimeout: 120_000 });

const REDIRECTS = { redirectUris: ['http://127.0.0.1/callback'] };

describe('trunkline connect', () => {
  test.each([
    ['the gateway', []],
    ['the database itself, beside it', ['--database', 'sqlite:data/trunkline.db']],
  ])('10: lets a person allow the App in a browser, with %s, and sees no token', async (_what, flags) => {
    const at = await place();
    await runUntil('Ctrl-C stops both.', at, ['start']);
    await manage(at, 'PUT', 'apps/demo/redirects', REDIRECTS);

    const connecting = run(at, ['connect', 'mine', '--app', 'demo', '--no-browser', '--json', '--label', 'customer=42', ...flags]);
    await vi.waitFor(() => expect(connecting.output()).toContain('state='), { timeout: 60_000, interval: 50 });
    const [url = ''] = /http:\S+authorize\S+/.exec(connecting.output()) ?? [];
    const shown = await fetch(await allowed(at.sandbox, url));
    const status = await connecting.ended;

    expect([status, shown.status, await shown.text()]).toEqual([0, 200, expect.stringContaining('Connected')]);
    expect(JSON.parse(connecting.output().trim().split('\n').at(-1) ?? '')).toMatchObject({ name: 'mine', state: 'ready', labels: { customer: '42' } });
    expect(connecting.output()).not.toContain('SBX');
  });

  test('--invite prints a link that opens; without a redirect URI it says what to register; --list shows it, --revoke ends it', async () => {
    const at = await place();
    await runUntil('Ctrl-C stops both.', at, ['start']);

    const missing = await command(at, ['connect', 'mine', '--app', 'demo', '--invite']);
    await manage(at, 'PUT', 'apps/demo/redirects', { redirectUris: [`${at.gateway}/connect/callback/demo`] });
    const made = await command(at, ['connect', 'mine', '--app', 'demo', '--invite']);
    const url = made.stdout.split('\n')[0] ?? '';
    const page = await fetch(url);
    const alone = await command(at, ['connect', 'mine', '--app', 'demo', '--list']);
    const listed = await command(at, ['connect', '--list', '--json']);
    const { id } = JSON.parse(listed.stdout).items[0];
    const revoked = await command(at, ['connect', '--revoke', id]);
    const again = await command(at, ['connect', '--revoke', id]);
    const ended = await fetch(url);

    expect([missing.status, missing.stderr]).toEqual([1, expect.stringContaining(`${at.gateway}/connect/callback/demo`)]);
    expect([made.status, page.status, await page.text()]).toEqual([0, 200, expect.stringContaining('Continue to RingCentral')]);
    expect(alone).toMatchObject({ status: 1, stderr: expect.stringContaining('--list stands alone') });
    expect(JSON.parse(listed.stdout).items).toMatchObject([{ connection: 'mine', app: 'demo', state: 'open' }]);
    expect(listed.stdout).not.toContain(url.split('/').at(-1));
    expect([revoked.status, again.status, ended.status]).toEqual([0, 1, 404]);
  });
});
