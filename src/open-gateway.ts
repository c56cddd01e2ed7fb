import { setMaxListeners } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ClientCache } from './access/client-cache.ts';
import { Clients } from './access/clients.ts';
import { type ExplainParts, explainRequest } from './access/explain-request.ts';
import { GatewayKeys } from './access/gateway-keys.ts';
import { LegacyLogins } from './access/legacy-logins.ts';
import { PasswordChecks } from './access/password-checks.ts';
import { permit } from './access/permit.ts';
import type { AskedRequest } from './access/permit-request.ts';
import { auditGrants } from './audit/grants.ts';
import { createTrail } from './audit/trail.ts';
import { keepSummingUp, keepTrimming } from './audit/upkeep.ts';
import { bridgeCallers } from './bridge/callers.ts';
import { type CodeParts, programSignIns } from './bridge/codes.ts';
import { PerMinute } from './bridge/per-minute.ts';
import { SessionCache } from './bridge/session-cache.ts';
import { BridgeSessions } from './bridge/sessions.ts';
import { sweepBridgeSessions } from './bridge/sweep.ts';
import type { TokenEndpointParts } from './bridge/token-endpoint.ts';
import { adoptGrant, adoptGrantOfOwner } from './broker/adopt.ts';
import { Apps } from './broker/apps.ts';
import { createCall } from './broker/call.ts';
import { Connections } from './broker/connections.ts';
import { endRuns } from './broker/end-runs.ts';
import { Freezes } from './broker/freezes.ts';
import { GrantCache } from './broker/grant-cache.ts';
import { keepOffering } from './broker/keep-offering.ts';
import { watchPlatformClock } from './broker/platform-clock.ts';
import { keepRevoking } from './broker/revocations.ts';
import { RingCxTokens } from './broker/ring-cx.ts';
import { saveRescued } from './broker/save.ts';
import { Tokens } from './broker/tokens.ts';
import { Unsaved } from './broker/unsaved.ts';
import { Weather } from './broker/weather.ts';
import { readAdminToken } from './cli/admin-token.ts';
import type { OpenGateway } from './cli/ports.ts';
import { type Config, hostAndPort, originOf } from './config/check.ts';
import type { ConnectParts } from './connect/parts.ts';
import { ADMIN_TOKEN_FILE, DATA_FOLDER, VAULT_KEY_FILE } from './data-folder.ts';
import { isLoopback } from './domain/app.ts';
import type { NoticeWay } from './domain/outbox.ts';
import type { RescueJournal } from './domain/rescue.ts';
import type { Store } from './domain/store.ts';
import { auditFaxLogins, auditForwarded, auditLogins } from './http/audit.ts';
import { createManagementClient, inProcess } from './http/client.ts';
import { Drain } from './http/drain.ts';
import { Metrics } from './http/metrics.ts';
import { Readiness } from './http/readiness.ts';
import { handOut, handOutRingCx } from './http/routes/tokens.ts';
import { createServer, type Plane } from './http/server.ts';
import { createFaxOutApi, type FaxOutParts } from './legacy/faxout/answer.ts';
import { createRingOutApi, type RingOutParts } from './legacy/ringout/answer.ts';
import { sweepSessions } from './legacy/ringout/session-sweep.ts';
import { ClientGate } from './limits/client-gate.ts';
import { IdempotencyKeys } from './limits/idempotency-keys.ts';
import { sweepIdempotencyKeys } from './limits/idempotency-sweep.ts';
import { PlatformLimits } from './limits/platform-limits.ts';
import { SharedLimits } from './limits/shared-limits.ts';
import { createMailer } from './notify/mail.ts';
import { Outbox } from './outbox/outbox.ts';
import type { ProxyOutcome } from './proxy/proxy.ts';
import { SpoolRoom } from './proxy/spool.ts';
import { SpoolFile } from './proxy/spool-file.ts';
import { TimeKeeper } from './proxy/time-keeper.ts';
import { Upstreams } from './proxy/upstreams.ts';
import { systemClock } from './runtime/clock.ts';
import { createFetch } from './runtime/fetch.ts';
import type { Log } from './runtime/log.ts';
import { createLog } from './runtime/pino-log.ts';
import { systemRandom as random, randomText } from './runtime/random.ts';
import { keepMeasuring, SharedClock } from './runtime/shared-clock.ts';
import { within } from './runtime/within.ts';
import { databaseAt } from './store/open.ts';
import { openRescueJournal } from './store/rescue-journal.ts';
import { readVaultKey } from './vault/key-file.ts';
import { openVault } from './vault/vault.ts';

