import { readFileSync } from 'node:fs';
import { checkAddresses } from './check-addresses.ts';
import { createProgram } from './cli/program.ts';
import { type Config, readConfig } from './config/check.ts';
import { OPTIONS } from './config/options.ts';
import { createManagementClient, overHttp, requestToken } from './http/client.ts';
import { systemClock as clock } from './runtime/clock.ts';
import { createFetch } from './runtime/fetch.ts';
import { systemRandom as random } from './runtime/random.ts';
import { DEMO } from './sandbox/demo.ts';
import { whereabouts } from './whereabouts.ts';

// The name of the App and the Connection that RingCentral's own environment names describe.
const CONFIGURED = 'ringcentral';
// A gateway makes its own callers wait for a token for ten seconds at most.
const ANSWER_MS = 20_000;

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string };
const way = createFetch();
const deadline = () => clock.deadline(ANSWER_MS);

// Whoever reads no further, as in `| head`, has seen what he wanted.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

// What is large is loaded by the command that wants it: the sandbox starts without the gateway, and `--help` without either.
await createProgram({
  version,
  options: OPTIONS,
  readConfig: (flags) => readConfig(process.env, flags),
  openGateway: async (config) => (await import('./open-gateway.ts')).openGateway(config, version),
  checkAddresses,
  startSandbox: async (config) => (await import('./open-sandbox.ts')).openSandbox(config),
  checkScenario: async (config) => (await import('./check-scenario.ts')).checkScenario(config),
  scenarioSchema: async () => (await import('./sandbox/scenario/schema.ts')).publishedSchema(),
  calibration: async (config, allowCharges) => (await import('./prepare-calibration.ts')).prepareCalibration(config, allowCharges, { fetch: way.fetch, clock }),
  appOf: ({ app }: Config) =>
    app && { name: CONFIGURED, platformOrigin: app.platformOrigin, clientId: app.clientId, ...(app.clientSecret && { clientSecret: app.clientSecret }) },
  connectionOf: ({ app }: Config) => app?.userJwt && { name: CONFIGURED, app: CONFIGURED, credentials: [{ kind: 'jwt', assertion: app.userJwt }] },
  countryOf: ({ country }: Config) => country,
  demo: DEMO,
  whereabouts,
  connectManagement: (origin, adminToken) => createManagementClient(overHttp(way.fetch, origin, adminToken, deadline)),
  requestToken: (origin, key, connection, wanted) => requestToken(overHttp(way.fetch, origin, key, deadline), connection, wanted),
  fetch: way.fetch,
  clock,
  random,
}).parseAsync();
await way.close();
