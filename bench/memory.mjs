// How much memory the sandbox takes with 20,000 users who have five sessions each: see README.md.
import { Agent, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { end, freePort, memoryMiB, start } from './lib/process.mjs';
import { goal, machine } from './lib/report.mjs';

const { values } = parseArgs({ options: { users: { type: 'string', default: '20000' }, sessions: { type: 'string', default: '5' } } });
const perUser = Number(values.sessions);
const CONNECTIONS = 32;
const LIMIT_MIB = 300;
const authorization = `Basic ${Buffer.from('YourAppKey:YourAppSecret').toString('base64')}`;

const port = await freePort();
const { child, said: users } = await start('servers/crowd.mjs', [port, values.users]);
try {
  const before = memoryMiB(child.pid);
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const wanted = Array.from({ length: perUser }, () => users).flat();
  const tokens = new Set();
  const started = performance.now();
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      for (let user = wanted.pop(); user; user = wanted.pop()) tokens.add(await signIn(agent, user));
    }),
  );
  const seconds = (performance.now() - started) / 1000;
  const live = (await (await fetch(`http://127.0.0.1:${port}/_sandbox/state`)).json()).sessions.length;
  agent.destroy();
  const now = memoryMiB(child.pid);
  const most = memoryMiB(child.pid, 'VmHWM');
  console.log(`# Memory: ${machine()}\n`);
  console.log(`${users.length} users, ${tokens.size} different access tokens in ${seconds.toFixed(1)} s, ${live} sessions live`);
  console.log(`resident: ${before.toFixed(0)} MiB with the users alone, ${now.toFixed(0)} MiB with the sessions, at most ${most.toFixed(0)} MiB\n`);
  goal(`${users.length} users x ${perUser} sessions are live: ${live}`, live === users.length * perUser && tokens.size === live);
  goal(`under ${LIMIT_MIB} MiB at its most: ${most.toFixed(0)}`, most < LIMIT_MIB);
} finally {
  await end(child);
}

function signIn(agent, user) {
  const body = new URLSearchParams({ grant_type: 'password', ...user }).toString();
  const headers = { authorization, 'content-type': 'application/x-www-form-urlencoded', 'content-length': Buffer.byteLength(body) };
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path: '/restapi/oauth/token', method: 'POST', agent, headers }, (response) => {
      text(response).then((answer) => (response.statusCode === 200 ? resolve(JSON.parse(answer).access_token) : reject(new Error(answer))), reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