// A fax has 50 MB at most, and most bodies are small. What does not fit in memory lies sealed in a temporary file.
const SPOOL = { bodyBytes: 64 * 1024 * 1024, memoryBytes: 1024 * 1024, allMemoryBytes: 32 * 1024 * 1024 };
// Beside the database, whichever folder a command was started in; for one on another machine, with the other data.
const RESCUE_FOLDER = 'rescue';
// A whole office behind one address signs in within some minutes, and has some programs with old passwords: what is more is no people.
const MOST_STARTS = 60;
const MOST_REFUSALS = 100;
// From when no connection is taken any more: a request is given this long to come whole, those under way to be answered,
// then runs that win tokens to end; the process ends within 30 s.
const WHOLE_REQUEST_MS = 10_000;
const REQUESTS_MS = 24_000;
const RUNS_MS = 27_000;
const LAST_MS = 1_000;

/** Opens database and vault, and composes the gateway on them. */
export async function openGateway(config: Config, version: string): Promise<OpenGateway> {
  const log = createLog(config.logLevel);
  const clock = new SharedClock(systemClock);
  const { store: opened, rescue: journal } = await openStore(config, clock, log);
  const trail = createTrail({ store: opened, clock, log });
  const grants = new GrantCache({ store: opened, clock });
  const known = new ClientCache(opened);
  const metrics = new Metrics();
  const store = metrics.countTurns(known.remembering(grants.remembering(auditGrants(opened, trail))));
  const { fetch, close: closeFetch } = createFetch();

  const rescue = new Unsaved(journal);
  const readiness = new Readiness({ store: opened, clock });
  const freezes = await Freezes.open({ store, clock, log });
  const broker = {
    store,
    rescue,
    freezes,
    grants,
    trail,
    clock,
    random,
    fetch: watchPlatformClock(metrics.countTokenRequests(fetch, store), clock, log),
    log,
    node: randomText(random, 9),
  };
  const tokens = new Tokens(broker);
  metrics.watchTokens(tokens, store);
  const weather = new Weather({ store, clock });
  metrics.watchBudgets(weather, clock);
  const ringCx = new RingCxTokens({ ...broker, tokens });
  const apps = new Apps(store, clock, tokens.budgets);
  const connections = new Connections(broker, tokens);
  const clients = new Clients({ store, clock, random, country: config.country });
  const logins = new LegacyLogins({ store, clock, random, country: config.country });
  const bridgeSessions = new SessionCache(opened);
  const sessions = new BridgeSessions({ store, cache: bridgeSessions, clock, random, log });
  const codes: CodeParts = { store, clients: known, sessions, clock, random };
  const bridge = {
    codes,
    programs: { store, secrets: new PasswordChecks({ clock, random }), clock },
    signIn: { logins, clients: known, store, clock },
    granted: { store, grants, tokens },
    sessions,
    freezes,
    trail,
    refusals: new PerMinute(clock, MOST_REFUSALS),
    clock,
  } satisfies TokenEndpointParts;
  const sharedLimits = new SharedLimits({ store: opened, clock, log, node: broker.node });
  const platformLimits = new PlatformLimits({ clock, agreement: sharedLimits });
  const call = createCall(broker, tokens, platformLimits);
  const access: RingOutParts['access'] & FaxOutParts['access'] = {
    findLegacyLogin: (attempt, address) => logins.findLegacyLogin(attempt, address),
    permit: (client, connection, address, request) => permit({ store: known, freezes }, client, connection, { ...request, address }),
  };
  const { waitMs, isSync, webhook, mail, ...faxRules } = config.fax;
  const mailer = mail && createMailer(mail.server, mail.from);
  const ways: readonly NoticeWay[] = [...(webhook ? (['webhook'] as const) : []), ...(mailer ? (['mail'] as const) : [])];
  const telling = { fetch, ...(webhook && { webhook }), ...(mailer && { mailer }) };
  const outbox = new Outbox({ store, call, rules: { ...faxRules, ways }, telling, clock, random, log, node: broker.node });
  const faxOut = createFaxOutApi({
    access,
    outbox,
    openFile: () => SpoolFile.open(tmpdir()),
    clock,
    log,
    country: config.country,
    refusedNumbers: config.refusedNumbers,
    waitMs,
    isSync,
  });
  const ringOut = createRingOutApi({
    access,
    call,
    sessions: store,
    claims: store,
    clock,
    random,
    log,
    country: config.country,
    refusedNumbers: config.refusedNumbers,
    statusCacheMs: config.statusCacheMs,
    repeatWindowMs: config.repeatWindowMs,
  });

  const upstreams = new Upstreams({ clock: systemClock });
  metrics.watchUpstreams(upstreams);
  const clientGate = new ClientGate({ clock: systemClock });
  const idempotency = new IdempotencyKeys({ store, clock, random, log });
  const proxy = {
    keys: new GatewayKeys(known, clock),
    bridge: bridgeCallers({ sessions, clients: known, clock }),
    freezes,
    tokens,
    ringCx,
    apps: grants,
    upstreams,
    clientGate,
    platformGate: platformLimits,
    budgets: tokens.budgets,
    idempotency,
    connections: store,
    times: new TimeKeeper(systemClock),
    spool: new SpoolRoom(SPOOL, tmpdir()),
    publicOrigin: (request: IncomingMessage) => publicUrlOf(config) ?? `http://${request.headers.host ?? ''}`,
    count: (outcome: ProxyOutcome) => {
      metrics.countForwarded(outcome);
      auditForwarded(trail, outcome);
    },
    log,
  };

  const explaining: ExplainParts = {
    store,
    freezes,
    limits: { ofPlatform: (asked) => platformLimits.outlook(asked), ofClient: (client) => clientGate.outlook(client) },
  };

  const adminToken = config.adminToken ?? readAdminToken(ADMIN_TOKEN_FILE, random);
  const parts = {
    ringOut: metrics.countCommands(auditLogins(ringOut, trail)),
    faxes: { store, outbox, ways, clock },
    faxOut: metrics.countFaxes(auditFaxLogins(faxOut, trail)),
    apps,
    connections,
    clients,
    connect: {
      store,
      adopt: (adoption, proof) => adoptGrant({ ...broker, budgets: tokens.budgets }, adoption, proof),
      adoptOfOwner: (adoption, send) => adoptGrantOfOwner({ ...broker, budgets: tokens.budgets }, adoption, send),
      programs: programSignIns(codes),
      trail,
      clock,
      random,
      fetch: broker.fetch,
      log,
      publicUrl: publicUrlOf(config),
    } satisfies ConnectParts,
    bridge,
    ringCxBridge: { keys: proxy.keys, clients: known, sessions, ringCx, store, freezes, trail, refusals: bridge.refusals, clock },
    authorize: { store, starts: new PerMinute(clock, MOST_STARTS), freezes },
    crossOrigin: { clients: known, bridge: proxy.bridge, keys: proxy.keys },
    gatewayKeys: proxy.keys,
    proxy,
    explainRequest: (client: string, asked: AskedRequest) => explainRequest(explaining, client, asked),
    tokens,
    ringCx,
    grants: store,
    freezes,
    weather,
    adminToken,
    readiness,
    allowPlainHttp: config.allowPlainHttp,
    trustProxy: config.trustProxy,
    trail,
    audit: store,
    random,
    metrics,
    clock,
    log,
    version,
  };
  const shared = hostAndPort(config.listen) === hostAndPort(config.adminListen);
  const planes: readonly (readonly [Config['listen'], readonly Plane[]])[] = shared
    ? [[config.listen, ['data', 'admin']]]
    : [
        [config.listen, ['data']],
        [config.adminListen, ['admin']],
      ];
  const servers = planes.map(([address, served]) => ({ address, server: createServer(parts, served) }));

  const drains = servers.map(({ server }) => new Drain(server.server));
  const ending = new AbortController();
  // Whatever runs beside the requests listens until the end, and there are more of them than Node takes for granted.
  setMaxListeners(0, ending.signal);
  let listening = false;
  let trimming: Promise<void> | undefined;
  let scheduling: Promise<void> | undefined;
  let revoking: Promise<void> | undefined;
  let sharing: Promise<void> | undefined;
  let faxing: Promise<void> | undefined;

  return {
    apps,
    connections,
    clients,
    management: createManagementClient(inProcess(createServer(parts, ['admin']), adminToken)),
    handOut: async (connection, wanted) => {
      const line = { who: 'cli', object: `connections/${connection}`, address: 'cli', result: 'ok', requestId: '' };
      if (wanted === 'ringcx') {
        const grant = await ringCx.usableToken(connection);
        await trail.record({ ...line, action: 'getRingCxToken' });
        await freezes.requireConnection(connection, grant.app);
        return handOutRingCx(grant, clock.now());
      }
      const grant = await tokens.usableGrant(connection);
      await trail.record({ ...line, action: 'getToken' });
      await freezes.requireConnection(connection, grant.app);
      return handOut(grant, clock.now());
    },
    call: async (connection, request) => {
      await trail.record({ who: 'cli', action: `call ${request.method}`, object: `connections/${connection}`, address: 'cli', result: 'asked', requestId: '' });
      return call(connection, request);
    },
    checkWritable: async () => {
      await store.removeExpiredSessions(clock.now());
    },
    clockOffsetMs: () => clock.offsetMs,
    checkAudit: () => store.checkAudit(),
    listFreezes: () => freezes.list(),
    adminTokenFile: config.adminToken ? undefined : ADMIN_TOKEN_FILE,
    listen: async () => {
      listening = true;
      await Promise.all([freezes.watch(), grants.watch(), known.watch(), bridgeSessions.watch(), sharedLimits.join(platformLimits)]);
      const origins: string[] = [];
      for (const { address, server } of servers) origins.push(await server.listen(address));
      const [origin = '', adminOrigin = origin] = origins;
      void sweepSessions({ sessions: store, claims: store, clock, log }, ending.signal);
      void sweepBridgeSessions({ store, clock, log }, ending.signal);
      void sweepIdempotencyKeys({ store, clock, log }, ending.signal);
      sharing = sharedLimits.run(ending.signal);
      faxing = outbox.run(ending.signal);
      void keepMeasuring({ clock, ask: () => store.databaseTime(), log }, ending.signal);
      void keepSummingUp({ trail, clock }, ending.signal);
      scheduling = tokens.scheduler.run(ending.signal);
      void keepOffering({ ...broker, rescue }, ending.signal);
      revoking = keepRevoking({ ...broker, mayAsk: (app) => tokens.budgets.mayAsk(app) }, ending.signal);
      trimming = keepTrimming({ store, trail, clock, log, keepMs: config.auditKeepMs }, ending.signal);
      return { origin, adminOrigin };
    },
    close: async () => {
      readiness.drain();
      for (const drain of drains) drain.begin();
      if (listening && config.drainMs > 0) await systemClock.sleep(config.drainMs);
      const begun = systemClock.monotonic();
      ending.abort();
      await Promise.all(servers.map(({ server }, index) => closeServer(server, drains[index], log)));
      await within(systemClock, LAST_MS, scheduling ?? Promise.resolve());
      await within(systemClock, LAST_MS, upstreams.close());
      await within(systemClock, LAST_MS, idempotency.settled());
      await within(systemClock, LAST_MS, ringCx.settled());
      await within(systemClock, begun + REQUESTS_MS - systemClock.monotonic(), faxing ?? Promise.resolve());
      await endRuns({ tokens, rescue, store, clock, random, log, node: broker.node }, begun + RUNS_MS - systemClock.monotonic());
      await within(systemClock, LAST_MS, revoking ?? Promise.resolve());
      await within(systemClock, LAST_MS, sharing ?? Promise.resolve());
      mailer?.close();
      grants.close();
      known.close();
      bridgeSessions.close();
      await within(systemClock, LAST_MS, sessions.settled());
      await within(systemClock, LAST_MS, freezes.close());
      await within(systemClock, LAST_MS, trimming ?? Promise.resolve());
      await within(systemClock, LAST_MS, trail.sumUp(true));
      await within(systemClock, LAST_MS, closeFetch());
      await within(systemClock, LAST_MS, store.close());
    },
  };
}

