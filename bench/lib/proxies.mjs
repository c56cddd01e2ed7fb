import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startGateway } from './gateway.mjs';
import { CORES, freePort, pin, start } from './process.mjs';

/** Which stands for the caller's own right: each proxy takes it out, and puts in the platform's token. */
const TOKEN = 'bench-access-token-0123456789abcdefghijklmnopqrstuvwxyz-';
const AUTHORIZATION = `Bearer ${TOKEN}0`;
export const CALLER = { Authorization: 'Bearer what-a-caller-presents', Accept: 'application/json' };
const NODE_PROXIES = { 'undici dispatch': 'proxy-undici.mjs', '@fastify/reply-from': 'proxy-reply-from.mjs', 'http-proxy': 'proxy-http-proxy.mjs' };
export const HAS_NGINX = spawnSync('nginx', ['-v']).error === undefined;

/** Every protection that there is, and none that refuses a request. */
export const GUARDED = {
  policy: { ipAllow: ['127.0.0.0/8', '::1/128'], methods: ['GET', 'POST'], paths: ['/restapi/**'], permissions: ['ReadAccounts', 'Faxes'] },
  limits: { requestsPerSecond: 1_000_000, burst: 1_000_000, concurrency: 5_000 },
};

/**
 * Starts the platform's stand-in and all that stands in front of it.
 *
 * @param children  every process that was started is added here, to be ended
 * @returns the targets
 */
export async function startProxies(scratch, children) {
  const platform = await startPlatform(children, CORES?.load);
  const targets = [await direct(children), ...(HAS_NGINX ? [await nginx(scratch, platform.port, children)] : [])];
  for (const [name, script] of Object.entries(NODE_PROXIES)) {
    const port = await freePort();
    const { child } = await start(`servers/${script}`, [port, platform.origin, AUTHORIZATION], CORES?.server);
    children.push(child);
    targets.push({ name, origin: `http://127.0.0.1:${port}`, headers: CALLER, pids: [child.pid] });
  }
  return [...targets, ...(await trunkline(scratch, platform.origin, children))];
}

/** What answers 1 KB to whoever brings the token that it issued. @param lifetime  of that, in seconds */
export async function startPlatform(children, core, lifetime = 86_400) {
  const port = await freePort();
  const { child } = await start('servers/platform.mjs', [port, TOKEN, lifetime], core);
  children.push(child);
  return { port, origin: `http://127.0.0.1:${port}`, pid: child.pid };
}

/** A second platform, on the proxies' core: a proxy that costs nothing. */
async function direct(children) {
  const { origin, pid } = await startPlatform(children, CORES?.server);
  return { name: 'direct', origin, headers: { ...CALLER, Authorization: AUTHORIZATION }, pids: [pid] };
}

async function trunkline(scratch, platformOrigin, children) {
  const gateway = await startGateway({ scratch, port: await freePort(), children, apps: { main: { platformOrigin, connections: ['main'] } } });
  const keyOf = (name, more) => gateway.addClient({ name, connections: ['main'], ...more });
  const target = async (name, more) => ({
    name,
    origin: gateway.origin,
    headers: { ...CALLER, Authorization: `Bearer ${await keyOf(name, more)}` },
    pids: [gateway.pid],
  });
  return [await target('trunkline', GUARDED), await target('trunkline-open', {})];
}

async function nginx(scratch, platformPort, children) {
  const port = await freePort();
  const prefix = join(scratch, 'nginx');
  mkdirSync(prefix);
  const places = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${prefix}/${name};`).join(' ');
  const config = join(prefix, 'nginx.conf');
  writeFileSync(
    config,
    `${process.getuid?.() === 0 ? 'user root;' : ''} daemon off; worker_processes 1; worker_rlimit_nofile 8192; pid ${prefix}/pid; error_log stderr error;
    events { worker_connections 4096; }
    http { access_log off; client_max_body_size 0; keepalive_requests 100000000; ${places}
      upstream platform { server 127.0.0.1:${platformPort}; keepalive 512; keepalive_requests 100000000; }
      server { listen 127.0.0.1:${port} backlog=1024; location / {
        proxy_pass http://platform; proxy_http_version 1.1; proxy_request_buffering off;
        proxy_set_header Connection ""; proxy_set_header Authorization "${AUTHORIZATION}"; } } }`,
  );
  const child = spawn('nginx', ['-c', config, '-p', prefix], { stdio: ['ignore', 'ignore', 'inherit'] });
  children.push(child);
  await delay(500);
  const pids = [child.pid, ...childrenOf(child.pid)];
  if (CORES) for (const pid of pids) pin(pid, CORES.server);
  return { name: 'nginx', origin: `http://127.0.0.1:${port}`, headers: CALLER, pids };
}

function childrenOf(pid) {
  return readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').trim().split(/\s+/).filter(Boolean).map(Number),
  );
}
