import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { control, manage, place, runUntil, text, tokenRequests } from './trunkline.ts';

// One test starts some processes after each other.
vi.setConfig({ testTimeout: 120_000 });

const LOGIN = 'username=18889363711&ext=101&password=1234';
const NUMBERS = 'OK 6505553711;Home;6505551550;Business;6505551233;Mobile';

describe("a newcomer's start", () => {
  test('the four commands of an old program work as documented, byte for byte', async () => {
    const at = await place();
    // The platform's clock alone is moved, which the gateway's memory of a status does not see.
    await runUntil('Trunkline is ready.', at, ['start'], { TRUNKLINE_STATUS_CACHE: '0' });
    const legacy = (query: string) => text(`${at.gateway}/ringout.asp?${query}`);

    const list = await legacy(`cmd=list&${LOGIN}`);
    const call = await legacy(`cmd=call&${LOGIN}&to=6505551230&from=6505551231&clid=8889363711&prompt=1`);
    const [, id] = /^OK (\d+) 3$/.exec(call) ?? [];
    const walk = [await legacy(`cmd=status&sessionid=${id}`)];
    for (const seconds of [2, 2, 56]) {
      await control(at, 'clock', { advanceSeconds: seconds });
      walk.push(await legacy(`cmd=status&sessionid=${id}`));
    }
    const second = /^OK (\d+) 3$/.exec(await legacy(`cmd=call&${LOGIN}&to=6505551230&from=6505551231`))?.[1];

    expect(list).toBe(NUMBERS);
    expect(Number(id)).toBeLessThanOrEqual(2_147_483_647);
    expect(walk).toEqual([`OK ${id} 1;6505551230;1;6505551231;1`, `OK ${id} 1;6505551230;1;6505551231;0`, `OK ${id} 0;6505551230;0;6505551231;0`, `OK ${id} `]);
    expect(await legacy(`cmd=cancel&sessionid=${second}`)).toBe(`OK ${second}`);
    expect(await legacy('cmd=status&sessionid=999999')).toBe('OK 999999 ');
  });

  test('a wrong password is answered with HTTP 200 and one line without a line break', async () => {
    const at = await place();
    const running = await runUntil('Trunkline is ready.', at, ['start']);

    const response = await fetch(`${at.gateway}/ringout.asp?cmd=list&username=18889363711&ext=101&password=9999`);

    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await response.text()).toBe('FAILED Invalid User or Password');
    // Nor does Node warn of anything on the way there.
    expect(running.output()).not.toMatch(/warning/i);
  });

  test('G6: an hour later 200 requests at once are all right, and the platform sees one token request', async () => {
    const at = await place();
    await runUntil('Trunkline is ready.', at, ['start']);
    const list = () => text(`${at.gateway}/ringout.asp?cmd=list&${LOGIN}`);
    await control(at, 'limits', { scale: 0 });
    await list();
    const before = await tokenRequests(at);
    await control(at, 'clock', { advanceSeconds: 3_601 });

    const answers = await Promise.all(Array.from({ length: 200 }, list));

    expect(new Set(answers)).toEqual(new Set([NUMBERS]));
    expect((await tokenRequests(at)).slice(before.length)).toEqual(['refresh_token']);
  });

  test('G4: after two days switched off, the next call works with one Refresh and no new sign-in', async () => {
    const at = await place();
    await runUntil('Ctrl-C', at, ['sandbox']);
    const first = await runUntil('Trunkline is ready.', at, ['serve']);
    await demoConnection(at);
    await text(`${at.gateway}/ringout.asp?cmd=list&${LOGIN}`);
    await first.stop();
    await control(at, 'clock', { advanceSeconds: 2 * 24 * 3_600 });
    const before = await tokenRequests(at);

    await runUntil('Trunkline is ready.', at, ['serve']);
    const answer = await text(`${at.gateway}/ringout.asp?cmd=list&${LOGIN}`);

    expect(answer).toBe(NUMBERS);
    expect((await tokenRequests(at)).slice(before.length)).toEqual(['refresh_token']);
  });

  test("RingCentral's own environment names connect a Connection by JWT", async () => {
    const at = await place();
    await runUntil('Ctrl-C', at, ['sandbox']);
    const { jwt } = (await control(at, 'jwt-credentials', { username: '18889363711', extension: '101' })) as { jwt: string };

    const running = await runUntil('Trunkline is ready.', at, ['serve'], {
      RC_SERVER_URL: at.sandbox,
      RC_APP_CLIENT_ID: 'YourAppKey',
      RC_APP_CLIENT_SECRET: 'YourAppSecret',
      RC_USER_JWT: jwt,
    });
    await manage(at, 'POST', 'clients', {
      name: 'crm',
      connections: ['ringcentral'],
      legacyLogins: [{ username: '18889363711', extension: '101', password: '1234', connection: 'ringcentral' }],
    });

    expect(await text(`${at.gateway}/ringout.asp?cmd=list&${LOGIN}`)).toBe(NUMBERS);
    expect(await tokenRequests(at)).toEqual(['urn:ietf:params:oauth:grant-type:jwt-bearer']);
    expect(running.output()).not.toContain(jwt);
    expect(running.output()).toContain('npx trunkline doctor --sign-in ringcentral');
  });

  test('rule 9: a session id is good after a restart', async () => {
    const at = await place();
    const first = await runUntil('Trunkline is ready.', at, ['start']);
    const [, id] = /^OK (\d+) 3$/.exec(await text(`${at.gateway}/ringout.asp?cmd=call&${LOGIN}&to=6505551230&from=6505551231`)) ?? [];
    await first.stop();

    await runUntil('Trunkline is ready.', at, ['start']);

    expect(await text(`${at.gateway}/ringout.asp?cmd=status&sessionid=${id}`)).toMatch(new RegExp(`^OK ${id} \\d;6505551230;\\d;6505551231;\\d$`));
  });

  test('S1, 23: no planted secret is in a database file, in the log, in an error or in an answer', async () => {
    const at = await place();
    const running = await runUntil('Trunkline is ready.', at, ['start'], { TRUNKLINE_LOG_LEVEL: 'info' });
    const canaries = [
      'canary-client-secret-5550101',
      'canary-password-5550102',
      'canary-refresh-5550103',
      'canary-legacy-5550104',
      'Myp@ssw0rd',
      'TrunklineDemoSecret',
    ];
    const [appSecret, password, refreshToken, legacyPassword] = canaries;
    const credentials = [
      { kind: 'refresh_token', refreshToken },
      { kind: 'password', username: '18889363711', extension: '101', password },
    ];
    const answers = [
      await manage(at, 'POST', 'apps', { name: 'canary', platformOrigin: at.sandbox, clientId: 'YourAppKey', clientSecret: appSecret }),
      await manage(at, 'POST', 'connections?verify=true', { name: 'not-kept', app: 'demo', credentials }),
      await manage(at, 'POST', 'connections', { name: 'canary', app: 'demo', credentials }),
      await manage(at, 'POST', 'clients', {
        name: 'canary',
        connections: ['canary'],
        legacyLogins: [{ username: '15555550100', extension: '7', password: legacyPassword, connection: 'canary' }],
      }),
      await manage(at, 'POST', 'connections', { name: 'canary', app: 'demo', credentials: [{ kind: 'password', username: 7, password }] }),
      await manage(at, 'GET', 'apps'),
      await manage(at, 'GET', 'connections'),
      await manage(at, 'GET', 'connections/front-desk'),
      await manage(at, 'GET', 'clients'),
    ].map((answer) => answer.text);
    answers.push(await text(`${at.gateway}/ringout.asp?cmd=list&username=15555550100&ext=7&password=${legacyPassword}`));
    answers.push(await text(`${at.gateway}/ringout.asp?cmd=list&username=15555550100&ext=7&password=wrong-${legacyPassword}`));

    const audit = await manage(at, 'GET', 'audit?limit=1000');
    const metrics = await text(`${at.gateway}/metrics`);
    const gatewayFiles = readdirSync(join(at.folder, 'data'))
      .filter((name) => name.startsWith('trunkline.db'))
      .map((name) => readFileSync(join(at.folder, 'data', name), 'latin1'));
    const places = { answers: answers.join('\n'), metrics, audit: audit.text, log: running.output(), database: gatewayFiles.join('\n') };

    expect(answers[1]).toContain('grant_dead');
    expect(gatewayFiles.length).toBeGreaterThan(0);
    expect((audit.body.items as { action: string; result: string }[]).map(({ action, result }) => `${action} ${result}`)).toEqual(
      expect.arrayContaining(['winGrant ok', 'createApp asked', 'createApp ok', 'createConnection grant_dead', 'legacyLogin login_unknown', 'createClient ok']),
    );
    expect(metrics).toContain('trunkline_platform_token_requests_total{app="demo",grant_type="password",outcome="ok"} 3');
    expect(metrics).toContain('trunkline_legacy_requests_total{command="list",outcome="login"} 1');
    expect(metrics).toContain('trunkline_legacy_requests_total{command="list",outcome="unavailable"} 1');
    for (const [where, content] of Object.entries(places)) {
      for (const canary of canaries) expect(content, `${canary} in the ${where}`).not.toContain(canary);
      // What the sandbox issues starts so; a gateway hands none of it out here.
      expect(content, `a token in the ${where}`).not.toMatch(/SBX[AR][\w-]{20}/);
    }
  });
});

async function demoConnection(at: Awaited<ReturnType<typeof place>>): Promise<void> {
  await manage(at, 'POST', 'apps', { name: 'main', platformOrigin: at.sandbox, clientId: 'YourAppKey', clientSecret: 'YourAppSecret' });
  await manage(at, 'POST', 'connections', {
    name: 'desk',
    app: 'main',
    credentials: [{ kind: 'password', username: '18889363711', extension: '101', password: '1234' }],
  });
  await manage(at, 'POST', 'clients', {
    name: 'crm',
    connections: ['desk'],
    legacyLogins: [{ username: '18889363711', extension: '101', password: '1234', connection: 'desk' }],
  });
}
