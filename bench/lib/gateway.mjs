import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CORES, pin } from './process.mjs';
import { VAULT_KEY } from './stores.mjs';

const ADMIN_TOKEN = 'admin-token-of-the-bench-0123456789';
const executable = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

/**
 * A gateway as an operator starts it, on SQLite, on the servers' core.
 *
 * @param children  it is added there
 * @param apps      by name: where its platform is, and its Connections
 */
export async function startGateway({ scratch, port, children, apps }) {
  const cwd = join(scratch, `gateway-${port}`);
  mkdirSync(cwd);
  const env = {
    PATH: process.env.PATH,
    TRUNKLINE_LISTEN: `127.0.0.1:${port}`,
    TRUNKLINE_ADMIN_TOKEN: ADMIN_TOKEN,
    TRUNKLINE_VAULT_KEY: VAULT_KEY.toString('base64'),
    TRUNKLINE_LOG_LEVEL: 'warn',
  };
  const child = spawn(process.execPath, [executable, 'serve'], { cwd, env, stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  child.stdout.resume();
  const origin = `http://127.0.0.1:${port}`;
  await ready(child, origin);
  if (CORES) pin(child.pid, CORES.server);
  for (const [name, { platformOrigin, connections }] of Object.entries(apps)) {
    await manage(origin, 'apps', { name, platformOrigin, clientId: 'YourAppKey', clientSecret: 'YourAppSecret' });
    const credentials = [{ kind: 'password', username: '18885550100', extension: '101', password: 'secret' }];
    for (const connection of connections) await manage(origin, 'connections', { name: connection, app: name, credentials });
  }
  return {
    pid: child.pid,
    origin,
    /** @returns the key of a new Client */
    addClient: async (client) => (await manage(origin, 'clients', client)).key,
  };
}

async function ready(child, origin) {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`the gateway ended with ${child.exitCode}`);
    const answer = await fetch(`${origin}/readyz`).catch(() => undefined);
    if (answer?.status === 200) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function manage(origin, path, body) {
  const headers = { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json' };
  const answer = await fetch(`${origin}/trunkline/api/${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  const said = await answer.json();
  if (answer.status !== 201) throw new Error(`${path}: ${JSON.stringify(said)}`);
  return said;
}
