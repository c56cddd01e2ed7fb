import { join } from 'node:path';
import { Clients } from './access/clients.ts';
import { GatewayKeys } from './access/gateway-keys.ts';
import { LegacyLogins } from './access/legacy-logins.ts';
import { permit } from './access/permit.ts';
import { auditGrants } from './audit/grants.ts';
import { createTrail } from './audit/trail.ts';
import { keepSummingUp, keepTrimming } from './audit/upkeep.ts';
import { adoptGrant } from './broker/adopt.ts';
import { Apps } from './broker/apps.ts';
import { createCall } from './broker/call.ts';
import { Connections } from './broker/connections.ts';
import { saveRescued } from './broker/save.ts';
import { Tokens } from './broker/tokens.ts';
import { readAdminToken } from './cli/admin-token.ts';
import type { OpenGateway } from './cli/ports.ts';
import { type Config, hostAndPort, originOf } from './config/check.ts';
import type { ConnectParts } from './connect/parts.ts';
import { ADMIN_TOKEN_FILE, DATA_FOLDER, VAULT_KEY_FILE } from './data-folder.ts';
import { isLoopback } from './domain/app.ts';
import type { RescueJournal } from './domain/rescue.ts';
import type { Store } from './domain/store.ts';
import { auditLogins } from './http/audit.ts';
import { createManagementClient, inProcess } from './http/client.ts';
import { Metrics } from './http/metrics.ts';
import { handOut } from './http/routes/tokens.ts';
import { createServer, type Plane } from './http/server.ts';
import { createRingOutApi } from './legacy/ringout/answer.ts';
import { sweepSessions } from './legacy/ringout/session-sweep.ts';
import { systemClock } from './runtime/clock.ts';
import { createFetch } from './runtime/fetch.ts';
import type { Log } from './runtime/log.ts';
import { createLog } from './runtime/pino-log.ts';
import { systemRandom as random, randomText } from './runtime/random.ts';
import { keepMeasuring, SharedClock } from './runtime/shared-clock.ts';
import { databaseAt } from './store/open.ts';
import { openRescueJournal } from './store/rescue-journal.ts';
import { readVaultKey } from './vault/key-file.ts';
import { openVault } from './vault/vault.ts';

// Beside the database, whichever folder a command was started in; for one on another machine, with the other data.
const RESCUE_FOLDER = 'rescue';
// Requests under way are given this long to finish.
const CLOSE_MS = 10_000;

/** Opens database and vault, and composes the gateway on them. */
export async function openGateway(config: Config, version: string): Promise<OpenGateway> {
  const log = createLog(config.logLevel);
  const clock = new SharedClock(systemClock);
  const { store: opened, rescue } = await openStore(config, clock, log);
  const trail = createTrail({ store: opened, clock, log });
  const store = auditGrants(opened, trail);
  const { fetch, close: closeFetch } = createFetch();

  const metrics = new Metrics();
  const broker = { store, rescue, clock, random, fetch: metrics.countTokenRequests(fetch, store), log, node: randomText(random, 9) };
  const tokens = new Tokens(broker);
  metrics.watchTokens(tokens, store);
  const apps = new Apps(store, clock, tokens.pauses);
  const connections = new Connections(broker, tokens);
  const clients = new Clients({ store, clock, random, country: config.country });
  const logins = new LegacyLogins({ store, clock, random, country: config.country });
  const call = createCall(broker, tokens);
  const ringOut = createRingOutApi({
    access: {
      findLegacyLogin: (attempt, address) => logins.findLegacyLogin(attempt, address),
      permit: (client, connection, address, request) => permit(store, client, connection, { ...request, address }),
    },
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

  const adminToken = config.adminToken ?? readAdminToken(ADMIN_TOKEN_FILE, random);
  const parts = {
    ringOut: metrics.countCommands(auditLogins(ringOut, trail)),
    apps,
    connections,
    clients,
    connect: {
      store,
      adopt: (adoption, proof) => adoptGrant({ ...broker, pauses: tokens.pauses }, adoption, proof),
      trail,
      clock,
      random,
      fetch: broker.fetch,
      log,
      publicUrl: publicUrlOf(config),
    } satisfies ConnectParts,
    gatewayKeys: new GatewayKeys(store),
    tokens,
    grants: store,
    adminToken,
    ready: () => store.ping(),
    allowPlainHttp: config.allowPlainHttp,
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

  const ending = new AbortController();
  let trimming: Promise<void> | undefined;

  return {
    apps,
    connections,
    clients,
    management: createManagementClient(inProcess(createServer(parts, ['admin']), adminToken)),
    handOut: async (connection) => {
      const grant = await tokens.usableGrant(connection);
      await trail.record({ who: 'cli', action: 'getToken', object: `connections/${connection}`, address: 'cli', result: 'ok', requestId: '' });
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
    adminTokenFile: config.adminToken ? undefined : ADMIN_TOKEN_FILE,
    listen: async () => {
      const origins: string[] = [];
      for (const { address, server } of servers) origins.push(await server.listen(address));
      const [origin = '', adminOrigin = origin] = origins;
      void sweepSessions({ sessions: store, claims: store, clock, log }, ending.signal);
      void keepMeasuring({ clock, ask: () => store.databaseTime(), log }, ending.signal);
      void keepSummingUp({ trail, clock }, ending.signal);
      trimming = keepTrimming({ store, trail, clock, log, keepMs: config.auditKeepMs }, ending.signal);
      return { origin, adminOrigin };
    },
    close: async () => {
      ending.abort();
      await Promise.all(servers.map(({ server }) => closeServer(server)));
      await tokens.settled();
      await trimming;
      await trail.sumUp(true);
      await closeFetch();
      await store.close();
    },
  };
}

// Where nothing else is told, people on this machine reach it where it listens; beyond that only a person knows.
function publicUrlOf({ publicUrl, listen }: Config): string | undefined {
  return publicUrl ?? (isLoopback(listen.host) ? originOf(listen) : undefined);
}

// A connection that nobody uses, or a request that never ends, must not keep the gateway from ending.
async function closeServer(server: ReturnType<typeof createServer>): Promise<void> {
  const enough = new AbortController();
  const late = systemClock.sleep(CLOSE_MS, enough.signal).then(
    () => server.server.closeAllConnections(),
    () => undefined,
  );
  await server.close();
  enough.abort();
  await late;
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
    await saveRescued({ store, rescue, log });
    return { store, rescue };
  } catch (error) {
    await sealed.close();
    throw error;
  }
}
