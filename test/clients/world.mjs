// What the client programs run against: a gateway and a sandbox of their own, and a recorder in front of the gateway.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../bin/trunkline.mjs', import.meta.url));
const ADMIN_TOKEN = 'admin-token-for-tests-0123456789';
const START_MS = 60_000;
const CALLS = 1_000;

/** What the old programs have known for years. The platform's own password and app are others. */
export const OLD = {
  RC_APP_CLIENT_ID: 'old-app',
  RC_APP_CLIENT_SECRET: 'old-app-secret',
  RC_USERNAME: '18887776655',
  RC_EXTENSION: '102',
  RC_PASSWORD: 'old-secret',
  RC_SMS_FROM: '+16505550102',
};

/** Starts both, and makes a Client for the old programs. */
export async function startWorld() {
  const folder = mkdtempSync(join(tmpdir(), 'trunkline-clients-'));
  const children = [];
  const close = async () => {
    await Promise.all(children.map((child) => ended(child)));
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const [gatewayPort, sandboxPort] = await Promise.all([freePort(), freePort()]);
    const recorder = await record(gatewayPort);
    const [gateway, sandbox] = [`http://127.0.0.1:${gatewayPort}`, `http://127.0.0.1:${sandboxPort}`];
    const env = {
      PATH: process.env.PATH,
      TRUNKLINE_LISTEN: new URL(gateway).host,
      TRUNKLINE_SANDBOX_LISTEN: new URL(sandbox).host,
      TRUNKLINE_ADMIN_TOKEN: ADMIN_TOKEN,
      TRUNKLINE_PUBLIC_URL: recorder.origin,
    };
    children.push(spawn(process.execPath, [MAIN, 'sandbox'], { cwd: folder, env, stdio: 'ignore' }));
    await answers(`${sandbox}/_sandbox/state`);
    children.push(spawn(process.execPath, [MAIN, 'serve'], { cwd: folder, env, stdio: 'ignore' }));
    await answers(`${gateway}/readyz`);
    const key = await prepare(gateway, sandbox);
    return {
      recorder,
      platformToken: () => platformToken(gateway, key),
      close: async () => {
        recorder.close();
        await close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function prepare(gateway, sandbox) {
  const app = { name: 'shop', platformOrigin: sandbox, clientId: 'YourAppKey', clientSecret: 'YourAppSecret' };
  const credentials = [{ kind: 'password', username: OLD.RC_USERNAME, extension: OLD.RC_EXTENSION, password: 'Myp@ssw0rd' }];
  const login = { username: OLD.RC_USERNAME, extension: OLD.RC_EXTENSION, password: OLD.RC_PASSWORD, connection: 'back-office' };
  const bridge = { clientId: OLD.RC_APP_CLIENT_ID, clientSecret: OLD.RC_APP_CLIENT_SECRET };
  await post(`${sandbox}/_sandbox/limits`, { scale: 0 });
  await post(`${sandbox}/_sandbox/call-log`, { ownerId: '1110475004', count: CALLS });
  await post(`${gateway}/trunkline/api/apps`, app);
  await post(`${gateway}/trunkline/api/connections`, { name: 'back-office', app: 'shop', credentials });
  const { key } = await post(`${gateway}/trunkline/api/clients`, { name: 'shop', connections: ['back-office'], legacyLogins: [login], bridge });
  return key;
}

/** What must never be seen by a program: it is what the gateway holds in its place. */
async function platformToken(gateway, key) {
  const response = await fetch(`${gateway}/trunkline/api/connections/back-office/token`, { headers: { authorization: `Bearer ${key}` } });
  const { access_token: token } = await response.json();
  return token;
}

async function post(url, body) {
  const headers = { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json' };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
  return response.json();
}

/** A listener that hands everything on, and remembers what came back. */
async function record(port) {
  const pieces = [];
  const server = createServer((incoming, response) => {
    const onward = httpRequest({ host: '127.0.0.1', port, path: incoming.url, method: incoming.method, headers: incoming.headers }, (answer) => {
      pieces.push(Buffer.from(answer.rawHeaders.join('\n')));
      answer.on('data', (chunk) => pieces.push(chunk));
      response.writeHead(answer.statusCode, answer.rawHeaders);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    incoming.pipe(onward);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    /** All that programs were answered since this was last asked. */
    take: () => Buffer.concat(pieces.splice(0)).toString('latin1'),
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

async function answers(url) {
  const until = Date.now() + START_MS;
  while (Date.now() < until) {
    const response = await fetch(url).catch(() => undefined);
    if (response?.ok) return;
    await sleep(50);
  }
  throw new Error(`${url} does not answer`);
}

async function ended(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill();
  await once(child, 'exit');
}