// Where nothing else is told, people on this machine reach it where it listens; beyond that only a person knows.
function publicUrlOf({ publicUrl, listen }: Config): string | undefined {
  return publicUrl ?? (isLoopback(listen.host) ? originOf(listen) : undefined);
}

// A connection that nobody uses, or a request that never ends, must not keep the gateway from ending.
async function closeServer(server: ReturnType<typeof createServer>, drain: Drain | undefined, log: Log): Promise<void> {
  const closed = server.close();
  drain?.endChanged();
  if (await within(systemClock, WHOLE_REQUEST_MS, closed)) return;
  drain?.closeUnasked();
  if (await within(systemClock, REQUESTS_MS - WHOLE_REQUEST_MS, closed)) return;
  log.warn('close.requests_left', { afterMs: REQUESTS_MS, note: 'their connections are closed unanswered' });
  server.server.closeAllConnections();
  await within(systemClock, LAST_MS, closed);
}

async function openStore(config: Config, clock: SharedClock, log: Log): Promise<{ store: Store; rescue: RescueJournal }> {
  const database = databaseAt(config.database);
  const { folder = DATA_FOLDER } = database;
  const sealed = await database.open({ makeFolder: folder === DATA_FOLDER });
  try {
    const { key, made } = readVaultKey({
      ...(config.vaultKey && { value: config.vaultKey.reveal() }),
      ...(config.vaultKeyFile !== undefined && { file: config.vaultKeyFile }),
      defaultFile: VAULT_KEY_FILE,
      sealedRowsExist: await sealed.sealedRowsExist(),
      random,
    });
    if (made) log.warn('vault.key_made', { file: VAULT_KEY_FILE, note: 'keep a copy apart from the database: without it nothing sealed can be opened' });
    const vault = await openVault({ vaultKey: key, keys: sealed.dataKeys, random, now: clock.now() });
    const store = sealed.withVault(vault);
    await clock.measure(() => store.databaseTime());
    const rescue = openRescueJournal(join(folder, RESCUE_FOLDER), vault, log);
    await saveRescued({ store, rescue, clock, random, log });
    return { store, rescue };
  } catch (error) {
    await sealed.close();
    throw error;
  }
}
