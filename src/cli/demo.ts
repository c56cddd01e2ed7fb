import { DEMO_APP } from '../domain/app.ts';
import { GatewayError } from '../domain/errors.ts';
import { Secret } from '../domain/secret.ts';
import type { DemoData, OpenGateway } from './ports.ts';

const DEMO_CLIENT = 'demo';

/** Makes the newcomer's App, Connections and Client, where they are not there yet. */
export async function makeDemo(gateway: OpenGateway, demo: DemoData, sandboxOrigin: string): Promise<void> {
  const { clientId, clientSecret } = demo.app;
  // Also where it is there: the sandbox may listen at another address this time.
  await gateway.apps.putApp({ name: DEMO_APP, platformOrigin: sandboxOrigin, clientId, clientSecret: new Secret(clientSecret) });
  for (const { name, password, ...login } of demo.connections) {
    if (await unlessMissing(gateway.connections.getConnection(name))) continue;
    await gateway.connections.createConnection({ name, app: DEMO_APP, credentials: [{ kind: 'password', ...login, password: new Secret(password) }] });
  }
  if (await unlessMissing(gateway.clients.getClient(DEMO_CLIENT))) return;
  await gateway.clients.createClient({
    name: DEMO_CLIENT,
    connections: demo.connections.map(({ name }) => name),
    // The old programs' passwords are the platform's here, as in the documents; they are kept hashed all the same.
    legacyLogins: demo.connections.map(({ name, password, ...login }) => ({ ...login, password: new Secret(password), connection: name })),
  });
}

/** Signs the demo Connections in, so that the first call finds a token. A failure shows in their state. */
export async function connectDemo(gateway: OpenGateway, demo: DemoData): Promise<void> {
  await Promise.allSettled(demo.connections.map(({ name }) => gateway.connections.verifyConnection(name)));
}

/** Removes what `makeDemo` made, as far as it is there. */
export async function removeDemo(gateway: OpenGateway, demo: DemoData): Promise<void> {
  await unlessMissing(gateway.clients.removeClient(DEMO_CLIENT));
  for (const { name } of demo.connections) await unlessMissing(gateway.connections.removeConnection(name));
  await unlessMissing(gateway.apps.removeApp(DEMO_APP));
}

async function unlessMissing<Value>(asked: Promise<Value>): Promise<Value | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof GatewayError && error.status === 404) return undefined;
    throw error;
  }
}
