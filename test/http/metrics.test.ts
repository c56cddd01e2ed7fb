import { describe, expect, test } from 'vitest';
import { Metrics } from '../../src/http/metrics.ts';
import { systemRandom } from '../../src/runtime/random.ts';
import { gateway, TOKEN } from './gateway.ts';

describe('/metrics', () => {
  test('42: it is on the listener for management only; from elsewhere than this machine it takes the admin token', async () => {
    const admin = await gateway({ planes: ['admin'] });
    const data = await gateway({ planes: ['data'] });

    const answers = [
      await admin.ask('GET', '/metrics', undefined),
      await admin.ask('GET', '/metrics', undefined, undefined, '192.0.2.7'),
      await admin.ask('GET', '/metrics', TOKEN, undefined, '192.0.2.7'),
      await data.ask('GET', '/metrics', TOKEN),
    ];

    expect(answers.map(({ status }) => status)).toEqual([200, 401, 200, 404]);
    expect(answers[0]?.headers['content-type']).toContain('text/plain');
    expect(answers[0]?.text).toMatch(/^process_cpu_seconds_total \d/m);
  });

  test('requests are counted by route template and status; a caller adds no label', async () => {
    const { manage, ask } = await gateway();
    for (const name of ['a', 'b', 'canary-name-5550100']) await manage('GET', `apps/${name}`);
    await manage('GET', 'apps');
    await ask('GET', '/canary-path-5550101?canary=5550102', undefined);

    const { text } = await ask('GET', '/metrics', undefined);

    expect(text).toContain('trunkline_http_requests_total{method="GET",route="/trunkline/api/apps/:name",status="404"} 3');
    expect(text).toContain('trunkline_http_requests_total{method="GET",route="/trunkline/api/apps",status="200"} 1');
    expect(text).toContain('trunkline_http_requests_total{method="other",route="other",status="404"} 1');
    expect(text).not.toMatch(/canary|555010[0-2]/);
  });

  test('callers for tokens are counted by App and outcome, and none waits in the end', async () => {
    const { key, ask, manage, store } = await gateway();
    const bearer = await key();
    await ask('GET', 'connections/front-desk/token', bearer);
    await ask('GET', 'connections/front-desk/token', bearer);
    await store.refuseCredential('front-desk', 0, (await store.listCredentials('front-desk'))[0]!, { at: 1, code: 'OAU-1' });
    await store.needSignIn('front-desk', 1, { at: 1, code: 'OAU-1' });
    const connection = {
      name: 'dead',
      app: 'demo',
      credentials: [{ kind: 'password', username: '18889363711', extension: '101', password: 'canary-password' }],
    };
    await manage('POST', 'connections?verify=true', connection);

    const { text } = await ask('GET', '/metrics', undefined);

    expect(text).toContain('trunkline_token_requests_total{app="demo",outcome="ok"} 2');
    expect(text).toContain('trunkline_token_requests_total{app="demo",outcome="grant_dead"} 1');
    expect(text).toContain('trunkline_token_callers_waiting 0');
    expect(text).not.toMatch(/canary|tlk_|SBX/);
  });
});

describe('Metrics', () => {
  test('sockets, requests and circuit breakers of the ways out are told together, however many origins there are', async () => {
    const metrics = new Metrics();
    let idle = 3;
    metrics.watchUpstreams({ totals: () => ({ sockets: { idle, busy: 2, connecting: 1 }, waiting: 4, breakers: { closed: 5, open: 1, 'half-open': 0 } }) });

    const before = await metrics.text();
    idle = 0;
    const after = await metrics.text();

    for (const line of ['sockets{state="idle"} 3', 'sockets{state="busy"} 2', 'sockets{state="connecting"} 1', 'requests_waiting 4']) {
      expect(before).toContain(`trunkline_upstream_${line}\n`);
    }
    for (const line of ['{breaker="closed"} 5', '{breaker="open"} 1', '{breaker="half-open"} 0']) expect(before).toContain(`trunkline_upstreams${line}\n`);
    expect(after).toContain('trunkline_upstream_sockets{state="idle"} 0\n');
  });

  const apps = {
    listApps: async () => ({
      items: [
        {
          ...{ name: 'main', platformOrigin: 'https://p.example', mediaOrigin: '', ringcxOrigin: '', clientId: 'a-b_c.d' },
          ...{ clientSecret: undefined, redirectUris: [], returnTo: [], createdAt: 0 },
        },
      ],
    }),
  };
  const basic = { authorization: `Basic ${Buffer.from('a-b_c.d:canary-secret').toString('base64')}` };

  test.each([
    [200, 'ok'],
    [400, 'refused'],
    [429, 'busy'],
    [503, 'error'],
  ])('a token request that is answered with %i counts as %s, by App and grant type', async (status, outcome) => {
    const metrics = new Metrics();
    const fetch = metrics.countTokenRequests(async () => new Response(null, { status }), apps);

    await fetch('https://p.example/restapi/oauth/token', {
      headers: basic,
      body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: 'canary' }),
    });
    await fetch('https://p.example/restapi/v1.0/account', { headers: basic });
    const text = await metrics.text();

    expect(text).toContain(`trunkline_platform_token_requests_total{app="main",grant_type="refresh_token",outcome="${outcome}"} 1\n`);
    expect(text).not.toContain('canary');
  });

  test('one that gets no answer is counted, and fails as before; a public App is known by its client_id', async () => {
    const metrics = new Metrics();
    const fetch = metrics.countTokenRequests(async () => Promise.reject(new TypeError('gone')), apps);
    const body = new URLSearchParams({ grant_type: 'password', client_id: 'a-b_c.d' });

    await expect(fetch('https://p.example/restapi/oauth/token', { body })).rejects.toThrow('gone');

    expect(await metrics.text()).toContain('trunkline_platform_token_requests_total{app="main",grant_type="password",outcome="unreachable"} 1');
  });

  test('45: commands are counted by name and outcome; what was sent is nowhere', async () => {
    const metrics = new Metrics();
    const secret = Buffer.from(systemRandom.bytes(8)).toString('hex');
    const answers = ['OK 1 3', 'FAILED Invalid User or Password', 'FAILED Invalid Command', 'something else'];
    const api = metrics.countCommands({ answer: async () => answers.shift() ?? '' });

    await api.answer({ cmd: 'CALL', username: secret, password: secret }, { address: secret });
    await api.answer({ cmd: 'list', password: secret }, { address: secret });
    await api.answer({ cmd: secret }, { address: secret });
    await api.answer({}, { address: secret });
    const text = await metrics.text();

    expect(text).toContain('trunkline_legacy_requests_total{command="call",outcome="ok"} 1');
    expect(text).toContain('trunkline_legacy_requests_total{command="list",outcome="login"} 1');
    expect(text).toContain('trunkline_legacy_requests_total{command="unknown",outcome="command"} 1');
    expect(text).toContain('trunkline_legacy_requests_total{command="unknown",outcome="other"} 1');
    expect(text).not.toContain(secret);
  });
});
