import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { Clients } from '../../src/access/clients.ts';
import { type ExplainParts, explainRequest } from '../../src/access/explain-request.ts';
import { GatewayKeys } from '../../src/access/gateway-keys.ts';
import { LegacyLogins } from '../../src/access/legacy-logins.ts';
import { PasswordChecks } from '../../src/access/password-checks.ts';
import { createTrail } from '../../src/audit/trail.ts';
import { bridgeCallers } from '../../src/bridge/callers.ts';
import { type CodeParts, programSignIns } from '../../src/bridge/codes.ts';
import { PerMinute } from '../../src/bridge/per-minute.ts';
import { BridgeSessions } from '../../src/bridge/sessions.ts';
import { Weather } from '../../src/broker/weather.ts';
import { Secret } from '../../src/domain/secret.ts';
import { auditForwarded } from '../../src/http/audit.ts';
import { Metrics } from '../../src/http/metrics.ts';
import { Readiness } from '../../src/http/readiness.ts';
import { createServer, type HttpParts, type Plane } from '../../src/http/server.ts';
import { ClientGate } from '../../src/limits/client-gate.ts';
import { IdempotencyKeys } from '../../src/limits/idempotency-keys.ts';
import { PlatformLimits } from '../../src/limits/platform-limits.ts';
import { SpoolRoom } from '../../src/proxy/spool.ts';
import { TimeKeeper } from '../../src/proxy/time-keeper.ts';
import { Upstreams } from '../../src/proxy/upstreams.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { systemRandom } from '../../src/runtime/random.ts';
import type { SealedStore } from '../../src/store/store.ts';
import { SILENT } from '../silent-log.ts';
import { type World, world } from '../world.ts';

export const TOKEN = 'admin-token-for-tests-0123456789';

/** The HTTP side of a gateway with App `demo` and Connection `front-desk`, in front of a real store and sandbox. */
export async function gateway(
  of: Partial<HttpParts> & { planes?: readonly Plane[]; names?: readonly string[]; open?: () => Promise<SealedStore>; publicUrl?: () => string } = {},
) {
  const { planes = ['data', 'admin'], names, open, publicUrl = () => 'http://127.0.0.1', ...parts } = of;
  const at: World = await world({ ...(names && { connections: names }), ...(open && { open }) });
  const { store, apps, connections, clock, tokens, ringCx, freezes } = at;
  const log = SILENT;
  const { trail = createTrail({ store, clock, log }) } = parts;
  const metrics = new Metrics();
  metrics.watchTokens(tokens, store);
  const weather = new Weather({ store, clock });
  metrics.watchBudgets(weather, clock);
  const clients = new Clients({ store, clock, random: systemRandom, country: 'US' });
  const keys = new GatewayKeys(store, clock);
  const upstreams = new Upstreams({ clock: systemClock });
  const folder = mkdtempSync(join(tmpdir(), 'trunkline-spool-'));
  onTestFinished(async () => {
    await upstreams.close();
    rmSync(folder, { recursive: true });
  });
  metrics.watchUpstreams(upstreams);
  const clientGate = new ClientGate({ clock });
  const platformGate = new PlatformLimits({ clock });
  const explaining: ExplainParts = {
    store,
    freezes,
    limits: { ofPlatform: (asked) => platformGate.outlook(asked), ofClient: (client) => clientGate.outlook(client) },
  };
  const sessions = new BridgeSessions({
    store,
    cache: { find: (id) => store.findBridgeSession(id), forget: () => undefined },
    clock,
    random: systemRandom,
    log,
  });
  const codes: CodeParts = { store, clients: store, sessions, clock, random: systemRandom };
  const programs = programSignIns(codes);
  const refusals = new PerMinute(clock, 100);
  const proxy: HttpParts['proxy'] = {
    keys,
    bridge: bridgeCallers({ sessions, clients: store, clock }),
    freezes,
    tokens,
    ringCx,
    apps: store,
    upstreams,
    clientGate,
    platformGate,
    budgets: tokens.budgets,
    connections: store,
    idempotency: new IdempotencyKeys({ store, clock, random: systemRandom, log }),
    times: new TimeKeeper(systemClock),
    spool: new SpoolRoom({ bodyBytes: 1024 * 1024, memoryBytes: 128 * 1024, allMemoryBytes: 512 * 1024 }, folder),
    publicOrigin: ({ headers }) => `http://${headers.host ?? ''}`,
    count: (outcome) => {
      metrics.countForwarded(outcome);
      auditForwarded(trail, outcome);
    },
    log,
  };
  const server = createServer(
    {
      ringOut: { answer: async () => 'OK 5555550100;Home' },
      faxes: { store, outbox: { withdraw: (id) => store.withdrawFax(id, clock.now()) }, ways: [], clock },
      faxOut: { answer: async () => ({ digit: '5' }) },
      apps,
      connections,
      clients,
      connect: {
        store,
        adopt: at.adopt,
        adoptOfOwner: at.adoptOfOwner,
        programs,
        trail,
        clock,
        random: systemRandom,
        fetch: at.fetch,
        log,
        get publicUrl() {
          return publicUrl();
        },
      },
      bridge: {
        codes,
        programs: { store, secrets: new PasswordChecks({ clock, random: systemRandom }), clock: systemClock },
        signIn: { logins: new LegacyLogins({ store, clock, random: systemRandom, country: 'US' }), clients: store, store, clock: systemClock },
        granted: { store, grants: { find: (name) => store.findGrant(name) }, tokens },
        sessions,
        freezes,
        trail,
        refusals,
        clock,
      },
      ringCxBridge: { keys, clients: store, sessions, ringCx, store, freezes, trail, refusals, clock },
      authorize: { store, starts: new PerMinute(clock, 60), freezes },
      crossOrigin: { clients: { listsOrigin: async (origin) => (await store.listBridgeOrigins()).includes(origin) }, bridge: proxy.bridge, keys },
      gatewayKeys: keys,
      proxy,
      explainRequest: (client, asked) => explainRequest(explaining, client, asked),
      tokens,
      ringCx,
      grants: store,
      freezes,
      weather,
      adminToken: new Secret(TOKEN),
      readiness: new Readiness({ store, clock }),
      allowPlainHttp: [],
      trustProxy: { blocks: [], header: 'x-forwarded-for' },
      trail,
      audit: store,
      random: systemRandom,
      metrics,
      clock,
      log,
      version: '0.0.0-test',
      ...parts,
    },
    planes,
  );
  const ask = async (
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    bearer: string | undefined,
    body?: unknown,
    remoteAddress = '127.0.0.1',
    headers: Record<string, string> = {},
  ) => {
    const answer = await server.inject({
      method,
      url: path.startsWith('/') ? path : `/trunkline/api/${path}`,
      remoteAddress,
      headers: {
        ...headers,
        ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { payload: JSON.stringify(body) }),
    });
    const json = /json/.test(String(answer.headers['content-type']));
    return { status: answer.statusCode, body: (json ? answer.json() : {}) as Record<string, unknown>, text: answer.payload, headers: answer.headers };
  };
  return {
    ...at,
    programs,
    sessions,
    clients,
    server,
    ask,
    /** Asks with the admin token. */
    manage: (method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: unknown) => ask(method, path, TOKEN, body),
    /** A new Client's gateway key. */
    key: async (policy?: object, of: readonly string[] = ['front-desk'], name = 'crm') => {
      const { body } = await ask('POST', 'clients', TOKEN, { name, connections: of, ...(policy && { policy }) });
      return String(body.key);
    },
  };
}
