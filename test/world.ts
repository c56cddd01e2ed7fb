import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { createTrail } from '../src/audit/trail.ts';
import { adoptGrant, adoptGrantOfOwner } from '../src/broker/adopt.ts';
import { Apps } from '../src/broker/apps.ts';
import { type Call, createCall } from '../src/broker/call.ts';
import { Connections } from '../src/broker/connections.ts';
import { Freezes } from '../src/broker/freezes.ts';
import { GrantCache } from '../src/broker/grant-cache.ts';
import { RingCxTokens } from '../src/broker/ring-cx.ts';
import { Tokens } from '../src/broker/tokens.ts';
import { Unsaved } from '../src/broker/unsaved.ts';
import { Secret } from '../src/domain/secret.ts';
import type { Store } from '../src/domain/store.ts';
import { PlatformLimits } from '../src/limits/platform-limits.ts';
import { createFetch, type Fetch } from '../src/runtime/fetch.ts';
import type { Log } from '../src/runtime/log.ts';
import { systemRandom } from '../src/runtime/random.ts';
import { DEMO } from '../src/sandbox/demo.ts';
import type { SandboxData } from '../src/sandbox/directory.ts';
import type { Scenario } from '../src/sandbox/scenario/schema.ts';
import { type Sandbox, startSandbox } from '../src/sandbox/start.ts';
import { openRescueJournal } from '../src/store/rescue-journal.ts';
import { openSqliteStore } from '../src/store/sqlite/open.ts';
import type { SealedStore } from '../src/store/store.ts';
import { openVault } from '../src/vault/vault.ts';
import { ManualClock } from './manual-clock.ts';

/** A gateway's inner rooms on a real store and a real sandbox, with a clock moved by hand. */
export interface World {
  /** The gateway's clock, which the sandbox shares; `sandbox.advance` moves the platform's alone. */
  readonly clock: ManualClock;
  readonly sandbox: Sandbox;
  readonly store: Store;
  readonly rescue: Unsaved;
  readonly freezes: Freezes;
  readonly tokens: Tokens;
  readonly ringCx: RingCxTokens;
  readonly apps: Apps;
  readonly connections: Connections;
  readonly call: Call;
  adopt(adoption: Parameters<typeof adoptGrant>[1], proof: Parameters<typeof adoptGrant>[2]): ReturnType<typeof adoptGrant>;
  adoptOfOwner(adoption: Parameters<typeof adoptGrantOfOwner>[1], send: Parameters<typeof adoptGrantOfOwner>[2]): ReturnType<typeof adoptGrantOfOwner>;
  readonly fetch: Fetch;
  /** What was logged, a line each. */
  readonly logged: string[];
  /** The grant types of the token requests that the platform has seen. */
  tokenRequests(): (string | undefined)[];
}

export const TOKEN_PATH = '/restapi/oauth/token';

/**
 * @param options.connections  names of the demo Connections to create
 * @param options.data        what the platform knows; the documents' examples unless told
 * @param options.scenario    the same, and its rules
 * @param options.platformClock  the platform's own, where it is not the gateway's
 * @param options.through     what the gateway's requests go through on their way
 * @param options.trusted     a certificate that is trusted besides the usual ones
 * @param options.open         where they rest; in memory unless told otherwise
 */
export async function world({
  connections: names = ['front-desk'],
  open = () => openSqliteStore({ file: ':memory:' }),
  data,
  scenario,
  platformClock,
  through = (fetch) => fetch,
  trusted,
}: {
  connections?: readonly string[];
  open?: () => Promise<SealedStore>;
  data?: SandboxData;
  scenario?: Scenario;
  platformClock?: ManualClock;
  through?: (fetch: Fetch) => Fetch;
  trusted?: string;
} = {}): Promise<World> {
  const clock = new ManualClock();
  const sandbox = await startSandbox({ clock: platformClock ?? clock, ...(data && { data }), ...(scenario && { scenario }) });
  await sandbox.setLimits({ scale: 0 });
  const sealed = await open();
  const vault = await openVault({ vaultKey: randomBytes(32), keys: sealed.dataKeys, random: systemRandom, now: clock.now() });
  const store = sealed.withVault(vault);
  const folder = mkdtempSync(join(tmpdir(), 'trunkline-rescue-'));
  const way = createFetch(trusted === undefined ? {} : { trusted });
  const fetch = through(way.fetch);
  const logged: string[] = [];
  const rescue = new Unsaved(openRescueJournal(folder, vault, { error: () => undefined }));
  const log = listLog(logged);
  const freezes = await Freezes.open({ store, clock, log });
  const trail = createTrail({ store, clock, log });
  const parts = { store, rescue, freezes, grants: new GrantCache({ store, clock }), trail, clock, random: systemRandom, fetch, log, node: 'A' };
  const tokens = new Tokens(parts);
  const ringCx = new RingCxTokens({ ...parts, tokens });
  const apps = new Apps(store, clock, tokens.budgets);
  const connections = new Connections(parts, tokens);

  onTestFinished(async () => {
    await ringCx.settled();
    await tokens.settled();
    await freezes.close();
    await way.close();
    await sandbox.close();
    await store.close();
    rmSync(folder, { recursive: true });
  });

  await apps.createApp({ name: 'demo', platformOrigin: sandbox.origin, clientId: DEMO.app.clientId, clientSecret: new Secret(DEMO.app.clientSecret) });
  for (const { name, password, ...login } of DEMO.connections.filter((demo) => names.includes(demo.name))) {
    await connections.createConnection({ name, app: 'demo', credentials: [{ kind: 'password', ...login, password: new Secret(password) }] });
  }
  return {
    clock,
    sandbox,
    store,
    rescue,
    freezes,
    tokens,
    ringCx,
    apps,
    connections,
    call: createCall(parts, tokens, new PlatformLimits({ clock })),
    adopt: (adoption, proof) => adoptGrant({ ...parts, budgets: tokens.budgets }, adoption, proof),
    adoptOfOwner: (adoption, send) => adoptGrantOfOwner({ ...parts, budgets: tokens.budgets }, adoption, send),
    fetch,
    logged,
    tokenRequests: () => sandbox.requests(TOKEN_PATH).map(({ grantType }) => grantType),
  };
}

/** Resolves when the condition holds; whatever makes it hold goes on meanwhile. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

function listLog(lines: string[]): Log {
  const add = (event: string, fields?: Readonly<Record<string, unknown>>) => {
    lines.push(JSON.stringify({ event, ...fields }));
  };
  return { info: add, warn: add, error: add };
}
